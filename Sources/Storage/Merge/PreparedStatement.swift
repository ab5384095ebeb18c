import Foundation
import GRDB
import GRDBSQLite
import Primitives
import Sync

/// A statement that is bound and stepped by position, for the paths that run once for each row of a merge.
///
/// GRDB prepares it and owns it. Its general arguments cost more than the row itself there.
final class PreparedStatement {
    private let statement: Statement
    private let db: Database
    private var handle: SQLiteStatement { statement.sqliteStatement }

    init(_ db: Database, _ sql: String) throws {
        self.db = db
        statement = try db.cachedStatement(sql: sql)
        // Whoever had it before may have stopped in the middle, at a row that could not be read.
        sqlite3_reset(statement.sqliteStatement)
    }

    func bind(_ index: Int32, _ value: Int64) { sqlite3_bind_int64(handle, index, value) }
    func bind(_ index: Int32, _ value: UInt64) { sqlite3_bind_int64(handle, index, Int64(bitPattern: value)) }
    func bindNull(_ index: Int32) { sqlite3_bind_null(handle, index) }

    func bind(_ index: Int32, _ text: String) {
        var text = text
        text.withUTF8 { buffer in
            _ = buffer.withMemoryRebound(to: CChar.self) {
                sqlite3_bind_text(handle, index, $0.baseAddress ?? emptyText, Int32($0.count), transient)
            }
        }
    }

    func bind(_ index: Int32, _ id: ID<some Any>) {
        withUnsafeBytes(of: id.rawValue.bigEndian) {
            _ = sqlite3_bind_blob(handle, index, $0.baseAddress, 16, transient)
        }
    }

    func bind(_ index: Int32, _ bytes: [UInt8]) {
        bytes.withUnsafeBytes {
            let start = $0.baseAddress ?? UnsafeRawPointer(emptyText)
            _ = sqlite3_bind_blob(handle, index, start, Int32($0.count), transient)
        }
    }

    /// Binds what a column shows of a value.
    func bind(_ index: Int32, _ value: Value) {
        switch value {
        case .text(let text): bind(index, text)
        case .integer(let integer): bind(index, integer)
        case .bytes(let bytes): bind(index, bytes)
        case .null, .opaque: bindNull(index)
        }
    }

    /// Moves to the next row.
    ///
    /// - Returns: false at the end, when the statement is also ready to be bound again.
    func step() throws -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        let message = code == SQLITE_DONE ? nil : String(cString: sqlite3_errmsg(db.sqliteConnection))
        sqlite3_reset(handle)
        if let message { throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message) }
        return false
    }

    /// Runs a statement that gives no rows.
    func run() throws { while try step() {} }

    /// Ends reading before the last row.
    func reset() { sqlite3_reset(handle) }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }
    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func text(_ column: Int32) -> String {
        guard let pointer = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: pointer, count: count), as: UTF8.self)
    }

    func bytes(_ column: Int32) -> [UInt8] {
        guard let pointer = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: pointer, count: Int(sqlite3_column_bytes(handle, column))))
    }

    func id<Noun>(_ column: Int32) -> ID<Noun>? {
        guard let pointer = sqlite3_column_blob(handle, column), sqlite3_column_bytes(handle, column) == 16 else {
            return nil
        }
        return ID(rawValue: UInt128(bigEndian: UnsafeRawPointer(pointer).loadUnaligned(as: UInt128.self)))
    }

    func value(_ column: Int32) -> Value {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: .integer(integer(column))
        case SQLITE_TEXT: .text(text(column))
        case SQLITE_BLOB: .bytes(bytes(column))
        default: .null
        }
    }
}

/// SQLite copies what is bound with this.
private nonisolated(unsafe) let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
private nonisolated(unsafe) let emptyText: UnsafePointer<CChar> = UnsafePointer(strdup(""))
