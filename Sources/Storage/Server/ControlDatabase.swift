import Foundation
import GRDB
import Primitives
import Synchronization

/// What the server knows of people: one SQLite file for all of them, without a line of anybody's journal.
///
/// What a write has answered survives a power cut (`synchronous = FULL`). Readers never wait for a writer.
package final class ControlDatabase: Sendable {
    package static let fileName = "server.sqlite"
    /// How long a writer waits for a backup tool or a shell that holds the file, in seconds.
    private static let busyTimeoutSeconds: TimeInterval = 5
    private static let readersMax = 4

    private let pool: any DatabaseWriter
    private let sessions = SessionCache()
    private let writes = Atomic(0)
    private let lookups = Atomic(0)

    private init(_ pool: any DatabaseWriter) { self.pool = pool }

    /// Opens the file, makes it when it is missing, and migrates an older one after a backup copy.
    ///
    /// - Parameter directory: must exist.
    /// - Throws: `server.newer_schema`, `server.damaged`, `server.unwritable`.
    package static func open(in directory: String) async throws -> ControlDatabase {
        let path = directory + "/" + fileName
        return try await translating {
            try PrivateFile.create(path)
            var configuration = Configuration()
            configuration.busyMode = .timeout(busyTimeoutSeconds)
            configuration.maximumReaderCount = readersMax
            configuration.label = "server"
            let pool = try DatabasePool(path: path, configuration: configuration)
            // Set after opening: GRDB's WAL set-up lowers it to NORMAL.
            try await pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try await ControlMigrations.migrate(pool, path: path)
            return ControlDatabase(pool)
        }
    }

    /// One that is gone with the process, for simulations.
    package static func inMemory() async throws -> ControlDatabase {
        let queue = try DatabaseQueue()
        try await ControlMigrations.migrate(queue, path: "")
        return ControlDatabase(queue)
    }

    /// Transactions that were written since the start: each waits for the disk, and so do all that come after it.
    package var writeCount: Int { writes.load(ordering: .relaxed) }
    /// Sessions that had to be read from the file since the start.
    package var lookupCount: Int { lookups.load(ordering: .relaxed) }

    package func close() throws { try pool.close() }

    package func read<T: Sendable>(_ body: @Sendable @escaping (ControlTransaction) throws -> T) async throws -> T {
        try await Self.translating { try await self.pool.read { try body(ControlTransaction($0, SessionChanges())) } }
    }

    /// Runs `body` in one transaction, which is on the disk when this returns, or undone when it throws.
    package func write<T: Sendable>(_ body: @Sendable @escaping (ControlTransaction) throws -> T) async throws -> T {
        let changes = SessionChanges()
        writes.wrappingAdd(1, ordering: .relaxed)
        defer { sessions.forget(changes.ids) }
        return try await Self.translating { try await self.pool.write { try body(ControlTransaction($0, changes)) } }
    }

    /// The session of an access token that counts now. Mostly answered without the disk; when and from where it was seen
    /// last may be older than in the file.
    package func session(access token: Token, at now: Timestamp) async throws -> Session? {
        if let known = sessions.find(access: token) { return known.expires > now ? known : nil }
        let moment = sessions.moment
        lookups.wrappingAdd(1, ordering: .relaxed)
        guard let found = try await read({ try $0.sessions.find(access: token, at: now) }) else { return nil }
        sessions.keep(found, access: token, since: moment)
        return found
    }

    /// A session that has not ended, by its id. The same holds.
    package func session(_ id: ID<Session>) async throws -> Session? {
        if let known = sessions.find(id) { return known }
        let moment = sessions.moment
        lookups.wrappingAdd(1, ordering: .relaxed)
        guard let found = try await read({ try $0.sessions.find(id) }) else { return nil }
        sessions.keep(found, since: moment)
        return found
    }

    /// Makes sure that the database answers.
    package func checkReady() async throws {
        _ = try await Self.translating { try await self.pool.read { try Int.fetchOne($0, sql: "SELECT 1") } }
    }

    /// What `PRAGMA synchronous` reads back on the writing connection: 2 is FULL.
    package func synchronousLevel() async throws -> Int? {
        try await pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
    }

    private static func translating<T>(_ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let error as DatabaseError {
            throw Failure.control(error)
        }
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

    init(_ db: Database, _ changes: SessionChanges) {
        persons = PersonStore(db)
        sessions = SessionStore(db, changes)
        nonces = NonceStore(db)
        pairings = PairingStore(db, sessions)
        replicas = ReplicaStore(db, changes)
        audit = AuditStore(db)
        blobSweeps = BlobSweepStore(db)
        jobs = JobStore(db)
    }
}

extension Failure {
    fileprivate static func control(_ error: DatabaseError) -> any Error {
        switch error.resultCode {
        case .SQLITE_FULL:
            Failure(
                .unavailable, "server.disk_full", "The server's disk is full. Nothing was changed; try again later.",
                retryAfterSeconds: 60)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            Failure(
                .unavailable, "server.database_busy", "The server's database is in use by another program. Try again.",
                retryAfterSeconds: 1)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
            Failure(
                .unavailable, "server.unwritable",
                "The server's database cannot be written. Check the permissions of the data directory.")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            Failure(
                .corrupt, "server.damaged",
                "The server's database is damaged. Restore server.sqlite from a backup; the journals are not affected.")
        case .SQLITE_IOERR:
            Failure(.unavailable, "server.io", "The server's disk reported an error. Nothing was changed.")
        default: error
        }
    }
}
