import Primitives

/// The sums of a trip that has not been closed yet, all of them exact.
struct RunningTrip: Sendable {
    let anchor: ID<Fill>
    let direction: Direction
    let openedAt: Timestamp
    private var fills: [RoundTrip.Allocation] = []
    /// In units of 10⁻¹⁸ of the base currency.
    private(set) var held = WideInteger.zero
    private var opened = WideInteger.zero
    private var closed = WideInteger.zero
    /// In units of 10⁻³⁶ of the quote currency, as the fees.
    private var entryNotional = WideInteger.zero
    private var exitNotional = WideInteger.zero
    private var fees = WideInteger.zero
    private var otherFees: [String: Amount] = [:]
    private var otherFeesOverflowed = false
    private var cost: CostOfClosed

    init(openedBy fill: Fill, costBasis: Account.CostBasis) {
        anchor = fill.id
        direction = Direction(opening: fill.side)
        openedAt = fill.time
        cost = CostOfClosed(costBasis)
    }

    mutating func enter(_ fill: Fill, quantity: Amount, fee: Market.Fee) {
        fills.append(.init(fill: fill.id, quantity: quantity, role: .opening))
        let amount = WideInteger(quantity.units)
        let notional = WideInteger(fill.price.units, times: quantity.units)
        held += amount
        opened += amount
        entryNotional += notional
        cost.enter(price: fill.price, quantity: quantity, notional: notional)
        pay(fee)
    }

    mutating func exit(_ fill: Fill, quantity: Amount, fee: Market.Fee) {
        fills.append(.init(fill: fill.id, quantity: quantity, role: .closing))
        let amount = WideInteger(quantity.units)
        held -= amount
        closed += amount
        exitNotional += WideInteger(fill.price.units, times: quantity.units)
        cost.exit(quantity: quantity)
        pay(fee)
    }

    private mutating func pay(_ fee: Market.Fee) {
        switch fee {
        case .none: break
        case .quote(let amount): fees += amount
        case .other(let coin, let amount):
            do throws(Failure) {
                otherFees[coin] = try otherFees[coin, default: .zero] + amount
            } catch {
                otherFeesOverflowed = true
            }
        }
    }

    func roundTrip(in market: Market, closedAt: Timestamp?) -> RoundTrip {
        RoundTrip(
            anchor: anchor, account: market.account, symbol: market.symbol, direction: direction, openedAt: openedAt,
            closedAt: closedAt, fills: fills, figures: figures)
    }

    private var figures: RoundTrip.Figures? {
        guard !otherFeesOverflowed, let opened = opened.narrowed, let closed = closed.narrowed,
            let held = held.narrowed, let costOfClosed = held == 0 ? entryNotional : cost.total,
            let gross = (direction == .long ? exitNotional - costOfClosed : costOfClosed - exitNotional).amount,
            let entryPrice = entryNotional.divided(by: opened), let entry = entryNotional.amount,
            let exit = exitNotional.amount, let fees = fees.amount, let net = try? gross - fees
        else { return nil }
        var exitPrice: Amount?
        if closed > 0 {
            guard let price = exitNotional.divided(by: closed) else { return nil }
            exitPrice = Amount(units: price)
        }
        return RoundTrip.Figures(
            quantity: Amount(units: opened), openQuantity: Amount(units: held), entryPrice: Amount(units: entryPrice),
            exitPrice: exitPrice, entryNotional: entry, exitNotional: exit, gross: gross, fees: fees,
            otherFees: sortedOtherFees, net: net)
    }

    private var sortedOtherFees: [RoundTrip.CoinFee] {
        if otherFees.isEmpty { return [] }
        return otherFees.filter { !$0.value.isZero }
            .sorted { $0.key < $1.key }
            .map { RoundTrip.CoinFee(coin: $0.key, amount: $0.value) }
    }
}
