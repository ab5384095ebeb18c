import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// A journal and its images as one file.
///
/// The file is the journal's own SQLite file, compacted, with one more table: `backup_blob (sha256, bytes)`. It can be
/// looked into with `sqlite3`, and is written beside its name and renamed once it is whole and on the disk.
package enum Backup {
    /// What `PRAGMA application_id` answers: "DbkB".
    static let applicationID = 0x4462_6b42
    private static let busyTimeoutSeconds: TimeInterval = 10

    package struct Outcome: Sendable {
        package let commitCount: Int
        package let blobCount: Int
        package let byteCount: Int64
        /// Where the journal was put that stood in the way of a restore; nil when there was none.
        package let replaced: String?
    }

    /// Is told what is copied next, and how many of how many are done; a total of 0 is not known.
    package typealias Report = @Sendable (_ what: String, _ done: Int, _ of: Int) -> Void

    // MARK: Out

    /// Writes a journal and its images to a file that only its owner can read.
    ///
    /// - Throws: `backup.exists` unless `replacing`; `file.unwritable`, `file.disk_full`.
    package static func write(
        _ journal: JournalFile, _ blobs: BlobStore, to path: String, replacing: Bool,
        report: @escaping Report = { _, _, _ in }
    ) async throws -> Outcome {
        guard replacing || !FileManager.default.fileExists(atPath: path) else { throw Failure.backupExists(path) }
        let draft = "\(path).\(Hex.encode(journal.world.random(4))).part"
        defer { remove(draft) }
        return try await JournalFile.translating((path as NSString).deletingLastPathComponent) {
            // SQLite writes into an empty file that is there, and leaves its permissions alone.
            try PrivateFile.create(draft)
            report("the journal", 0, 2)
            try await journal.database.writeWithoutTransaction { db in
                try db.execute(sql: "VACUUM INTO ?", arguments: [draft])
            }
            let outcome = try await add(blobs, to: draft, report)
            try BlobFile.sync(draft)
            try BlobFile.rename(draft, to: path)
            try PrivateFile.syncDirectory(directory(of: path))
            return outcome
        }
    }

    private static func add(_ blobs: BlobStore, to path: String, _ report: Report) async throws -> Outcome {
        let copy = try open(path)
        defer { try? copy.close() }
        try await copy.write { db in
            try db.execute(
                sql: "CREATE TABLE backup_blob (sha256 BLOB PRIMARY KEY NOT NULL, bytes BLOB NOT NULL) STRICT")
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        }
        let names = try await blobs.list()
        for (done, name) in names.enumerated() {
            report("the images", done, names.count)
            let bytes = try await blobs.read(name)
            try await copy.write { db in
                try db.execute(
                    sql: "INSERT INTO backup_blob (sha256, bytes) VALUES (?, ?)",
                    arguments: [Data(name.bytes), Data(bytes)])
            }
        }
        let commitCount = try await copy.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM log") ?? 0 }
        try copy.close()
        return Outcome(
            commitCount: commitCount, blobCount: names.count, byteCount: BlobFile.size(path) ?? 0, replaced: nil)
    }

    // MARK: In

    /// Makes a backup the journal of a directory.
    ///
    /// Nothing in it is marked: that the same replica now exists twice is found by the hash chain at the next sync, which
    /// makes this copy a replica of its own and keeps its work.
    /// - Parameter replacing: moves a journal that is there aside, under a name that the outcome tells.
    /// - Throws: `backup.not_found`, `backup.not_a_backup`, `backup.damaged`, `journal.exists`, `journal.newer`.
    package static func restore(
        _ path: String, into directory: String, world: World, replacing: Bool,
        report: @escaping Report = { _, _, _ in }
    ) async throws -> Outcome {
        guard FileManager.default.fileExists(atPath: path) else { throw Failure.backupNotFound(path) }
        let target = JournalFile.path(in: directory)
        let isOccupied = try await isOccupied(directory, world: world)
        guard !isOccupied || replacing else { throw Failure.restoreInTheWay(directory) }
        try PrivateFile.createDirectory(directory)
        let draft = "\(target).\(Hex.encode(world.random(4))).part"
        defer { remove(draft) }
        return try await JournalFile.translating(directory) {
            report("the journal", 0, 2)
            let (commitCount, names) = try await copy(path, to: draft, world: world)
            let blobs = try BlobStore(directory: directory + "/blobs", world: world)
            try await bring(names, from: path, to: blobs, report)
            try BlobFile.sync(draft)
            let replaced = try moveAside(target, isOccupied: isOccupied, world: world)
            try BlobFile.rename(draft, to: target)
            try PrivateFile.syncDirectory(directory)
            // Opening it migrates an older one, and is the proof that it can be used.
            try await JournalFile.open(in: directory, world: world).close()
            return Outcome(
                commitCount: commitCount, blobCount: names.count, byteCount: BlobFile.size(target) ?? 0,
                replaced: replaced)
        }
    }

    /// Whether there is a journal that holds more than the name of its device.
    private static func isOccupied(_ directory: String, world: World) async throws -> Bool {
        guard JournalFile.exists(in: directory) else { return false }
        // What cannot be opened may still be worth something to its owner.
        guard let journal = try? await JournalFile.open(in: directory, world: world) else { return true }
        let count = try? await journal.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM log") ?? 0 }
        try? await journal.close()
        return (count ?? 2) > 1
    }

    /// The journal of a backup without its images, checked, and the names of the images.
    private static func copy(
        _ path: String, to draft: String, world: World
    ) async throws -> (commitCount: Int, names: [BlobName]) {
        let source = try openBackup(path)
        defer { try? source.close() }
        let names = try await reading(path) {
            try await source.read { db in
                guard try Int.fetchOne(db, sql: "PRAGMA application_id") == applicationID,
                    try db.tableExists("backup_blob"), try db.tableExists("log")
                else { throw Failure.notABackup(path) }
                guard try String.fetchAll(db, sql: "PRAGMA quick_check(1)") == ["ok"] else {
                    throw Failure.damagedBackup(path)
                }
                let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
                guard version <= JournalMigrations.latest else { throw Failure.newerBackup(version) }
                return try Data.fetchAll(db, sql: "SELECT sha256 FROM backup_blob ORDER BY sha256")
                    .compactMap { BlobName(bytes: $0) }
            }
        }
        try PrivateFile.create(draft)
        try await reading(path) {
            try await source.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [draft]) }
        }
        let copy = try open(draft)
        defer { try? copy.close() }
        let commitCount = try await copy.writeWithoutTransaction { db in
            try db.execute(sql: "DROP TABLE backup_blob")
            try db.execute(sql: "PRAGMA application_id = 0")
            try db.execute(sql: "VACUUM")
            return try Int.fetchOne(db, sql: "SELECT count(*) FROM log") ?? 0
        }
        return (commitCount, names)
    }

    private static func bring(
        _ names: [BlobName], from path: String, to blobs: BlobStore, _ report: Report
    ) async throws {
        let source = try openBackup(path)
        defer { try? source.close() }
        for (done, name) in names.enumerated() where !blobs.has(name) {
            report("the images", done, names.count)
            let bytes = try await source.read { db in
                try Data.fetchOne(
                    db, sql: "SELECT bytes FROM backup_blob WHERE sha256 = ?", arguments: [Data(name.bytes)])
            }
            guard let bytes, try await blobs.put(Array(bytes)) == name else { throw Failure.damagedBackup(path) }
        }
    }

    /// - Returns: the new name of a journal that holds something.
    private static func moveAside(_ target: String, isOccupied: Bool, world: World) throws -> String? {
        guard FileManager.default.fileExists(atPath: target) else { return nil }
        let stamp = world.now().description.prefix(19).filter { $0 != ":" }
        let aside = "\(target).before-restore-\(stamp)"
        // What is in the write-ahead log belongs to the old journal and must go with it.
        for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: target + suffix) {
            try BlobFile.rename(target + suffix, to: aside + suffix)
        }
        return isOccupied ? aside : nil
    }

    private static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        configuration.label = "backup"
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    private static func openBackup(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.label = "backup"
        return try reading(path) { try DatabaseQueue(path: path, configuration: configuration) }
    }

    /// Says of the backup, and not of the journal, that it is damaged.
    private static func reading<T>(_ path: String, _ body: () throws -> T) throws -> T {
        do { return try body() } catch let error as DatabaseError { throw failure(error, path) }
    }

    private static func reading<T>(_ path: String, _ body: () async throws -> T) async throws -> T {
        do { return try await body() } catch let error as DatabaseError { throw failure(error, path) }
    }

    private static func failure(_ error: DatabaseError, _ path: String) -> any Error {
        switch error.resultCode {
        case .SQLITE_NOTADB: Failure.notABackup(path)
        case .SQLITE_CORRUPT: Failure.damagedBackup(path)
        default: error
        }
    }

    private static func remove(_ draft: String) {
        for suffix in ["", "-wal", "-shm", "-journal"] { try? FileManager.default.removeItem(atPath: draft + suffix) }
    }

    private static func directory(of path: String) -> String {
        let directory = (path as NSString).deletingLastPathComponent
        return directory.isEmpty ? "." : directory
    }
}

extension Failure {
    package static func backupExists(_ path: String) -> Failure {
        Failure(.conflict, "backup.exists", "There is a file \(path) already. Name another, or give --force.")
    }
    package static func backupNotFound(_ path: String) -> Failure {
        Failure(.notFound, "backup.not_found", "There is no file \(path).")
    }
    package static func notABackup(_ path: String) -> Failure {
        Failure(.invalid, "backup.not_a_backup", "\(path) is no backup of Daybook. `daybook backup FILE` makes one.")
    }
    package static func damagedBackup(_ path: String) -> Failure {
        Failure(.corrupt, "backup.damaged", "The backup \(path) is damaged. Nothing was changed; try an older one.")
    }
    package static func newerBackup(_ version: Int) -> Failure {
        Failure(
            .conflict, "journal.newer",
            "The backup was written by a newer Daybook (tables \(version), this one knows \(JournalMigrations.latest)). "
                + "Update Daybook; nothing was changed.")
    }
    package static func restoreInTheWay(_ directory: String) -> Failure {
        Failure(
            .conflict, "journal.exists",
            "There is a journal in \(directory) already. Give another --journal DIR, or --force to move that one aside."
        )
    }
}
