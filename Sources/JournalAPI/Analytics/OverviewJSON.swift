import Foundation
import Journal
import Primitives
import Storage

/// The front page of the analytics.
struct OverviewJSON {
    private let overview: Overview
    private let scope: AnalyticsScope
    private let weeks: [DailyResults.Day]
    private let months: [DailyResults.Day]
    private var tally: Tally { overview.tally }
    private var days: DailyResults { overview.days }

    /// Throws `amount.out_of_range` when a sum does not fit.
    static func json(_ scope: AnalyticsScope) throws -> JSON {
        let overview = try Overview(of: scope.closed, startBalance: scope.startBalance)
        let view = OverviewJSON(
            overview: overview, scope: scope, weeks: try overview.days.weeks(), months: try overview.days.months())
        return .object(
            scope.terms.merging([
                "account": .object(view.account), "performance": .object(view.performance.merging(view.held) { $1 }),
                "risk": .object(view.risk.merging(view.spans) { $1 }),
            ]) { $1 })
    }

    private var account: [String: JSON] {
        let left = scope.book.leftOut(in: scope.quote)
        return [
            "total_trades": .count(tally.count), "total_pnl": .amount(tally.gross), "total_fees": .amount(tally.fees),
            "net_pnl": .amount(tally.net),
            // Of the currency as a whole, whatever the filter.
            "open_trades": .count(left.openCount), "uncertain_trades": .count(left.uncertainCount),
            "trades_with_other_fees": .count(left.otherFeesCount),
        ]
    }

    private var performance: [String: JSON] {
        [
            "wins": .count(tally.wins), "losses": .count(tally.losses), "breakevens": .count(tally.breakevens),
            "win_rate": TallyJSON.percent(tally.winRate),
            "win_rate_decided": TallyJSON.percent(tally.winRateDecided),
            "gross_profit": .amount(tally.grossProfit), "gross_loss": .amount(tally.grossLoss),
            "profit_factor": .ratio(tally.profitFactor), "no_losses": .flag(tally.hasNoLosses),
            "avg_win": .amount(tally.averageWin), "avg_loss": .amount(tally.averageLoss),
            "payoff_ratio": .ratio(tally.payoff), "largest_win": .amount(overview.largestWin),
            "largest_loss": .amount(overview.largestLoss), "expectancy": .amount(tally.expectancy),
            "avg_r_multiple": .ratio(tally.averageR), "total_r": .ratio(tally.totalR),
            "r_trades": .count(tally.rTrades), "sqn": .ratio(overview.systemQuality), "kelly": .ratio(tally.kelly),
            "net_quantiles": quantiles,
        ]
    }

    private var quantiles: JSON {
        guard let quantiles = overview.quantiles else { return .null }
        return .object([
            "p5": .amount(quantiles.p5), "p25": .amount(quantiles.p25), "median": .amount(quantiles.median),
            "p75": .amount(quantiles.p75), "p95": .amount(quantiles.p95),
        ])
    }

    private var held: [String: JSON] {
        func seconds(_ milliseconds: Double?) -> JSON { .ratio(milliseconds.map { $0 / 1000 }) }
        let calendarDays = max(days.calendarDays, 1)
        return [
            "avg_duration_secs": seconds(overview.durations?.mean),
            "median_duration_secs": seconds(overview.durations?.median),
            "avg_win_duration_secs": seconds(overview.durations?.meanOfWins),
            "avg_loss_duration_secs": seconds(overview.durations?.meanOfLosses),
            "total_duration_days": .count(calendarDays),
            "trades_per_day": .ratio(Double(tally.count) / Double(calendarDays)),
            "trading_days": .count(days.tradingDays), "winning_days": .count(days.winningDays),
            "losing_days": .count(days.losingDays), "net_per_trading_day": .amount(overview.netPerTradingDay),
        ]
    }

    private var risk: [String: JSON] {
        let drawdown = overview.drawdown
        return [
            "max_drawdown": .amount(drawdown?.amount), "max_drawdown_pct": TallyJSON.percent(drawdown?.fraction),
            "deepest_drawdown": EquityJSON.stretch(drawdown?.deepest),
            "longest_drawdown": EquityJSON.stretch(drawdown?.longest),
            "recovery_factor": .ratio(overview.recoveryFactor), "avg_r_multiple": .ratio(tally.averageR),
            "risk_of_ruin": .ratio(riskOfRuin), "current_streak": .count(overview.streaks.current),
            "best_streak": .count(overview.streaks.best), "worst_streak": .count(overview.streaks.worst),
            "sharpe": .ratio(overview.returns?.sharpe), "sortino": .ratio(overview.returns?.sortino),
            "volatility": .ratio(overview.returns?.volatility), "cagr": .ratio(overview.returns?.annualGrowth),
            "calmar": .ratio(overview.calmar),
        ]
    }

    /// The chance, in percent, that twenty trades in a row are lost, when each is lost as often as those so far were. Nil
    /// without trades.
    private var riskOfRuin: Double? {
        tally.count > 0 ? pow(Double(tally.losses) / Double(tally.count), 20) * 100 : nil
    }

    /// Civil days, weeks from Monday and months, in the user's zone.
    private var spans: [String: JSON] {
        var fields: [String: JSON] = [:]
        for (name, spans) in [("day", days.days), ("week", weeks), ("month", months)] {
            let (best, worst) = (DailyResults.best(of: spans), DailyResults.worst(of: spans))
            fields["best_\(name)"] = .amount(best?.net)
            fields["best_\(name)_date"] = .text(best?.date.description)
            fields["worst_\(name)"] = .amount(worst?.net)
            fields["worst_\(name)_date"] = .text(worst?.date.description)
        }
        return fields
    }
}
