import CSQLite
import Foundation
import GRDBSQLite
import Primitives

/// Why a file from outside is not taken.
enum ForeignRefusal: Error, Hashable {
    case notADatabase
    case tooLarge(bytes: Int64)
    case newer(version: Int)
    /// It has something in it that this program has not made: the kind of the thing and its name.
    case foreign(String)
    case damaged(String)
}

/// An SQLite file that anybody may have made, opened for reading, with everything off that a file can make SQLite do.
///
/// It is read as it lies there: a log or a journal beside it, which would be anybody's too, is not looked at. GRDB is not
/// used, because it reads the file before it can be told to be careful, and traps on a row that has another type than its
/// column.
final class ForeignDatabase {
    /// Of the file. As much as `SnapshotManifest` can name, and more than a journal with all its images.
    static let fileBytesMax: Int64 = 64 << 30
    /// Of one value, and of one row: an image of `BlobLimits.sizeMax`, or all texts of a trade.
    static let valueBytesMax: Int32 = 8 << 20
    /// Of one statement, those that make its tables included.
    private static let statementBytesMax: Int32 = 64 << 10
    /// Ours have at most 30.
    private static let columnsMax: Int32 = 64
    /// Kept of the file in memory.
    private static let cacheKiB = 8192

    private let handle: OpaquePointer

    /// - Throws: `ForeignRefusal`.
    init(_ path: String) throws {
        _ = try Self.size(of: path)
        guard let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) else {
            throw ForeignRefusal.notADatabase
        }
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2("file:\(escaped)?immutable=1", &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            sqlite3_close_v2(opened)
            throw Self.refusal(code)
        }
        handle = opened
        for (limit, value) in [
            (SQLITE_LIMIT_LENGTH, Self.valueBytesMax), (SQLITE_LIMIT_SQL_LENGTH, Self.statementBytesMax),
            (SQLITE_LIMIT_COLUMN, Self.columnsMax), (SQLITE_LIMIT_EXPR_DEPTH, 64), (SQLITE_LIMIT_COMPOUND_SELECT, 4),
            (SQLITE_LIMIT_ATTACHED, 0), (SQLITE_LIMIT_TRIGGER_DEPTH, 1), (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64),
            (SQLITE_LIMIT_VARIABLE_NUMBER, 8), (SQLITE_LIMIT_WORKER_THREADS, 0),
        ] {
            sqlite3_limit(handle, limit, value)
        }
        let defended = daybook_sqlite_defend(UnsafeMutableRawPointer(handle))
        guard defended == SQLITE_OK else { throw Self.refusal(defended) }
        for setting in ["trusted_schema = OFF", "cell_size_check = ON", "query_only = ON", "mmap_size = 0"] {
            try run("PRAGMA \(setting)")
        }
        try run("PRAGMA cache_size = -\(Self.cacheKiB)")
    }

    deinit { sqlite3_close_v2(handle) }

    /// In bytes.
    ///
    /// - Throws: `ForeignRefusal` for what is no file, or too large a one.
    static func size(of path: String) throws -> Int64 {
        var status = stat()
        // A pipe or a device would be read for ever.
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw ForeignRefusal.notADatabase }
        let size = Int64(status.st_size)
        guard size <= fileBytesMax else { throw ForeignRefusal.tooLarge(bytes: size) }
        return size
    }

    /// - Throws: `ForeignRefusal`.
    func rows(_ sql: String) throws -> ForeignRows {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v2(handle, sql, -1, &statement, nil)
        guard code == SQLITE_OK, let statement else { throw Self.refusal(code) }
        return ForeignRows(statement)
    }

    /// The first column of the first row, when it is an integer.
    func integer(_ sql: String) throws -> Int64? {
        let rows = try rows(sql)
        guard try rows.step(), case .integer(let value) = rows.cell(0) else { return nil }
        return value
    }

    /// The first column of the first row, when it is a text.
    func text(_ sql: String) throws -> String? {
        let rows = try rows(sql)
        guard try rows.step(), case .text(let bytes) = rows.cell(0) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private func run(_ sql: String) throws {
        let rows = try rows(sql)
        while try rows.step() {}
    }

    fileprivate static func refusal(_ code: Int32) -> ForeignRefusal {
        switch code & 0xff {
        case SQLITE_NOTADB: .notADatabase
        // Its own words may hold a name out of the file.
        default: .damaged(String(cString: sqlite3_errstr(code)))
        }
    }
}

/// A value as it lies in a file, whatever its column promises.
enum StoredCell: Hashable {
    case null
    case integer(Int64)
    case real
    case text([UInt8])
    case bytes([UInt8])
}

/// The rows of one statement.
final class ForeignRows {
    private let statement: OpaquePointer

    fileprivate init(_ statement: OpaquePointer) { self.statement = statement }

    deinit { sqlite3_finalize(statement) }

    /// - Returns: false after the last.
    func step() throws -> Bool {
        let code = sqlite3_step(statement)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw ForeignDatabase.refusal(code)
        }
    }

    func cell(_ column: Int) -> StoredCell {
        let column = Int32(truncatingIfNeeded: column)
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
        case SQLITE_TEXT: return .text(bytes(sqlite3_column_text(statement, column), column))
        case SQLITE_BLOB: return .bytes(bytes(sqlite3_column_blob(statement, column), column))
        case SQLITE_NULL: return .null
        default: return .real
        }
    }

    private func bytes(_ start: UnsafeRawPointer?, _ column: Int32) -> [UInt8] {
        guard let start else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
    }

    private func bytes(_ start: UnsafePointer<UInt8>?, _ column: Int32) -> [UInt8] {
        bytes(start.map { UnsafeRawPointer($0) }, column)
    }
}
