/// The rows of one leaf that belong to a selection: all of them, or a list.
struct LeafRows: RandomAccessCollection, Sendable {
    private let list: [Int]?
    let endIndex: Int
    var startIndex: Int { 0 }

    init(_ leaf: DayLeaf, of selection: TradeSelection) {
        guard selection.takes(leaf) else {
            (list, endIndex) = ([], 0)
            return
        }
        guard !selection.takesWholeDays else {
            (list, endIndex) = (nil, leaf.count)
            return
        }
        var rows: [Int] = []
        selection.forEachRow(in: leaf) { rows.append($0) }
        (list, endIndex) = (rows, rows.count)
    }

    subscript(index: Int) -> Int { list?[index] ?? index }
}

/// What the trades of a leaf do to equity: their sum, and how far it went up and down on the way.
struct DaySpan: Sendable {
    let day: Int
    private(set) var net: Int128 = 0
    /// The highest and the lowest sum of the first trades, that of none included.
    private(set) var high: Int128 = 0
    private(set) var low: Int128 = 0
    private(set) var count = 0

    init(_ leaf: DayLeaf, _ rows: LeafRows) {
        day = leaf.day
        count = rows.count
        for row in rows {
            // The tally of the leaf has found that such sums fit.
            net &+= leaf.net[row]
            high = max(high, net)
            low = min(low, net)
        }
    }
}
