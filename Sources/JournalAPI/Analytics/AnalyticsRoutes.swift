import Foundation
import Journal
import Primitives
import Storage
import Web

/// What the closed trades come to, in every view.
///
/// A trade counts on the local day of its final close, with all its fees. The figures are `Journal/Statistics`', as those
/// of `daybook stats`; here they only get their names.
package struct AnalyticsRoutes: Sendable {
    private let services: JournalServices

    package init(_ services: JournalServices) { self.services = services }

    func add(to table: inout RouteTable) {
        typealias Fields = AnalyticsFields
        table.get(
            "/journal/analytics/overview", "Sum up the closed trades", reads: Fields.all,
            answers: [200: .json(AnalyticsShapes.overview)], overview)
        table.get(
            "/journal/analytics/equity-curve", "Get the running profit", reads: Fields.all,
            answers: [200: .json(AnalyticsShapes.equityCurve)], equityCurve)
        table.get(
            "/journal/analytics/drawdown", "Get how far below its peak the profit was", reads: Fields.all,
            answers: [200: .json(AnalyticsShapes.drawdown)], drawdown)
        table.get(
            "/journal/analytics/daily-pnl", "Get the profit of each day", reads: Fields.all,
            answers: [200: .json(AnalyticsShapes.dailyPnL)], dailyPnL)
        table.get(
            "/journal/analytics/calendar", "Get the days, weeks and sum of a month", reads: Fields.all + [Self.month],
            answers: [200: .json(AnalyticsShapes.calendar)], calendar)
        table.get(
            "/journal/analytics/symbol-breakdown", "Get the profit of each symbol", reads: Fields.all + [Self.top],
            answers: [200: .json(AnalyticsShapes.symbolBreakdown)], symbolBreakdown)
        table.get(
            "/journal/analytics/setup-breakdown", "Get the profit of each setup", reads: Fields.all + [Self.top],
            answers: [200: .json(AnalyticsShapes.setupBreakdown)], setupBreakdown)
        table.get(
            "/journal/analytics/breakdown", "Get the profit by whatever trades have in common",
            reads: Fields.all + [Self.by, Self.top], answers: [200: .json(AnalyticsShapes.breakdown)], breakdown)
        table.get(
            "/journal/analytics/duration-profit", "Get profits beside how long trades were held", reads: Fields.all,
            answers: [200: .json(AnalyticsShapes.durationProfit)], durationProfit)
        table.get(
            "/journal/analytics/return-distribution", "Get how many trades returned how much",
            reads: Fields.all + [Self.unit, Self.width],
            answers: [200: .json(AnalyticsShapes.returnDistribution)], returnDistribution)
        table.get(
            "/journal/analytics/time-distribution", "Get the profit by hour and weekday of the entry",
            reads: Fields.all, answers: [200: .json(AnalyticsShapes.timeDistribution)], timeDistribution)
        table.get(
            "/journal/analytics/rolling", "Get how the last trades went, from successive moments",
            reads: Fields.all + [Self.window], answers: [200: .json(AnalyticsShapes.rolling)], rolling)
        table.post(
            "/journal/analytics/compare", "Compare the trades of two filters", takes: .json(Comparison.shape),
            answers: [200: .json(AnalyticsShapes.comparison)], compare)
        table.get(
            "/journal/analytics/filter-options", "List what filters can ask for", reads: [],
            answers: [200: .json(AnalyticsShapes.filterOptions)], filterOptions)
    }

    // MARK: Fields of one view

    private static let month = QueryField.parsed(
        "month", .text(pattern: "^[0-9]{4}-(0[1-9]|1[0-2])$").note("", example: "2026-11"),
        "Which month. Default: that of the last close.", wanted: "a month like 2026-11"
    ) { $0.utf8.count == 7 ? CivilDay($0 + "-01") : nil }
    private static let top = QueryField<Int?>.integer("top", in: 1...1000, "Put all rows after so many into one.")
    private static let by = QueryField.parsed(
        "by", .choice(Breakdown.Dimension.allCases.map(\.rawValue)), "What trades of a row share. Default: symbol.",
        wanted: "one of " + Breakdown.Dimension.allCases.map(\.rawValue).joined(separator: ", ")
    ) { Breakdown.Dimension(rawValue: $0) }
    private static let unit = QueryField.parsed(
        "unit", .choice(["r", "percent"]), "Returns in multiples of the initial risk, or in percent of the entry.",
        wanted: "r or percent"
    ) { ["r": ReturnDistribution.Unit.risk, "percent": .percent][$0] }
    private static let width = QueryField.integer(
        "width", in: 1...100, or: 10, "How wide a bucket is, in tenths of R or of a percent.")
    private static let window = QueryField.integer(
        "window", in: 1...10_000, or: RollingWindow.tradeCount, "How many trades.")

    // MARK: Views

    func overview(_ call: Call) async throws -> Answer {
        try await answer(call) { try OverviewJSON.json($0) }
    }

    func equityCurve(_ call: Call) async throws -> Answer {
        try await answer(call) { try EquityJSON(EquityCurve(of: $0.closed), $0).curve }
    }

    func drawdown(_ call: Call) async throws -> Answer {
        try await answer(call) { scope in
            let drawdown = try scope.closed.drawdown(startBalance: scope.startBalance)
            return try EquityJSON(EquityCurve(of: scope.closed), scope).drawdown(drawdown)
        }
    }

    func dailyPnL(_ call: Call) async throws -> Answer {
        try await answer(call) { scope in
            scope.data(try DailyTallies(of: scope.closed).days.map { TallyJSON.day($0) })
        }
    }

    func calendar(_ call: Call) async throws -> Answer {
        let month = try call.value(of: Self.month)
        return try await answer(call) { scope in
            let results = try DailyTallies(of: scope.closed)
            return try CalendarJSON.month(month ?? results.days.last?.date, results, scope)
        }
    }

    func symbolBreakdown(_ call: Call) async throws -> Answer { try await rows(call, by: .symbol, named: "symbol") }
    func setupBreakdown(_ call: Call) async throws -> Answer { try await rows(call, by: .setup, named: "setup_tag") }

    func breakdown(_ call: Call) async throws -> Answer {
        let dimension = try call.value(of: Self.by) ?? .symbol
        return try await rows(call, by: dimension, named: "key", ["by": .text(dimension.rawValue)])
    }

    private func rows(
        _ call: Call, by dimension: Breakdown.Dimension, named name: String, _ more: [String: JSON] = [:]
    ) async throws -> Answer {
        let top = try call.value(of: Self.top) ?? AnswerLimits.breakdownRowsMax
        return try await answer(call) { scope in
            let breakdown = try Breakdown(of: scope.closed, by: dimension).folded(toFirst: top)
            return scope.data(breakdown.rows.map { TallyJSON.row($0, named: name) }, more)
        }
    }

    func durationProfit(_ call: Call) async throws -> Answer {
        try await answer(call) { scope in
            let buckets = try Breakdown(of: scope.closed, by: .duration).rows
            let sample = scope.closed.sample(countMax: DurationJSON.sampleMax)
            return scope.data(
                sample.map { DurationJSON.point($0) }, ["buckets": .list(buckets.map { DurationJSON.bucket($0) })])
        }
    }

    func returnDistribution(_ call: Call) async throws -> Answer {
        let (unit, width) = (try call.value(of: Self.unit) ?? .risk, try call.value(of: Self.width))
        return try await answer(call) { scope in
            let distribution = ReturnDistribution(of: scope.closed, in: unit)
            return ReturnJSON(distribution, width: width).json(scope)
        }
    }

    func timeDistribution(_ call: Call) async throws -> Answer {
        try await answer(call) { scope in
            let times = try TimeDistribution(of: scope.closed)
            let cells = times.cells.enumerated().filter { $0.element.count > 0 }
            return scope.data(
                cells.map { TallyJSON.time(weekday: $0.offset / 24, hour: $0.offset % 24, $0.element) },
                [
                    "by_weekday": .list(
                        try Breakdown(of: scope.closed, by: .weekday).rows.map { TallyJSON.weekday($0) }),
                    "by_hour": .list(try Breakdown(of: scope.closed, by: .hour).rows.map { TallyJSON.hour($0) }),
                ])
        }
    }

    func rolling(_ call: Call) async throws -> Answer {
        let window = try call.value(of: Self.window)
        return try await answer(call) { scope in
            let windows = try RollingWindow.windows(of: scope.closed, tradeCount: window)
            return scope.data(windows.map { TallyJSON.window($0) }, ["window": .count(window)])
        }
    }

    /// Writes nothing; it is a POST because two filters are too much for a query.
    func compare(_ call: Call) async throws -> Answer {
        let comparison: Comparison = try await call.json()
        return try await services.withJournal(of: call) { journal in
            let question = comparison.question
            let answer = try await services.figure(question(comparison.a), in: journal) { try OverviewJSON.json($0) }
            let other = try await services.figure(question(comparison.b), in: journal) { try OverviewJSON.json($0) }
            return Answer(json: .object(["a": answer, "b": other]))
        }
    }

    func filterOptions(_ call: Call) async throws -> Answer {
        try await services.cached(call) { journal in
            try await journal.file.statistics(StatisticsBasis(zone: .gmt), startBalance: nil) { book, db in
                try AnswerLimits.reading {
                    try TaggedView(
                        try FilterOptionsJSON.json(book, accounts: AccountStore(db).list(), tags: TagStore(db).list()))
                }
            }
        }
    }

    private func answer(
        _ call: Call, _ view: @Sendable @escaping (AnalyticsScope) throws -> JSON
    ) async throws -> Answer {
        let question = try AnalyticsQuestion(call)
        return try await services.cached(call) { try TaggedView(try await services.figure(question, in: $0, view)) }
    }
}
