import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Which entries to list, the newest day first.
package struct EntryQuery: Sendable {
    package var firstDay: CivilDay?
    package var lastDay: CivilDay?
    package var types: [String] = []
    /// The trade they are about.
    package var trade: ID<Trade>?
    package var limit = 50
    package var offset = 0
    package static let limitMax = 100_000

    package init() {}
}

/// What a person writes on an entry. Fields left nil are not touched.
package struct EntryFields: Sendable {
    package var day: CivilDay?
    package var title: String?
    package var body: String?
    package var type: Entry.Form?
    package var trade = Change<ID<Trade>>.keep

    package init() {}

    /// - Throws: `entry.bad_title`.
    package func check() throws(Failure) {
        if let title, title.utf8.count > Entry.titleBytesMax || title.contains("\n") {
            throw Failure(
                .invalid, "entry.bad_title",
                "A title is one line of at most \(Entry.titleBytesMax) bytes. What is longer belongs into the body.")
        }
    }

    fileprivate var values: [String: Value] {
        var values: [String: Value] = [:]
        if let day { values["day"] = .text(day.description) }
        if let title { values["title"] = .text(title) }
        if let body { values["body"] = .text(body) }
        if let type { values["entry_type"] = .text(type.rawValue) }
        switch trade {
        case .keep: break
        case .clear: values["trade"] = .null
        case .set(let trade): values["trade"] = .id(trade)
        }
        return values
    }
}

