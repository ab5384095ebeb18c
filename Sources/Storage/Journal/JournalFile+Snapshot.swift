import Foundation
import GRDB
import Journal
import Primitives
import Sync

extension JournalFile {
    /// What a new device starts from; nil when it had better take the commits.
    package func snapshot() async throws -> SnapshotManifest? {
        let heads = try await position().heads
        let store = SnapshotStore(journalDirectory: directory, world: world)
        return try await Self.translating(directory) { try await store.current(at: heads) }
    }

    /// The compressed bytes of one chunk of a recent snapshot; nil when there is none of this name.
    package func snapshotChunk(named name: BlobName) async throws -> [UInt8]? {
        try SnapshotStore(journalDirectory: directory, world: world).chunk(name)
    }

    /// Takes over the state of a snapshot, and applies to it what this device alone has.
    ///
    /// The journal changes in one step at the end; until then, and after a crash, it is what it was.
    /// - Parameter chunk: gives the compressed bytes of a chunk, checked against their name.
    /// - Throws: `snapshot.other_schema` when another version of the tables made it, `snapshot.damaged`.
    package func adopt(
        _ manifest: SnapshotManifest, chunk: (SnapshotManifest.Chunk) async throws -> [UInt8]
    ) async throws {
        guard manifest.schema == JournalMigrations.latest else { throw Failure.otherSchema }
        let path = directory + "/snapshot.sqlite"
        let ours = path + ".ours"
        Self.remove(path, ours)
        defer { Self.remove(path, ours) }
        try await Self.translating(directory) { try await write(manifest, to: path, chunk: chunk) }
        try await copy(path, to: ours)

        let snapshot = try DatabaseQueue(path: ours, configuration: Self.apart)
        let result = await Result(catching: {
            try await Self.translating(self.directory) {
                try await self.database.writeWithoutTransaction { try Self.hold($0, true) }
                try await self.merge(into: snapshot, manifest)
            }
        })
        try await Self.translating(directory) {
            try await database.writeWithoutTransaction { try Self.hold($0, false) }
        }
        try snapshot.close()
        try result.get()
    }

    private static var apart: Configuration {
        var configuration = Configuration()
        configuration.prepareDatabase { TradeFunctions.add(to: $0) }
        return configuration
    }

    private static func remove(_ paths: String...) {
        for path in paths {
            for suffix in ["", "-journal", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: path + suffix)
            }
        }
    }

    /// A file from elsewhere may hold anything: its facts are copied into one of ours.
    private func copy(_ path: String, to ours: String) async throws {
        try await Self.translating(directory) {
            do {
                let copied = try await ForeignJournal.copy(path, .snapshot, to: ours)
                guard copied.isContentTrue else { throw Failure.damagedSnapshot }
            } catch is ForeignRefusal {
                throw Failure.damagedSnapshot
            }
        }
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Keeps other processes out of the journal between reading it and replacing it.
    private static func hold(_ db: Database, _ holds: Bool) throws {
        try db.execute(sql: "PRAGMA locking_mode = \(holds ? "EXCLUSIVE" : "NORMAL")")
        try db.execute(sql: "BEGIN IMMEDIATE; COMMIT")
    }

    private func merge(into snapshot: DatabaseQueue, _ manifest: SnapshotManifest) async throws {
        let position = try await position()
        let own = try await commits(missingFrom: manifest.clock, bytesMax: .max).commits
        let blobs = try await read { db in
            try Row.fetchAll(db, sql: "SELECT sha256, size, uploaded FROM blob").map {
                ($0[0] as Data, $0[1] as Int64, $0[2] as Int64)
            }
        }
        do {
            try await take(own, blobs, as: position.replica, into: snapshot, manifest)
        } catch let failure as Failure where failure.code.hasPrefix("sync.") {
            // It holds other commits under this device's name. An exchange finds out why, and loses nothing.
            throw Failure.damagedSnapshot
        }
        try snapshot.backup(to: database)
        figures.note(.everything)
        // The backup brings the snapshot's journal mode along.
        try await database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
    }

    private func take(
        _ own: [EncodedCommit], _ blobs: [(Data, Int64, Int64)], as replica: ReplicaID, into snapshot: DatabaseQueue,
        _ manifest: SnapshotManifest
    ) async throws {
        let schema = schema
        try await snapshot.write { db in
            let heads = try CommitLog.heads(db)
            guard heads.clock == manifest.clock, try LocalFacts(db).content == manifest.content else {
                throw Failure.damagedSnapshot
            }
            let facts = LocalFacts(db)
            try facts.setReplica(replica)
            try facts.setServerClock(heads.clock, digest: heads.digest)
            for blob in blobs {
                try db.execute(
                    sql: "INSERT INTO blob (sha256, size, uploaded) VALUES (?, ?, ?)",
                    arguments: [blob.0, blob.1, blob.2])
            }
            let merge = try MergeTransaction(db, schema)
            try merge.receive(own, own: replica)
            try merge.finish()
        }
    }

    private func write(
        _ manifest: SnapshotManifest, to path: String, chunk: (SnapshotManifest.Chunk) async throws -> [UInt8]
    ) async throws {
        _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        guard let file = FileHandle(forWritingAtPath: path) else {
            throw Failure(
                .unavailable, "journal.unwritable",
                "Cannot write to \(directory). Check its permissions and free space.")
        }
        defer { try? file.close() }
        for part in manifest.chunks {
            let bytes = try Zstandard.decompress(try await chunk(part), sizeMax: SnapshotManifest.chunkBytes)
            guard bytes.count == part.size else { throw Failure.damagedSnapshot }
            try file.write(contentsOf: bytes)
        }
    }
}

extension Result where Failure == any Error, Success == Void {
    fileprivate init(catching body: () async throws -> Void) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

extension Failure {
    package static let otherSchema = Failure(
        .conflict, "snapshot.other_schema", "The server's tables are of another version: its commits are taken instead."
    )
    static let damagedSnapshot = Failure(
        .corrupt, "snapshot.damaged", "The snapshot is damaged. Sync again: it is fetched anew.")
}
