import Foundation
import GRDB
import Journal
import Primitives
import Storage
import Sync

extension JournalFile {
    /// A new journal with the trades of a sheet.
    static func bench(in directory: String, _ sheet: TradeSheet, device: String = "a") async throws -> JournalFile {
        let journal = try await JournalFile.create(in: directory, world: .live, deviceName: device)
        try await journal.edit("import trades") { draft in sheet.write(into: &draft) }
        try await journal.checkpoint()
        return journal
    }

    /// Writes the log of the database back into the file, so that nobody pays for what came before.
    func checkpoint() async throws {
        let queue = try DatabaseQueue(path: Self.path(in: directory))
        defer { try? queue.close() }
        try await queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    }

    func count(_ sql: String) async throws -> Int {
        try await read { try Int.fetchOne($0, sql: sql) ?? 0 }
    }

    /// How many rows of what people see differ from another journal's.
    func differences(from other: JournalFile) async throws -> Int {
        let (own, theirs) = (Self.path(in: directory), Self.path(in: other.directory))
        let queue = try DatabaseQueue(path: own)
        defer { try? queue.close() }
        return try await queue.writeWithoutTransaction { db in
            try db.execute(sql: "ATTACH ? AS other", arguments: [theirs])
            var count = 0
            for table in ["account", "fill", "trade", "tag", "entry", "image", "member", "round_trip"] {
                let columns = try db.columns(in: table).map(\.name)
                    .filter { !["row", "replica", "counter"].contains($0) }.joined(separator: ", ")
                for (left, right) in [("main", "other"), ("other", "main")] {
                    count +=
                        try Int.fetchOne(
                            db,
                            sql: """
                                SELECT count(*) FROM (
                                    SELECT \(columns) FROM \(left).\(table) EXCEPT SELECT \(columns) FROM \(right).\(table))
                                """) ?? 0
                }
            }
            return count
        }
    }
}

/// Files that belong to a journal.
enum JournalFolder {
    /// The size of the database, which has been checkpointed.
    static func bytes(_ directory: String) -> Int {
        let path = JournalFile.path(in: directory)
        return (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }

    /// The size of a compacted copy.
    static func compactedBytes(_ path: String, withoutHistory: Bool = false) throws -> Int {
        let copy = path + ".compacted"
        try? FileManager.default.removeItem(atPath: copy)
        defer { try? FileManager.default.removeItem(atPath: copy) }
        let source = try DatabaseQueue(path: path)
        try source.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [copy]) }
        try source.close()
        if withoutHistory {
            let queue = try DatabaseQueue(path: copy)
            try queue.writeWithoutTransaction { try $0.execute(sql: "UPDATE log SET bytes = NULL, packed = 0; VACUUM") }
            try queue.close()
        }
        return try FileManager.default.attributesOfItem(atPath: copy)[.size] as? Int ?? 0
    }
}
