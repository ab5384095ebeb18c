/// What the trades of a leaf do to equity: their sum, and how far it went up and down on the way.
struct DaySpan: Sendable {
    let day: Int
    private(set) var net: Int128 = 0
    /// The highest and the lowest sum of the first trades, that of none included.
    private(set) var high: Int128 = 0
    private(set) var low: Int128 = 0
    private(set) var count = 0
    /// The sum that is farthest below the highest before it, and that highest one.
    private(set) var deepest: (net: Int128, high: Int128) = (0, 0)

    init(_ leaf: DayLeaf, _ rows: some RandomAccessCollection<Int32>) {
        day = leaf.day
        count = rows.count
        for row in rows {
            // The tally of the leaf has found that such sums fit.
            net &+= leaf.net[Int(row)]
            high = max(high, net)
            low = min(low, net)
            if high &- net > deepest.high &- deepest.net { deepest = (net, high) }
        }
    }
}
