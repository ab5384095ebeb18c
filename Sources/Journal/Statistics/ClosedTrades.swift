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
        self.trades = trades.sorted { ($0.closedAt, $0.id) < ($1.closedAt, $1.id) }
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
