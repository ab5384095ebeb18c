import Primitives

/// Counts and sums over some trades, and the ratios that follow from them: the row of every breakdown.
///
/// Everything in it is a whole number: money in units of an amount, R in units of 10⁻¹⁶ (`TradeRow.r`). So the order in
/// which trades came does not matter, a trade can be taken out again, and two tallies of the same trades are equal to the
/// last bit. What is a ratio is a double computed from the sums. A ratio that is undefined is nil, never zero, infinite or
/// a sentinel.
package struct Tally: Hashable, Sendable {
    package private(set) var wins = 0
    package private(set) var losses = 0
    package private(set) var breakevens = 0
    /// Fees and rebates apart, as profits and losses: so whatever part of the trades is summed, it fits where the whole does.
    private var paidUnits: Int128 = 0
    private var rebateUnits: Int128 = 0
    private var profitUnits: Int128 = 0
    private var lossUnits: Int128 = 0
    /// How many trades have an initial risk: shown beside every figure in R.
    package private(set) var rTrades = 0
    private var rSum: Int128 = 0
    private var rSquares = WideInteger.zero
    private var held: Int128 = 0
    private var heldOfWins: Int128 = 0
    private var heldOfLosses: Int128 = 0

    package init() {}

    package init(of trades: some Sequence<TradeFacts>) throws(Failure) {
        for trade in trades { try add(trade) }
    }

    /// Throws `amount.out_of_range` when a sum does not fit.
    package mutating func add(_ trade: TradeFacts) throws(Failure) { try add(TradeRow(trade)) }

    /// Throws `amount.out_of_range` when a sum does not fit.
    mutating func add(_ row: TradeRow) throws(Failure) { try count(row, 1) }

    /// Takes out a trade that was added.
    mutating func remove(_ row: TradeRow) throws(Failure) { try count(row, -1) }

    private mutating func count(_ row: TradeRow, _ sign: Int128) throws(Failure) {
        var isOverflowed = false
        Self.add(max(row.fees, 0) &* sign, to: &paidUnits, &isOverflowed)
        Self.add(min(row.fees, 0) &* sign, to: &rebateUnits, &isOverflowed)
        Self.add(max(row.net, 0) &* sign, to: &profitUnits, &isOverflowed)
        Self.add(min(row.net, 0) &* sign, to: &lossUnits, &isOverflowed)
        try check(isOverflowed)
        held &+= row.held &* sign
        if row.net > 0 {
            wins += Int(sign)
            heldOfWins &+= row.held &* sign
        } else if row.net < 0 {
            losses += Int(sign)
            heldOfLosses &+= row.held &* sign
        } else {
            breakevens += Int(sign)
        }
        if let r = row.r {
            rTrades += Int(sign)
            rSum &+= r &* sign
            if sign > 0 { rSquares += WideInteger(r, times: r) } else { rSquares -= WideInteger(r, times: r) }
        }
    }

    /// Adds a trade of a table whose sums are known to fit, so that no part of it can fail to. Without a branch: how a
    /// trade ends is chance to a processor.
    ///
    /// - Parameters:
    ///   - r: 0 without one.
    ///   - rCount: 1, or 0 without one.
    @inline(__always)
    mutating func addPart(net: Int128, fees: Int128, held time: Int128, r: Int128, rCount: Int) {
        let isWin = net > 0 ? 1 : 0
        let isLoss = net < 0 ? 1 : 0
        paidUnits &+= fees > 0 ? fees : 0
        rebateUnits &+= fees < 0 ? fees : 0
        profitUnits &+= isWin == 1 ? net : 0
        lossUnits &+= isLoss == 1 ? net : 0
        wins &+= isWin
        losses &+= isLoss
        breakevens &+= 1 &- isWin &- isLoss
        held &+= time
        heldOfWins &+= isWin == 1 ? time : 0
        heldOfLosses &+= isLoss == 1 ? time : 0
        rTrades &+= rCount
        rSum &+= r
        rSquares.addSquare(of: r)
    }

    /// Throws `amount.out_of_range` when a sum does not fit.
    package mutating func add(_ other: Tally) throws(Failure) {
        try merge(other, 1)
        rSquares += other.rSquares
    }

    /// Takes out trades that were added.
    mutating func remove(_ other: Tally) throws(Failure) {
        try merge(other, -1)
        rSquares -= other.rSquares
    }

    private mutating func merge(_ other: Tally, _ sign: Int128) throws(Failure) {
        var isOverflowed = false
        wins += other.wins * Int(sign)
        losses += other.losses * Int(sign)
        breakevens += other.breakevens * Int(sign)
        rTrades += other.rTrades * Int(sign)
        Self.add(other.paidUnits &* sign, to: &paidUnits, &isOverflowed)
        Self.add(other.rebateUnits &* sign, to: &rebateUnits, &isOverflowed)
        Self.add(other.profitUnits &* sign, to: &profitUnits, &isOverflowed)
        Self.add(other.lossUnits &* sign, to: &lossUnits, &isOverflowed)
        held &+= other.held &* sign
        heldOfWins &+= other.heldOfWins &* sign
        heldOfLosses &+= other.heldOfLosses &* sign
        rSum &+= other.rSum &* sign
        try check(isOverflowed)
    }

    /// What is shown as gross must fit as well as its parts; a profit and a loss that fit have a sum that does.
    private func check(_ isOverflowed: Bool) throws(Failure) {
        let net = profitUnits &+ lossUnits
        guard !isOverflowed, !net.addingReportingOverflow(paidUnits &+ rebateUnits).overflow else {
            throw .amountOutOfRange
        }
    }

    @inline(__always)
    private static func add(_ value: Int128, to sum: inout Int128, _ isOverflowed: inout Bool) {
        let (result, overflow) = sum.addingReportingOverflow(value)
        sum = result
        isOverflowed = isOverflowed || overflow || result == .min
    }
}

