import Journal
import Primitives
import Web

/// Sums over some trades as callers see them: money as texts, ratios as numbers, what is undefined as null.
enum TallyJSON {
    /// The figures that every row of every view has.
    static func fields(_ tally: Tally) -> [String: JSON] {
        [
            "trade_count": .count(tally.count), "wins": .count(tally.wins), "losses": .count(tally.losses),
            "breakevens": .count(tally.breakevens), "win_rate": percent(tally.winRate),
            "profit_factor": .ratio(tally.profitFactor), "r_trades": .count(tally.rTrades),
            "avg_r_multiple": .ratio(tally.averageR),
        ]
    }

    static func percent(_ share: Double?) -> JSON { .ratio(share.map { $0 * 100 }) }

    static func day(_ day: DailyTallies.Day) -> JSON {
        .object(
            fields(day.tally).merging(["date": .text(day.date.description), "pnl": .amount(day.tally.net)]) { $1 })
    }

    static func row(_ row: Breakdown.Row, named name: String) -> JSON {
        .object(
            fields(row.tally).merging([
                name: .text(self.name(row.key)), "total_pnl": .amount(row.tally.net),
                "gross_pnl": .amount(row.tally.gross), "total_fees": .amount(row.tally.fees),
                "expectancy": .amount(row.tally.expectancy),
            ]) { $1 })
    }

    private static func name(_ key: Breakdown.Key) -> String {
        switch key {
        case .noSetup, .untagged: TradeFilterFields.untagged
        case .other: "(other)"
        default: key.name
        }
    }

    static func time(weekday: Int, hour: Int, _ tally: Tally) -> JSON {
        .object(entry(tally).merging(["day_of_week": .count(weekday), "hour": .count(hour)]) { $1 })
    }

    static func weekday(_ row: Breakdown.Row) -> JSON {
        .object(entry(row.tally).merging(["day_of_week": number(row.key)]) { $1 })
    }

    static func hour(_ row: Breakdown.Row) -> JSON {
        .object(entry(row.tally).merging(["hour": number(row.key)]) { $1 })
    }

    private static func number(_ key: Breakdown.Key) -> JSON {
        switch key {
        case .weekday(let number), .hour(let number): .count(number)
        default: .null
        }
    }

    private static func entry(_ tally: Tally) -> [String: JSON] {
        fields(tally).merging(["avg_pnl": .amount(tally.expectancy), "total_pnl": .amount(tally.net)]) { $1 }
    }

    static func window(_ window: RollingWindow) -> JSON {
        .object(
            fields(window.tally).merging([
                "closed_at": .time(window.closedAt), "net_pnl": .amount(window.tally.net),
                "expectancy": .amount(window.tally.expectancy),
            ]) { $1 })
    }
}
