import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// One cell of an export, still knowing what it is.
package enum ExportCell: Sendable, Hashable {
    case none
    case text(String)
    /// Exact, in its canonical form.
    case amount(String)
    case integer(Int64)
    case time(Timestamp)
    case list([String])
}

/// One kind of thing, as rows of a table that other programs can read.
package struct ExportTable: Sendable {
    fileprivate enum Form: Sendable {
        case text, amount, integer, time, id, digest, list
        /// Ids, as a list of hexadecimal digits.
        case ids
    }

    /// `trades`
    package let name: String
    package let columns: [String]
    /// Whether each row is a page of text, and not a line of a table.
    package var hasPages: Bool { name == Self.entries.name }
    fileprivate let forms: [Form]
    fileprivate let sql: String

    fileprivate init(_ name: String, _ columns: [(String, Form)], _ sql: String) {
        self.name = name
        self.columns = columns.map(\.0)
        forms = columns.map(\.1)
        self.sql = sql
    }
}

/// Everything that a person has in a journal, row by row: a journal may have a million fills.
package struct ExportStore {
    private let db: Database

    package init(_ db: Database) { self.db = db }

    /// - Parameter body: is given the cells of one row, in the order of the table's columns.
    package func each(_ table: ExportTable, _ body: ([ExportCell]) throws -> Void) throws {
        let rows = try Row.fetchCursor(db, sql: table.sql, arguments: Self.arguments(table.sql))
        while let row = try rows.next() {
            try body(zip(row.databaseValues, table.forms).map { Self.cell($0, $1) })
        }
    }

    private static func arguments(_ sql: String) -> StatementArguments {
        let sets = [
            "trade_tags": Schema.tradeTags, "trade_images": Schema.tradeImages, "entry_images": Schema.entryImages,
        ]
        return StatementArguments(
            Dictionary(
                uniqueKeysWithValues: sets.filter { sql.contains(":\($0.key)") }.map { ($0, Int64($1.rawValue)) }))
    }

    private static func cell(_ value: DatabaseValue, _ form: ExportTable.Form) -> ExportCell {
        switch (value.storage, form) {
        case (.string(let text), .list): .list(list(text))
        case (.string(let text), .ids):
            .list(list(text).map { Hex.decode($0).flatMap { EntityID(bytes: $0) }?.description ?? $0 })
        case (.string(let text), .amount): .amount(text)
        case (.string(let text), _): .text(text)
        case (.int64(let integer), .time): .time(Timestamp(milliseconds: integer))
        case (.int64(let integer), _): .integer(integer)
        case (.blob(let data), .id): EntityID(bytes: data).map { .text($0.description) } ?? .none
        case (.blob(let data), _): .text(Hex.encode(data))
        default: .none
        }
    }

    /// A JSON array of texts, as SQLite's `json_group_array` makes them.
    private static func list(_ text: String) -> [String] {
        (try? JSONDecoder().decode([String].self, from: Data(text.utf8))) ?? []
    }
}

extension ExportTable {
    package static let all = [trades, fills, entries, tags, images]

    /// What people wrote about a trade: the trade itself when it was entered by hand, and what hangs on its fills.
    private static let parts = "SELECT trip.id UNION SELECT anchor.trade FROM anchor WHERE anchor.round_trip = trip.id"

    /// - Parameter condition: which of them count.
    private static func written(_ column: String, where condition: String) -> String {
        // The primary one first. SQLite does not look outside for what stands in ORDER BY.
        """
        SELECT part.\(column) AS \(column), part.id AS id, part.id <> trip.id AS is_other FROM trade AS part
            WHERE part.id IN (\(parts)) AND part.presence <> 1 AND \(condition)
            ORDER BY is_other, id
        """
    }

    private static func first(_ column: String) -> String {
        "(SELECT \(column) FROM (\(written(column, where: "part.\(column) IS NOT NULL")) LIMIT 1))"
    }