/// The dated pages of a journal.
package struct EntryStore {
    private let db: Database

    package init(_ db: Database) { self.db = db }

    private static let columns = "entry.id, day, title, body, entry_type, trade, created_ms"

    package func find(_ id: ID<Entry>) throws -> Entry? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT \(Self.columns) FROM entry WHERE id = :id AND presence <> 1"),
            arguments: ["id": id.data]
        ).flatMap { Entry($0) }
    }

    /// - Throws: `entry.not_found`.
    package func require(_ id: ID<Entry>) throws -> Entry {
        guard let entry = try find(id) else {
            throw Failure(
                .notFound, "entry.not_found", "There is no entry \(id). A list of entries shows what there is.")
        }
        return entry
    }

    /// The same for an answer that has only so much room for the bodies.
    ///
    /// - Throws: `request.too_much`, `CancellationError`.
    package func list(_ query: EntryQuery, sharing share: inout TextShare) throws -> [Entry] {
        var (condition, arguments) = Self.condition(query)
        arguments["limit"] = min(max(query.limit, 0), EntryQuery.limitMax)
        arguments["offset"] = max(query.offset, 0)
        // Which ones first: SQLite would sort the bodies along.
        return try read(
            Data.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT id FROM entry WHERE \(condition)
                        ORDER BY day DESC, created_ms DESC, id DESC LIMIT :limit OFFSET :offset
                        """), arguments: StatementArguments(arguments)), sharing: &share)
    }

    /// One at a time, and of each only what is shown.
    private func read(_ ids: [Data], sharing share: inout TextShare) throws -> [Entry] {
        var entries: [Entry] = []
        for id in ids.compactMap({ ID<Entry>(bytes: $0) }) {
            guard let whole = try find(id) else { continue }
            let entry = whole.cut(toBodyBytes: share.take(whole.body.utf8.count))
            try WorkBudget.spend(bytes: entry.body.utf8.count + entry.title.utf8.count + entry.type.utf8.count)
            entries.append(entry)
        }
        return entries
    }

    package func list(_ query: EntryQuery) throws -> [Entry] {
        var (condition, arguments) = Self.condition(query)
        arguments["limit"] = min(max(query.limit, 0), EntryQuery.limitMax)
        arguments["offset"] = max(query.offset, 0)
        return try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT \(Self.columns) FROM entry WHERE \(condition)
                    ORDER BY day DESC, created_ms DESC, id DESC LIMIT :limit OFFSET :offset
                    """), arguments: StatementArguments(arguments)
        ).compactMap { Entry($0) }
    }

    /// How many entries the query admits, whatever its limit.
    package func count(_ query: EntryQuery) throws -> Int {
        let (condition, arguments) = Self.condition(query)
        return try Int.fetchOne(
            db.cachedStatement(sql: "SELECT count(*) FROM entry WHERE \(condition)"),
            arguments: StatementArguments(arguments)) ?? 0
    }

    private static func condition(_ query: EntryQuery) -> (
        sql: String, arguments: [String: any DatabaseValueConvertible]
    ) {
        var conditions = ["presence <> 1"]
        var arguments: [String: any DatabaseValueConvertible] = [:]
        if let first = query.firstDay {
            conditions.append("day >= :first")
            arguments["first"] = first.description
        }
        if let last = query.lastDay {
            conditions.append("day <= :last")
            arguments["last"] = last.description
        }
        if !query.types.isEmpty {
            for (index, type) in query.types.enumerated() { arguments["type\(index)"] = type }
            let names = query.types.indices.map { ":type\($0)" }.joined(separator: ", ")
            conditions.append("entry_type IN (\(names))")
        }
        if let trade = query.trade {
            conditions.append(aboutTrade)
            arguments["trip"] = trade.data
        }
        return (conditions.joined(separator: " AND "), arguments)
    }

    /// Under whichever of the trade's annotations it was written.
    private static let aboutTrade = """
        trade IN (SELECT :trip UNION SELECT anchor.trade FROM anchor WHERE anchor.round_trip = :trip)
        """

    /// The entries about one trade, under whichever of its annotations they were written.
    package func about(_ trade: ID<Trade>) throws -> [Entry] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT \(Self.columns) FROM entry
                    WHERE presence <> 1 AND \(Self.aboutTrade)
                    ORDER BY day, created_ms, id LIMIT :limit
                    """), arguments: ["trip": trade.data, "limit": EntryQuery.limitMax]
        ).compactMap { Entry($0) }
    }

    /// The same for an answer that has only so much room for them.
    ///
    /// - Throws: `request.too_much`, `CancellationError`.
    func about(_ trade: ID<Trade>, limit: Int, sharing share: inout TextShare) throws -> [Entry] {
        try read(
            Data.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT id FROM entry WHERE presence <> 1 AND \(Self.aboutTrade)
                        ORDER BY day, created_ms, id LIMIT :limit
                        """), arguments: ["trip": trade.data, "limit": limit]), sharing: &share)
    }

    /// How many entries are about a trade.
    func count(about trade: ID<Trade>) throws -> Int {
        var query = EntryQuery()
        query.trade = trade
        return try count(query)
    }

    // MARK: Writing

    /// - Parameter fields: at least a day.
    /// - Throws: `entry.bad_title`, `entry.empty`, `trade.not_found`.
    package func add(_ id: ID<Entry>, _ fields: EntryFields, at now: Timestamp, in draft: inout Draft) throws {
        try fields.check()
        guard fields.day != nil, !(fields.title ?? "").isEmpty || !(fields.body ?? "").isEmpty else {
            throw Failure.entryEmpty
        }
        if case .set(let trade) = fields.trade { try TradeStore(db).prepareForMembers(trade, in: &draft) }
        draft.put(Schema.entry, id, fields.values.merging(["created_ms": .integer(now.milliseconds)]) { $1 })
    }

    /// - Throws: `entry.not_found`, `entry.bad_title`, `entry.empty`, `trade.not_found`.
    package func edit(_ id: ID<Entry>, _ fields: EntryFields, in draft: inout Draft) throws {
        try fields.check()
        let former = try require(id)
        guard !(fields.title ?? former.title).isEmpty || !(fields.body ?? former.body).isEmpty else {
            throw Failure.entryEmpty
        }
        if case .set(let trade) = fields.trade { try TradeStore(db).prepareForMembers(trade, in: &draft) }
        draft.put(Schema.entry, id, fields.values)
    }

    /// - Throws: `entry.not_found`.
    package func delete(_ id: ID<Entry>, in draft: inout Draft) throws -> Entry {
        let entry = try require(id)
        draft.delete(Schema.entry, id)
        return entry
    }
}

extension Failure {
    static let entryEmpty = Failure(.invalid, "entry.empty", "An entry needs a day, and a title or a body.")
}

extension Entry {
    /// Nil for a row without an id.
    init?(_ row: Row) {
        guard let id = ID<Entry>(bytes: row["id"] as Data) else { return nil }
        self.init(
            id: id, day: (row["day"] as String?).flatMap { CivilDay($0) }, title: row["title"] ?? "",
            body: row["body"] ?? "", type: row["entry_type"] ?? "",
            trade: (row["trade"] as Data?).flatMap { ID(bytes: $0) },
            createdAt: (row["created_ms"] as Int64?).map { Timestamp(milliseconds: $0) })
    }
}
