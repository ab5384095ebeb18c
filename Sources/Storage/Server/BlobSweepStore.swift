import Foundation
import GRDB
import Primitives

/// Whose images are to be looked through for bytes that nobody has asked for again, and from when on. One line for each
/// person, however many bytes there are.
package struct BlobSweepStore {
    /// How many people are looked through in one round of the sweep.
    package static let roundMax = 16

    private let db: Database

    init(_ db: Database) { self.db = db }

    /// A time that was set already stays.
    package func plan(_ person: ID<Person>, at due: Timestamp) throws {
        try db.execute(
            sql: "INSERT OR IGNORE INTO blob_sweep (person, due_ms) VALUES (?, ?)",
            arguments: [Data(person.bytes), due.milliseconds])
    }

    package func isDue(at now: Timestamp) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM blob_sweep WHERE due_ms <= ?)", arguments: [now.milliseconds])
            ?? false
    }

    /// Takes out those whose time has come, at most `roundMax`.
    package func take(at now: Timestamp) throws -> [ID<Person>] {
        let people = try Data.fetchAll(
            db, sql: "SELECT person FROM blob_sweep WHERE due_ms <= ? ORDER BY due_ms, person LIMIT ?",
            arguments: [now.milliseconds, Self.roundMax])
        for person in people { try db.execute(sql: "DELETE FROM blob_sweep WHERE person = ?", arguments: [person]) }
        return people.compactMap { ID(bytes: $0) }
    }
}
