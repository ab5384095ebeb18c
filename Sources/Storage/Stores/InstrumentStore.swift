import GRDB
import Journal
import Primitives
import Sync

/// What is traded under a symbol: as a person or a file said, else as the name tells.
package struct InstrumentStore {
    private let db: Database

    package init(_ db: Database) { self.db = db }

    /// What a symbol means on an exchange. What was said for the exchange goes before what was said for all.
    ///
    /// - Parameter currency: of what is traded without a quote currency in its name; empty where nobody says.
    package func resolved(
        exchange: String, symbol: String, kind: MarketKind?, currency: String
    ) throws -> Instrument {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT exchange, market_kind, base, quote, multiplier, tick, lot, expiry, strike FROM instrument
                    WHERE symbol = :symbol AND exchange IN (:exchange, '') AND presence <> 1
                        AND coalesce(market_kind, :kind) IS :kind
                    ORDER BY exchange DESC, market_kind DESC, id LIMIT 1
                    """), arguments: ["symbol": symbol, "exchange": exchange, "kind": kind?.rawValue])
        let quote = Symbol.quote(of: symbol)
        let base = quote.isEmpty ? symbol : String(symbol.dropLast(quote.count + 1))
        func amount(_ name: String) -> Amount? { (row?[name] as String?).flatMap { Amount($0) } }
        return Instrument(
            exchange: exchange, symbol: symbol, kind: kind, base: row?["base"] ?? base,
            quote: row?["quote"] ?? (quote.isEmpty ? currency : quote),
            multiplier: amount("multiplier").flatMap { $0 > .zero ? $0 : nil } ?? Amount(whole: 1),
            tick: amount("tick"),
            lot: amount("lot"), expiry: (row?["expiry"] as String?).flatMap { CivilDay($0) }, strike: amount("strike"))
    }
}
