import Journal
import Primitives

/// Markets of an import that are in no currency, as a future that nobody knows: no figure in no currency adds up with
/// another, so it is said.
struct CurrencylessMarkets: Sendable {
    /// Files have few of them; those beyond are told by a later import.
    private static let (countMax, shownMax) = (1000, 5)

    private struct Market: Hashable {
        let symbol: String
        let kind: MarketKind?
    }

    private var markets: Set<Market> = []

    mutating func add(_ fill: Fill) {
        guard Symbol.quote(of: fill.symbol).isEmpty, markets.count < Self.countMax else { return }
        markets.insert(Market(symbol: fill.symbol, kind: fill.marketKind))
    }

    /// For people; nil where all have one.
    func note(_ account: Account, _ db: JournalFile.Connection) throws -> String? {
        guard !markets.isEmpty else { return nil }
        let currency = try AccountStore(db).find(account.id)?.currency ?? account.currency ?? ""
        let symbols = try markets.filter { market in
            try InstrumentStore(db).resolved(
                exchange: account.exchange, symbol: market.symbol, kind: market.kind, currency: currency
            ).quote.isEmpty
        }.map(\.symbol).sorted()
        guard !symbols.isEmpty else { return nil }
        let more = symbols.count > Self.shownMax ? " and \(symbols.count - Self.shownMax) more" : ""
        return
            "\(symbols.prefix(Self.shownMax).joined(separator: ", "))\(more) in no currency, so that their figures stand "
            + "apart from all others (`daybook account set \"\(account.name)\" --currency USD` gives them one)"
    }
}
