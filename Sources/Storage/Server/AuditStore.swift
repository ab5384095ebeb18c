import Foundation
import GRDB
import Primitives

/// What happened to a person's sessions. Nothing is ever changed in it, and nothing taken out but what is
/// too old, or too much of the same.
package struct AuditStore {
    package enum Event: String, Sendable, CaseIterable {
        case signedIn = "signed_in"
        case signInRefused = "sign_in_refused"
        case signedOut = "signed_out"
        case sessionRevoked = "session_revoked"
        case allRevoked = "all_revoked"
        case refreshReused = "refresh_reused"
        case codeMade = "pairing_code_made"
        case claimWaits = "pairing_claim_waits"
        case claimConfirmed = "pairing_claim_confirmed"
        case paired
        case replicaNamed = "replica_named"
    }

    /// One line of it.
    package struct Line: Sendable {
        /// Grows with every line.
        package let number: Int64
        package let at: Timestamp
        package let event: String
        package let session: ID<Session>?
        package let network: String?
    }

    /// How long an event is kept, in days.
    package static let keptDays: Int64 = 365
    /// Lines of one person and one event; the oldest go first. Each event has its own, so that nobody can hide one thing
    /// that they did behind many others.
    package static let perEventMax = 500
    /// A stranger can make lines for a person by failing to sign in as them; more of a kind than this in a day is not
    /// written down.
    package static let refusalsPerDayMax = 100

    private let db: Database

    init(_ db: Database) { self.db = db }

    /// - Parameter network: the caller's address without its last part, which is enough to tell networks apart.
    package func record(
        _ event: Event, person: ID<Person>, session: ID<Session>?, network: String?, at now: Timestamp
    ) throws {
        if event == .signInRefused {
            let recent = try Int.fetchOne(
                db, sql: "SELECT count(*) FROM audit WHERE event = ? AND person = ? AND at_ms > ?",
                arguments: [event.rawValue, Data(person.bytes), now.milliseconds - 86_400_000])
            guard recent ?? 0 < Self.refusalsPerDayMax else { return }
        }
        try db.execute(
            sql: "INSERT INTO audit (at_ms, event, person, session, network) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                now.milliseconds, event.rawValue, Data(person.bytes), session.map { Data($0.bytes) }, network,
            ])
        try db.execute(
            sql: """
                DELETE FROM audit WHERE person = :person AND event = :event AND row <= (
                    SELECT row FROM audit WHERE person = :person AND event = :event
                    ORDER BY row DESC LIMIT 1 OFFSET :count)
                """, arguments: ["person": Data(person.bytes), "event": event.rawValue, "count": Self.perEventMax])
    }

    /// A person's lines, the newest first.
    ///
    /// - Parameter before: only lines with smaller numbers.
    package func lines(of person: ID<Person>, before: Int64?, limit: Int) throws -> [Line] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT row, at_ms, event, session, network FROM audit
                WHERE person = :person AND (:before IS NULL OR row < :before) ORDER BY row DESC LIMIT :limit
                """, arguments: ["person": Data(person.bytes), "before": before, "limit": limit]
        ).map { row in
            Line(
                number: row["row"], at: Timestamp(milliseconds: row["at_ms"]), event: row["event"],
                session: (row["session"] as Data?).flatMap { ID(bytes: $0) }, network: row["network"])
        }
    }

    package func deleteExpired(at now: Timestamp) throws {
        try db.execute(
            sql: "DELETE FROM audit WHERE at_ms < ?",
            arguments: [now.milliseconds - Self.keptDays * 86_400_000])
    }
}
