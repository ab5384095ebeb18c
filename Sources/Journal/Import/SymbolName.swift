/// A market under its one name in the journal.
struct SymbolName: Hashable, Sendable {
    /// Upper case: `BTC`, or `BTC-27DEC26` for a future with a date.
    let base: String
    /// Upper case: `USDT`.
    let quote: String
    /// A contract whose size is counted in the quote currency and whose profit is paid in the base.
    var isInverse = false
    /// `BTC_USDT`.
    let name: String

    init(base: String, quote: String, isInverse: Bool = false) {
        self.base = base
        self.quote = quote
        self.isInverse = isInverse
        name = base + "_" + quote
    }

    /// How a source writes its markets.
    enum Dialect: Hashable, Sendable {
        /// `BTCUSDT`, `BTC/USDT`, `btc-usdt`, `BTC/USDT:USDT`, `BTCUSDT_PERP`, `BTC-USDT-SWAP`.
        case common
        /// As `common`, and `BTCUSD` is an inverse contract, `BTCPERP` a linear one in USDC.
        case contracts
        /// As `common`, and `XXBTZUSD`.
        case kraken
        /// `ETH` is a perpetual in USDC; `HYPE/USDC` is spot.
        case hyperliquid
    }

    /// Nil for what is no market, or one whose quote currency cannot be told.
    static func read(_ text: String, _ dialect: Dialect, quoteHint: String = "") -> SymbolName? {
        let symbol = text.uppercased()
        guard !symbol.isEmpty, symbol.utf8.count <= nameBytesMax, symbol.utf8.allSatisfy(isAllowed),
            !symbol.contains("\u{fffd}")
        else { return nil }
        if dialect == .hyperliquid, !symbol.contains("/") { return SymbolName(base: symbol, quote: "USDC") }
        if let split = separated(symbol, dialect) { return split }
        let (joined, expiry) = withoutContractSuffix(symbol)
        guard !joined.isEmpty, !joined.contains(where: { "/:".contains($0) }) else { return nil }
        if dialect == .contracts, joined.hasSuffix("PERP"), joined.utf8.count > 4 {
            return SymbolName(base: String(joined.dropLast(4)), quote: "USDC")
        }
        if dialect == .kraken, let legacy = legacyKraken(joined) { return legacy }
        guard var (base, quote) = split(joined, quoteHint: quoteHint) else {
            // Bybit names a future in USDC by its coin and its day alone.
            guard dialect == .contracts, !expiry.isEmpty else { return nil }
            return SymbolName(base: joined + "-" + expiry, quote: "USDC")
        }
        base = plain(base)
        quote = plain(quote)
        return SymbolName(
            base: expiry.isEmpty ? base : base + "-" + expiry, quote: quote,
            isInverse: dialect == .contracts && quote == "USD")
    }

    /// A coin in upper case and without Kraken's old prefixes; nil for what cannot be one.
    static func coin(_ field: FieldBytes) -> String? {
        guard !field.isEmpty, field.count <= 20 else { return nil }
        let text = field.text.uppercased()
        guard text.utf8.allSatisfy({ isAllowed($0) && $0 != UInt8(ascii: "/") }), !text.contains("\u{fffd}") else {
            return nil
        }
        return plain(text)
    }

    private static let nameBytesMax = 40

    /// ASCII signs that occur in names, and every letter outside of ASCII: there are coins with Chinese names.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        byte.isDigit || byte.asciiLowercased != byte || byte >= 0x80 || "-_/:.@$".utf8.contains(byte)
    }

    /// Bitcoin and Dogecoin under the names that Kraken and BitMEX gave them.
    private static func plain(_ coin: String) -> String {
        switch coin {
        case "XBT", "XXBT": "BTC"
        case "XDG", "XXDG": "DOGE"
        default: coin
        }
    }

    /// `BTC/USDT`, `BTC-USDT-SWAP`, `BTC/USDT:USDT`. Nil when the parts are not told apart by a sign.
    private static func separated(_ symbol: String, _ dialect: Dialect) -> SymbolName? {
        // ccxt puts the currency of settlement behind a colon; a contract that settles in its base is inverse.
        let sides = symbol.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        var settlement = sides.count == 2 && symbol.contains("/") ? String(sides[1]) : ""
        var pair = settlement.isEmpty ? symbol : String(sides[0])
        var expiry = ""
        if let dash = settlement.firstIndex(of: "-") {
            expiry = String(settlement[dash...])
            settlement = String(settlement[..<dash])
        }
        for suffix in ["-SWAP", "_SWAP", "-PERP", "_PERP"] where pair.hasSuffix(suffix) {
            pair.removeLast(suffix.count)
            if suffix.hasSuffix("PERP"), !pair.contains(where: { "/-_:".contains($0) }) { return nil }
        }
        let separators: [Character] = ["/", ":", "_", "-"]
        guard let separator = separators.first(where: pair.contains), let cut = pair.lastIndex(of: separator) else {
            return nil
        }
        let base = plain(String(pair[..<cut]))
        let quote = plain(String(pair[pair.index(after: cut)...]))
        // `BTCUSDT-27DEC26` and `BTC_240927` have a day behind the sign, `ETH-20FEB26-2800-C` an option's kind.
        guard !base.isEmpty, separator == "/" || separator == ":" || quotes.contains(quote) else { return nil }
        guard !quote.isEmpty else { return nil }
        return SymbolName(
            base: base + expiry, quote: quote,
            isInverse: settlement == base || (dialect == .contracts && quote == "USD"))
    }

    /// Takes off what says "perpetual", and hands back the day of a dated future: `BTCUSDT-27DEC26`, `BTCUSDT_261225`.
    private static func withoutContractSuffix(_ symbol: String) -> (joined: String, expiry: String) {
        for suffix in ["_PERP", "-PERP", ".P"] where symbol.hasSuffix(suffix) {
            return (String(symbol.dropLast(suffix.count)), "")
        }
        guard let sign = symbol.firstIndex(where: { $0 == "-" || $0 == "_" }) else { return (symbol, "") }
        let tail = symbol[symbol.index(after: sign)...]
        guard tail.first?.isNumber == true else { return (symbol, "") }
        return (String(symbol[..<sign]), String(tail))
    }

    /// Kraken's first pairs: four letters and four, an X before a coin, a Z before a currency.
    private static func legacyKraken(_ symbol: String) -> SymbolName? {
        guard symbol.utf8.count == 8, symbol.utf8.count == symbol.count else { return nil }
        let base = symbol.prefix(4)
        let quote = symbol.suffix(4)
        guard base.first == "X" || base.first == "Z", quote.first == "X" || quote.first == "Z" else { return nil }
        let rest = String(quote.dropFirst())
        guard quotes.contains(rest) else { return nil }
        return SymbolName(base: plain(String(base.dropFirst())), quote: plain(rest))
    }
}
