import Journal
import Primitives

/// One month as a calendar shows it.
enum CalendarJSON {
    /// - Parameter month: any day of it; nil when there is nothing to show.
    static func month(_ month: CivilDay?, _ results: DailyTallies, _ scope: AnalyticsScope) throws -> JSON {
        guard let month else {
            return scope.data([], ["month": .null, "weeks": .list([]), "total": total(Tally())])
        }
        let days = results.days.filter { $0.date.year == month.year && $0.date.month == month.month }
        var sum = Tally()
        for day in days { try sum.add(day.tally) }
        // Weeks are shown whole, with what closed in the months beside.
        let first = CivilDay(year: month.year, month: month.month, day: 1).daysSince1970
        let last = first + CivilDay.length(of: month.month, month.year) - 1
        let weeks = try results.weeks().filter { $0.number + 6 >= first && $0.number <= last }
        return scope.data(
            days.map { TallyJSON.day($0) },
            [
                "month": .text(String(month.description.prefix(7))), "weeks": .list(weeks.map { TallyJSON.day($0) }),
                "total": total(sum),
            ])
    }

    private static func total(_ tally: Tally) -> JSON {
        .object(TallyJSON.fields(tally).merging(["pnl": .amount(tally.net)]) { $1 })
    }
}
