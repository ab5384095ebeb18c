import GRDB

@testable import Storage

/// Takes away from a journal's tables whatever came after a version, as that version would have left them.
enum OlderTables {
    static let versions = 1..<JournalMigrations.latest

    static func restore(_ db: Database, asOf version: Int) throws {
        let (before, after) = (try Shape(version), try Shape(JournalMigrations.latest))
        for index in after.indexes.subtracting(before.indexes).sorted() { try db.execute(sql: "DROP INDEX \(index)") }
        for (table, columns) in after.columns.sorted(by: { $0.key < $1.key }) {
            guard let kept = before.columns[table] else {
                try db.execute(sql: "DROP TABLE \(table)")
                continue
            }
            for column in columns.subtracting(kept).sorted() {
                try db.execute(sql: "ALTER TABLE \(table) DROP COLUMN \(column)")
            }
        }
        try db.execute(sql: "PRAGMA user_version = \(version)")
    }

    private struct Shape {
        let indexes: Set<String>
        let columns: [String: Set<String>]

        init(_ version: Int) throws {
            let database = try DatabaseQueue()
            (indexes, columns) = try database.write { db in
                try JournalMigrations.run(db, through: version)
                func names(_ type: String) throws -> [String] {
                    try String.fetchAll(
                        db, sql: "SELECT name FROM sqlite_schema WHERE type = ? AND name NOT LIKE 'sqlite_%'",
                        arguments: [type])
                }
                let columns = try names("table").map { ($0, Set(try db.columns(in: $0).map(\.name))) }
                return (Set(try names("index")), Dictionary(uniqueKeysWithValues: columns))
            }
        }
    }
}
