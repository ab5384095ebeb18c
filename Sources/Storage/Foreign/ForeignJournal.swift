import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// The one way in for a journal's file that comes from outside: a snapshot of a server, a backup.
///
/// Nothing of such a file is ever used as it is. It has to have the very tables of a journal that we make, and its facts
/// are copied row by row, each within its bounds, into a file of our own; what can be derived is derived anew.
struct ForeignJournal {
    enum Origin {
        /// Everything, with what makes the file this copy of the journal, and a table of images beside it.
        case backup
        /// Everything but that.
        case snapshot
    }

    struct Copied: Sendable {
        let commitCount: Int
        /// Whether the tables hold what the file's sum over its content says.
        let isContentTrue: Bool
    }

    /// What `PRAGMA application_id` of a backup answers: "DbkB".
    static let backupID: Int64 = 0x4462_6b42
    static let backupTable =
        "CREATE TABLE backup_blob (sha256 BLOB PRIMARY KEY NOT NULL, bytes BLOB NOT NULL) STRICT"
    /// A journal's file has about 70 tables and indexes.
    private static let objectsMax = 256

    private let foreign: ForeignDatabase
    private let own: Database
    private let origin: Origin

    private init(_ foreign: ForeignDatabase, _ own: Database, _ origin: Origin) {
        self.foreign = foreign
        self.own = own
        self.origin = origin
    }

    /// Makes a new journal's file of the facts in another's.
    ///
    /// - Parameter target: is made, and left unfinished when this throws.
    /// - Throws: `ForeignRefusal`; `DatabaseError` for what our own file runs into, such as a full disk.
    static func copy(_ path: String, _ origin: Origin, to target: String) async throws -> Copied {
        try PrivateFile.create(target)
        var configuration = Configuration()
        configuration.label = "foreign"
        configuration.prepareDatabase { TradeFunctions.add(to: $0) }
        let database = try DatabaseQueue(path: target, configuration: configuration)
        defer { try? database.close() }
        return try await database.write { db in
            try ForeignJournal(ForeignDatabase(path), db, origin).run()
        }
    }

    private func run() throws -> Copied {
        let version = try version()
        try JournalMigrations.run(own, through: version)
        try checkObjects()
        try checkPages()
        let commitCount = try copyFacts()
        for index in ["trade_text", "entry_text"] {
            try own.execute(sql: "INSERT INTO \(index) (\(index)) VALUES ('rebuild')")
        }
        do {
            // What an older version kept beside becomes columns, what no column admits goes beside, and all that follows
            // is derived.
            try JournalMigrations.upgrade(own)
            let content = try? Repair(own, .current).contentOfTables()
            return Copied(commitCount: commitCount, isContentTrue: try content == LocalFacts(own).content)
        } catch let failure as Failure {
            throw ForeignRefusal.damaged(failure.code)
        }
    }

    // MARK: What the file says of itself

    private func version() throws -> Int {
        if case .backup = origin {
            guard try foreign.integer("PRAGMA application_id") == Self.backupID else {
                throw ForeignRefusal.notADatabase
            }
        }
        guard try foreign.text("PRAGMA encoding") == "UTF-8" else { throw ForeignRefusal.foreign("texts in UTF-16") }
        let version = Int(try foreign.integer("PRAGMA user_version") ?? 0)
        guard version <= JournalMigrations.latest else { throw ForeignRefusal.newer(version: version) }
        guard version >= 1 else { throw ForeignRefusal.damaged("it does not say which tables it has") }
        return version
    }

    private struct Object: Hashable {
        let type: String
        let name: String
        let table: String
        let sql: String?

        /// As an older SQLite may have written the same: blanks differ.
        init(type: String, name: String, table: String, sql: String?) {
            self.type = type
            self.name = name
            self.table = table
            self.sql = sql?.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
    }

    /// Compares each table, index, trigger and view with those of a journal that we have just made.
    private func checkObjects() throws {
        var ours = Set(
            try Row.fetchAll(own, sql: "SELECT type, name, tbl_name, sql FROM sqlite_schema").map {
                Object(type: $0[0], name: $0[1], table: $0[2], sql: $0[3])
            })
        if case .backup = origin {
            ours.insert(Object(type: "table", name: "backup_blob", table: "backup_blob", sql: Self.backupTable))
            ours.insert(
                Object(type: "index", name: "sqlite_autoindex_backup_blob_1", table: "backup_blob", sql: nil))
        }
        let rows = try foreign.rows("SELECT type, name, tbl_name, sql FROM sqlite_schema LIMIT \(Self.objectsMax + 1)")
        var count = 0
        while try rows.step() {
            let texts = (0..<4).map { Self.text(rows.cell($0)) }
            let object = Object(
                type: texts[0] ?? "", name: texts[1] ?? "", table: texts[2] ?? "", sql: texts[3])
            count += 1
            guard count <= Self.objectsMax, ours.remove(object) != nil else {
                throw ForeignRefusal.foreign(Self.printable("\(object.type) \(object.name)"))
            }
        }
        if let missing = ours.map({ "\($0.type) \($0.name)" }).min() {
            throw ForeignRefusal.damaged("the \(missing) is missing")
        }
    }

    private static func text(_ cell: StoredCell) -> String? {
        if case .text(let bytes) = cell { String(validating: bytes, as: UTF8.self) ?? "?" } else { nil }
    }

