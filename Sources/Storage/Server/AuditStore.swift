import Foundation
import GRDB
import Primitives

/// What happened to sessions, for whoever has to find out later.
package struct AuditStore {
    package enum Event: String, Sendable {
        case signedIn = "signed_in"
        case signedOut = "signed_out"
        case refreshReused = "refresh_reused"
    }

    /// How long an event is kept, in days.
    package static let keptDays: Int64 = 365

    private let db: Database

    init(_ db: Database) { self.db = db }

    /// - Parameter network: the caller's address without its last part, which is enough to tell networks apart.
    package func record(
        _ event: Event, person: ID<Person>, session: ID<Session>, network: String?, at now: Timestamp
    ) throws {
        try db.execute(
            sql: "INSERT INTO audit (at_ms, event, person, session, network) VALUES (?, ?, ?, ?, ?)",
            arguments: [now.milliseconds, event.rawValue, Data(person.bytes), Data(session.bytes), network])
    }

    package func count(_ event: Event, of person: ID<Person>) throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT count(*) FROM audit WHERE event = ? AND person = ?",
            arguments: [event.rawValue, Data(person.bytes)]) ?? 0
    }

    package func deleteExpired(at now: Timestamp) throws {
        try db.execute(
            sql: "DELETE FROM audit WHERE at_ms < ?",
            arguments: [now.milliseconds - Self.keptDays * 86_400_000])
    }
}
