import Journal
import Primitives

/// The running profit as points: one for each trade while those are few, then one for each day or span of days.
struct EquityJSON {
    private let profits: EquityCurve
    private let scope: AnalyticsScope

    init(_ profits: EquityCurve, _ scope: AnalyticsScope) {
        self.profits = profits
        self.scope = scope
    }

    /// Balances that an exchange has told would make it true equity; there are none yet.
    private static let isTrueEquity = JSON.flag(false)

    var curve: JSON {
        switch profits {
        case .points(let points):
            scope.data(
                points.map { point in
                    .object(
                        below(point.cumulativeNet, point.peak).merging([
                            "date": .text(point.day.description), "closed_at": .time(point.closedAt),
                            "cumulative_pnl": .amount(point.cumulativeNet), "peak": .amount(point.peak),
                            "equity": equity(point.cumulativeNet), "trade_count": .count(1),
                            "is_true_equity": Self.isTrueEquity, "open": .null, "high": .null, "low": .null,
                        ]) { $1 })
                }, ["days_per_point": .null])
        case .candles(let candles, let days):
            scope.data(
                candles.map { candle in
                    .object(
                        below(candle.close, candle.peak).merging([
                            "date": .text(candle.day.description), "closed_at": .null,
                            "cumulative_pnl": .amount(candle.close), "peak": .amount(candle.peak),
                            "equity": equity(candle.close), "trade_count": .count(candle.count),
                            "is_true_equity": Self.isTrueEquity, "open": .amount(candle.open),
                            "high": .amount(candle.high), "low": .amount(candle.low),
                        ]) { $1 })
                }, ["days_per_point": .count(days)])
        }
    }

    /// - Parameter drawdown: of the same trades; nil without any.
    func drawdown(_ drawdown: Drawdown?) -> JSON {
        let rows: [JSON]
        switch profits {
        case .points(let points):
            rows = points.map { point in
                .object(
                    below(point.cumulativeNet, point.peak).merging([
                        "date": .text(point.day.description), "closed_at": .time(point.closedAt),
                    ]) { $1 })
            }
        case .candles(let candles, _):
            rows = candles.map { candle in
                .object(
                    below(candle.deepest.net, candle.deepest.peak).merging([
                        "date": .text(candle.day.description), "closed_at": .null,
                    ]) { $1 })
            }
        }
        return scope.data(
            rows,
            [
                "max_drawdown": .amount(drawdown?.amount), "max_drawdown_pct": TallyJSON.percent(drawdown?.fraction),
                "deepest": Self.stretch(drawdown?.deepest), "longest": Self.stretch(drawdown?.longest),
            ])
    }

    static func stretch(_ stretch: Drawdown.Stretch?) -> JSON {
        guard let stretch else { return .null }
        return .object([
            "depth": .amount(stretch.depth), "from": .text(CivilDay(daysSince1970: stretch.peakDay).description),
            "to": .text(CivilDay(daysSince1970: stretch.endDay).description), "days": .count(stretch.dayCount),
            "recovered": .flag(stretch.isRecovered),
        ])
    }

    private func equity(_ net: Amount) -> JSON { .amount(scope.startBalance.flatMap { try? $0 + net }) }

    /// How far below the peak, as money never above zero, and in percent of the balance at the peak.
    private func below(_ net: Amount, _ peak: Amount) -> [String: JSON] {
        let distance = try? net - peak
        let whole = scope.startBalance.flatMap { try? $0 + peak }
        let share = distance.flatMap { distance in whole.map { distance.approximate / $0.approximate * 100 } }
        return ["drawdown": .amount(distance), "drawdown_pct": .ratio(share)]
    }
}
