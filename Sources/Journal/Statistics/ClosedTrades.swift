import Primitives

/// The population of every statistic: closed trades in order of `(closedAt, id)`, each with its local day.
///
/// Ties at one instant are ordered by id, and each is its own point of the equity curve, so streaks and drawdowns do not
/// depend on the order in which a store returned the rows.
package struct ClosedTrades: Sendable {
    package let trades: [TradeFacts]
    /// For each trade, the day of its close in days since 1970-01-01. The calendar only moves forward except where the
    /// clock is set back across midnight.
    package let closingDays: [Int]
    /// For each trade, the local hour of the week of its first entry, 0 ... 167 from Monday 00:00.
    package let entryHours: [Int]

    package init(_ trades: some Sequence<TradeFacts>, in calendar: TradingCalendar) {
        var calendar = calendar
        // Only the keys are moved about while sorting: a trade is large, and a store returns them almost in order.
        let unordered = Array(trades)
        self.trades = unordered.indices.map { (unordered[$0].closedAt, unordered[$0].id, $0) }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
            .map { unordered[$0.2] }
        closingDays = self.trades.map { calendar.dayNumber(of: $0.closedAt) }
        entryHours = self.trades.map { calendar.hourOfWeek(of: $0.openedAt) }
    }

    /// The trades at these indices, which ascend.
    init(keeping indices: [Int], of other: ClosedTrades) {
        trades = indices.map { other.trades[$0] }
        closingDays = indices.map { other.closingDays[$0] }
        entryHours = indices.map { other.entryHours[$0] }
    }

    package var count: Int { trades.count }
}
