import Primitives

/// The days with at least one close, each with all the net of the trades that closed on it.
package struct DailyResults: Sendable {
    package struct Day: Hashable, Sendable {
        /// Days since 1970-01-01 in the user's calendar.
        package let number: Int
        package let net: Amount
        package var date: CivilDay { CivilDay(daysSince1970: number) }
    }

    /// In order of date; days without a close are missing.
    package let days: [Day]

    /// Throws `amount.out_of_range` when a sum does not fit.
    package init(of closed: ClosedTrades) throws(Failure) {
        var sums: [Int: Amount] = [:]
        for (trade, day) in zip(closed.trades, closed.closingDays) {
            sums[day] = try sums[day, default: .zero] + trade.net
        }
        days = sums.map { Day(number: $0.key, net: $0.value) }.sorted { $0.number < $1.number }
    }

    /// Days with at least one close.
    package var tradingDays: Int { days.count }
    package var winningDays: Int { days.count { $0.net > .zero } }
    package var losingDays: Int { days.count { $0.net < .zero } }
    /// The day with the highest net, the earliest of equals; nil without trades. It may have lost.
    package var best: Day? { days.reduce(nil) { best, day in best.map { $0.net >= day.net } == true ? best : day } }
    /// The day with the lowest net, the earliest of equals; nil without trades. It may have won.
    package var worst: Day? { days.reduce(nil) { worst, day in worst.map { $0.net <= day.net } == true ? worst : day } }
    /// From the first to the last closing day, both counted; zero without trades.
    package var calendarDays: Int {
        guard let first = days.first, let last = days.last else { return 0 }
        return last.number - first.number + 1
    }
}
