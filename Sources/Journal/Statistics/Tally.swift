import Primitives

/// Counts and sums over some trades, and the ratios that follow from them: the row of every breakdown.
///
/// Money is summed exactly in the quote currency; what is a ratio is a double computed from the sums. A ratio that is
/// undefined is nil, never zero, infinite or a sentinel.
package struct Tally: Hashable, Sendable {
    package private(set) var wins = 0
    package private(set) var losses = 0
    package private(set) var breakevens = 0
    package private(set) var gross = Amount.zero
    package private(set) var fees = Amount.zero
    package private(set) var net = Amount.zero
    /// Σ net over the wins (GP).
    package private(set) var grossProfit = Amount.zero
    /// Σ net over the losses (GL), never above zero.
    package private(set) var grossLoss = Amount.zero
    /// How many trades have an initial risk: shown beside every figure in R.
    package private(set) var rTrades = 0
    private var rSum = 0.0

    package init() {}

    package init(of trades: some Sequence<TradeFacts>) throws(Failure) {
        for trade in trades { try add(trade) }
    }

    /// Throws `amount.out_of_range` when a sum does not fit.
    package mutating func add(_ trade: TradeFacts) throws(Failure) {
        gross = try gross + trade.gross
        fees = try fees + trade.fees
        net = try net + trade.net
        switch trade.outcome {
        case .win:
            wins += 1
            grossProfit = try grossProfit + trade.net
        case .loss:
            losses += 1
            grossLoss = try grossLoss + trade.net
        case .breakeven:
            breakevens += 1
        }
        if let r = trade.r {
            rTrades += 1
            rSum += r
        }
    }

    /// Throws `amount.out_of_range` when a sum does not fit.
    package mutating func add(_ other: Tally) throws(Failure) {
        gross = try gross + other.gross
        fees = try fees + other.fees
        net = try net + other.net
        grossProfit = try grossProfit + other.grossProfit
        grossLoss = try grossLoss + other.grossLoss
        wins += other.wins
        losses += other.losses
        breakevens += other.breakevens
        rTrades += other.rTrades
        rSum += other.rSum
    }

    /// All trades: wins, losses and breakevens.
    package var count: Int { wins + losses + breakevens }
    /// W / n. Nil without trades.
    package var winRate: Double? { ratio(Double(wins), Double(count)) }
    /// W / (W + L), as quantstats has it. Nil when every trade broke even.
    package var winRateDecided: Double? { ratio(Double(wins), Double(wins + losses)) }
    /// GP / |GL|. Nil without losses; `hasNoLosses` tells why.
    package var profitFactor: Double? { ratio(grossProfit.approximate, grossLoss.magnitude.approximate) }
    package var hasNoLosses: Bool { losses == 0 }
    /// Σ net / n in the quote currency, rounded in the 18th decimal. Nil without trades.
    package var expectancy: Amount? { share(net, count) }
    /// GP / W. Nil without wins.
    package var averageWin: Amount? { share(grossProfit, wins) }
    /// GL / L, below zero. Nil without losses.
    package var averageLoss: Amount? { share(grossLoss, losses) }
    /// (GP / W) / |GL / L|. Nil without wins or without losses.
    package var payoff: Double? {
        guard wins > 0, losses > 0 else { return nil }
        return grossProfit.approximate / Double(wins) / (grossLoss.magnitude.approximate / Double(losses))
    }
    /// Σ R. Nil when no trade has an initial risk.
    package var totalR: Double? { rTrades > 0 ? rSum : nil }
    /// Mean R. Nil when no trade has an initial risk.
    package var averageR: Double? { ratio(rSum, Double(rTrades)) }
    /// p − (1 − p) / b with p = W / (W + L) and b = payoff: the fraction of capital of the Kelly criterion. Show half of
    /// it, and nothing below zero. Nil when b is nil.
    package var kelly: Double? {
        guard let payoff, let winRateDecided else { return nil }
        return winRateDecided - (1 - winRateDecided) / payoff
    }

    private func ratio(_ dividend: Double, _ divisor: Double) -> Double? {
        divisor == 0 ? nil : dividend / divisor
    }

    private func share(_ sum: Amount, _ count: Int) -> Amount? { try? sum / Amount(whole: Int64(count)) }
}
