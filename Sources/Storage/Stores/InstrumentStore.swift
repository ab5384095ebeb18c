import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// What is traded under a symbol: as a person or a file said, else as the program knows, else as the name tells.
package struct InstrumentStore {
    private let db: Database

    package init(_ db: Database) { self.db = db }

    package static let countMax = 10_000

    private static let columns = "exchange, symbol, market_kind, base, quote, multiplier, tick, lot, expiry, strike"

    /// What a symbol means on an exchange. What was said for the exchange goes before what was said for all, what was said
    /// of a dated future before what was said of its root, and all of it before what comes with the program.
    ///
    /// - Parameter currency: of what is traded without a quote currency in its name; empty where nobody says.
    package func resolved(
        exchange: String, symbol: String, kind: MarketKind?, currency: String
    ) throws -> Instrument {
        let said = try said(exchange: exchange, symbol: symbol, kind: kind)
        let known = KnownInstruments.find(exchange: exchange, symbol: symbol, kind: kind)
        let quote = Symbol.quote(of: symbol)
        let base = quote.isEmpty ? symbol : String(symbol.dropLast(quote.count + 1))
        let named = quote.isEmpty ? known?.quote ?? "" : quote
        return Instrument(
            exchange: exchange, symbol: symbol, kind: kind,
            base: said?.base ?? base, quote: said?.quote ?? (named.isEmpty ? currency : named),
            multiplier: said?.multiplier ?? known?.multiplier ?? ContractTerms.one,
            tick: said?.tick ?? known?.tick, lot: said?.lot, expiry: said?.expiry, strike: said?.strike)
    }

    /// Whether it is known how much one unit of quantity is: a person or a file said so, or the program knows. Whoever reads
    /// quantities in contracts asks; what is counted in coins or shares needs no size.
    package func isKnown(exchange: String, symbol: String, kind: MarketKind?) throws -> Bool {
        try said(exchange: exchange, symbol: symbol, kind: kind)?.multiplier != nil
            || KnownInstruments.find(exchange: exchange, symbol: symbol, kind: kind) != nil
    }

    /// What people and files said, in the order of symbol, exchange and kind.
    package func list() throws -> [SaidInstrument] {
        try Row.fetchPaid(
            db.cachedStatement(
                sql: """
                    SELECT id, \(Self.columns) FROM instrument WHERE presence <> 1 AND symbol IS NOT NULL
                    ORDER BY symbol, exchange, market_kind, id LIMIT :limit
                    """), arguments: ["limit": Self.countMax]
        ).compactMap { SaidInstrument($0) }
    }

    /// What was said of a symbol; nil when nobody has said anything.
    package func said(exchange: String, symbol: String, kind: MarketKind?) throws -> SaidInstrument? {
        if let found = try find(exchange: exchange, symbol: symbol, kind: kind) { return found }
        guard kind ?? .future == .future, let root = FuturesSymbol(symbol)?.root else { return nil }
        // The name looks like a future's, which is no proof where nobody knows the root as one.
        let isFuture = try kind == .future || KnownInstruments.isRoot(root) || isSaidFuture(root)
        return isFuture ? try find(exchange: exchange, symbol: root, kind: .future) : nil
    }

    private func find(exchange: String, symbol: String, kind: MarketKind?) throws -> SaidInstrument? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT id, \(Self.columns) FROM instrument
                    WHERE symbol = :symbol AND coalesce(exchange, '') IN (:exchange, '') AND presence <> 1
                        AND coalesce(market_kind, :kind) IS :kind
                    ORDER BY coalesce(exchange, '') DESC, market_kind DESC, id LIMIT 1
                    """), arguments: ["symbol": symbol, "exchange": exchange, "kind": kind?.rawValue]
        ).flatMap { SaidInstrument($0) }
    }

    private func isSaidFuture(_ root: String) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM instrument WHERE symbol = ? AND market_kind = ? AND presence <> 1)"),
            arguments: [root, MarketKind.future.rawValue]) ?? false
    }

    /// Says something of a symbol, for all its trades: those that are here, and those that will come.
    ///
    /// - Throws: what `InstrumentFields.values` throws.
    package func set(_ fields: InstrumentFields, in draft: inout Draft) throws {
        draft.put(Schema.instrument, fields.id, try fields.values())
    }
}

/// What a person or a file said of a symbol.
package struct SaidInstrument: Hashable, Sendable {
    package let id: ID<Instrument>
    /// In lower case; empty for all exchanges.
    package let exchange: String
    package let symbol: String
    package let kind: MarketKind?
    package let base: String?
    package let quote: String?
    package let multiplier: Amount?
    package let tick: Amount?
    package let lot: Amount?
    package let expiry: CivilDay?
    package let strike: Amount?

    init?(_ row: Row) {
        guard let id = ID<Instrument>(bytes: row["id"] as Data), let symbol = row["symbol"] as String? else {
            return nil
        }
        func size(_ name: String) -> Amount? {
            (row[name] as String?).flatMap { Amount($0) }.flatMap { $0 > .zero ? $0 : nil }
        }
        func word(_ name: String) -> String? { (row[name] as String?).flatMap { $0.isEmpty ? nil : $0 } }
        self.id = id
        exchange = row["exchange"] ?? ""
        self.symbol = symbol
        kind = (row["market_kind"] as String?).flatMap(MarketKind.init(rawValue:))
        base = word("base")
        quote = word("quote")
        multiplier = size("multiplier")
        tick = size("tick")
        lot = size("lot")
        expiry = (row["expiry"] as String?).flatMap { CivilDay($0) }
        strike = size("strike")
    }
}