    package static let trades = ExportTable(
        "trades",
        [
            ("id", .id), ("exchange", .text), ("environment", .text), ("account", .text), ("symbol", .text),
            ("direction", .text), ("opened", .time), ("closed", .time), ("quantity", .amount),
            ("open_quantity", .amount),
            ("entry_price", .amount), ("exit_price", .amount), ("gross", .amount), ("fees", .amount),
            ("other_fees", .text), ("net", .amount), ("currency", .text), ("multiplier", .amount),
            ("market_kind", .text),
            ("fill_count", .integer), ("stop_price", .amount), ("target_price", .amount), ("rating", .integer),
            ("setup", .text), ("tags", .list), ("notes", .text),
        ],
        """
        SELECT trip.id, account.exchange, account.environment, account.label, trip.symbol, trip.direction,
            trip.opened_ms, trip.closed_ms, trip.quantity, trip.open_quantity, trip.entry_price, trip.exit_price,
            trip.gross, trip.fees, trip.other_fees, trip.net, trip.currency, coalesce(trip.multiplier, '1'), trip.market_kind,
            trip.fill_count,
            \(first("stop_price")), \(first("target_price")), \(first("rating")), \(first("setup")),
            (SELECT json_group_array(name) FROM (
                SELECT DISTINCT tag.name AS name FROM member JOIN tag ON tag.id = member.member
                WHERE member.kind = :trade_tags AND member.owner IN (\(parts)) AND tag.presence <> 1
                    AND tag.name IS NOT NULL ORDER BY tag.name)),
            (SELECT group_concat(notes, char(10) || char(10)) FROM (\(written("notes", where: "part.notes <> ''"))))
        FROM round_trip AS trip LEFT JOIN account ON account.id = trip.account
        ORDER BY trip.opened_ms, trip.id
        """)

    package static let fills = ExportTable(
        "fills",
        [
            ("id", .id), ("exchange", .text), ("environment", .text), ("account", .text), ("symbol", .text),
            ("side", .text), ("price", .amount), ("quantity", .amount), ("fee", .amount), ("fee_currency", .text),
            ("time", .time), ("external_id", .text), ("set_aside", .integer), ("market_kind", .text),
        ],
        """
        SELECT fill.id, account.exchange, account.environment, account.label, fill.symbol, fill.side, fill.price,
            fill.quantity, fill.fee, fill.fee_currency, fill.time_ms, fill.external_id, NOT (\(FillStore.counts)),
            fill.market_kind
        FROM fill LEFT JOIN account_alias AS alias ON alias.account = fill.account
            LEFT JOIN account ON account.id = coalesce(alias.canonical, fill.account)
        WHERE fill.presence <> 1 ORDER BY fill.time_ms, fill.sequence, fill.id
        """)

    package static let entries = ExportTable(
        "entries",
        [
            ("id", .id), ("day", .text), ("title", .text), ("type", .text), ("trade", .id), ("created", .time),
            ("images", .ids), ("body", .text),
        ],
        """
        SELECT entry.id, entry.day, entry.title, entry.entry_type, entry.trade, entry.created_ms,
            (SELECT json_group_array(name) FROM (
                SELECT lower(hex(image.id)) AS name FROM member JOIN image ON image.id = member.member
                WHERE member.kind = :entry_images AND member.owner = entry.id AND image.presence <> 1
                ORDER BY image.created_ms, image.id)),
            entry.body
        FROM entry WHERE entry.presence <> 1 ORDER BY entry.day, entry.created_ms, entry.id
        """)

    package static let tags = ExportTable(
        "tags", [("id", .id), ("name", .text), ("color", .text), ("trade_count", .integer)],
        """
        SELECT tag.id, tag.name, tag.color,
            (SELECT count(DISTINCT member.owner) FROM member
                WHERE member.kind = :trade_tags AND member.member = tag.id)
        FROM tag WHERE tag.presence <> 1 ORDER BY tag.name, tag.id
        """)

    package static let images = ExportTable(
        "images",
        [
            ("id", .id), ("sha256", .digest), ("name", .text), ("media_type", .text), ("size", .integer),
            ("caption", .text), ("created", .time), ("trades", .ids),
        ],
        """
        SELECT image.id, image.sha256, image.name, image.media_type, image.size, image.caption, image.created_ms,
            (SELECT json_group_array(name) FROM (
                SELECT DISTINCT lower(hex(coalesce(anchor.round_trip, member.owner))) AS name
                FROM member LEFT JOIN anchor ON anchor.trade = member.owner
                WHERE member.kind = :trade_images AND member.member = image.id ORDER BY name))
        FROM image WHERE image.presence <> 1 ORDER BY image.created_ms, image.id
        """)
}
