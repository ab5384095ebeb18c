import Foundation
import GRDB
import Journal
import Primitives

/// Brings an older journal up to this version's tables.
enum JournalMigrations {
    /// In order; a migration that was released is never edited.
    static let released: [(version: Int, sql: [UInt8])] = [
        (1, PackageResources.journal_0001_journal_sql),
        (2, PackageResources.journal_0002_settings_sql),
        (3, PackageResources.journal_0003_closed_sql),
        (4, PackageResources.journal_0004_aside_sql),
        (5, PackageResources.journal_0005_bounds_sql),
        (6, PackageResources.journal_0006_imports_sql),
        (7, PackageResources.journal_0007_mappings_sql),
    ]

    static var latest: Int { released.last?.version ?? 0 }

    /// Makes the tables as they were at a version, in an empty file.
    static func run(_ db: Database, through version: Int) throws {
        for migration in released where migration.version <= version { try run(migration, db) }
    }

    /// Brings tables and facts of any version up to date, within the transaction that made them.
    static func upgrade(_ db: Database) throws {
        let current = try version(db)
        for migration in released where migration.version > current { try run(migration, db) }
        try Upgrade(db, .current).run()
    }

    private static func run(_ migration: (version: Int, sql: [UInt8]), _ db: Database) throws {
        try db.execute(sql: String(decoding: migration.sql, as: UTF8.self))
        try db.execute(sql: "PRAGMA user_version = \(migration.version)")
    }

    /// Runs what is missing in one transaction; an existing journal is copied beside itself first.
    ///
    /// - Throws: `journal.newer` when a later Daybook wrote it.
    static func migrate(
        _ database: DatabaseQueue, path: String, by migrations: [(version: Int, sql: [UInt8])] = released
    ) async throws {
        let latest = migrations.last?.version ?? 0
        let current = try await database.read { try version($0) }
        guard current <= latest else {
            throw Failure(
                .conflict, "journal.newer",
                "The journal was written by a newer Daybook (tables \(current), this one knows \(latest)). "
                    + "Update Daybook; nothing was changed.")
        }
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
            let current = try version(db)
            for migration in migrations where migration.version > current { try run(migration, db) }
            if current > 0 { try Upgrade(db, .current).run() }
        }
    }

    private static func version(_ db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    }
}
