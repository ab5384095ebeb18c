import Primitives

/// What is traded under a symbol.
package struct Instrument: Hashable, Sendable {
    /// In lower case; empty for all exchanges.
    package let exchange: String
    package let symbol: String
    package let kind: MarketKind?
    package let base: String
    /// What prices are in; empty where nobody says.
    package let quote: String
    /// How much of the base one unit of quantity is: 50 for a contract of ES, 0.01 for one of OKX's BTC-USDT swap, 1 where
    /// quantities are in the base itself. Of an inverse contract, how much of the quote currency it is.
    package let multiplier: Amount
    /// The smallest step of the price; nil where it is not known.
    package let tick: Amount?
    /// The smallest step of the quantity; nil where it is not known.
    package let lot: Amount?
    package let expiry: CivilDay?
    package let strike: Amount?

    package init(
        exchange: String, symbol: String, kind: MarketKind?, base: String, quote: String,
        multiplier: Amount = Amount(whole: 1), tick: Amount? = nil, lot: Amount? = nil, expiry: CivilDay? = nil,
        strike: Amount? = nil
    ) {
        self.exchange = exchange
        self.symbol = symbol
        self.kind = kind
        self.base = base
        self.quote = quote
        self.multiplier = multiplier
        self.tick = tick
        self.lot = lot
        self.expiry = expiry
        self.strike = strike
    }

    /// What profits are in: the quote currency, or the coin of an inverse contract. Empty where nobody says.
    package var settlement: String {
        guard kind?.isInverse ?? false else { return quote }
        // A future has its day behind the coin: `BTC-27DEC26`.
        return String(base.prefix { $0 != "-" })
    }

    package var contract: ContractTerms { ContractTerms(multiplier: multiplier, kind) }
}
