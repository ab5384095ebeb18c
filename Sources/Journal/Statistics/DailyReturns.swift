import Foundation
import Primitives

/// Ratios of the series of daily returns, from the first to the last closing day.
///
/// `r = P&L of the day / equity at its start`, with zero for the days without a close; annualised by √365 with a riskless
/// rate of 0. Calendar days filled with zeros and √365 agree with weekdays and √261, so one rule serves markets that
/// close at the weekend and those that never do; leaving out idle days would flatter an occasional trader.
package struct DailyReturns: Hashable, Sendable {
    /// mean(r) / sd(r) · √365, sd with n − 1. Nil when sd is zero.
    package let sharpe: Double?
    /// mean(r) / √(mean(min(r, 0)²)) · √365, all days in both means. Nil without a losing day.
    package let sortino: Double?
    /// sd(r) · √365.
    package let volatility: Double
    /// (E_end / E_start)^(365 / days) − 1. Nil when more than everything was lost on the last day, or when the power is
    /// larger than a double.
    package let annualGrowth: Double?

    /// Nil for fewer than two calendar days, and when the equity is not above zero at the start of any of them (ruin).
    /// Throws `amount.out_of_range` when the equity does not fit.
    package init?(of results: DailyResults, startBalance: Amount) throws(Failure) {
        let dayCount = Double(results.calendarDays)
        guard results.calendarDays >= 2, startBalance > .zero else { return nil }
        var equity = startBalance
        var returns: [Double] = []
        for day in results.days {
            // Ruin on an idle day is ruin at the start of the next day with a close.
            guard equity > .zero else { return nil }
            returns.append(day.net.approximate / equity.approximate)
            equity = try equity + day.net
        }
        // The idle days are counted, not listed: a span of years may hold a handful of trades.
        let idleCount = dayCount - Double(returns.count)
        let mean = returns.reduce(0, +) / dayCount
        let squares = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } + idleCount * mean * mean
        let deviation = (squares / (dayCount - 1)).squareRoot()
        let downside = (returns.reduce(0) { $0 + min($1, 0) * min($1, 0) } / dayCount).squareRoot()
        let year = 365.0.squareRoot()
        sharpe = deviation > 0 ? mean / deviation * year : nil
        sortino = downside > 0 ? mean / downside * year : nil
        volatility = deviation * year
        // As a power less one, a growth near zero would keep few of its digits.
        let profit = try equity - startBalance
        let growth = expm1(log1p(profit.approximate / startBalance.approximate) * 365 / dayCount)
        annualGrowth = equity >= .zero && growth.isFinite ? growth : nil
    }
}
