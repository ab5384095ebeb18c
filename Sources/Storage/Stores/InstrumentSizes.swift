import Journal
import Primitives

/// How much one unit of quantity is on an exchange, for a reader that has no journal at hand.
struct InstrumentSizes: Sendable {
    private let exchange: String
    private let said: [String: [SaidInstrument]]

    /// - Parameter said: what people and files said; what was said for other exchanges does not count.
    init(exchange: String, said: [SaidInstrument]) {
        self.exchange = exchange
        self.said = Dictionary(
            grouping: said.filter { [exchange, ""].contains($0.exchange) && $0.multiplier != nil }, by: \.symbol)
    }

    /// Nil where nobody knows.
    func size(of symbol: String, _ kind: MarketKind?) -> Amount? {
        let known = KnownInstruments.find(exchange: exchange, symbol: symbol, kind: kind)
        return saidSize(of: symbol, kind) ?? FuturesSymbol(symbol).flatMap { saidSize(of: $0.root, .future) }
            ?? known?.multiplier
    }

    private func saidSize(of symbol: String, _ kind: MarketKind?) -> Amount? {
        let found = said[symbol]?.filter { $0.kind == nil || $0.kind == kind } ?? []
        return (found.first { $0.exchange == exchange } ?? found.first)?.multiplier
    }
}

extension ImportOptions {
    /// With what the journal knows: the sizes of contracts, and what the account's shares are in.
    func with(_ sizes: InstrumentSizes, _ account: Account) -> ImportOptions {
        var options = self
        options.contractSize = { symbol, kind in sizes.size(of: symbol, kind) }
        options.accountCurrency = account.currency
        return options
    }
}
