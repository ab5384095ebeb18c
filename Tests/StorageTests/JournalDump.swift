import Foundation
import GRDB
import Journal
import Primitives
import Storage
import Sync

/// What stands in a journal, as lines of text that can be compared.
enum JournalDump {
    /// Every table of the file, every column of every row: equal before and after something that must change nothing.
    static func everything(_ journal: JournalFile) async throws -> [String] {
        try await journal.read { db in
            let tables = try String.fetchAll(
                db,
                sql:
                    "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
            )
            return try tables.flatMap { try rows(db, $0, "*") }
        }
    }

    /// What journals that have seen the same commits must agree on.
    ///
    static func shared(_ journal: JournalFile) async throws -> [String] {
        let elements = try await journal.elements().map { "\($0)" }.sorted()
        return try await journal.read { db in
            let replica = "(SELECT hex(id) FROM replica WHERE number = replica)"
            var lines = elements
            for kind in Schema.current.kinds {
                let columns = ["id", "presence"] + kind.fields.map(\.name)
                lines += try rows(db, kind.name, columns.joined(separator: ", "))
            }
            lines += try rows(db, "prose", "entity, slot, \(replica), counter, text")
            lines += try rows(db, "log", "\(replica), counter, time, packed, bytes")
            let trip = try db.columns(in: "round_trip").map(\.name).filter { $0 != "row" }
            lines += try rows(db, "round_trip", trip.joined(separator: ", "))
            lines += try rows(db, "anchor", "trade, round_trip")
            lines += try rows(db, "account_alias", "account, canonical")
            lines += try rows(db, "likely_double", "fill, original")
            for word in ["alpha", "beta", "gamma", "plan", "desk", "phone", "two"] {
                for index in ["trade", "entry"] {
                    lines += try rows(
                        db, "\(index) JOIN \(index)_text ON \(index)_text.rowid = \(index).row", "'\(word)', id",
                        "WHERE \(index)_text MATCH '\(word)'")
                }
            }
            return lines
        }
    }

    private static func rows(_ db: Database, _ table: String, _ columns: String, _ rest: String = "") throws -> [String]
    {
        try Row.fetchAll(db, sql: "SELECT \(columns) FROM \(table) \(rest)").map { row in
            "\(table.prefix(12)) "
                + row.databaseValues.map { value in
                    if case .blob(let data) = value.storage { return "x" + data.base64EncodedString() }
                    return "\(value)"
                }.joined(separator: "|")
        }.sorted()
    }

    /// The first few lines that only one of two dumps has; empty for equal ones.
    static func difference(_ left: [String], _ right: [String]) -> String {
        let (a, b) = (Set(left), Set(right))
        let lines =
            left.filter { !b.contains($0) }.prefix(4).map { "here:  \($0)" }
            + right.filter { !a.contains($0) }.prefix(4).map { "there: \($0)" }
        return lines.isEmpty && left != right
            ? "the same lines, another number of times" : lines.joined(separator: "\n")
    }
}
