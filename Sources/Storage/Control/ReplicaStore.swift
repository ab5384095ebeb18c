import Primitives
import Sync

/// Which person each replica writes for. A name that was written under is never given to another person.
package struct ReplicaStore {
    /// As many as a clock may name.
    package static let countMax = CommitLimits.clockEntriesMax
    /// New names of one person within `windowSeconds`: a device needs one, and a copy of it another.
    package static let newMax = 32
    package static let windowSeconds = 3600

    private let db: any ControlConnection
    private let changes: SessionChanges

    init(_ db: any ControlConnection, _ changes: SessionChanges) {
        self.db = db
        self.changes = changes
    }

    /// Whether a person's devices may bring commits of a replica that is not their own: unless it is another person's.
    /// Nobody's are the server's own names, those of histories that were renamed, and all that this database lost when it
    /// was restored from a backup; in the journal of the one who brings them they can only be his.
    package func mayRelay(_ replica: ReplicaID, for person: ID<Person>) throws -> Bool {
        try owner(of: replica).map { $0 == person } ?? true
    }

    /// Lets a session write as a replica from now on: a new one, or one of the same person's.
    ///
    /// When there are as many as there can be, those make room that nothing was ever written under and that no session
    /// goes on with.
    ///
    /// - Parameters:
    ///   - written: those that the person's journal has commits of.
    ///   - newMax: how many new ones the person may name within `windowSeconds`.
    /// - Returns: whether it is a new one.
    /// - Throws: `replica.foreign` for another person's; `replica.too_often`, `replica.too_many`.
    @discardableResult
    package func bind(
        _ replica: ReplicaID, to session: Session, written: Set<ReplicaID>, newMax: Int = Self.newMax
    ) throws -> Bool {
        try db.lock(session.person)
        let owner = try owner(of: replica)
        guard owner == nil || owner == session.person else { throw Failure.replicaForeign }
        if owner == nil { try register(replica, of: session.person, written, newMax) }
        try db.execute(
            "UPDATE session SET replica = :replica WHERE id = :session", ["replica": replica, "session": session.id])
        changes.note(session.id)
        return owner == nil
    }

    private func register(
        _ replica: ReplicaID, of person: ID<Person>, _ written: Set<ReplicaID>, _ newMax: Int
    ) throws {
        let begin = try db.now.adding(milliseconds: -Int64(Self.windowSeconds) * 1000)
        // The one whose time must be over before another may come.
        let recent: Int64? = try db.value(
            """
            SELECT registered_ms AS value FROM replica WHERE person = :person AND registered_ms > :begin
            ORDER BY registered_ms DESC LIMIT 1 OFFSET :others
            """, ["person": person, "begin": begin, "others": max(0, newMax - 1)])
        if let recent {
            throw Failure.replicaTooOften(
                waitSeconds: max(1, Int((recent - begin.milliseconds + 999) / 1000)))
        }
        if try count(of: person) >= Self.countMax { try forgetUnused(of: person, written, before: begin) }
        guard try count(of: person) < Self.countMax else { throw Failure.replicaTooMany }
        let registered = try db.execute(
            "INSERT INTO replica (id, person, registered_ms) VALUES (:id, :person, :now) ON CONFLICT (id) DO NOTHING",
            ["id": replica, "person": person])
        // Somebody else has named it just now, at another server.
        guard registered == 1 else { throw Failure.replicaForeign }
    }

    package func count(of person: ID<Person>) throws -> Int {
        try db.value("SELECT count(*) AS value FROM replica WHERE person = :person", ["person": person]) ?? 0
    }

    private func forgetUnused(of person: ID<Person>, _ written: Set<ReplicaID>, before: Timestamp) throws {
        let idle: [ReplicaID] = try db.rows(
            """
            SELECT id FROM replica WHERE person = :person AND registered_ms <= :before
                AND id NOT IN (SELECT replica FROM session WHERE person = :person AND replica IS NOT NULL)
            """, ["person": person, "before": before]
        ).map { try $0["id"] }
        for id in idle where !written.contains(id) {
            try db.execute("DELETE FROM replica WHERE id = :id", ["id": id])
        }
    }

    private func owner(of replica: ReplicaID) throws -> ID<Person>? {
        try db.value("SELECT person AS value FROM replica WHERE id = :id", ["id": replica])
    }
}

extension Failure {
    package static let replicaForeign = Failure(
        .forbidden, "replica.foreign", "This replica belongs to another account. Sign in with the one it belongs to.")
    package static let replicaTooMany = Failure(
        .tooMany, "replica.too_many",
        "The account has \(ReplicaStore.countMax) replicas that wrote something or are signed in, which is the most there "
            + "can be. Sign out devices that are no longer used.")
    package static func replicaTooOften(waitSeconds: Int) -> Failure {
        Failure(
            .tooMany, "replica.too_often",
            "The account has named \(ReplicaStore.newMax) new replicas within an hour. Wait \(waitSeconds) seconds, and "
                + "try again.", retryAfterSeconds: waitSeconds)
    }
}
