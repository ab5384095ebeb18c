import Crypto
import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Journals as files for new devices, under `snapshots/`, by the heads they stand at.
///
/// What makes a file this copy stays behind. The history comes along: a server that is restored from an old backup gets
/// back from any device what it lost, and a device that had only the state could not give it.
struct SnapshotStore {
    private let directory: String
    private let journalPath: String
    private let world: World

    /// A device in the middle of a download may still ask for the one before the last.
    private static let keptCount = 2
    /// A shorter history is sent as commits: that is quicker, and the device has the history too.
    private static let historyBytesMin = 1 << 20
    /// After that nobody makes it any more: the process ended meanwhile.
    private static let makingMillisecondsMax: Int64 = 3_600_000
    private static let making = "making-"

    init(journalDirectory: String, world: World) {
        self.world = world
        directory = journalDirectory + "/snapshots"
        journalPath = JournalFile.path(in: journalDirectory)
    }

    /// The snapshot of the journal as it stands, made when there is none yet; nil for a short history.
    ///
    /// It works on the thread that it is called on, and ends when its task is cancelled.
    func current(at heads: SyncHeads) async throws -> SnapshotManifest? {
        if let made = try manifest(of: heads.digest), made.schema == JournalMigrations.latest { return made }
        let source = try DatabaseQueue(path: journalPath, configuration: Self.readOnly)
        defer { try? source.close() }
        let historyBytes = try await source.read { db in
            try Int.fetchOne(db, sql: "SELECT coalesce(sum(length(bytes)), 0) FROM log") ?? 0
        }
        guard historyBytes >= Self.historyBytesMin else { return nil }
        return try await build(from: source)
    }

    /// The compressed bytes of a chunk; nil when no kept snapshot has it.
    func chunk(_ name: BlobName) throws -> [UInt8]? {
        for folder in try folders() {
            let path = "\(folder)/\(name)"
            if let data = FileManager.default.contents(atPath: path) { return [UInt8](data) }
        }
        return nil
    }

    private static var readOnly: Configuration {
        var configuration = Configuration()
        configuration.readonly = true
        return configuration
    }

    private func manifest(of digest: UInt64) throws -> SnapshotManifest? {
        guard let data = FileManager.default.contents(atPath: "\(folder(digest))/manifest") else { return nil }
        return try SnapshotManifest(encoded: [UInt8](data))
    }

    private func folder(_ digest: UInt64) -> String { "\(directory)/\(String(digest, radix: 16))" }

    private func folders() throws -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else { return [] }
        return names.filter { !$0.hasPrefix(Self.making) }.map { "\(directory)/\($0)" }
    }

    private func build(from source: DatabaseQueue) async throws -> SnapshotManifest {
        let files = FileManager.default
        removeUnfinished()
        let work = "\(directory)/\(Self.making)\(ID<Self>(in: world))"
        try files.createDirectory(
            atPath: work, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? files.removeItem(atPath: work) }
        let path = work + "/snapshot.sqlite"
        try await source.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [path]) }
        let (schema, heads, content) = try await Self.strip(path)
        var chunks: [SnapshotManifest.Chunk] = []
        guard let file = FileHandle(forReadingAtPath: path) else { throw Failure.damagedJournal("its copy vanished") }
        while let piece = try file.read(upToCount: SnapshotManifest.chunkBytes), !piece.isEmpty {
            try WorkBudget.spend()
            let packed = Zstandard.compress([UInt8](piece))
            guard let name = BlobName(bytes: Array(SHA256.hash(data: packed))) else { continue }
            try Data(packed).write(to: URL(fileURLWithPath: "\(work)/\(name)"))
            chunks.append(.init(name: name, compressedSize: packed.count, size: piece.count))
        }
        try file.close()
        try files.removeItem(atPath: path)
        let manifest = SnapshotManifest(schema: schema, clock: heads.clock, content: content, chunks: chunks)
        try Data(try manifest.encoded()).write(to: URL(fileURLWithPath: work + "/manifest"))
        if let old = try self.manifest(of: heads.digest), old.schema != schema {
            // No device of this version can use what was made before the tables changed.
            try? files.removeItem(atPath: folder(heads.digest))
        }
        // Another request may have made the same meanwhile; either will do.
        if !files.fileExists(atPath: folder(heads.digest)) {
            try files.moveItem(atPath: work, toPath: folder(heads.digest))
        }
        try removeOld()
        return manifest
    }

    private static func strip(
        _ path: String
    ) async throws -> (schema: Int, heads: SyncHeads, content: ContentHash) {
        let copy = try DatabaseQueue(path: path)
        defer { try? copy.close() }
        return try await copy.writeWithoutTransaction { db in
            // What is forgotten shall not lie in free pages either.
            try db.execute(sql: "PRAGMA secure_delete = ON")
            try LocalFacts.forget(db)
            return (
                try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0, try CommitLog.heads(db),
                try LocalFacts(db).content
            )
        }
    }

    /// What was left behind when the process ended in the middle.
    private func removeUnfinished() {
        let files = FileManager.default
        let oldest = world.now().adding(milliseconds: -Self.makingMillisecondsMax)
        for name in (try? files.contentsOfDirectory(atPath: directory)) ?? [] where name.hasPrefix(Self.making) {
            let path = "\(directory)/\(name)"
            let changed = (try? files.attributesOfItem(atPath: path))?[.modificationDate] as? Date
            guard let changed, Int64(changed.timeIntervalSince1970 * 1000) < oldest.milliseconds else { continue }
            try? files.removeItem(atPath: path)
        }
    }

    private func removeOld() throws {
        let files = FileManager.default
        let byAge = try folders().sorted { left, right in
            let (a, b) = (try? files.attributesOfItem(atPath: left), try? files.attributesOfItem(atPath: right))
            return (a?[.modificationDate] as? Date ?? .distantPast) > (b?[.modificationDate] as? Date ?? .distantPast)
        }
        for old in byAge.dropFirst(Self.keptCount) { try? files.removeItem(atPath: old) }
    }
}
