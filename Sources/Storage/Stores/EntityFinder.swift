import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Finds what an id means without being told the kind, and says in a few words what it is.
package struct EntityFinder {
    private let db: Database

    private static let digitCountMin = 4
    private static let labelCountMax = 60

    package init(_ db: Database) { self.db = db }

    package typealias Key = JournalState.Key

    /// Reads a whole id or its last digits, at least four.
    ///
    /// - Throws: `entity.not_found`, `entity.ambiguous`, `entity.bad_id`.
    package func require(_ text: String) throws -> Key {
        let digits = text.lowercased().filter { $0 != "-" }
        guard digits.count >= Self.digitCountMin, digits.count <= 32,
            Hex.decode(digits.count.isMultiple(of: 2) ? digits : "0" + digits) != nil
        else { throw Failure.entityBadID }
        var found: [Key] = []
        for entity in Schema.current.kinds {
            found += try ids(of: entity, endingIn: digits).map { Key(entity.kind, $0) }
        }
        guard let first = found.first else { throw Failure.entityNotFound(text) }
        guard found.count == 1 else { throw Failure.entityAmbiguous(text) }
        return first
    }

    /// At most two: whoever asks only wants to know whether there is one.
    private func ids(of entity: EntityKind, endingIn digits: String) throws -> [EntityID] {
        // Only a whole id can use an index.
        if digits.count == 32, let bytes = Hex.decode(digits) {
            return try Data.fetchAll(
                db, sql: "SELECT id FROM \(entity.name) WHERE id = ? LIMIT 1", arguments: [Data(bytes)]
            ).compactMap { EntityID(bytes: $0) }
        }
        return try Data.fetchAll(
            db, sql: "SELECT id FROM \(entity.name) WHERE substr(hex(id), -?) = upper(?) ORDER BY id LIMIT 2",
            arguments: [digits.count, digits]
        ).compactMap { EntityID(bytes: $0) }
    }

    /// The shown values of an entity; nil when there is no such row.
    package func fields(_ key: Key) throws -> [String: DatabaseValue]? {
        guard let entity = Schema.current.kind(key.kind) else { return nil }
        let columns = entity.fields.map(\.name).joined(separator: ", ")
        let row = try Row.fetchOne(
            db, sql: "SELECT \(columns) FROM \(entity.name) WHERE id = ?", arguments: [key.id.data])
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
                db,
                sql: """
                    SELECT round_trip.symbol, round_trip.direction, round_trip.opened_ms
                    FROM anchor JOIN round_trip ON round_trip.id = anchor.round_trip WHERE anchor.trade = ?
                    """, arguments: [key.id.data])
            return trip.map { row in
                [row[0], row[1], String(Timestamp(milliseconds: row[2]).description.prefix(10))]
            } ?? []
        case Schema.entry.kind: return [text("day"), text("title")]
        default: return [text("name")]
        }
    }

    package func presence(_ key: Key) throws -> Presence? {
        guard let entity = Schema.current.kind(key.kind) else { return nil }
        return try Int64.fetchOne(
            db, sql: "SELECT presence FROM \(entity.name) WHERE id = ?", arguments: [key.id.data]
        ).flatMap { Presence(rawValue: $0) }
    }
}

extension Failure {
    package static let entityBadID = Failure(
        .invalid, "entity.bad_id", "An id is a UUID or at least its last four digits. Every list shows them.")
    package static func entityNotFound(_ text: String) -> Failure {
        Failure(.notFound, "entity.not_found", "Nothing in this journal has the id \(text).")
    }
    package static func entityAmbiguous(_ text: String) -> Failure {
        Failure(.invalid, "entity.ambiguous", "The id \(text) fits several things. Give more of its digits.")
    }
}
