import GRDB
import Journal
import Primitives

/// The tables of a journal.
enum JournalMigrations {
    static let released = TableMigrations(
        steps: [
            (1, PackageResources.journal_0001_journal_sql),
            (2, PackageResources.journal_0002_settings_sql),
            (3, PackageResources.journal_0003_closed_sql),
            (4, PackageResources.journal_0004_aside_sql),
            (5, PackageResources.journal_0005_bounds_sql),
            (6, PackageResources.journal_0006_imports_sql),
            (7, PackageResources.journal_0007_mappings_sql),
        ]
    ) { version in
        Failure(
            .conflict, "journal.newer",
            "The journal was written by a newer Daybook (tables \(version), this one knows \(latest)). "
                + "Update Daybook; nothing was changed.")
    }

    static var latest: Int { released.latest }

    /// Makes the tables as they were at a version, in an empty file.
    static func run(_ db: Database, through version: Int) throws {
        try released.run(db, after: 0, through: version)
    }

    /// Brings tables and facts of any version up to date, within the transaction that made them.
    static func upgrade(_ db: Database) throws {
        try released.run(db, after: TableMigrations.version(db))
        try Upgrade(db, .current).run()
    }

    /// See `TableMigrations.migrate`; the facts follow the tables.
    ///
    /// - Throws: `journal.newer`.
    static func migrate(
        _ database: DatabaseQueue, path: String, by migrations: TableMigrations = released
    ) async throws {
        try await migrations.migrate(database, path: path) { db in try Upgrade(db, .current).run() }
    }
}
