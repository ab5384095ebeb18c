import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// The files that were imported, and what each of them brought.
package struct ImportStore {
    private let db: Database

    package init(_ db: Database) { self.db = db }

    package static let countMax = 10_000

    /// An import, and what is there of it today.
    package struct Summary: Sendable {
        package let fileImport: FileImport
        /// Nil where the account is not there any more.
        package let account: Account?
        /// How many of its fills are there.
        package let fillCount: Int
        /// How many of its fills wait as likely doubles.
        package let doubleCount: Int
        package let first: Timestamp?
        package let last: Timestamp?
    }

    private static let columns = "id, file, account, layout, created_ms, sha256, resolution_ms, has_ids, reading, fills"

    package func find(_ id: ID<FileImport>) throws -> FileImport? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT \(Self.columns) FROM import WHERE id = ? AND presence <> 1"),
            arguments: [id.data]
        ).flatMap { FileImport($0) }
    }

    /// The latest first.
    package func list(limit: Int = Self.countMax) throws -> [Summary] {
        try Row.fetchPaid(
            db.cachedStatement(
                sql: """
                    SELECT \(Self.columns) FROM import WHERE presence <> 1 ORDER BY created_ms DESC, id DESC LIMIT ?
                    """), arguments: [limit]
        ).compactMap { FileImport($0) }.map { try summary(of: $0) }
    }

    /// How many of its fills are there.
    package func fillCount(of id: ID<FileImport>) throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(sql: "SELECT count(*) FROM fill WHERE import = ? AND presence <> 1"),
            arguments: [id.data]) ?? 0
    }

    /// How many of its fills closed more than any fill here had opened.
    package func unmatchedCount(of id: ID<FileImport>) throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(
                sql:
                    "SELECT count(*) FROM partial_fill CROSS JOIN fill ON fill.id = partial_fill.fill WHERE fill.import = ?"
            ),
            arguments: [id.data]) ?? 0
    }

    package func count() throws -> Int {
        try Int.fetchOne(db.cachedStatement(sql: "SELECT count(*) FROM import WHERE presence <> 1")) ?? 0
    }

    package func summary(of fileImport: FileImport) throws -> Summary {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT count(*), min(time_ms), max(time_ms),
                        coalesce(sum(EXISTS (SELECT 1 FROM likely_double WHERE likely_double.fill = fill.id)), 0)
                    FROM fill WHERE import = ? AND presence <> 1
                    """), arguments: [fileImport.id.data])
        func time(_ column: Int) -> Timestamp? {
            guard let row, let milliseconds = row[column] as Int64? else { return nil }
            return Timestamp(milliseconds: milliseconds)
        }
        let accounts = AccountStore(db)
        return Summary(
            fileImport: fileImport, account: try accounts.find(accounts.canonical(fileImport.account)),
            fillCount: row?[0] ?? 0,
            doubleCount: row?[3] ?? 0, first: time(1), last: time(2))
    }

    /// How many fills it brought into each market.
    package func symbols(of id: ID<FileImport>) throws -> [(symbol: String, count: Int)] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT symbol, count(*) FROM fill WHERE import = ? AND presence <> 1 AND symbol IS NOT NULL
                    GROUP BY symbol ORDER BY symbol
                    """), arguments: [id.data]
        ).map { row in (symbol: row[0] as String, count: row[1] as Int) }
    }

    /// Takes an import back: its fills go, and what was said of their trades waits for them. The same file can be imported
    /// again.
    ///
    /// - Returns: how many fills went.
    package func undo(_ id: ID<FileImport>, in draft: inout Draft) throws -> Int {
        let fills = try Data.fetchAll(
            db.cachedStatement(sql: "SELECT id FROM fill WHERE import = ? AND presence <> 1 ORDER BY time_ms, id"),
            arguments: [id.data]
        ).compactMap { ID<Fill>(bytes: $0) }
        for fill in fills { draft.delete(Schema.fill, fill) }
        draft.delete(Schema.fileImport, id)
        return fills.count
    }
}

extension FileImport {
    /// Nil for a row that lacks what makes an import.
    init?(_ row: Row) {
        guard let id = ID<FileImport>(bytes: row["id"] as Data),
            let account = (row["account"] as Data?).flatMap({ ID<Account>(bytes: $0) })
        else { return nil }
        self.init(
            id: id, file: row["file"] ?? "a file", account: account, layout: row["layout"] ?? "",
            createdAt: Timestamp(milliseconds: row["created_ms"] ?? 0),
            sha256: (row["sha256"] as Data?).map { Array($0) },
            resolutionMilliseconds: row["resolution_ms"] ?? 1, hasIDs: (row["has_ids"] as Int64?) == 1,
            reading: row["reading"] ?? "", fillCount: row["fills"] ?? 0)
    }
}

extension Draft {
    package mutating func put(_ fileImport: FileImport) {
        var values: [String: Value] = [
            "file": .text(fileImport.file), "account": .id(fileImport.account), "layout": .text(fileImport.layout),
            "created_ms": .integer(fileImport.createdAt.milliseconds),
            "resolution_ms": .integer(fileImport.resolutionMilliseconds),
            "has_ids": .integer(fileImport.hasIDs ? 1 : 0), "fills": .integer(Int64(fileImport.fillCount)),
        ]
        if let sha256 = fileImport.sha256 { values["sha256"] = .bytes(sha256) }
        if !fileImport.reading.isEmpty { values["reading"] = .text(fileImport.reading) }
        put(Schema.fileImport, fileImport.id, values)
    }
}

extension Draft {
    /// Writes what became known of an import since it was first written.
    mutating func complete(_ written: FileImport, with known: FileImport) {
        var values: [String: Value] = [:]
        if written.fillCount != known.fillCount { values["fills"] = .integer(Int64(known.fillCount)) }
        if written.sha256 != known.sha256, let sha256 = known.sha256 { values["sha256"] = .bytes(sha256) }
        if written.resolutionMilliseconds > known.resolutionMilliseconds {
            values["resolution_ms"] = .integer(known.resolutionMilliseconds)
        }
        if written.hasIDs, !known.hasIDs { values["has_ids"] = .integer(0) }
        put(Schema.fileImport, written.id, values)
    }
}

extension JournalFile {
    /// See `ImportStore.undo`.
    ///
    /// - Throws: `import.unknown`.
    package func undo(_ id: ID<FileImport>) async throws -> (fileImport: FileImport, fillCount: Int, strayCount: Int) {
        let (known, before) = try await read { db in
            (try ImportStore(db).find(id), try StrayAnnotations(db).count())
        }
        guard let known else { throw Failure.importUnknown }
        let count = try await edit("undo import \(known.file)") { draft, db in
            try ImportStore(db).undo(id, in: &draft)
        }
        let after = try await read { try StrayAnnotations($0).count() }
        return (known, count, max(0, after - before))
    }
}

extension Failure {
    package static let importUnknown = Failure(
        .notFound, "import.unknown", "There is no such import any more. `daybook import list` shows those there are.")
}
