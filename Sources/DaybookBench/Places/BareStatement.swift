import GRDB
import GRDBSQLite
import Primitives
import Sync

/// A prepared statement with as little around it as there can be.
final class BareStatement {
    private let statement: Statement
    private let db: Database

    init(_ db: Database, _ sql: String) throws {
        self.db = db
        statement = try db.makeStatement(sql: sql)
    }

    func bind(_ index: Int, _ id: ID<some Any>) {
        withUnsafeBytes(of: id.rawValue.bigEndian) { bind(index, blob: $0) }
    }

    func bind(_ index: Int, _ value: Value) {
        switch value {
        case .text(var text):
            text.withUTF8 { buffer in
                _ = buffer.withMemoryRebound(to: CChar.self) {
                    sqlite3_bind_text(
                        statement.sqliteStatement, Int32(index), $0.baseAddress, Int32($0.count), transient)
                }
            }
        case .integer(let integer): sqlite3_bind_int64(statement.sqliteStatement, Int32(index), integer)
        case .bytes(let bytes): bytes.withUnsafeBytes { bind(index, blob: $0) }
        case .null, .opaque: sqlite3_bind_null(statement.sqliteStatement, Int32(index))
        }
    }

    private func bind(_ index: Int, blob: UnsafeRawBufferPointer) {
        sqlite3_bind_blob(statement.sqliteStatement, Int32(index), blob.baseAddress, Int32(blob.count), transient)
    }

    func run() throws {
        let code = sqlite3_step(statement.sqliteStatement)
        sqlite3_reset(statement.sqliteStatement)
        guard code == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }
}

/// SQLite copies what is bound with this.
private nonisolated(unsafe) let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
