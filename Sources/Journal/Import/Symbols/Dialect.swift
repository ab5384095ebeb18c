extension SymbolName {
    /// How a source writes its markets.
    struct Dialect: Sendable {
        /// What things are priced in there.
        let quotes: Set<String>
        /// Whether the list is complete: then the longest quote at the end of a name is the right one. Where it is not, a
        /// name that two quotes could end is left to the base that is known, and refused without one.
        var isComplete = true
        /// `BTCUSD` is an inverse contract, counted in dollars and paid in bitcoin.
        var hasInverse = false
        /// What `BTCPERP` is priced in.
        var perpetualQuote: String?
        /// What `BTC-PERP` is priced in, which keeps its whole name: `BTC-PERP_USD`.
        var namedPerpetualQuote: String?
        /// What a future or option is priced in that names no quote: `BTC-27DEC26`.
        var datedQuote: String?
        /// What a name without a sign in it is priced in, which is a coin alone: `ETH`.
        var soleQuote: String?
        /// `XXBTZUSD`.
        var hasPrefixes = false
        /// Whether a name alone may be a share's ticker, where the row says its currency.
        var hasTickers = false
        /// Endings that say what the layout says too, and are no part of a name: `_UMCBL`.
        var suffixes: [String] = []
        /// Names that stand for others: `@107`.
        var aliases: [String: String] = [:]

        /// `BTCUSDT`, `BTC/USDT`, `btc-usdt`, `BTC/USDT:USDT`, `BTCUSDT_PERP`, `BTC-USDT-SWAP`, of whatever exchange.
        static let common = Dialect(
            quotes: SymbolName.quotes, isComplete: false, namedPerpetualQuote: "USD", hasTickers: true)
        /// Contracts of an exchange that does not say which: `BTCUSD` is an inverse one, `BTCPERP` a linear one in USDC.
        static let contracts = Dialect(
            quotes: SymbolName.quotes, isComplete: false, hasInverse: true, perpetualQuote: "USDC", datedQuote: "USDC")
    }
}
