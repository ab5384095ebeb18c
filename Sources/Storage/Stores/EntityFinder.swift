import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Finds what goes by an id without being told the kind, and says in a few words what it is.
package struct EntityFinder {
    private let db: Database

    private static let labelCountMax = 60

    package init(_ db: Database) { self.db = db }

    package typealias Key = JournalState.Key

    /// What goes by a whole or shortened id. Of a trade that fills make, that is what people wrote about it, or the fill
    /// that opened it when nobody wrote anything.
    ///
    /// - Throws: what `Lookup.anything` throws.
    package func keys(_ text: String) throws -> [Key] {
        let id = try Lookup(db).anything(text)
        var keys: [Key] = []
        for entity in Schema.current.kinds {
            let sql = "SELECT EXISTS (SELECT 1 FROM \(entity.name) WHERE id = ?)"
            if try Bool.fetchOne(
                db.cachedStatement(sql: sql), arguments: [id.data]) ?? false
            {
                keys.append(Key(entity.kind, id))
            }
        }
        guard keys.isEmpty else { return keys }
        let trades = try Data.fetchAll(
            db.cachedStatement(sql: "SELECT trade FROM anchor WHERE round_trip = ? ORDER BY trade"),
            arguments: [id.data])
        keys = trades.compactMap { EntityID(bytes: $0) }.map { Key(Schema.trade.kind, $0) }
        guard keys.isEmpty else { return keys }
        let fill = try Data.fetchOne(
            db.cachedStatement(sql: "SELECT first_fill FROM round_trip WHERE id = ?"), arguments: [id.data])
        return fill.flatMap { EntityID(bytes: $0) }.map { [Key(Schema.fill.kind, $0)] } ?? []
    }

    /// The shown values of an entity; nil when there is no such row.
    package func fields(_ key: Key) throws -> [String: DatabaseValue]? {
        guard let entity = Schema.current.kind(key.kind) else { return nil }
        let columns = entity.fields.map(\.name).joined(separator: ", ")
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT \(columns) FROM \(entity.name) WHERE id = ?"), arguments: [key.id.data])
        return row.map { row in
            Dictionary(uniqueKeysWithValues: zip(entity.fields.map(\.name), row.databaseValues))
        }
    }

    /// `trade BTC/USDT long 2026-03-04`, `entry 2026-03-04 Patience`. Never empty.
    package func label(_ key: Key) throws -> String {
        guard let entity = Schema.current.kind(key.kind) else { return "something of a newer version" }
        let words = try self.words(key).filter { !$0.isEmpty }
        let text = words.isEmpty ? String(Hex.encode(key.id.bytes).suffix(8)) : words.joined(separator: " ")
        return "\(entity.name) \(text.prefix(Self.labelCountMax))"
    }

    private func words(_ key: Key) throws -> [String] {
        guard let fields = try fields(key) else { return [] }
        func text(_ name: String) -> String { fields[name].flatMap { String.fromDatabaseValue($0) } ?? "" }
        func day(_ name: String) -> String {
            fields[name].flatMap { Int64.fromDatabaseValue($0) }
                .map { String(Timestamp(milliseconds: $0).description.prefix(10)) } ?? ""
        }
        switch key.kind {
        case Schema.account.kind: return [text("exchange"), text("label")]
        case Schema.fill.kind: return [text("side"), text("quantity"), text("symbol"), day("time_ms")]
        case Schema.trade.kind:
            if fields["anchor"].map({ $0.isNull }) ?? true {
                return [text("symbol"), text("direction"), day("opened_ms")]
            }
            let trip = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT round_trip.symbol, round_trip.direction, round_trip.opened_ms
                        FROM anchor JOIN round_trip ON round_trip.id = anchor.round_trip WHERE anchor.trade = ?
                        """), arguments: [key.id.data])
            if let trip { return [trip[0], trip[1], String(Timestamp(milliseconds: trip[2]).description.prefix(10))] }
            // Its fills are gone: what is known of the one it hangs on has to do.
            guard let anchor = fields["anchor"].flatMap({ Data.fromDatabaseValue($0) }),
                let id = EntityID(bytes: anchor), let fill = try self.fields(Key(Schema.fill.kind, id))
            else { return [] }
            let time = fill["time_ms"].flatMap { Int64.fromDatabaseValue($0) }
            return [
                fill["symbol"].flatMap { String.fromDatabaseValue($0) } ?? "",
                time.map { String(Timestamp(milliseconds: $0).description.prefix(10)) } ?? "",
            ]
        case Schema.entry.kind: return [text("day"), text("title")]
        case Schema.settings.kind: return ["of the journal"]
        default: return [text("name")]
        }
    }

    package func presence(_ key: Key) throws -> Presence? {
        guard let entity = Schema.current.kind(key.kind) else { return nil }
        return try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT presence FROM \(entity.name) WHERE id = ?"), arguments: [key.id.data]
        ).flatMap { Presence(rawValue: $0) }
    }
}