    /// A name out of the file, for a message.
    private static func printable(_ name: String) -> String {
        String(
            name.unicodeScalars.prefix(60).map { $0.isASCII && $0.value >= 32 && $0.value != 127 ? Character($0) : "?" }
        )
    }

    /// Follows every page of the tables that are read: none twice, none without end, each value as its column is.
    private func checkPages() throws {
        for table in try tables().map(\.name) + (isBackup ? ["backup_blob"] : []) {
            guard try foreign.text("PRAGMA quick_check(\(table))") == "ok" else {
                throw ForeignRefusal.damaged("the table \(table) is torn")
            }
        }
    }

    // MARK: Facts

    private var isBackup: Bool { if case .backup = origin { true } else { false } }

    /// The tables of facts that this version of the file has.
    private func tables() throws -> [StoredTable] { try StoredTable.all.filter { try own.tableExists($0.name) } }

    /// - Returns: how many commits there are.
    private func copyFacts() throws -> Int {
        var log = ForeignLog()
        try copy(.replicas) { try log.add($0) }
        try copy(.log) { try log.append($0) }
        try log.end()
        for table in try StoredTable.merged.filter({ try own.tableExists($0.name) }) {
            let (replica, counter) = (table.index(of: "replica"), table.index(of: "counter"))
            try copy(table) { cells in
                guard case .integer(let number) = cells[replica], case .integer(let counter) = cells[counter],
                    log.has(number, counter)
                else { throw ForeignRefusal.damaged("a row of \(table.name) names a commit that is not there") }
                guard table.name == "register", case .bytes(let value)? = cells.last else { return }
                guard Value(canonicalBytes: value) != nil else {
                    throw ForeignRefusal.damaged("a value beside its thing cannot be read")
                }
            }
        }
        try copyLocal()
        if isBackup { try copyBlobs() }
        return log.count
    }

    private func copy(_ table: StoredTable, check: ([StoredCell]) throws -> Void) throws {
        let known = Set(try own.columns(in: table.name).map(\.name))
        let columns = table.columns.filter { known.contains($0.name) }
        let names = columns.map(\.name).joined(separator: ", ")
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        let order = table.order.map { " ORDER BY \($0)" } ?? ""
        let rows = try foreign.rows("SELECT \(names) FROM \(table.name)\(order)")
        let insert = try PreparedStatement(own, "INSERT INTO \(table.name) (\(names)) VALUES (\(marks))")
        while try rows.step() {
            var cells: [StoredCell] = []
            cells.reserveCapacity(columns.count)
            for (index, column) in columns.enumerated() {
                let cell = rows.cell(index)
                guard column.bound.admits(cell) else {
                    throw ForeignRefusal.damaged("\(table.name).\(column.name) holds what it cannot")
                }
                insert.bind(Int32(index + 1), cell)
                cells.append(cell)
            }
            try check(cells)
            do {
                try insert.run()
            } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
                throw ForeignRefusal.damaged("a row of \(table.name) is there twice")
            }
        }
    }

    /// What this copy knows of itself: all of it in a backup, the sum over the content in a snapshot.
    private func copyLocal() throws {
        let keys: Set = isBackup ? ["replica", "content", "server_clock", "server_digest"] : ["content"]
        let rows = try foreign.rows("SELECT key, value FROM local")
        let facts = LocalFacts(own)
        while try rows.step() {
            guard StoredTable.local.columns[0].bound.admits(rows.cell(0)),
                StoredTable.local.columns[1].bound.admits(rows.cell(1)), let key = Self.text(rows.cell(0)),
                case .bytes(let value) = rows.cell(1)
            else { throw ForeignRefusal.damaged("local holds what it cannot") }
            if keys.contains(key) { try facts.take(key, value) }
        }
        do {
            _ = try facts.content
            if isBackup { _ = try (facts.replica, facts.serverClock, facts.serverDigest) }
        } catch let failure as Failure {
            throw ForeignRefusal.damaged(failure.code)
        }
    }

    /// Of the images only those that come along; the others are still to come.
    private func copyBlobs() throws {
        try copy(.blobs) { _ in }
        let there = try Set(imageNames(in: foreign))
        for data in try Data.fetchAll(own, sql: "SELECT sha256 FROM blob") {
            guard let name = BlobName(bytes: data), !there.contains(name) else { continue }
            try own.execute(sql: "DELETE FROM blob WHERE sha256 = ?", arguments: [data])
        }
    }
}

/// The images in a backup, which have been checked to be what they are called only once they are kept under their names.
func imageNames(in backup: ForeignDatabase) throws -> [BlobName] {
    let rows = try backup.rows("SELECT sha256 FROM backup_blob")
    var names: [BlobName] = []
    while try rows.step() {
        guard case .bytes(let bytes) = rows.cell(0), let name = BlobName(bytes: bytes) else {
            throw ForeignRefusal.damaged("an image has no name")
        }
        names.append(name)
    }
    return names
}

extension StoredTable {
    fileprivate func index(of column: String) -> Int { columns.firstIndex { $0.name == column } ?? 0 }
}

extension PreparedStatement {
    fileprivate func bind(_ index: Int32, _ cell: StoredCell) {
        switch cell {
        case .integer(let value): bind(index, value)
        case .text(let bytes): bind(index, String(decoding: bytes, as: UTF8.self))
        case .bytes(let bytes): bind(index, bytes)
        case .null, .real: bindNull(index)
        }
    }
}
