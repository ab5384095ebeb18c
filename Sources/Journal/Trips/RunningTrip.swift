import Primitives

/// The sums of a trip that a later fill may still change, all of them exact.
struct RunningTrip: Sendable {
    let anchor: ID<Fill>
    let direction: Direction
    let openedAt: Timestamp
    /// Whether some of what its last fill closed was opened by no fill here.
    var isPartial = false
    private var fills: [RoundTrip.Allocation] = []
    /// In units of 10⁻¹⁸, as the quantities of the fills.
    private(set) var held = WideInteger.zero
    private var opened = WideInteger.zero
    private var closed = WideInteger.zero
    private var largest = WideInteger.zero
    /// In units of 10⁻³⁶ of the currency that profits are in, as the fees.
    private var entryNotional = WideInteger.zero
    private var exitNotional = WideInteger.zero
    private var fees = WideInteger.zero
    private var otherFees: [String: Amount] = [:]
    /// A sum that does not fit, a size that would have been rounded, dust whose cost is not known.
    private var isUncertain = false
    private var hasPaidInCoins = false
    private var cost: CostOfClosed
    /// What is left, where that is too little to be sold.
    private(set) var dust: RoundTrip.Rest?
    private var lastExit: Timestamp?

    init(openedBy fill: Fill, carrying rest: RoundTrip.Rest?, _ terms: BookTerms) {
        anchor = fill.id
        direction = Direction(opening: fill.side)
        openedAt = fill.time
        cost = CostOfClosed(terms.costBasis, terms.contract)
        guard let rest else { return }
        hasPaidInCoins = true
        held = WideInteger(rest.quantity.units)
        opened = held
        largest = held
        guard let size = terms.contract.size(of: rest.quantity.units), let spent = rest.cost else {
            isUncertain = true
            return
        }
        entryNotional = WideInteger(spent.units, times: Amount(whole: 1).units)
        cost.carry(size: size, cost: entryNotional)
    }

    /// A trade of which only the end is here, and of whose beginning a person said what it had cost.
    init(closedBy fill: Fill, quantity: Amount, fee: BookTerms.Fee, cost price: Amount, _ terms: BookTerms) {
        anchor = fill.id
        direction = fill.side == .buy ? .short : .long
        openedAt = fill.time
        cost = CostOfClosed(terms.costBasis, terms.contract)
        opened = WideInteger(quantity.units)
        held = opened
        if let size = terms.contract.size(of: quantity.units),
            let notional = terms.contract.worth(of: size, at: price)
        {
            entryNotional = notional
        } else {
            isUncertain = true
        }
        exit(fill, quantity: quantity, fee: fee, terms)
    }

    mutating func enter(_ fill: Fill, quantity: Amount, fee: BookTerms.Fee, _ terms: BookTerms) {
        fills.append(.init(fill: fill.id, quantity: quantity, role: .opening))
        let amount = WideInteger(quantity.units)
        held += amount
        opened += amount
        if (largest - held).isNegative { largest = held }
        if let size = terms.contract.size(of: quantity.units),
            let notional = terms.contract.worth(of: size, at: fill.price)
        {
            entryNotional += notional
            cost.enter(price: fill.price, size: size, notional: notional)
        } else {
            isUncertain = true
        }
        pay(fee, fill, terms)
    }

    mutating func exit(_ fill: Fill, quantity: Amount, fee: BookTerms.Fee, _ terms: BookTerms) {
        fills.append(.init(fill: fill.id, quantity: quantity, role: .closing))
        let amount = WideInteger(quantity.units)
        held -= amount
        closed += amount
        lastExit = fill.time
        if let size = terms.contract.size(of: quantity.units),
            let notional = terms.contract.worth(of: size, at: fill.price)
        {
            exitNotional += notional
            cost.exit(size: size)
        } else {
            isUncertain = true
        }
        pay(fee, fill, terms)
        dust = rest(at: fill.price, terms)
    }

    private func rest(at price: Amount, _ terms: BookTerms) -> RoundTrip.Rest? {
        guard !held.isZero, let rest = held.narrowed, let largest = largest.narrowed,
            terms.isDust(rest, largest: largest, price: price, hasPaidInCoins: hasPaidInCoins)
        else { return nil }
        let spent = isUncertain ? nil : cost.average.total.flatMap { (entryNotional - $0).amount }
        return RoundTrip.Rest(quantity: Amount(units: rest), cost: spent)
    }

    private mutating func pay(_ fee: BookTerms.Fee, _ fill: Fill, _ terms: BookTerms) {
        switch fee {
        case .none: return
        case .money(let amount): fees += amount
        case .other(let coin, let amount):
            do throws(Failure) {
                otherFees[coin] = try otherFees[coin, default: .zero] + amount
            } catch {
                isUncertain = true
            }
        }
        if terms.paysInCoins(fill) { hasPaidInCoins = true }
    }

    /// As it is now: closed where nothing is held, or nothing but dust.
    ///
    /// - Parameter isShared: whether its last fill also made another trade.
    func roundTrip(_ terms: BookTerms, isShared: Bool = false) -> RoundTrip {
        RoundTrip(
            anchor: anchor, account: terms.account, symbol: terms.symbol, book: terms.book, currency: terms.currency,
            multiplier: terms.contract.multiplier, direction: direction, openedAt: openedAt,
            closedAt: held.isZero || dust != nil ? lastExit : nil, fills: fills, figures: figures(terms), rest: dust,
            isPartial: isPartial, isShared: isShared)
    }

    private func figures(_ terms: BookTerms) -> RoundTrip.Figures? {
        guard !isUncertain, let opened = opened.narrowed, let closed = closed.narrowed, let held = held.narrowed,
            let openedSize = terms.contract.size(of: opened), let closedSize = terms.contract.size(of: closed),
            let costOfClosed = costOfClosed,
            let gross = terms.contract.gain(direction, entries: costOfClosed, exits: exitNotional).amount,
            let entryPrice = terms.contract.price(of: openedSize, worth: entryNotional),
            let entry = entryNotional.amount,
            let exit = exitNotional.amount, let fees = fees.amount, let net = try? gross - fees
        else { return nil }
        var exitPrice: Amount?
        if closed > 0 {
            guard let price = terms.contract.price(of: closedSize, worth: exitNotional) else { return nil }
            exitPrice = Amount(units: price)
        }
        return RoundTrip.Figures(
            quantity: Amount(units: opened), openQuantity: Amount(units: dust == nil ? held : 0),
            entryPrice: Amount(units: entryPrice), exitPrice: exitPrice, entryNotional: entry, exitNotional: exit,
            gross: gross, fees: fees, otherFees: sortedOtherFees, net: net)
    }

    private var costOfClosed: WideInteger? {
        if held.isZero { return entryNotional }
        guard let dust else { return cost.total }
        // By what the next trade begins with, so that the two add up.
        return dust.cost.map { entryNotional - WideInteger($0.units, times: Amount(whole: 1).units) }
    }

    private var sortedOtherFees: [RoundTrip.CoinFee] {
        if otherFees.isEmpty { return [] }
        return otherFees.filter { !$0.value.isZero }
            .sorted { $0.key < $1.key }
            .map { RoundTrip.CoinFee(coin: $0.key, amount: $0.value) }
    }
}