extension Tally {
    package var gross: Amount { Amount(units: profitUnits &+ lossUnits &+ paidUnits &+ rebateUnits) }
    package var fees: Amount { Amount(units: paidUnits &+ rebateUnits) }
    package var net: Amount { Amount(units: profitUnits &+ lossUnits) }
    /// Σ net over the wins (GP).
    package var grossProfit: Amount { Amount(units: profitUnits) }
    /// Σ net over the losses (GL), never above zero.
    package var grossLoss: Amount { Amount(units: lossUnits) }

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
    package var totalR: Double? { rTrades > 0 ? Double(rSum) / TradeRow.rUnits : nil }
    /// Mean R. Nil when no trade has an initial risk.
    package var averageR: Double? { totalR.map { $0 / Double(rTrades) } }
    /// p − (1 − p) / b with p = W / (W + L) and b = payoff: the fraction of capital of the Kelly criterion. Show half of
    /// it, and nothing below zero. Nil when b is nil.
    package var kelly: Double? {
        guard let payoff, let winRateDecided else { return nil }
        return winRateDecided - (1 - winRateDecided) / payoff
    }
    /// Van Tharp's system quality number: √min(n, 100) · mean(R) / sd(R) over the n trades that have an R, sd with n − 1.
    /// Nil for fewer than two of them or when sd is zero; unreliable below thirty.
    package var systemQuality: Double? {
        guard rTrades >= 2, let averageR else { return nil }
        // n·ΣR² − (ΣR)², in whole numbers to the end: equal Rs have a deviation of exactly zero.
        var spread = rSquares.multiplied(by: Int64(rTrades))
        spread -= WideInteger(rSum, times: rSum)
        guard let magnitude = spread.approximate, magnitude > 0 else { return nil }
        let variance = magnitude / Double(rTrades) / Double(rTrades - 1)
        return Double(min(rTrades, 100)).squareRoot() * averageR / (variance.squareRoot() / TradeRow.rUnits)
    }

    /// Mean holding times in milliseconds: of all, of the wins, of the losses. Nil without such trades.
    package var meanHeld: Double? { share(held, count) }
    package var meanHeldOfWins: Double? { share(heldOfWins, wins) }
    package var meanHeldOfLosses: Double? { share(heldOfLosses, losses) }

    private func ratio(_ dividend: Double, _ divisor: Double) -> Double? {
        divisor == 0 ? nil : dividend / divisor
    }

    private func share(_ sum: Amount, _ count: Int) -> Amount? { try? sum / Amount(whole: Int64(count)) }

    private func share(_ sum: Int128, _ count: Int) -> Double? { count > 0 ? Double(sum) / Double(count) : nil }
}
