import CPQ
import Foundation
import Primitives

/// The answer to a statement, with its values in binary.
final class PostgresResult {
    private let handle: OpaquePointer

    /// Takes the result over.
    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { PQclear(handle) }

    /// - Throws: `PostgresTrouble.refused`.
    func check() throws(PostgresTrouble) {
        let status = PQresultStatus(handle)
        guard status != PGRES_COMMAND_OK, status != PGRES_TUPLES_OK else { return }
        let state = PQresultErrorField(handle, Int32(UInt8(ascii: "C"))).map { String(cString: $0) }
        // Whoever ends a connection does not always say why.
        throw .refused(state: state ?? "08000", message: String(cString: PQresultErrorMessage(handle)))
    }

    /// What was done: `COMMIT`.
    var command: String { String(cString: PQcmdStatus(handle)) }

    var changedCount: Int { Int(String(cString: PQcmdTuples(handle))) ?? 0 }

    /// The first value, of an answer in text.
    var text: String? {
        guard PQntuples(handle) > 0, PQgetisnull(handle, 0, 0) == 0 else { return nil }
        return String(cString: PQgetvalue(handle, 0, 0))
    }

    /// - Throws: `server.damaged` for a column of a type that nothing of ours has.
    func rows() throws -> [ControlRow] {
        let columnCount = PQnfields(handle)
        let columns = (0..<columnCount).map { String(cString: PQfname(handle, $0)) }
        return try (0..<PQntuples(handle)).map { row in
            ControlRow(columns: columns, values: try (0..<columnCount).map { try value(row, $0) })
        }
    }

    private func value(_ row: Int32, _ column: Int32) throws(Failure) -> ControlValue {
        guard PQgetisnull(handle, row, column) == 0 else { return .null }
        guard let start = PQgetvalue(handle, row, column) else { throw .controlDamaged }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(handle, row, column)))
        // The types by the numbers that they have in every PostgreSQL.
        switch PQftype(handle, column) {
        case 16: return .integer(bytes.first == 0 ? 0 : 1)
        case 17: return .bytes(Data(bytes))
        case 20: return .integer(Int64(bitPattern: bytes.reduce(0 as UInt64) { $0 << 8 | UInt64($1) }))
        case 23: return .integer(Int64(Int32(bitPattern: bytes.reduce(0 as UInt32) { $0 << 8 | UInt32($1) })))
        case 25, 1043: return .text(String(decoding: bytes, as: UTF8.self))
        default: throw .controlDamaged
        }
    }
}
