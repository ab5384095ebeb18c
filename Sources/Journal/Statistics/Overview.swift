import Primitives

/// The front page of the statistics: every figure of one set of closed trades.
package struct Overview: Sendable {
    package let tally: Tally
    /// The highest net of a win; nil without wins.
    package let largestWin: Amount?
    /// The lowest net of a loss; nil without losses.
    package let largestLoss: Amount?
    /// Of the net of every trade; nil without trades.
    package let quantiles: Quantiles?
    /// Van Tharp's system quality number: √min(n, 100) · mean(R) / sd(R) over the n trades that have an R, sd with n − 1.
    /// Nil for fewer than two of them or when sd is zero; unreliable below thirty.
    package let systemQuality: Double?
    package let streaks: Streaks
    /// Nil without trades.
    package let durations: Durations?
    package let days: DailyResults
    /// Nil without trades.
    package let drawdown: Drawdown?
    /// Nil without a start balance, for fewer than two calendar days, and after ruin.
    package let returns: DailyReturns?

    /// The balance, in the quote currency, is what the account held before the first of these trades; without one,
    /// whatever is measured against it is nil. Throws `amount.out_of_range` when a sum does not fit.
    package init(of closed: ClosedTrades, startBalance: Amount? = nil) throws(Failure) {
        let trades = closed.trades
        let nets = trades.map(\.net)
        tally = try Tally(of: trades)
        largestWin = nets.max().flatMap { $0 > .zero ? $0 : nil }
        largestLoss = nets.min().flatMap { $0 < .zero ? $0 : nil }
        quantiles = Quantiles(of: nets)
        systemQuality = Self.systemQuality(of: trades.compactMap(\.r))
        streaks = Streaks(of: trades.lazy.map(\.outcome))
        durations = Durations(of: trades)
        days = try DailyResults(of: closed)
        drawdown = try Drawdown(of: closed, startBalance: startBalance)
        returns =
            if let startBalance {
                try DailyReturns(of: days, startBalance: startBalance)
            } else {
                nil
            }
    }

    /// Net / greatest drawdown, signed. Nil when equity never fell.
    package var recoveryFactor: Double? {
        guard let drawdown, !drawdown.amount.isZero else { return nil }
        return tally.net.approximate / drawdown.amount.approximate
    }

    /// Annual growth / greatest drawdown as a fraction. Nil when either is nil, or equity never fell.
    package var calmar: Double? {
        guard let growth = returns?.annualGrowth, let fraction = drawdown?.fraction, fraction > 0 else { return nil }
        return growth / fraction
    }

    /// Net / trading days, rounded in the 18th decimal. Nil without trades.
    package var netPerTradingDay: Amount? { try? tally.net / Amount(whole: Int64(days.tradingDays)) }

    private static func systemQuality(of rs: [Double]) -> Double? {
        guard rs.count >= 2 else { return nil }
        let mean = rs.reduce(0, +) / Double(rs.count)
        let variance = rs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rs.count - 1)
        guard variance > 0 else { return nil }
        return Double(min(rs.count, 100)).squareRoot() * mean / variance.squareRoot()
    }
}
