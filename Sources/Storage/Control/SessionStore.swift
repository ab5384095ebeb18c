import Foundation
import Primitives
import Synchronization

/// How long sessions and their tokens last.
package struct SessionLifetimes: Hashable, Sendable {
    package var accessSeconds: Int
    /// From the sign-in on; refreshing does not prolong it.
    package var refreshSeconds: Int
    /// For how long the refresh token before the newest one may be shown again: two tabs, or a lost answer.
    package var graceSeconds: Int

    package init(accessSeconds: Int = 900, refreshSeconds: Int = 604_800, graceSeconds: Int = 10) {
        self.accessSeconds = accessSeconds
        self.refreshSeconds = refreshSeconds
        self.graceSeconds = graceSeconds
    }
}

/// The tokens of a session, shown once.
package struct Grant: Sendable {
    package let session: Session
    package let access: Token
    package let refresh: Token
    package let accessSeconds: Int
    package let refreshSeconds: Int
    /// The person's oldest sessions, which had to end for this one to begin.
    package fileprivate(set) var ended: [ID<Session>] = []
}

/// Which sessions a transaction has changed, so that nobody goes on with a copy of what they were.
final class SessionChanges: Sendable {
    private let state = Mutex<Set<ID<Session>>>([])

    var ids: Set<ID<Session>> { state.withLock(\.self) }

    func note(_ id: ID<Session>) { state.withLock { _ = $0.insert(id) } }
}

