/// Cutting `BTCUSDT` in two.
///
/// A name without a separator has an honest answer only with knowledge of the coins: `BTCTUSD` is Bitcoin in TrueUSD,
/// `DOTUSD` is Polkadot in dollars. So every quote currency of the exchange at the end is a candidate; the row's own hint
/// decides, then a base that is known, then, where the exchange's list is complete, the longer quote.
extension SymbolName {
    /// What things are priced in, on any exchange that writes names without a separator.
    static let quotes: Set<String> = [
        "USDT", "USDC", "FDUSD", "TUSD", "BUSD", "USDP", "USDS", "USDE", "USD1", "USDD", "USDQ", "USDR", "USDG", "USDH",
        "PYUSD", "RLUSD", "GUSD", "SUSD", "XUSD", "DAI", "UST", "PAX", "EURC", "EURI", "EURQ", "EURR", "AEUR", "EURT",
        "USD", "EUR", "GBP", "AUD", "CAD", "CHF", "JPY", "TRY", "BRL", "RUB", "UAH", "NGN", "ZAR", "PLN", "RON", "ARS",
        "IDR", "IDRT", "BIDR", "BVND", "BKRW", "MXN", "COP", "CZK", "AED", "KZT", "INR", "KRW", "HKD", "SGD",
        "BTC", "XBT", "ETH", "BNB", "SOL", "TRX", "XRP", "DOGE", "DOT", "MNT", "VAI", "HYPE",
    ]
    private static let quoteLengths = 2...5

    /// Kraken's old names, which go without their prefix everywhere else.
    private static let prefixedQuotes = ["ZUSD", "ZEUR", "ZGBP", "ZCAD", "ZJPY", "ZAUD", "XXBT", "XETH"]

    /// Money of a country, as it may be the currency of a share.
    static func isMoney(_ currency: String) -> Bool {
        [
            "USD", "EUR", "GBP", "CHF", "JPY", "CAD", "AUD", "NZD", "HKD", "SGD", "SEK", "NOK", "DKK", "PLN", "CZK",
            "HUF",
            "INR", "CNY", "CNH", "KRW", "BRL", "MXN", "ZAR", "TRY", "ILS", "GBX",
        ].contains(currency)
    }

    /// Coins whose last letters and a quote currency make another quote currency, and those often traded against them.
    static let knownBases: Set<String> = [
        "BTC", "XBT", "ETH", "BNB", "SOL", "XRP", "ADA", "DOGE", "XDG", "TRX", "DOT", "LTC", "BCH", "LINK", "AVAX",
        "XLM",
        "XMR", "ETC", "UNI", "ATOM", "NEAR", "APT", "ARB", "OP", "SUI", "SEI", "TON", "SHIB", "PEPE", "WIF", "BONK",
        "FLOKI", "HBAR", "FIL", "VET", "ICP", "AAVE", "MKR", "SNX", "CRV", "LDO", "INJ", "RUNE", "FTM", "SAND", "MANA",
        "AXS", "GALA", "APE", "IMX", "GRT", "ALGO", "XTZ", "EOS", "NEO", "QNT", "FLOW", "CHZ", "ENJ", "BAT", "ZEC",
        "DASH", "ZIL", "ZRX", "COMP", "YFI", "SUSHI", "1INCH", "KSM", "WAVES", "KAVA", "THETA", "EGLD", "MATIC", "POL",
        "TIA", "JUP", "PYTH", "ORDI", "WLD", "STRK", "ENA", "ONDO", "TAO", "RENDER", "FET", "KAS", "HYPE", "TRUMP",
        "LUNA", "LUNC", "CELO", "ROSE", "ANT", "NMR", "STORJ", "OCEAN", "BLUR", "GMT", "LRC", "SKL", "BAL", "REN",
        "KNC",
        "OMG", "GNO", "REP", "NANO", "SC", "ICX", "LSK", "QTUM", "OXT", "MLN", "USDT", "USDC", "DAI", "PAXG", "WBTC",
        "ETHW", "FLR", "JASMY", "MASK", "DYDX", "GMX", "PENDLE", "PNUT", "CAKE", "TWT", "SUN", "JST", "BTT", "WIN",
        "EUR",
        "GBP", "AUD", "USD", "ENS", "STX", "MINA", "CVX", "YGG", "PHA", "AR", "PYUSD", "ASTR", "GLMR", "LPT", "SPELL",
        "RAY", "ZK", "EIGEN", "SUPER", "CFG", "KAR", "MOVR", "BNT", "BAND", "API3", "ACH", "AUDIO", "ANKR", "DENT",
        "HOT", "IOST", "IOTA", "ONE", "ONT", "RVN", "SXP", "XEM", "WOO", "ZEN", "PEOPLE", "HOOK", "MAGIC", "RPL", "SSV",
        "FXS", "JTO", "MEME", "PIXEL", "PORTAL", "AEVO", "METIS", "ETHFI", "OMNI", "REZ", "IO", "LISTA", "ZRO", "DOGS",
        "NEIRO", "TURBO", "CATI", "HMSTR", "SCR", "MOVE", "USUAL", "VANA", "PENGU", "BERA", "KAITO", "XAUT",
    ]

    /// What a name without a sign was cut into.
    enum Cut: Equatable {
        case pair(base: String, quote: String)
        case none
        /// Nothing says which of these it is.
        case unsure([String])
    }

    /// How many of the dialect's quote currencies a name could end in.
    static func quoteCount(_ joined: String, _ dialect: Dialect) -> Int {
        let symbol = joined.uppercased()
        return quoteLengths.count { symbol.count > $0 && dialect.quotes.contains(String(symbol.suffix($0))) }
    }

    static func cut(_ joined: String, _ dialect: Dialect, quoteHint: String) -> Cut {
        if !quoteHint.isEmpty, joined.hasSuffix(quoteHint), joined.utf8.count > quoteHint.utf8.count {
            return .pair(base: String(joined.dropLast(quoteHint.count)), quote: quoteHint)
        }
        if dialect.hasPrefixes, let prefixed = prefixedQuotes.first(where: joined.hasSuffix),
            knownBases.contains(String(joined.dropLast(prefixed.count)))
        {
            return .pair(base: String(joined.dropLast(prefixed.count)), quote: String(prefixed.dropFirst()))
        }
        var found: [(base: String, quote: String)] = []
        for length in quoteLengths.reversed() where joined.count > length {
            let base = String(joined.dropLast(length))
            let quote = String(joined.suffix(length))
            guard dialect.quotes.contains(quote) else { continue }
            found.append((base, quote))
        }
        guard let longest = found.first else { return .none }
        if found.count > 1 {
            let known = found.filter { knownBases.contains($0.base) }
            if let best = known.first { return .pair(base: best.base, quote: best.quote) }
            guard dialect.isComplete else { return .unsure(found.map { "\($0.base)/\($0.quote)" }) }
        }
        return .pair(base: longest.base, quote: longest.quote)
    }
}
