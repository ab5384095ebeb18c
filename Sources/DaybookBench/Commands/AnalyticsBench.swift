import ArgumentParser
import Foundation
import Journal
import Primitives

/// Answers the views of the analytics from closed trades in memory, one request a line: `peers/analytics.py` has the
/// protocol, which the peers speak too.
struct AnalyticsBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "analytics")

    @Option(help: "Trades as make_journal.py writes them.") var trades: String
    @Option(help: "How many of them to hold from the start.") var count: Int
    @Option(help: "Whose days and hours.") var zone = "UTC"
    @Option(help: "Before the first trade.") var startBalance: String?
    @Option(help: "An empty directory on a real disk.") var work: String?

    func run() async throws {
        guard let zone = TimeZone(identifier: zone) else {
            throw Failure(.invalid, "bench.bad_input", "There is no time zone \(zone).")
        }
        let balance = startBalance.flatMap { Amount($0) }
        let clock = ContinuousClock()
        var closed = ClosedTrades([], in: TradingCalendar(zone: zone))
        let loaded = try clock.measure {
            closed = ClosedTrades(try JournalSheet.trades(trades, countMax: count), in: TradingCalendar(zone: zone))
            closed.prepare(startBalance: balance)
        }
        answer([
            "ready": .count(closed.count), "load_s": .ratio(loaded.seconds),
            "memory_bytes": .count(ProcessFacts.own.memory),
        ])
        let lines = LineReader(.standardInput)
        while let line = try lines.next() {
            let request = try JSONDecoder().decode(AnalyticsRequest.self, from: Data(line.utf8))
            var fields: [String: JSON] = [:]
            if let row = request.add {
                let trade = try JournalSheet.trade(row)
                fields["add_s"] = .ratio(clock.measure { closed.put(trade) }.seconds)
            }
            if let view = request.view {
                var result: AnalyticsResult?
                let wall = try clock.measure {
                    closed.prepare(startBalance: balance)
                    result = try AnalyticsResult(view, of: request.selected(from: closed), startBalance: balance)
                }
                fields["wall_s"] = .ratio(wall.seconds)
                fields["result"] = result?.json ?? .null
            }
            answer(fields)
        }
    }

    private func answer(_ fields: [String: JSON]) {
        FileHandle.standardOutput.write(Data((JSON.object(fields).compact + "\n").utf8))
    }
}

/// One line that `run.py` asks.
private struct AnalyticsRequest: Decodable {
    struct Filter: Decodable {
        let symbols: [String]?
        let sides: [String]?
        let tags: [String]?
        let setups: [String]?
        let accounts: [String]?
        let from: String?
        let to: String?
    }

    let view: String?
    let filter: Filter?
    let add: String?

    func selected(from closed: ClosedTrades) -> ClosedTrades {
        guard let filter else { return closed }
        var wanted = TradeFilter()
        wanted.symbols = Set(filter.symbols ?? [])
        wanted.directions = Set((filter.sides ?? []).compactMap { Direction(rawValue: $0) })
        wanted.tags = Set(filter.tags ?? [])
        wanted.setups = Set(filter.setups ?? [])
        wanted.accounts = Set((filter.accounts ?? []).map { JournalSheet.account($0) })
        wanted.firstDay = filter.from.flatMap { CivilDay($0) }
        wanted.lastDay = filter.to.flatMap { CivilDay($0) }
        return closed.filtered(by: wanted)
    }
}

/// What a view answers, in memory; its JSON is made after the clock has stopped.
private enum AnalyticsResult {
    case overview(Overview)
    case curve(EquityCurve)
    case days([DailyTallies.Day])
    case rows(String, Breakdown)
    case returns(ReturnDistribution)
    case times(TimeDistribution)
    case windows([RollingWindow])

    init(_ view: String, of closed: ClosedTrades, startBalance: Amount?) throws {
        self =
            switch view {
            case "overview": .overview(try Overview(of: closed, startBalance: startBalance))
            case "equity-curve": .curve(try EquityCurve(of: closed))
            case "daily-pnl": .days(try DailyTallies(of: closed).days)
            case "symbol-breakdown": .rows(view, try Breakdown(of: closed, by: .symbol))
            case "setup-breakdown": .rows(view, try Breakdown(of: closed, by: .setup))
            case "duration-profit": .rows(view, try Breakdown(of: closed, by: .duration))
            case "return-distribution": .returns(ReturnDistribution(of: closed, in: .risk))
            case "time-distribution": .times(try TimeDistribution(of: closed))
            case "rolling": .windows(try RollingWindow.windows(of: closed))
            default: throw Failure(.invalid, "bench.bad_input", "There is no view \(view).")
            }
    }

