/// Cutting `BTCUSDT` in two.
///
/// A name without a separator has an honest answer only with knowledge of the coins: `BTCTUSD` is Bitcoin in TrueUSD,
/// `DOTUSD` is Polkadot in dollars. So every known quote currency at the end is a candidate; the row's own hint decides,
/// then a base that is known, then the longer quote.
extension SymbolName {
    /// What things are priced in, on the exchanges that write names without a separator.
    static let quotes: Set<String> = [
        "USDT", "USDC", "FDUSD", "TUSD", "BUSD", "USDP", "USDS", "USDE", "USD1", "USDD", "USDQ", "USDR", "USDG", "USDH",
        "PYUSD", "RLUSD", "GUSD", "SUSD", "XUSD", "DAI", "UST", "PAX", "EURC", "EURI", "EURQ", "EURR", "AEUR", "EURT",
        "USD", "EUR", "GBP", "AUD", "CAD", "CHF", "JPY", "TRY", "BRL", "RUB", "UAH", "NGN", "ZAR", "PLN", "RON", "ARS",
        "IDR", "IDRT", "BIDR", "BVND", "BKRW", "MXN", "COP", "CZK", "AED", "KZT", "INR", "KRW", "HKD", "SGD",
        "BTC", "XBT", "ETH", "BNB", "SOL", "TRX", "XRP", "DOGE", "DOT", "MNT", "VAI", "HYPE",
        "ZUSD", "ZEUR", "ZGBP", "ZCAD", "ZJPY", "ZAUD", "XXBT", "XETH",
    ]
    private static let quoteLengths = 3...5

    /// Coins whose last letters and a quote currency make another quote currency, and those often traded against them.
    private static let knownBases: Set<String> = [
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
        "GBP", "AUD", "USD",
    ]

    /// How many of the quote currencies a name could end in.
    static func quoteCount(_ joined: String) -> Int {
        let symbol = joined.uppercased()
        return quoteLengths.count { symbol.count > $0 && quotes.contains(String(symbol.suffix($0))) }
    }

    /// Nil when nothing at the end is a known quote currency and the hint is not there either.
    static func split(_ joined: String, quoteHint: String) -> (base: String, quote: String)? {
        if !quoteHint.isEmpty, joined.hasSuffix(quoteHint), joined.utf8.count > quoteHint.utf8.count {
            return (String(joined.dropLast(quoteHint.count)), quoteHint)
        }
        var best: (base: String, quote: String)?
        for length in quoteLengths.reversed() where joined.count > length {
            let base = String(joined.dropLast(length))
            let quote = String(joined.suffix(length))
            guard quotes.contains(quote) else { continue }
            // Kraken's prefixed currencies go without their prefix everywhere else.
            let isPrefixed = length == 4 && (quote.hasPrefix("Z") || quote == "XXBT" || quote == "XETH")
            if knownBases.contains(base) { return (base, isPrefixed ? String(quote.dropFirst()) : quote) }
            if best == nil, !isPrefixed { best = (base, quote) }
        }
        return best
    }
}
