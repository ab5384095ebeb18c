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

    private let db: any ControlConnection

    init(_ db: any ControlConnection) { self.db = db }

    /// - Parameter network: the caller's address without its last part, which is enough to tell networks apart.
    package func record(
        _ event: Event, person: ID<Person>, session: ID<Session>?, network: String?
    ) throws {
        if event == .signInRefused {
            let recent: Int? = try db.value(
                "SELECT count(*) AS value FROM audit WHERE event = :event AND person = :person AND at_ms > :begin",
                ["event": event.rawValue, "person": person, "begin": try db.now.adding(milliseconds: -86_400_000)])
            guard recent ?? 0 < Self.refusalsPerDayMax else { return }
        }
        try db.execute(
            """
            INSERT INTO audit (at_ms, event, person, session, network) VALUES (:now, :event, :person, :session, :network)
            """, ["event": event.rawValue, "person": person, "session": session, "network": network])
        try db.execute(
            """
            DELETE FROM audit WHERE person = :person AND event = :event AND "row" <= (
                SELECT "row" FROM audit WHERE person = :person AND event = :event
                ORDER BY "row" DESC LIMIT 1 OFFSET :count)
            """, ["person": person, "event": event.rawValue, "count": Self.perEventMax])
    }

    /// A person's lines, the newest first.
    ///
    /// - Parameter before: only lines with smaller numbers.
    package func lines(of person: ID<Person>, before: Int64?, limit: Int) throws -> [Line] {
        try db.rows(
            """
            SELECT "row", at_ms, event, session, network FROM audit
            WHERE person = :person AND "row" < :before ORDER BY "row" DESC LIMIT :limit
            """, ["person": person, "before": before ?? .max, "limit": limit]
        ).map { row in
            Line(
                number: try row["row"], at: try row["at_ms"], event: try row["event"], session: try row["session"],
                network: try row["network"])
        }
    }

    package func deleteExpired() throws {
        try db.execute(
            "DELETE FROM audit WHERE at_ms < :oldest",
            ["oldest": try db.now.adding(milliseconds: -Self.keptDays * 86_400_000)])
    }
}
