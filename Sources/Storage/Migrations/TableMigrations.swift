import Foundation
import GRDB
import Primitives

/// Brings the tables of a SQLite file up to this version, in the order of the steps. A step that was released is never
/// edited.
struct TableMigrations: Sendable {
    typealias Step = (version: Int, sql: [UInt8])

    let steps: [Step]
    /// What a file of a later Daybook is refused with.
    let newer: @Sendable (_ version: Int) -> Failure

    var latest: Int { steps.last?.version ?? 0 }

    /// Runs what is missing in one transaction. A file with something in it is copied beside itself first, for its owner
    /// alone: `….before-7`.
    ///
    /// - Parameters:
    ///   - path: of the file; of no use to a database in memory.
    ///   - afterwards: what follows from the new tables, for a file that was not empty.
    /// - Throws: `newer` when a later Daybook wrote it.
    func migrate(
        _ database: some DatabaseWriter, path: String,
        afterwards: @escaping @Sendable (Database) throws -> Void = { _ in }
    ) async throws {
        let (current, latest) = (try await database.read { try Self.version($0) }, latest)
        guard current <= latest else { throw newer(current) }
        guard current < latest else { return }
        if current > 0 {
            try await database.writeWithoutTransaction { db in
                let backup = path + ".before-\(latest)"
                try? FileManager.default.removeItem(atPath: backup)
                // SQLite writes into an empty file that is there, and leaves its permissions alone.
                try PrivateFile.create(backup)
                try db.execute(sql: "VACUUM INTO ?", arguments: [backup])
            }
        }
        try await database.write { db in
            // Another process may have been here first.
            let current = try Self.version(db)
            try run(db, after: current)
            if current > 0 { try afterwards(db) }
        }
    }

    /// Runs the steps after one version up to another, within the transaction that there is.
    func run(_ db: Database, after version: Int, through last: Int = .max) throws {
        for step in steps where step.version > version && step.version <= last {
            try db.execute(sql: String(decoding: step.sql, as: UTF8.self))
            try db.execute(sql: "PRAGMA user_version = \(step.version)")
        }
    }

    /// What a file is at; zero for an empty one.
    static func version(_ db: Database) throws -> Int { try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0 }
}
