import Primitives

/// When trades are entered, on the user's clock: seven days by twenty-four hours.
package struct TimeDistribution: Hashable, Sendable {
    /// 168 cells from Monday 00:00; an hour without entries has an empty tally. The marginals are the breakdowns by
    /// weekday and by hour.
    package let cells: [Tally]

    /// Throws `amount.out_of_range` when a sum does not fit.
    package init(of closed: ClosedTrades) throws(Failure) { cells = try closed.hourTallies() }

    /// Monday is 0. Nil outside 0 ... 6 and 0 ... 23.
    package func cell(weekday: Int, hour: Int) -> Tally? {
        guard (0...6).contains(weekday), (0...23).contains(hour) else { return nil }
        return cells[weekday * 24 + hour]
    }
}
