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
        let walk = try closed.walk(startBalance: startBalance)
        days = try DailyResults(walk.nets)
        tally = try closed.tally()
        quantiles = Quantiles(of: closed, walk, count: tally.count)
        largestWin = quantiles.flatMap { $0.most > .zero ? $0.most : nil }
        largestLoss = quantiles.flatMap { $0.least < .zero ? $0.least : nil }
        durations = Durations(of: closed, walk, tally)
        streaks = walk.path.streaks
        drawdown = try walk.path.drawdown()
        returns =
            if let startBalance {
                try DailyReturns(of: days, startBalance: startBalance)
            } else {
                nil
            }
    }

    /// See `Tally.systemQuality`.
    package var systemQuality: Double? { tally.systemQuality }

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
}
