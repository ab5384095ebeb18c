import Primitives

/// An instrument that comes with the program: one line of `Resources/instruments.csv`, which says where it is from.
package struct KnownInstrument: Hashable, Sendable {
    /// In lower case; empty for all exchanges.
    package let exchange: String
    /// A market, a pattern of one (`XAU_*`, `*_USD`, `*`), or the root of a future.
    package let symbol: String
    package let kind: MarketKind
    /// Empty where the symbol tells it.
    package let quote: String
    /// Of one unit of quantity: of the base, or of the quote currency where contracts are inverse.
    package let multiplier: Amount
    package let tick: Amount?

    /// Nil for a comment, and for a line that is no instrument.
    init?(line: some StringProtocol) {
        let cells = line.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
        guard cells.count == 6, !line.hasPrefix("#"), let kind = MarketKind(rawValue: cells[2]),
            let multiplier = Amount(cells[4]), multiplier > .zero
        else { return nil }
        exchange = cells[0]
        symbol = cells[1]
        self.kind = kind
        quote = cells[3]
        self.multiplier = multiplier
        tick = Amount(cells[5])
    }
}

/// The instruments that come with the program.
package enum KnownInstruments {
    package static let all = String(decoding: PackageResources.instruments_csv, as: UTF8.self)
        .split(separator: "\n").compactMap { KnownInstrument(line: $0) }

    private struct Key: Hashable {
        let exchange: String
        let symbol: String
        let kind: MarketKind
    }

    private static let byKey = Dictionary(
        all.map { (Key(exchange: $0.exchange, symbol: $0.symbol, kind: $0.kind), $0) },
        uniquingKeysWith: { first, _ in first })
    private static let roots = Set(all.filter { $0.exchange.isEmpty && $0.kind == .future }.map(\.symbol))

    /// Whether a future of this root is known. Many roots are stocks as well: by itself, `ES` says nothing.
    package static func isRoot(_ text: String) -> Bool { roots.contains(text) }

    /// What is known of a symbol.
    ///
    /// - Parameter kind: nil where nobody says. Then a known root with month and year behind it, as `ESZ6`, is a future, and
    ///   nothing else is known.
    package static func find(exchange: String, symbol: String, kind: MarketKind?) -> KnownInstrument? {
        let future = FuturesSymbol(symbol)
        guard let kind = kind ?? (future.map { isRoot($0.root) } ?? false ? .future : nil) else { return nil }
        for exchange in exchange.isEmpty ? [""] : [exchange, ""] {
            for name in names(of: symbol, root: kind == .future ? future?.root : nil) {
                if let found = byKey[Key(exchange: exchange, symbol: name, kind: kind)] { return found }
            }
        }
        return nil
    }

    /// The symbol and what may stand for it, the closest first.
    private static func names(of symbol: String, root: String?) -> [String] {
        var names = [symbol]
        if let root { names.append(root) }
        let quote = Symbol.quote(of: symbol)
        guard !quote.isEmpty else { return names + ["*"] }
        let base = symbol.dropLast(quote.count + 1)
        // A dated future of a coin has its day behind the coin: `BTC-27DEC26_USD`.
        if let dash = base.firstIndex(of: "-") { names.append("\(base[..<dash])_\(quote)") }
        return names + ["\(base)_*", "*_\(quote)", "*"]
    }
}
