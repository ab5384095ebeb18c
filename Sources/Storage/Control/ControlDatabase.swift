import Primitives
import Synchronization

/// What the server knows of people: one database for all of them, without a line of anybody's journal.
///
/// What a write has answered survives a power cut.
package final class ControlDatabase: Sendable {
    package static let fileName = SQLiteControl.fileName

    private let engine: any ControlEngine
    private let world: World
    private let sessions = SessionCache()
    private let writes = Atomic(0)
    private let lookups = Atomic(0)

    private init(_ engine: any ControlEngine, _ world: World) {
        self.engine = engine
        self.world = world
    }

    /// Opens the SQLite file, makes it when it is missing, and migrates an older one after a backup copy.
    ///
    /// - Parameters:
    ///   - directory: must exist.
    ///   - world: its clock expires things.
    /// - Throws: `server.newer_schema`, `server.damaged`, `server.unwritable`.
    package static func open(in directory: String, world: World = .live) async throws -> ControlDatabase {
        ControlDatabase(try await SQLiteControl.open(in: directory, clock: world.now), world)
    }

    /// Connects to PostgreSQL, and brings the tables there up to date.
    ///
    /// - Parameters:
    ///   - world: its clock counts for nothing but what this process says of itself.
    ///   - clock: expires things in place of the database's own, for tests.
    /// - Throws: `server.newer_schema`, `server.database_unreachable`.
    package static func open(
        _ address: PostgresAddress, world: World = .live, clock: (@Sendable () -> Timestamp)? = nil
    ) async throws -> ControlDatabase {
        ControlDatabase(try await PostgresControl.open(address, clock: clock), world)
    }

    /// One that is gone with the process, for simulations.
    package static func inMemory(world: World = .live) async throws -> ControlDatabase {
        ControlDatabase(try await SQLiteControl.inMemory(clock: world.now), world)
    }

    /// Transactions that were written since the start: each waits for the disk, and so do all that come after it.
    package var writeCount: Int { writes.load(ordering: .relaxed) }
    /// Sessions that had to be read from the database since the start.
    package var lookupCount: Int { lookups.load(ordering: .relaxed) }

    package func close() throws { try engine.close() }

    package func read<T: Sendable>(_ body: @Sendable @escaping (ControlTransaction) throws -> T) async throws -> T {
        try await engine.read { try body(ControlTransaction($0, SessionChanges())) }
    }

    /// Runs `body` in one transaction, which is on the disk when this returns, or undone when it throws. It may be run
    /// more than once, so it changes nothing but the database.
    package func write<T: Sendable>(_ body: @Sendable @escaping (ControlTransaction) throws -> T) async throws -> T {
        let changes = SessionChanges()
        writes.wrappingAdd(1, ordering: .relaxed)
        defer { sessions.forget(changes.ids) }
        return try await engine.write { try body(ControlTransaction($0, changes)) }
    }

    /// Counts what is done how often, over all servers that share the database. Nothing else may be written with it.
    package func budgets<T: Sendable>(_ body: @Sendable @escaping (BudgetStore) throws -> T) async throws -> T {
        try await engine.count { try body(BudgetStore($0)) }
    }

    /// Whether the journals of the people in this database are in a data directory. A database that several servers share
    /// is bound to the first directory that comes, and never to another.
    ///
    /// - Parameter data: belongs to this process.
    /// - Throws: `data.unusable`.
    package func holdsJournals(_ data: DataDirectory) async throws -> Bool {
        guard engine.isShared else { return true }
        let directory = try data.identity(in: world)
        return try await engine.write { try JournalsHolderStore($0).bind(directory) }
    }

    /// The session of an access token that counts now. Where this process alone writes to the database it is mostly
    /// answered from memory; when and from where it was seen last may be older there than in the file.
    package func session(access token: Token) async throws -> Session? {
        if let known = sessions.find(access: token) { return known.expires > world.now() ? known : nil }
        return try await lookUp {
            try $0.find(access: token)
        } keeping: {
            sessions.keep($0, access: token, since: $1)
        }
    }

    /// A session that has not ended, by its id. The same holds.
    package func session(_ id: ID<Session>) async throws -> Session? {
        if let known = sessions.find(id) { return known }
        return try await lookUp {
            try $0.find(id)
        } keeping: {
            sessions.keep($0, since: $1)
        }
    }

    /// Which of some sessions have ended at another server. None where this process alone writes to the database: it knows.
    package func endedElsewhere(of ids: Set<ID<Session>>) async throws -> [ID<Session>] {
        guard engine.isShared, !ids.isEmpty else { return [] }
        return try await read { control in try ids.filter { try control.sessions.find($0) == nil } }
    }

    private func lookUp(
        _ find: @Sendable @escaping (SessionStore) throws -> Session?, keeping: (Session, SessionCache.Moment) -> Void
    ) async throws -> Session? {
        let moment = sessions.moment
        lookups.wrappingAdd(1, ordering: .relaxed)
        let found = try await engine.readOnce { try find(SessionStore($0, SessionChanges())) }
        // Another process can end it at any time.
        if let found, !engine.isShared { keeping(found, moment) }
        return found
    }

    /// Makes sure that the database answers.
    package func checkReady() async throws { _ = try await engine.readOnce { try $0.rows("SELECT 1 AS value") } }

    /// What `PRAGMA synchronous` reads back on SQLite's writing connection: 2 is FULL. Nil on another engine.
    package func synchronousLevel() async throws -> Int? {
        try await (engine as? SQLiteControl)?.synchronousLevel()
    }
}

/// One moment of the control database: a store for each noun, alive as long as the transaction is.
package struct ControlTransaction {
    package let persons: PersonStore
    package let sessions: SessionStore
    package let nonces: NonceStore
    package let pairings: PairingStore
    package let replicas: ReplicaStore
    package let audit: AuditStore
    package let blobSweeps: BlobSweepStore
    package let jobs: JobStore

    private let db: any ControlConnection

    init(_ db: any ControlConnection, _ changes: SessionChanges) {
        self.db = db
        persons = PersonStore(db)
        sessions = SessionStore(db, changes)
        nonces = NonceStore(db)
        pairings = PairingStore(db, sessions)
        replicas = ReplicaStore(db, changes)
        audit = AuditStore(db)
        blobSweeps = BlobSweepStore(db)
        jobs = JobStore(db)
    }

    /// The moment by the clock that expires things: that of all servers that share the database.
    package var now: Timestamp { get throws { try db.now } }
}
