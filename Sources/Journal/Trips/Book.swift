import Primitives

/// One position of a market: what is held on one kind of market, or in one of its legs, is not what is held on another.
package struct Book: Hashable, Sendable {
    /// Nil where nobody says.
    package let kind: MarketKind?
    /// Nil where the account holds one position, long or short.
    package let leg: Direction?

    package init(kind: MarketKind?, leg: Direction?) {
        self.kind = kind
        self.leg = leg
    }
}

/// What the trades of a book are figured by.
package struct BookTerms: Sendable {
    package let account: ID<Account>
    package let symbol: String
    package let book: Book
    package let contract: ContractTerms
    /// What its money is in; empty where nobody says.
    package let currency: String
    package let costBasis: Account.CostBasis
    private let base: String
    private let quote: String
    private let lot: Amount?
    private let mayBeShort: Bool
    private let dealsInCoins: Bool
    /// What a rest must be worth less than to count as dust, where the lot is not known; nil where it never does.
    private let dustWorth: WideInteger?

    /// - Parameter isMargin: whether the account borrows, so that sales on spot markets may be short.
    package init(
        account: ID<Account>, _ instrument: Instrument, leg: Direction? = nil, costBasis: Account.CostBasis = .average,
        isMargin: Bool = false
    ) {
        self.account = account
        self.costBasis = costBasis
        symbol = instrument.symbol
        book = Book(kind: instrument.kind, leg: leg)
        contract = instrument.contract
        currency = instrument.settlement
        base = instrument.base
        quote = instrument.quote
        lot = instrument.lot
        mayBeShort = instrument.kind != .spot || isMargin
        dealsInCoins =
            switch instrument.kind {
            case nil, .spot, .margin: instrument.multiplier == ContractTerms.one
            default: false
            }
        dustWorth = SmallChange.amount(in: instrument.quote).map {
            WideInteger($0.units, times: ContractTerms.one.units)
        }
    }

    /// Of a fill whose instrument nobody knows: the last `_` of its symbol parts base and quote.
    init(_ fill: Fill, costBasis: Account.CostBasis) {
        let quote = Symbol.quote(of: fill.symbol)
        let base = fill.symbol.contains("_") ? String(fill.symbol.dropLast(quote.count + 1)) : fill.symbol
        self.init(
            account: fill.account,
            Instrument(exchange: "", symbol: fill.symbol, kind: fill.marketKind, base: base, quote: quote),
            leg: fill.leg, costBasis: costBasis)
    }

    // MARK: What a fill moves

    /// Whether the fee of a fill leaves less of what was bought, or takes more of what was sold.
    func paysInCoins(_ fill: Fill) -> Bool {
        dealsInCoins && !fill.fee.isZero && fill.feeCurrency == base && !base.isEmpty
            && fill.fee.magnitude < fill.quantity
    }

    /// How far a fill moves the position.
    package func moved(by fill: Fill) -> Amount {
        guard paysInCoins(fill) else { return fill.quantity }
        return (try? fill.side == .buy ? fill.quantity - fill.fee : fill.quantity + fill.fee) ?? fill.quantity
    }

    /// Whether what a fill does not close begins a position, or adds to one.
    func mayOpen(_ fill: Fill, besideClosing: Bool) -> Bool {
        let direction = Direction(opening: fill.side)
        // Where nobody is short, what was bought is there, whatever the source calls it.
        if book.leg == nil, direction == .long, !mayBeShort { return true }
        switch fill.effect {
        case .closes: return false
        case .reduces where !besideClosing: return false
        default: break
        }
        if let leg = book.leg { return leg == direction }
        return direction == .long || mayBeShort
    }

    /// What a fee comes to, as far as the fill itself tells.
    enum Fee {
        /// In units of 10⁻³⁶ of the currency that profits are in.
        case money(WideInteger)
        case other(coin: String, Amount)
        case none
    }

    func fee(_ amount: Amount, of fill: Fill) -> Fee {
        if amount.isZero { return .none }
        let coin = fill.feeCurrency.isEmpty ? quote : fill.feeCurrency
        if coin == currency { return .money(WideInteger(amount.units, times: ContractTerms.one.units)) }
        if coin == (contract.isInverse ? quote : base), let worth = contract.worth(of: amount.units, at: fill.price) {
            return .money(worth)
        }
        return .other(coin: coin, amount)
    }

    // MARK: Sizes

    /// Whether a rest is too little to be sold, so that the trade is over.
    ///
    /// - Parameters:
    ///   - largest: the most that was held.
    ///   - price: of the last fill.
    func isDust(_ rest: Int128, largest: Int128, price: Amount, hasPaidInCoins: Bool) -> Bool {
        switch book.kind {
        case .spot: break
        case nil, .margin: guard hasPaidInCoins else { return false }
        default: return false
        }
        if let lot { return rest < lot.units }
        guard let dustWorth, let size = contract.size(of: rest), rest <= largest / 100 else { return false }
        return (WideInteger(size, times: price.units) - dustWorth).isNegative
    }
}
