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

    /// - Parameter nets: of the leaves, in order of time; a day may come twice where the clock is set back.
    init(_ nets: [(day: Int, net: Amount)]) throws(Failure) {
        days = try Self.gathered(nets.map { Day(number: $0.day, net: $0.net) }) { $0.number }
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

    /// The same by week, each under its Monday.
    package func weeks() throws(Failure) -> [Day] { try Self.gathered(days) { TradingCalendar.monday($0.number) } }

    /// The same by month, each under its first day.
    package func months() throws(Failure) -> [Day] {
        try Self.gathered(days) { TradingCalendar.firstOfMonth($0.number) }
    }

    /// The one with the highest net, the earliest of equals.
    package static func best(of days: [Day]) -> Day? {
        days.reduce(nil) { best, day in best.map { $0.net >= day.net } == true ? best : day }
    }

    /// The one with the lowest net, the earliest of equals.
    package static func worst(of days: [Day]) -> Day? {
        days.reduce(nil) { worst, day in worst.map { $0.net <= day.net } == true ? worst : day }
    }

    private static func gathered(_ days: [Day], _ first: (Day) -> Int) throws(Failure) -> [Day] {
        try DaySums.gathered(days, number: first) { sum, day throws(Failure) in
            Day(number: first(day), net: try (sum?.net ?? .zero) + day.net)
        }
    }
}

/// The days with at least one close, each with the tally of the trades that closed on it.
package struct DailyTallies: Sendable {
    package struct Day: Hashable, Sendable {
        /// Days since 1970-01-01 in the user's calendar.
        package let number: Int
        package let tally: Tally
        package var date: CivilDay { CivilDay(daysSince1970: number) }
    }

    /// In order of date; days without a close are missing.
    package let days: [Day]

    /// Throws `amount.out_of_range` when a sum does not fit.
    package init(of closed: ClosedTrades) throws(Failure) {
        days = try Self.gathered(try closed.dayTallies().map { Day(number: $0.day, tally: $0.tally) }) { $0.number }
    }

    /// The same by week, each under its Monday.
    package func weeks() throws(Failure) -> [Day] { try Self.gathered(days) { TradingCalendar.monday($0.number) } }

    /// The same by month, each under its first day.
    package func months() throws(Failure) -> [Day] {
        try Self.gathered(days) { TradingCalendar.firstOfMonth($0.number) }
    }

    private static func gathered(_ days: [Day], _ first: (Day) -> Int) throws(Failure) -> [Day] {
        try DaySums.gathered(days, number: first) { sum, day throws(Failure) in
            var tally = sum?.tally ?? Tally()
            try tally.add(day.tally)
            return Day(number: first(day), tally: tally)
        }
    }
}

/// Days that are put together to longer spans.
private enum DaySums {
    /// - Parameters:
    ///   - days: in order of time.
    ///   - number: of the span that a day belongs to; later days belong to later spans but where the clock is set back.
    ///   - add: a day to the sum of its span, which is nil before the first.
    static func gathered<Day>(
        _ days: [Day], number: (Day) -> Int, _ add: (Day?, Day) throws(Failure) -> Day
    ) throws(Failure) -> [Day] {
        var sums: [Day] = []
        sums.reserveCapacity(days.count)
        var last = Int.min
        for day in days {
            let span = number(day)
            if span > last {
                sums.append(try add(nil, day))
                last = span
            } else if let index = sums.lastIndex(where: { number($0) == span }) {
                sums[index] = try add(sums[index], day)
            }
        }
        return sums
    }
}