    var json: JSON {
        switch self {
        case .overview(let overview): .object(Self.fields(overview))
        case .curve(.points(let points)):
            .object([
                "points": .list(
                    points.map { .list([.integer($0.closedAt.milliseconds), .amount($0.cumulativeNet)]) })
            ])
        case .curve(.candles(let candles, let days)):
            .object([
                "days_per_candle": .count(days),
                "candles": .list(
                    candles.map {
                        .list([
                            .text($0.day.description), .amount($0.open), .amount($0.high), .amount($0.low),
                            .amount($0.close), .count($0.count),
                        ])
                    }),
            ])
        case .days(let days):
            rows(days) { day in
                [
                    .text(day.date.description), .count(day.tally.count), .count(day.tally.wins),
                    .count(day.tally.losses), .amount(day.tally.net), .count(day.tally.rTrades),
                    .ratio(day.tally.averageR),
                ]
            }
        case .rows(let view, let breakdown): rows(breakdown.rows) { Self.cells($0, view) }
        case .returns(let returns):
            .object([
                "buckets": .list(returns.buckets.map { .list([.count($0.index), .count($0.count)]) }),
                "unknown": .count(returns.unknownCount),
            ])
        case .times(let times):
            rows(times.cells.enumerated().filter { $0.element.count > 0 }) { slot, tally in
                [
                    .count(slot / 24), .count(slot % 24), .count(tally.count), .count(tally.wins),
                    .count(tally.losses), .amount(tally.net),
                ]
            }
        case .windows(let windows):
            rows(windows) { window in
                [
                    .integer(window.closedAt.milliseconds), .amount(window.tally.net), .count(window.tally.wins),
                    .ratio(window.tally.profitFactor),
                ]
            }
        }
    }

    private func rows<Row>(_ rows: [Row], _ cells: (Row) -> [JSON]) -> JSON {
        .object(["rows": .list(rows.map { .list(cells($0)) })])
    }

    private static func cells(_ row: Breakdown.Row, _ view: String) -> [JSON] {
        let tally = row.tally
        var cells: [JSON] = [.count(tally.count), .count(tally.wins), .count(tally.losses)]
        switch (view, row.key) {
        case ("symbol-breakdown", _):
            cells = [.text(row.key.name)] + cells
            cells += [
                .amount(tally.gross), .amount(tally.fees), .amount(tally.net), .count(tally.rTrades),
                .ratio(tally.averageR),
            ]
        case (_, .duration(let bucket)):
            cells = [.count(bucket.startMinutes)] + cells + [.amount(tally.net), .ratio(tally.averageR)]
        default:
            cells = [.text(row.key.name)] + cells
            cells += [
                .amount(tally.net), .count(tally.rTrades), .ratio(tally.averageR),
                .ratio(tally.expectancy?.approximate),
            ]
        }
        return cells
    }

    private static func fields(_ overview: Overview) -> [String: JSON] {
        let (tally, quantiles) = (overview.tally, overview.quantiles)
        func day(_ day: DailyResults.Day?) -> JSON {
            day.map { .list([.text($0.date.description), .amount($0.net)]) } ?? .null
        }
        return [
            "trades": .count(tally.count), "wins": .count(tally.wins), "losses": .count(tally.losses),
            "breakevens": .count(tally.breakevens), "gross": .amount(tally.gross), "fees": .amount(tally.fees),
            "net": .amount(tally.net), "gross_profit": .amount(tally.grossProfit),
            "gross_loss": .amount(tally.grossLoss), "win_rate": .ratio(tally.winRate),
            "profit_factor": .ratio(tally.profitFactor), "expectancy": .ratio(tally.expectancy?.approximate),
            "r_trades": .count(tally.rTrades), "average_r": .ratio(tally.averageR),
            "largest_win": .amount(overview.largestWin), "largest_loss": .amount(overview.largestLoss),
            "quantiles": quantiles.map {
                .list([$0.p5, $0.p25, $0.median, $0.p75, $0.p95].map { .ratio($0.approximate) })
            } ?? .null,
            "streaks": .list([
                .count(overview.streaks.best), .count(overview.streaks.worst), .count(overview.streaks.current),
            ]),
            "drawdown": .amount(overview.drawdown?.amount), "held_mean_ms": .ratio(overview.durations?.mean),
            "held_median_ms": .ratio(overview.durations?.median), "best_day": day(overview.days.best),
            "worst_day": day(overview.days.worst), "sharpe": .ratio(overview.returns?.sharpe),
        ]
    }
}
