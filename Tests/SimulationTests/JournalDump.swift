import Foundation
import GRDB
import Journal
import Primitives
import Storage
import Sync

/// Everything a journal can answer, as text in which equal journals are equal.
enum JournalDump {
    private static let shown = [
        "account", "fill", "trade", "tag", "entry", "image", "device", "settings", "instrument", "import",
        "mapping",
    ]

    static func of(_ journal: JournalFile) async throws -> String {
        let elements = try await journal.elements().map { "\($0)" }.sorted()
        return try await journal.read { db in
            var lines = elements
            for table in shown {
                // Whose row it was first is told by the dots below; which of two equal origins came first is not.
                let columns = try db.columns(in: table).map(\.name).filter {
                    !["row", "replica", "counter"].contains($0)
                }
                lines += try rows(db, table, columns.joined(separator: ", "))
            }
            lines += try rows(
                db, "prose", "hex(entity), slot, (SELECT hex(id) FROM replica WHERE number = replica), counter, text")
            lines += try rows(
                db, "log", "(SELECT hex(id) FROM replica WHERE number = replica), counter, time, packed, hex(bytes)")
            lines += try rows(
                db, "round_trip",
                try db.columns(in: "round_trip").map(\.name).filter { $0 != "row" }.joined(separator: ","))
            lines += try rows(db, "anchor", "hex(trade), hex(round_trip)")
            lines += try rows(db, "account_alias", "hex(account), hex(canonical)")
            lines += try AccountStore(db).list().map { "account \($0)" }
            lines += try InstrumentStore(db).list().map { "instrument \($0)" }
            for word in ["alpha", "beta", "gamma"] {
                lines += try rows(
                    db, "trade JOIN trade_text ON trade_text.rowid = trade.row",
                    "'\(word)', hex(id)", "WHERE trade_text MATCH '\(word)'")
            }
            return lines.joined(separator: "\n")
        }
    }

    private static func rows(_ db: Database, _ table: String, _ columns: String, _ rest: String = "") throws -> [String]
    {
        try Row.fetchAll(db, sql: "SELECT \(columns) FROM \(table) \(rest)").map { row in
            "\(table.prefix(12)) " + row.databaseValues.map { "\($0)" }.joined(separator: "|")
        }.sorted()
    }
}
