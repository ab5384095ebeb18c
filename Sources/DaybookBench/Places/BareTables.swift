import Foundation
import GRDB
import Journal
import Primitives
import Storage
import Sync

/// The tables of a journal that trades need, with their indexes and full-text search, but without what the
/// merge keeps: no dots, no registers, no log.
struct BareTables: Sendable {
    private let path: String
    private let queue: DatabaseQueue

    private static let names = ["account", "tag", "trade", "member", "round_trip", "anchor", "trade_text"]

    init(_ path: String, like journal: JournalFile) async throws {
        self.path = path
        var configuration = Configuration()
        configuration.journalMode = .wal
        queue = try DatabaseQueue(path: path, configuration: configuration)
        let schema = try await journal.read { try Self.schema($0) }
        try await queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA cache_size = -16384")
            for sql in schema { try db.execute(sql: sql) }
        }
    }

    /// The journal's own statements, less the columns of the merge.
    private static func schema(_ db: Database) throws -> [String] {
        let list = names.map { "'\($0)'" }.joined(separator: ", ")
        return try String.fetchAll(
            db,
            sql: """
                SELECT sql FROM sqlite_schema
                WHERE sql IS NOT NULL AND tbl_name IN (\(list)) ORDER BY type = 'table' DESC, rowid
                """
        ).map { sql in
            let kept = sql.split(separator: "\n").filter { line in
                let name = line.split(separator: " ").first
                return name != "replica" && name != "counter" && name != "presence"
            }
            return kept.joined(separator: "\n").replacingOccurrences(of: ", replica, counter)", with: ")")
        }
    }

    func insert(_ sheet: TradeSheet) async throws {
        try await queue.write { db in
            let rows = try BareRows(db)
            for account in sheet.accounts { try rows.insert(account) }
            for tag in sheet.tags { try rows.insert(tag) }
            for line in sheet.lines { try rows.insert(line) }
        }
    }

    /// Closes the file, and says how large it is.
    func finish(_ sheet: TradeSheet) async throws -> Int {
        let count = try await queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            return try Int.fetchOne(db, sql: "SELECT count(*) FROM trade JOIN round_trip ON round_trip.id = trade.id")
        }
        try Step.check(count == sheet.lines.count, "the bare tables have \(count ?? 0) trades")
        try queue.close()
        return try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }
}

/// Statements for the rows that a sheet makes.
private struct BareRows {
    private let account: BareStatement
    private let tag: BareStatement
    private let trade: BareStatement
    private let text: BareStatement
    private let member: BareStatement
    private let trip: BareStatement

    init(_ db: Database) throws {
        account = try BareStatement(db, "INSERT INTO account (id, exchange, environment, label) VALUES (?, ?, ?, ?)")
        tag = try BareStatement(db, "INSERT INTO tag (id, name) VALUES (?, ?)")
        let columns = Schema.trade.fields.map(\.name)
        trade = try BareStatement(
            db,
            """
            INSERT INTO trade (id, \(columns.joined(separator: ", ")))
            VALUES (?\(String(repeating: ", ?", count: columns.count)))
            """)
        text = try BareStatement(db, "INSERT INTO trade_text (rowid, notes) VALUES (last_insert_rowid(), ?)")
        member = try BareStatement(db, "INSERT INTO member (kind, owner, member) VALUES (?, ?, ?)")
        trip = try BareStatement(
            db,
            """
            INSERT INTO round_trip (
                id, account, symbol, direction, opened_ms, closed_ms, quantity, open_quantity, entry_price, exit_price,
                gross, fees, net, fill_count, reversed)
            VALUES (?, ?, ?, ?, ?, ?, ?, '0', ?, ?, ?, ?, ?, 0, 0)
            """)
    }

    func insert(_ new: Account) throws {
        account.bind(1, new.id)
        account.bind(2, .text(new.exchange))
        account.bind(3, .text(new.environment.rawValue))
        account.bind(4, .text(new.label))
        try account.run()
    }

    func insert(_ new: Tag) throws {
        tag.bind(1, new.id)
        tag.bind(2, .text(new.name))
        try tag.run()
    }

    func insert(_ line: TradeSheet.Line) throws {
        var values = [Value](repeating: .null, count: Schema.trade.fields.count)
        for write in line.writes { values[Int(write.field) - 1] = write.value }
        trade.bind(1, line.id)
        for (index, value) in values.enumerated() { trade.bind(index + 2, value) }
        try trade.run()
        text.bind(1, .text(line.notes))
        try text.run()
        for tag in line.tags {
            member.bind(1, .integer(Int64(Schema.tradeTags.rawValue)))
            member.bind(2, line.id)
            member.bind(3, tag)
            try member.run()
        }
        try insertTrip(line.id, values)
    }

    private func insertTrip(_ id: ID<Trade>, _ values: [Value]) throws {
        func amount(_ index: Int) -> Amount {
            guard case .text(let text) = values[index] else { return .zero }
            return Amount(text) ?? .zero
        }
        let (quantity, entry, exit, fees) = (amount(3), amount(4), amount(5), amount(8))
        let gross = try (values[2] == .text("long") ? exit - entry : entry - exit) * quantity
        trip.bind(1, id)
        for (index, value) in [values[0], values[1], values[2], values[6], values[7]].enumerated() {
            trip.bind(index + 2, value)
        }
        for (index, amount) in [quantity, entry, exit, gross, fees, try gross - fees].enumerated() {
            trip.bind(index + 7, .text(amount.description))
        }
        try trip.run()
    }
}
