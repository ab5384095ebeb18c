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

    /// What profits are in: the quote currency, or the coin of an inverse contract, without its day.
    var settlement: String { isInverse ? String(base.prefix { $0 != "-" }) : quote }

    init(base: String, quote: String, isInverse: Bool = false) {
        self.base = base
        self.quote = quote
        self.isInverse = isInverse
        name = base + "_" + quote
    }

    /// What the name itself says of its market.
    var kind: MarketKind?

    enum Reading: Equatable {
        case market(SymbolName)
        case unreadable
        /// Nothing says which of these it is.
        case unsure([String])
    }

    /// Nil for what is no market, or one whose quote currency cannot be told.
    static func read(_ text: String, _ dialect: Dialect, quoteHint: String = "") -> SymbolName? {
        guard case .market(let name) = reading(text, dialect, quoteHint: quoteHint) else { return nil }
        return name
    }

    /// - Parameter quoteHint: the quote currency, where something else in the row names it.
    static func reading(_ text: String, _ dialect: Dialect, quoteHint: String = "") -> Reading {
        var symbol = text.uppercased()
        guard isName(symbol) else { return .unreadable }
        if let suffix = dialect.suffixes.first(where: symbol.hasSuffix) { symbol.removeLast(suffix.count) }
        if let alias = dialect.aliases[symbol] { symbol = alias }
        if let quote = dialect.soleQuote, !symbol.contains("/") {
            return .market(SymbolName(base: symbol, quote: quote))
        }
        if let name = dated(symbol, dialect) ?? separated(symbol, dialect) { return .market(name) }
        if let quote = dialect.namedPerpetualQuote, symbol.hasSuffix("-PERP"), symbol.utf8.count > 5,
            !symbol.dropLast(5).contains(where: { "/-_:".contains($0) }),
            cut(String(symbol.dropLast(5)), dialect, quoteHint: "") == .none
        {
            var name = SymbolName(base: symbol, quote: quote)
            name.kind = .perpetual
            return .market(name)
        }
        return joined(symbol, dialect, quoteHint)
    }

    private static func joined(_ symbol: String, _ dialect: Dialect, _ quoteHint: String) -> Reading {
        let (joined, expiry, kind) = withoutContractSuffix(symbol)
        guard !joined.isEmpty, !joined.contains(where: { "/:".contains($0) }) else { return .unreadable }
        if let quote = dialect.perpetualQuote, joined.hasSuffix("PERP"), joined.utf8.count > 4 {
            var name = SymbolName(base: String(joined.dropLast(4)), quote: quote)
            name.kind = .perpetual
            return .market(name)
        }
        if dialect.hasPrefixes, let legacy = legacyKraken(joined) { return .market(legacy) }
        switch cut(joined, dialect, quoteHint: quoteHint) {
        case .pair(let base, let quote):
            let (base, quote) = (plain(base), plain(quote))
            var name = SymbolName(
                base: expiry.isEmpty ? base : base + "-" + expiry, quote: quote,
                isInverse: dialect.hasInverse && quote == "USD")
            name.kind = kind
            return .market(name)
        case .unsure(let names): return .unsure(names)
        case .none:
            // Some name a future or an option by its coin and its day alone.
            guard let quote = dialect.datedQuote, !expiry.isEmpty else { return .unreadable }
            var name = SymbolName(base: joined + "-" + expiry, quote: quote)
            name.kind = kind
            return .market(name)
        }
    }

    /// A share under its ticker and the currency that the row or the person names. Nil for what is no ticker.
    static func ticker(_ text: String, currency: String) -> SymbolName? {
        let ticker = text.uppercased()
        guard !currency.isEmpty, (1...tickerBytesMax).contains(ticker.utf8.count),
            ticker.utf8.allSatisfy({ $0.isDigit || $0.asciiLowercased != $0 || $0 == 0x2e || $0 == 0x2d })
        else { return nil }
        var name = SymbolName(base: ticker, quote: currency)
        if !knownBases.contains(ticker) { name.kind = .stock }
        return name
    }

    private static let tickerBytesMax = 12

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

    private static func isName(_ symbol: String) -> Bool {
        !symbol.isEmpty && symbol.utf8.count <= nameBytesMax && symbol.utf8.allSatisfy(isAllowed)
            && !symbol.contains("\u{fffd}")
    }

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

    /// `BTC-USDT-261225` and `BTC-USD-261225-90000-C`, with the quote currency before the day.
    private static func dated(_ symbol: String, _ dialect: Dialect) -> SymbolName? {
        let parts = symbol.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[2].first?.isNumber == true, !parts.contains(where: \.isEmpty),
            dialect.quotes.contains(String(parts[1]))
        else { return nil }
        let rest = parts.dropFirst(2).joined(separator: "-")
        var name = SymbolName(
            base: "\(plain(String(parts[0])))-\(rest)", quote: plain(String(parts[1])),
            isInverse: dialect.hasInverse && parts[1] == "USD")
        name.kind = isOption(symbol) ? .option : .future
        return name
    }

    /// `BTC/USDT`, `BTC-USDT-SWAP`, `BTC/USDT:USDT`. Nil when the parts are not told apart by a sign.
    private static func separated(_ symbol: String, _ dialect: Dialect) -> SymbolName? {
        // ccxt puts the currency of settlement behind a colon; a contract that settles in its base is inverse.
        let sides = symbol.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        var settlement = sides.count == 2 && symbol.contains("/") ? String(sides[1]) : ""
        var pair = settlement.isEmpty ? symbol : String(sides[0])
        var kind: MarketKind? = settlement.isEmpty ? nil : .perpetual
        var expiry = ""
        if let dash = settlement.firstIndex(of: "-") {
            expiry = String(settlement[dash...])
            settlement = String(settlement[..<dash])
            kind = isOption(expiry) ? .option : .future
        }
        for suffix in ["-SWAP", "_SWAP", "-PERP", "_PERP"] where pair.hasSuffix(suffix) {
            pair.removeLast(suffix.count)
            kind = .perpetual
            if suffix.hasSuffix("PERP"), !pair.contains(where: { "/-_:".contains($0) }) { return nil }
        }
        let separators: [Character] = ["/", ":", "_", "-"]
        guard let separator = separators.first(where: pair.contains), let cut = pair.lastIndex(of: separator) else {
            return nil
        }
        let base = plain(String(pair[..<cut]))
        let quote = plain(String(pair[pair.index(after: cut)...]))
        // `BTCUSDT-27DEC26` and `BTC_240927` have a day behind the sign, `ETH-20FEB26-2800-C` an option's kind.
        guard !base.isEmpty, !quote.isEmpty,
            separator == "/" || separator == ":" || quotes.contains(quote) || dialect.quotes.contains(quote)
        else { return nil }
        if kind == nil, base.contains(where: { $0 == "-" || $0 == "_" }) {
            kind = isOption(base) ? .option : base.contains(where: \.isNumber) ? .future : nil
        }
        var name = SymbolName(
            base: base + expiry, quote: quote,
            isInverse: settlement == base || (dialect.hasInverse && quote == "USD"))
        name.kind = kind
        return name
    }

    /// `…-2800-C`.
    private static func isOption(_ name: String) -> Bool {
        let parts = name.split { $0 == "-" || $0 == "_" }
        return parts.count >= 3 && (parts.last == "C" || parts.last == "P")
    }

    /// Takes off what says "perpetual", and hands back the day of a dated future: `BTCUSDT-27DEC26`, `BTCUSDT_261225`.
    private static func withoutContractSuffix(_ symbol: String) -> (joined: String, expiry: String, MarketKind?) {
        for suffix in ["_PERP", "-PERP", ".P"] where symbol.hasSuffix(suffix) {
            return (String(symbol.dropLast(suffix.count)), "", .perpetual)
        }
        guard let sign = symbol.firstIndex(where: { $0 == "-" || $0 == "_" }) else { return (symbol, "", nil) }
        let tail = symbol[symbol.index(after: sign)...]
        guard tail.first?.isNumber == true else { return (symbol, "", nil) }
        return (String(symbol[..<sign]), String(tail), isOption(symbol) ? .option : .future)
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