/// Sessions by their tokens.
package struct SessionStore {
    package enum Refreshed: Sendable {
        case granted(Grant)
        /// Unknown, ended, or of a kind that has another door.
        case refused
        /// A token that was replaced long ago: someone has a copy. The whole session was revoked.
        case reused(session: ID<Session>, person: ID<Person>)
    }

    /// Whoever signs in once more loses the oldest session.
    package static let perPersonMax = 100
    /// Access tokens of one session that count at once; with one more the oldest counts no longer.
    package static let accessTokensMax = 16
    /// Refresh tokens of one session that are remembered, so that whoever shows an old one is known for a thief: those of
    /// a week, refreshed every quarter of an hour.
    package static let refreshTokensMax = 1000
    /// Refresh tokens of one generation: so many tabs may refresh at once.
    package static let twinTokensMax = 32

    private static let columns = """
        session.id, session.person, person.address, session.kind, session.name, session.network, session.created_ms,
        session.seen_ms, session.replica
        """

    private let db: any ControlConnection
    private let changes: SessionChanges

    init(_ db: any ControlConnection, _ changes: SessionChanges) {
        self.db = db
        self.changes = changes
    }

    package func begin(
        _ person: ID<Person>, _ holder: Session.Holder, lifetimes: SessionLifetimes, in world: World
    ) throws -> Grant {
        try db.lock(person)
        let id = ID<Session>.new(in: world)
        let ends = try db.now.adding(milliseconds: Int64(lifetimes.refreshSeconds) * 1000)
        let ended = try endOldest(of: person, keeping: Self.perPersonMax - 1)
        try db.execute(
            """
            INSERT INTO session (
                id, person, kind, name, network, seen_ms, generation, rotated_ms, created_ms, ends_ms)
            VALUES (:id, :person, :kind, :name, :network, :now, 0, :now, :now, :ends)
            """,
            [
                "id": id, "person": person, "kind": holder.kind.rawValue, "name": holder.name,
                "network": holder.network, "ends": ends,
            ])
        var grant = try grant(id, generation: 0, ends: ends, lifetimes: lifetimes, in: world)
        grant.ended = ended
        return grant
    }

    /// The session of an access token that still counts.
    package func find(access token: Token) throws -> Session? {
        try db.row(
            """
            SELECT \(Self.columns),
                CASE WHEN access_token.expires_ms < session.ends_ms THEN access_token.expires_ms ELSE session.ends_ms END
                    AS expires_ms
            FROM access_token
                JOIN session ON session.id = access_token.session
                JOIN person ON person.id = session.person
            WHERE access_token.hash = :hash AND access_token.expires_ms > :now AND session.ends_ms > :now
            """, ["hash": token.hash]
        ).flatMap(Session.init)
    }

    /// A session that has not ended, by its id.
    package func find(_ id: ID<Session>) throws -> Session? {
        try db.row(
            """
            SELECT \(Self.columns), session.ends_ms AS expires_ms
            FROM session JOIN person ON person.id = session.person
            WHERE session.id = :id
            """, ["id": id]
        ).flatMap(Session.init)
    }

    /// A person's sessions that go on, the one that called last first.
    package func live(of person: ID<Person>) throws -> [Session] {
        try db.rows(
            """
            SELECT \(Self.columns), session.ends_ms AS expires_ms
            FROM session JOIN person ON person.id = session.person
            WHERE session.person = :person AND session.ends_ms > :now
            ORDER BY session.seen_ms DESC, session.id DESC
            """, ["person": person]
        ).compactMap(Session.init)
    }

    /// Notes when a session called, and from where. Copies of the session are not told: nothing depends on it.
    package func noteSeen(_ id: ID<Session>, from network: String?, at now: Timestamp) throws {
        try db.execute(
            "UPDATE session SET seen_ms = :seen, network = coalesce(:network, network) WHERE id = :id",
            ["seen": now, "network": network, "id": id])
    }

    /// Exchanges a refresh token for new ones.
    ///
    /// Tokens have generations: a refresh begins the next one. A token of the newest generation is good once, one of
    /// the generation before only for the grace period, and only to get another of the newest. Whatever is older was
    /// copied, and nobody can tell who is the owner: the session ends for both.
    ///
    /// - Parameter kinds: those that refresh by this door. A page's token, which is in a cookie, gives none in a body.
    package func refresh(
        _ token: Token, of kinds: Set<Session.Kind>, lifetimes: SessionLifetimes, in world: World
    ) throws -> Refreshed {
        // Whoever shows another token of the session waits: it is rotated once.
        let row = try db.row(
            """
            SELECT session.id, session.person, session.kind, session.ends_ms, session.generation AS newest,
                session.rotated_ms, refresh_token.generation
            FROM refresh_token JOIN session ON session.id = refresh_token.session
            WHERE refresh_token.hash = :hash AND session.ends_ms > :now\(db.dialect.forUpdate(of: "session"))
            """, ["hash": token.hash])
        guard let row, let kind = Session.Kind(rawValue: try row["kind"]), kinds.contains(kind) else {
            return .refused
        }
        let (id, person): (ID<Session>, ID<Person>) = (try row["id"], try row["person"])
        let (newest, ends): (Int, Timestamp) = (try row["newest"], try row["ends_ms"])
        let generation: Int = try row["generation"]
        if generation == newest {
            try db.execute(
                "UPDATE session SET generation = :generation, rotated_ms = :now WHERE id = :id",
                ["generation": newest + 1, "id": id])
            return .granted(try grant(id, generation: newest + 1, ends: ends, lifetimes: lifetimes, in: world))
        }
        let rotated: Timestamp = try row["rotated_ms"]
        let graceEnds = rotated.adding(milliseconds: Int64(lifetimes.graceSeconds) * 1000)
        guard generation == newest - 1, try db.now < graceEnds else {
            try end(id)
            return .reused(session: id, person: person)
        }
        let twins: Int? = try db.value(
            "SELECT count(*) AS value FROM refresh_token WHERE session = :session AND generation = :generation",
            ["session": id, "generation": newest])
        guard twins ?? 0 < Self.twinTokensMax else { return .refused }
        return .granted(try grant(id, generation: newest, ends: ends, lifetimes: lifetimes, in: world))
    }

    /// Ends a session at once: none of its tokens counts from here on, and no code that it made pairs anything.
    ///
    /// - Returns: false when it had ended already.
    @discardableResult
    package func end(_ id: ID<Session>) throws -> Bool {
        changes.note(id)
        return try db.execute("DELETE FROM session WHERE id = :id", ["id": id]) > 0
    }

    /// The same, of one of a person's own sessions.
    package func end(_ id: ID<Session>, of person: ID<Person>) throws -> Bool {
        let isTheirs: Bool? = try db.value(
            "SELECT EXISTS (SELECT 1 FROM session WHERE id = :id AND person = :person AND ends_ms > :now) AS value",
            ["id": id, "person": person])
        return isTheirs == true ? try end(id) : false
    }

    /// Ends all sessions of a person.
    package func endAll(of person: ID<Person>) throws -> [ID<Session>] { try endOldest(of: person, keeping: 0) }

    package func deleteEnded() throws {
        for row in try db.rows("DELETE FROM session WHERE ends_ms <= :now RETURNING id") {
            changes.note(try row["id"])
        }
        try db.execute("DELETE FROM access_token WHERE expires_ms <= :now")
    }

    private func endOldest(of person: ID<Person>, keeping count: Int) throws -> [ID<Session>] {
        let ids: [ID<Session>] = try db.rows(
            "SELECT id FROM session WHERE person = :person ORDER BY created_ms DESC, id DESC LIMIT :all OFFSET :count",
            ["person": person, "all": ControlDialect.allRows, "count": count]
        ).map { try $0["id"] }
        for id in ids { try end(id) }
        return ids
    }

    /// Begun seconds count: the moment between the start of a session and its grant takes none away.
    private static func seconds(from now: Timestamp, to end: Timestamp) -> Int {
        Int((end.milliseconds - now.milliseconds + 999) / 1000)
    }

    private func grant(
        _ id: ID<Session>, generation: Int, ends: Timestamp, lifetimes: SessionLifetimes, in world: World
    ) throws -> Grant {
        let now = try db.now
        let access = Token.new(in: world)
        let refresh = Token.new(in: world)
        let expires = min(ends, now.adding(milliseconds: Int64(lifetimes.accessSeconds) * 1000))
        try db.execute(
            "DELETE FROM access_token WHERE session = :session AND expires_ms <= :now", ["session": id])
        try db.execute(
            "INSERT INTO access_token (hash, session, expires_ms) VALUES (:hash, :session, :expires)",
            ["hash": access.hash, "session": id, "expires": expires])
        try db.execute(
            "INSERT INTO refresh_token (hash, session, generation) VALUES (:hash, :session, :generation)",
            ["hash": refresh.hash, "session": id, "generation": generation])
        try makeRoom(id, beside: access)
        changes.note(id)
        guard let live = try find(access: access) else {
            throw Failure(.internal, "session.lost", "The session that was just begun cannot be found.")
        }
        return Grant(
            session: live, access: access, refresh: refresh,
            accessSeconds: Self.seconds(from: now, to: expires), refreshSeconds: Self.seconds(from: now, to: ends))
    }

    /// Lets go of the oldest tokens of a session.
    private func makeRoom(_ session: ID<Session>, beside newest: Token) throws {
        try db.execute(
            """
            DELETE FROM access_token WHERE hash IN (
                SELECT hash FROM access_token WHERE session = :session AND hash <> :newest
                ORDER BY expires_ms DESC, hash LIMIT :all OFFSET :count)
            """,
            [
                "session": session, "newest": newest.hash, "all": ControlDialect.allRows,
                "count": Self.accessTokensMax - 1,
            ])
        try db.execute(
            """
            DELETE FROM refresh_token WHERE session = :session AND generation < (
                SELECT generation FROM refresh_token WHERE session = :session
                ORDER BY generation DESC LIMIT 1 OFFSET :count)
            """, ["session": session, "count": Self.refreshTokensMax - 1])
    }
}

extension Session {
    /// Nil for a kind that only a later version knows.
    fileprivate init?(_ row: ControlRow) throws {
        guard let kind = Kind(rawValue: try row["kind"]) else { return nil }
        self.init(
            id: try row["id"], person: try row["person"], address: Array(try row["address"] as Data), kind: kind,
            name: try row["name"], network: try row["network"], created: try row["created_ms"],
            seen: try row["seen_ms"], replica: try row["replica"], expires: try row["expires_ms"])
    }
}
