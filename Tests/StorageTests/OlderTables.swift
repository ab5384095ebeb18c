import GRDB

@testable import Storage

/// Takes away from a journal's tables whatever came after a version, as that version would have left them.
enum OlderTables {
    static let versions = 1..<JournalMigrations.latest

    static func restore(_ db: Database, asOf version: Int) throws {
        let old = try DatabaseQueue()
        try old.write { try JournalMigrations.run($0, through: version) }
        let names = { (db: Database, kind: String) in
            try Set(
                String.fetchAll(
                    db,
                    sql: "SELECT name FROM sqlite_schema WHERE type = ? AND name NOT LIKE 'sqlite_%'", arguments: [kind]
                ))
        }
        for index in try names(db, "index").subtracting(try old.read { try names($0, "index") }).sorted() {
            try db.execute(sql: "DROP INDEX \(index)")
        }
        let tables = try old.read { try names($0, "table") }
        // What a backup has besides is its own.
        for table in try names(db, "table").subtracting(tables.union(["backup_blob"])).sorted() {
            try db.execute(sql: "DROP TABLE \(table)")
        }
        for table in tables.sorted() {
            let columns = { (db: Database) in try Set(db.columns(in: table).map(\.name)) }
            for column in try columns(db).subtracting(try old.read { try columns($0) }).sorted() {
                try db.execute(sql: "ALTER TABLE \(table) DROP COLUMN \(column)")
            }
        }
        try db.execute(sql: "PRAGMA user_version = \(version)")
    }
}
