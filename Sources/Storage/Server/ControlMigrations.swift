import Foundation
import GRDB
import Primitives

/// Brings an older control database up to this version's tables.
enum ControlMigrations {
    /// In order; a migration that was released is never edited.
    private static let migrations: [(version: Int, sql: [UInt8])] = [
        (1, PackageResources.server_0001_identity_sql),
        (2, PackageResources.server_0002_jobs_sql),
        (3, PackageResources.server_0003_limits_sql),
    ]

    static var latest: Int { migrations.last?.version ?? 0 }

    /// Runs what is missing in one transaction; a database with something in it is copied beside itself first.
    ///
    /// - Throws: `server.newer_schema` when a later Daybook wrote it.
    static func migrate(_ pool: some DatabaseWriter, path: String) async throws {
        let current = try await pool.read { try version($0) }
        guard current <= latest else {
            throw Failure(
                .conflict, "server.newer_schema",
                "The data directory was written by a newer Daybook (tables \(current), this one knows \(latest)). "
                    + "Update the server; nothing was changed.")
        }
        guard current < latest else { return }
        if current > 0 {
            try await pool.writeWithoutTransaction { db in
                let backup = path + ".before-\(latest)"
                try? FileManager.default.removeItem(atPath: backup)
                try db.execute(sql: "VACUUM INTO ?", arguments: [backup])
            }
        }
        try await pool.write { db in
            for migration in migrations where migration.version > current {
                try db.execute(sql: String(decoding: migration.sql, as: UTF8.self))
                try db.execute(sql: "PRAGMA user_version = \(migration.version)")
            }
        }
    }

    private static func version(_ db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    }
}
