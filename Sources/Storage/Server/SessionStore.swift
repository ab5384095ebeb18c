import Foundation
import GRDB
import Primitives
import Sync
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

    private let db: Database
    private let changes: SessionChanges

    init(_ db: Database, _ changes: SessionChanges) {
        self.db = db
        self.changes = changes
    }

    package func begin(
        _ person: ID<Person>, _ holder: Session.Holder, lifetimes: SessionLifetimes, in world: World
    ) throws -> Grant {
        let now = world.now()
        let id = ID<Session>.new(in: world)
        let ends = now.adding(milliseconds: Int64(lifetimes.refreshSeconds) * 1000)
        let ended = try endOldest(of: person, keeping: Self.perPersonMax - 1)
        try db.execute(
            sql: """
                INSERT INTO session (
                    id, person, kind, name, network, seen_ms, generation, rotated_ms, created_ms, ends_ms)
                VALUES (:id, :person, :kind, :name, :network, :now, 0, :now, :now, :ends)
                """,
            arguments: [
                "id": Data(id.bytes), "person": Data(person.bytes), "kind": holder.kind.rawValue, "name": holder.name,
                "network": holder.network, "now": now.milliseconds, "ends": ends.milliseconds,
            ])
        var grant = try grant(id, generation: 0, ends: ends, lifetimes: lifetimes, in: world)
        grant.ended = ended
        return grant
    }

    /// The session of an access token that still counts.
    package func find(access token: Token, at now: Timestamp) throws -> Session? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT \(Self.columns), min(access_token.expires_ms, session.ends_ms) AS expires_ms
                    FROM access_token
                        JOIN session ON session.id = access_token.session
                        JOIN person ON person.id = session.person
                    WHERE access_token.hash = ? AND access_token.expires_ms > ?
                        AND session.ends_ms > ?
                    """),
            arguments: [token.hash, now.milliseconds, now.milliseconds]
        ).flatMap(Session.init)
    }

    /// A session that has not ended, by its id.
    package func find(_ id: ID<Session>) throws -> Session? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT \(Self.columns), session.ends_ms AS expires_ms
                    FROM session JOIN person ON person.id = session.person
                    WHERE session.id = ?
                    """),
            arguments: [Data(id.bytes)]
        ).flatMap(Session.init)
    }

    /// A person's sessions that go on, the one that called last first.
    package func live(of person: ID<Person>, at now: Timestamp) throws -> [Session] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT \(Self.columns), session.ends_ms AS expires_ms
                    FROM session JOIN person ON person.id = session.person
                    WHERE session.person = ? AND session.ends_ms > ?
                    ORDER BY session.seen_ms DESC, session.id DESC
                    """),
            arguments: [Data(person.bytes), now.milliseconds]
        ).compactMap(Session.init)
    }

    /// Notes when a session called, and from where. Copies of the session are not told: nothing depends on it.
    package func noteSeen(_ id: ID<Session>, from network: String?, at now: Timestamp) throws {
        try db.execute(
            sql: "UPDATE session SET seen_ms = ?, network = coalesce(?, network) WHERE id = ?",
            arguments: [now.milliseconds, network, Data(id.bytes)])
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
        let now = world.now()
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT session.id, session.person, session.kind, session.ends_ms, session.generation AS newest,
                        session.rotated_ms, refresh_token.generation
                    FROM refresh_token JOIN session ON session.id = refresh_token.session
                    WHERE refresh_token.hash = ? AND session.ends_ms > ?
                    """), arguments: [token.hash, now.milliseconds])
        guard let row, let id = ID<Session>(bytes: row["id"] as Data),
            let person = ID<Person>(bytes: row["person"] as Data),
            let kind = Session.Kind(rawValue: row["kind"]), kinds.contains(kind)
        else { return .refused }
        let newest: Int = row["newest"]
        let ends = Timestamp(milliseconds: row["ends_ms"])
        if row["generation"] == newest {
            try db.execute(
                sql: "UPDATE session SET generation = ?, rotated_ms = ? WHERE id = ?",
                arguments: [newest + 1, now.milliseconds, Data(id.bytes)])
            return .granted(try grant(id, generation: newest + 1, ends: ends, lifetimes: lifetimes, in: world))
        }
        let graceEnds = row["rotated_ms"] as Int64 + Int64(lifetimes.graceSeconds) * 1000
        guard row["generation"] == newest - 1, now.milliseconds < graceEnds else {
            try end(id)
            return .reused(session: id, person: person)
        }
        let twins = try Int.fetchOne(
            db.cachedStatement(sql: "SELECT count(*) FROM refresh_token WHERE session = ? AND generation = ?"),
            arguments: [Data(id.bytes), newest])
        guard twins ?? 0 < Self.twinTokensMax else { return .refused }
        return .granted(try grant(id, generation: newest, ends: ends, lifetimes: lifetimes, in: world))
    }

    /// Ends a session at once: none of its tokens counts from here on, and no code that it made pairs anything.
    ///
    /// - Returns: false when it had ended already.
    @discardableResult
    package func end(_ id: ID<Session>) throws -> Bool {
        changes.note(id)
        try db.execute(sql: "DELETE FROM session WHERE id = ?", arguments: [Data(id.bytes)])
        return db.changesCount > 0
    }

    /// The same, of one of a person's own sessions.
    package func end(_ id: ID<Session>, of person: ID<Person>, at now: Timestamp) throws -> Bool {
        let isTheirs = try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM session WHERE id = ? AND person = ? AND ends_ms > ?)",
            arguments: [Data(id.bytes), Data(person.bytes), now.milliseconds])
        return isTheirs == true ? try end(id) : false
    }

    /// Ends all sessions of a person.
    package func endAll(of person: ID<Person>) throws -> [ID<Session>] { try endOldest(of: person, keeping: 0) }

    package func deleteEnded(at now: Timestamp) throws {
        let ids = try Data.fetchAll(
            db, sql: "DELETE FROM session WHERE ends_ms <= ? RETURNING id", arguments: [now.milliseconds])
        for id in ids.compactMap({ ID<Session>(bytes: $0) }) { changes.note(id) }
        try db.execute(sql: "DELETE FROM access_token WHERE expires_ms <= ?", arguments: [now.milliseconds])
    }

    private func endOldest(of person: ID<Person>, keeping count: Int) throws -> [ID<Session>] {
        let ids = try Data.fetchAll(
            db,
            sql: "SELECT id FROM session WHERE person = ? ORDER BY created_ms DESC, id DESC LIMIT -1 OFFSET ?",
            arguments: [Data(person.bytes), count]
        ).compactMap { ID<Session>(bytes: $0) }
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
        let now = world.now()
        let access = Token.new(in: world)
        let refresh = Token.new(in: world)
        let expires = min(ends, now.adding(milliseconds: Int64(lifetimes.accessSeconds) * 1000))
        let session = Data(id.bytes)
        try db.execute(
            sql: "DELETE FROM access_token WHERE session = ? AND expires_ms <= ?",
            arguments: [session, now.milliseconds])
        try db.execute(
            sql: "INSERT INTO access_token (hash, session, expires_ms) VALUES (?, ?, ?)",
            arguments: [access.hash, session, expires.milliseconds])
        try db.execute(
            sql: "INSERT INTO refresh_token (hash, session, generation) VALUES (?, ?, ?)",
            arguments: [refresh.hash, session, generation])
        try makeRoom(session, beside: access)
        changes.note(id)
        guard let live = try find(access: access, at: now) else {
            throw Failure(.internal, "session.lost", "The session that was just begun cannot be found.")
        }
        return Grant(
            session: live, access: access, refresh: refresh,
            accessSeconds: Self.seconds(from: now, to: expires), refreshSeconds: Self.seconds(from: now, to: ends))
    }

    /// Lets go of the oldest tokens of a session.
    private func makeRoom(_ session: Data, beside newest: Token) throws {
        try db.execute(
            sql: """
                DELETE FROM access_token WHERE hash IN (
                    SELECT hash FROM access_token WHERE session = ? AND hash <> ?
                    ORDER BY expires_ms DESC, hash LIMIT -1 OFFSET ?)
                """, arguments: [session, newest.hash, Self.accessTokensMax - 1])
        try db.execute(
            sql: """
                DELETE FROM refresh_token WHERE session = :session AND generation < (
                    SELECT generation FROM refresh_token WHERE session = :session
                    ORDER BY generation DESC LIMIT 1 OFFSET :count)
                """, arguments: ["session": session, "count": Self.refreshTokensMax - 1])
    }
}

extension Session {
    fileprivate init?(_ row: Row) {
        guard let id = ID<Session>(bytes: row["id"] as Data), let person = ID<Person>(bytes: row["person"] as Data),
            let kind = Kind(rawValue: row["kind"])
        else { return nil }
        self.init(
            id: id, person: person, address: Array(row["address"] as Data), kind: kind, name: row["name"],
            network: row["network"], created: Timestamp(milliseconds: row["created_ms"]),
            seen: Timestamp(milliseconds: row["seen_ms"]),
            replica: (row["replica"] as Data?).flatMap { ReplicaID(bytes: $0) },
            expires: Timestamp(milliseconds: row["expires_ms"]))
    }
}
