import Primitives

/// The days with at least one close, each with all the trades that closed on it.
package struct DailyResults: Sendable {
    package struct Day: Hashable, Sendable {
        /// Days since 1970-01-01 in the user's calendar.
        package let number: Int
        package let tally: Tally
        package var net: Amount { tally.net }
        package var date: CivilDay { CivilDay(daysSince1970: number) }
    }

    /// In order of date; days without a close are missing.
    package let days: [Day]

    /// Throws `amount.out_of_range` when a sum does not fit.
    package init(of closed: ClosedTrades) throws(Failure) {
        let tallies = try closed.dayTallies()
        if zip(tallies, tallies.dropFirst()).allSatisfy({ $0.day < $1.day }) {
            days = tallies.map { Day(number: $0.day, tally: $0.tally) }
            return
        }
        var sums: [Int: Tally] = [:]
        for (day, tally) in tallies { try sums[day, default: Tally()].add(tally) }
        days = sums.map { Day(number: $0.key, tally: $0.value) }.sorted { $0.number < $1.number }
    }

    /// Days with at least one close.
    package var tradingDays: Int { days.count }
    package var winningDays: Int { days.count { $0.net > .zero } }
    package var losingDays: Int { days.count { $0.net < .zero } }
    /// The day with the highest net, the earliest of equals; nil without trades. It may have lost.
    package var best: Day? { Self.best(of: days) }
    /// The day with the lowest net, the earliest of equals; nil without trades. It may have won.
    package var worst: Day? { Self.worst(of: days) }
    /// From the first to the last closing day, both counted; zero without trades.
    package var calendarDays: Int {
        guard let first = days.first, let last = days.last else { return 0 }
        return last.number - first.number + 1
    }

    /// The same trades by week, each under its Monday.
    package func weeks() throws(Failure) -> [Day] {
        try gathered { $0.number - TradingCalendar.weekday(ofDayNumber: $0.number) }
    }

    /// The same trades by month, each under its first day.
    package func months() throws(Failure) -> [Day] {
        try gathered { CivilDay(year: $0.date.year, month: $0.date.month, day: 1).daysSince1970 }
    }

    private func gathered(_ first: (Day) -> Int) throws(Failure) -> [Day] {
        var spans: [Day] = []
        for day in days {
            let number = first(day)
            guard let last = spans.last, last.number == number else {
                spans.append(Day(number: number, tally: day.tally))
                continue
            }
            var sum = last.tally
            try sum.add(day.tally)
            spans[spans.count - 1] = Day(number: number, tally: sum)
        }
        return spans
    }

    /// The one with the highest net, the earliest of equals.
    package static func best(of days: [Day]) -> Day? {
        days.reduce(nil) { best, day in best.map { $0.net >= day.net } == true ? best : day }
    }

    /// The one with the lowest net, the earliest of equals.
    package static func worst(of days: [Day]) -> Day? {
        days.reduce(nil) { worst, day in worst.map { $0.net <= day.net } == true ? worst : day }
    }
}
