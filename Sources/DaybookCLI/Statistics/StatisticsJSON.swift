import Journal
import Primitives

/// Statistics as scripts see them: money as strings in the quote currency, ratios as numbers, what is undefined as null.
enum StatisticsJSON {
    static func overview(_ overview: Overview) -> JSON {
        var fields = fields(overview.tally)
        fields["largest_win"] = .amount(overview.largestWin)
        fields["largest_loss"] = .amount(overview.largestLoss)
        fields["net_quantiles"] = overview.quantiles.map { quantiles($0) } ?? .null
        fields["sqn"] = .ratio(overview.systemQuality)
        fields["streaks"] = .object([
            "longest_win": .count(overview.streaks.best), "longest_loss": .count(overview.streaks.worst),
            "current": .count(overview.streaks.current),
        ])
        fields["durations_ms"] = overview.durations.map { durations($0) } ?? .null
        fields["days"] = days(overview.days)
        fields["net_per_trading_day"] = .amount(overview.netPerTradingDay)
        fields["drawdown"] = overview.drawdown.map { drawdown($0) } ?? .null
        fields["recovery_factor"] = .ratio(overview.recoveryFactor)
        fields["returns"] = overview.returns.map { returns($0) } ?? .null
        fields["calmar"] = .ratio(overview.calmar)
        return .object(fields)
    }

    static func row(_ row: Breakdown.Row) -> JSON {
        var fields = fields(row.tally)
        fields["key"] = [.untagged, .noSetup].contains(row.key) ? .null : .text(row.key.name)
        return .object(fields)
    }

    private static func fields(_ tally: Tally) -> [String: JSON] {
        [
            "trades": .count(tally.count), "wins": .count(tally.wins), "losses": .count(tally.losses),
            "breakevens": .count(tally.breakevens), "gross": .amount(tally.gross), "fees": .amount(tally.fees),
            "net": .amount(tally.net), "gross_profit": .amount(tally.grossProfit),
            "gross_loss": .amount(tally.grossLoss), "win_rate": .ratio(tally.winRate),
            "win_rate_decided": .ratio(tally.winRateDecided), "profit_factor": .ratio(tally.profitFactor),
            "no_losses": .flag(tally.hasNoLosses), "expectancy": .amount(tally.expectancy),
            "average_win": .amount(tally.averageWin), "average_loss": .amount(tally.averageLoss),
            "payoff_ratio": .ratio(tally.payoff), "r_trades": .count(tally.rTrades), "total_r": .ratio(tally.totalR),
            "average_r": .ratio(tally.averageR), "kelly": .ratio(tally.kelly),
        ]
    }

    private static func quantiles(_ quantiles: Quantiles) -> JSON {
        .object([
            "p5": .amount(quantiles.p5), "p25": .amount(quantiles.p25), "median": .amount(quantiles.median),
            "p75": .amount(quantiles.p75), "p95": .amount(quantiles.p95),
        ])
    }

    private static func durations(_ durations: Durations) -> JSON {
        .object([
            "mean": .ratio(durations.mean), "median": .ratio(durations.median),
            "mean_win": .ratio(durations.meanOfWins), "mean_loss": .ratio(durations.meanOfLosses),
        ])
    }

    private static func days(_ days: DailyResults) -> JSON {
        func day(_ day: DailyResults.Day?) -> JSON {
            day.map { .object(["day": .text($0.date.description), "net": .amount($0.net)]) } ?? .null
        }
        return .object([
            "trading": .count(days.tradingDays), "winning": .count(days.winningDays), "losing": .count(days.losingDays),
            "calendar": .count(days.calendarDays), "best": day(days.best), "worst": day(days.worst),
        ])
    }

    private static func drawdown(_ drawdown: Drawdown) -> JSON {
        func stretch(_ stretch: Drawdown.Stretch?) -> JSON {
            guard let stretch else { return .null }
            return .object([
                "depth": .amount(stretch.depth),
                "from": .text(CivilDay(daysSince1970: stretch.peakDay).description),
                "to": .text(CivilDay(daysSince1970: stretch.endDay).description), "days": .count(stretch.dayCount),
                "recovered": .flag(stretch.isRecovered),
            ])
        }
        return .object([
            "amount": .amount(drawdown.amount), "fraction": .ratio(drawdown.fraction),
            "deepest": stretch(drawdown.deepest), "longest": stretch(drawdown.longest),
        ])
    }

    private static func returns(_ returns: DailyReturns) -> JSON {
        .object([
            "sharpe": .ratio(returns.sharpe), "sortino": .ratio(returns.sortino),
            "volatility": .ratio(returns.volatility), "cagr": .ratio(returns.annualGrowth),
        ])
    }
}
