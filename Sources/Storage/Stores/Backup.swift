import Crypto
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
            try db.execute(sql: ForeignJournal.backupTable)
            try db.execute(sql: "PRAGMA application_id = \(ForeignJournal.backupID)")
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
    /// The file may have come from anybody: its facts are copied into a file of our own (see `ForeignJournal`), which is
    /// checked like any journal and takes its place as the last step. Until then nothing is changed.
    ///
    /// Nothing in it is marked: that the same replica now exists twice is found by the hash chain at the next sync, which
    /// makes this copy a replica of its own and keeps its work.
    /// - Parameter replacing: moves a journal that is there aside, under a name that the outcome tells.
    /// - Throws: `backup.not_found`, `backup.not_a_backup`, `backup.foreign`, `backup.damaged`, `backup.too_large`,
    ///   `file.disk_full`, `journal.exists`, `journal.newer`.
    package static func restore(
        _ path: String, into directory: String, world: World, replacing: Bool,
        report: @escaping Report = { _, _, _ in }
    ) async throws -> Outcome {
        guard FileManager.default.fileExists(atPath: path) else { throw Failure.backupNotFound(path) }
        let isOccupied = try await isOccupied(directory, world: world)
        guard !isOccupied || replacing else { throw Failure.restoreInTheWay(directory) }
        let isNew = !FileManager.default.fileExists(atPath: directory)
        try PrivateFile.createDirectory(directory)
        let draft = "\(directory)/restore-\(Hex.encode(world.random(4))).part"
        defer { try? FileManager.default.removeItem(atPath: draft) }
        do {
            return try await JournalFile.translating(directory) {
                try DiskSpace.check(try size(of: path), in: directory)
                try PrivateFile.createDirectory(draft)
                report("the journal", 0, 2)
                let commitCount = try await copy(path, to: draft, world: world)
                let blobs = try BlobStore(directory: directory + "/blobs", world: world)
                let blobCount = try await bring(path, to: blobs, report)
                let target = JournalFile.path(in: directory)
                let replaced = try await put(
                    JournalFile.path(in: draft), in: target, isOccupied: isOccupied, world: world)
                return Outcome(
                    commitCount: commitCount, blobCount: blobCount, byteCount: BlobFile.size(target) ?? 0,
                    replaced: replaced)
            }
        } catch {
            if isNew { try? FileManager.default.removeItem(atPath: directory) }
            throw error
        }
    }

    private static func size(of path: String) throws -> Int64 {
        do { return try ForeignDatabase.size(of: path) } catch let refusal as ForeignRefusal {
            throw failure(refusal, path)
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

    /// The journal of a backup as one of our own, found sound.
    ///
    /// - Returns: how many commits it has.
    private static func copy(_ path: String, to draft: String, world: World) async throws -> Int {
        let copied: ForeignJournal.Copied
        do {
            copied = try await ForeignJournal.copy(path, .backup, to: JournalFile.path(in: draft))
        } catch let refusal as ForeignRefusal {
            throw failure(refusal, path)
        }
        let journal = try await JournalFile.open(in: draft, world: world)
        do {
            // Tables that do not bear out their sum may be those of a journal that was damaged when it was backed up. The
            // log is whole, and tells what they should hold.
            if !copied.isContentTrue { try await journal.heal() }
            let found = try await journal.verify(nil).findings.first(where: \.isDamage)
            if let found { throw Failure.damagedBackup(path, found.text) }
        } catch let failure as Failure where failure.kind == .corrupt || failure.kind == .invalid {
            try? await journal.close()
            throw failure.code.hasPrefix("backup.") ? failure : Failure.damagedBackup(path, failure.code)
        } catch {
            try? await journal.close()
            throw error
        }
        try await journal.close()
        return copied.commitCount
    }

    /// Brings the images to where they belong; when that fails, none of them stays.
    ///
    /// - Returns: how many there are.
    private static func bring(_ path: String, to blobs: BlobStore, _ report: Report) async throws -> Int {
        var brought: [BlobName] = []
        do {
            let names = try imageNames(in: ForeignDatabase(path))
            for (done, name) in names.enumerated() where !blobs.has(name) {
                report("the images", done, names.count)
                brought.append(try await blobs.put(try image(name, in: path)))
            }
            return names.count
        } catch {
            for name in brought { try? await blobs.delete(name) }
            throw (error as? ForeignRefusal).map { failure($0, path) } ?? error
        }
    }

    private static func image(_ name: BlobName, in path: String) throws -> [UInt8] {
        let rows = try ForeignDatabase(path).rows("SELECT bytes FROM backup_blob WHERE sha256 = x'\(name)'")
        guard try rows.step(), case .bytes(let bytes) = rows.cell(0), bytes.count <= BlobLimits.sizeMax else {
            throw ForeignRefusal.damaged("an image cannot be read")
        }
        guard Array(SHA256.hash(data: bytes)) == name.bytes else {
            throw ForeignRefusal.damaged("an image is not what it is called")
        }
        return bytes
    }

    /// Puts the finished journal in its place, and the one that stands there aside; or leaves that where it was.
    ///
    /// - Returns: the new name of a journal that holds something.
    private static func put(_ draft: String, in target: String, isOccupied: Bool, world: World) async throws -> String?
    {
        try BlobFile.sync(draft)
        let stamp = world.now().description.prefix(19).filter { $0 != ":" }
        let aside = "\(target).before-restore-\(stamp)"
        let isThere = FileManager.default.fileExists(atPath: target)
        // A second name for the old file, and then the first for the new one: whenever the power goes, one of the two is
        // in its place.
        if isThere, !FileManager.default.fileExists(atPath: target + "-wal"), link(target, aside) == 0 {
            do { try BlobFile.rename(draft, to: target) } catch {
                unlink(aside)
                throw error
            }
        } else {
            try exchange(target, for: draft, aside)
        }
        try PrivateFile.syncDirectory(directory(of: target))
        return isOccupied && isThere ? aside : nil
    }

    /// The same where somebody has the old journal open, or the disk knows no second names: what is in the write-ahead log
    /// belongs to the old file and must go with it.
    private static func exchange(_ target: String, for draft: String, _ aside: String) throws {
        var moved: [String] = []
        do {
            for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: target + suffix) {
                try BlobFile.rename(target + suffix, to: aside + suffix)
                moved.append(suffix)
            }
            try BlobFile.rename(draft, to: target)
        } catch {
            for suffix in moved.reversed() { try? BlobFile.rename(aside + suffix, to: target + suffix) }
            throw error
        }
    }

    private static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        configuration.label = "backup"
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    private static func failure(_ refusal: ForeignRefusal, _ path: String) -> Failure {
        switch refusal {
        case .notADatabase: .notABackup(path)
        case .tooLarge(let bytes): .backupTooLarge(path, bytes)
        case .newer(let version): .newerBackup(version)
        case .foreign(let thing): .foreignBackup(path, thing)
        case .damaged(let what): .damagedBackup(path, what)
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
    package static func damagedBackup(_ path: String, _ what: String) -> Failure {
        Failure(
            .corrupt, "backup.damaged",
            "The backup \(path) is damaged: \(what). Nothing was changed; try an older one.")
    }
    package static func foreignBackup(_ path: String, _ thing: String) -> Failure {
        Failure(
            .corrupt, "backup.foreign",
            "The backup \(path) has something in it that Daybook has not made: \(thing). Nothing was changed; somebody "
                + "may have tampered with it.")
    }
    package static func backupTooLarge(_ path: String, _ bytes: Int64) -> Failure {
        Failure(
            .tooLarge, "backup.too_large",
            "The file \(path) has \(bytes) bytes; \(ForeignDatabase.fileBytesMax) are allowed. Nothing was changed.")
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
