import Foundation
import GRDB
import Journal
import Primitives
import Sync

extension JournalFile {
    /// Shows what an older version had to keep beside: fields and kinds that this version knows.
    ///
    /// Runs after the tables were migrated. It changes what is shown, and nothing of what is known.
    package func absorbNewFields(of schema: Schema) async throws {
        try await write { db in try Upgrade(db, schema).run() }
    }
}

/// Moves values from beside their entities into the columns that are there for them now.
struct Upgrade {
    private let db: Database
    private let schema: Schema

    init(_ db: Database, _ schema: Schema) {
        self.db = db
        self.schema = schema
    }

    func run() throws {
        let merge = try MergeTransaction(db, schema)
        let rows = try Row.fetchAll(
            db, sql: "SELECT DISTINCT entity, slot FROM register WHERE value IS NOT NULL ORDER BY entity, slot")
        for row in rows {
            guard let id = EntityID(bytes: row[0] as Data) else { continue }
            try merge.show(id, Slot(rawValue: row[1]))
        }
        let kept = try Int64.fetchAll(db, sql: "SELECT DISTINCT slot FROM prose").map { Slot(rawValue: $0) }
        for slot in kept where schema.kind(slot.kind)?.field(slot.field).map({ $0.form != .prose }) ?? false {
            try db.execute(sql: "DELETE FROM prose WHERE slot = ?", arguments: [slot.rawValue])
        }
        let deleted = try Row.fetchAll(db, sql: "SELECT DISTINCT kind, entity FROM tombstone")
        for row in deleted {
            guard let id = EntityID(bytes: row[1] as Data) else { continue }
            try merge.showPresence(try Kind(stored: row[0]), id)
        }
        try merge.finish()
        try Derivation(db).runFromNothing()
    }
}
