import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Trades: those that fills make and those entered by hand, with what people say of them.
///
/// What a person says of a derived trade hangs on one of its fills (`anchor`). When two trades become one, several
/// annotations hang on it: the one whose id the trade has is the primary one and shows its figures; notes, tags and
/// images of all are shown.
package struct TradeStore {
    let db: Database

    package init(_ db: Database) { self.db = db }

    /// The annotation of a trade has the trade's id; a deleted one may have it too, and says nothing.
    private static let select = """
        SELECT trip.id, trip.account, account.label, account.exchange, account.environment, trip.symbol, trip.direction,
            trip.opened_ms, trip.closed_ms, trip.quantity, trip.open_quantity, trip.entry_price, trip.exit_price,
            trip.gross, trip.fees, trip.other_fees, trip.net, trip.first_fill, trip.fill_count, trip.reversed,
            trade.stop_price, trade.target_price, trade.rating, trade.setup,
            coalesce(trade.notes, '') <> '' AS has_notes,
            coalesce(trade.presence, 0) = 2 OR EXISTS (
                SELECT 1 FROM register WHERE register.entity = trade.id AND register.value IS NOT NULL
                GROUP BY register.slot HAVING count(*) > 1) AS is_contested
        FROM round_trip AS trip
            LEFT JOIN trade ON trade.id = trip.id AND trade.presence <> 1
            LEFT JOIN account ON account.id = trip.account
        """

    package func find(_ id: ID<Trade>) throws -> TradeSummary? {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: Self.select + " WHERE trip.id = :id"), arguments: ["id": id.data])
        guard let row, var summary = TradeSummary(row) else { return nil }
        summary.tags = try tags(of: id).map(\.name)
        return summary
    }

    /// - Throws: `trade.not_found`.
    package func require(_ id: ID<Trade>) throws -> TradeSummary {
        guard let trade = try find(id) else { throw Failure.tradeNotFound(id) }
        return trade
    }

    package func list(_ query: TradeQuery) throws -> [TradeSummary] {
        let (condition, values) = Self.condition(query)
        var arguments = values
        let limit = min(max(query.limit, 0), TradeQuery.limitMax)
        // Amounts are text to SQLite: it cannot put them in order.
        arguments["limit"] = query.order == .net ? TradeQuery.limitMax : limit
        let rows = try Row.fetchAll(
            db, sql: "\(Self.select) \(condition) ORDER BY \(Self.order(query)) LIMIT :limit",
            arguments: StatementArguments(arguments))
        var trades = rows.compactMap { TradeSummary($0) }
        if query.order == .net { trades = Self.byNet(trades, isReversed: query.isReversed, limit: limit) }
        let tags = trades.count > 200 ? try allTags() : nil
        for index in trades.indices {
            let id = trades[index].id
            trades[index].tags = try tags.map { $0[id] ?? [] } ?? self.tags(of: id).map(\.name)
        }
        return trades
    }

    /// How many trades the query admits, whatever its limit.
    package func count(_ query: TradeQuery) throws -> Int {
        let (condition, values) = Self.condition(query)
        return try Int.fetchOne(
            db, sql: "SELECT count(*) FROM round_trip AS trip \(condition)", arguments: StatementArguments(values)) ?? 0
    }

    /// Every trade, in the order in which they were opened, one at a time: a journal may have a million.
    package func forEach(_ body: (TradeSummary) throws -> Void) throws {
        let tags = try allTags()
        let rows = try Row.fetchCursor(db, sql: Self.select + " ORDER BY trip.opened_ms, trip.id")
        while let row = try rows.next() {
            guard var trade = TradeSummary(row) else { continue }
            trade.tags = tags[trade.id] ?? []
            try body(trade)
        }
    }

    /// - Throws: `trade.not_found`.
    package func detail(_ id: ID<Trade>) throws -> TradeDetail {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: Self.select + " WHERE trip.id = :id"), arguments: ["id": id.data])
        guard let row, var summary = TradeSummary(row) else { throw Failure.tradeNotFound(id) }
        summary.tags = try tags(of: id).map(\.name)
        return TradeDetail(
            summary: summary, exchange: row["exchange"], environment: row["environment"],
            fills: try FillStore(db).fills(of: summary), notes: try notes(of: id).map(\.text),
            images: try ImageStore(db).images(ofTrade: id), entries: try EntryStore(db).about(id))
    }

    // MARK: What hangs on a trade

    /// The annotations of a trade, the primary one first; of one entered by hand the trade itself.
    package func annotations(of id: ID<Trade>) throws -> [ID<Trade>] {
        try Data.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT part.id FROM (SELECT :trip AS id UNION SELECT trade AS id FROM anchor WHERE round_trip = :trip)
                        AS part JOIN trade ON trade.id = part.id AND trade.presence <> 1
                    ORDER BY part.id <> :trip, part.id
                    """), arguments: ["trip": id.data]
        ).compactMap { ID(bytes: $0) }
    }

    /// The notes of all annotations that have any, with the annotation that holds them.
    package func notes(of id: ID<Trade>) throws -> [(annotation: ID<Trade>, text: String)] {
        try annotations(of: id).compactMap { annotation in
            let text = try String.fetchOne(
                db.cachedStatement(sql: "SELECT notes FROM trade WHERE id = :id AND notes <> ''"),
                arguments: ["id": annotation.data])
            return text.map { (annotation, $0) }
        }
    }

    /// In the order of their names.
    package func tags(of id: ID<Trade>) throws -> [Tag] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT tag.id, tag.name, tag.color
                    FROM (SELECT :trip AS id UNION SELECT trade AS id FROM anchor WHERE round_trip = :trip) AS part
                        JOIN trade ON trade.id = part.id AND trade.presence <> 1
                        JOIN member ON member.kind = :set AND member.owner = part.id
                        JOIN tag ON tag.id = member.member AND tag.presence <> 1 AND tag.name IS NOT NULL
                    ORDER BY tag.name COLLATE NOCASE, tag.id
                    """), arguments: ["trip": id.data, "set": Schema.tradeTags.rawValue])
        return rows.compactMap { Tag($0) }
    }

    /// The names of the tags of every trade that has any.
    private func allTags() throws -> [ID<Trade>: [String]] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT DISTINCT coalesce(anchor.round_trip, member.owner) AS trip, tag.name
                FROM member
                    JOIN trade ON trade.id = member.owner AND trade.presence <> 1
                    JOIN tag ON tag.id = member.member AND tag.presence <> 1 AND tag.name IS NOT NULL
                    LEFT JOIN anchor ON anchor.trade = member.owner
                WHERE member.kind = :set ORDER BY tag.name COLLATE NOCASE, tag.id
                """, arguments: ["set": Schema.tradeTags.rawValue])
        var tags: [ID<Trade>: [String]] = [:]
        while let row = try rows.next() {
            guard let id = ID<Trade>(bytes: row[0] as Data) else { continue }
            tags[id, default: []].append(row[1])
        }
        return tags
    }

    // MARK: SQL

    private static func order(_ query: TradeQuery) -> String {
        let (down, up) = query.isReversed ? ("ASC", "DESC") : ("DESC", "ASC")
        return switch query.order {
        case .opened, .net: "trip.opened_ms \(down), trip.id \(down)"
        case .closed: "coalesce(trip.closed_ms, 9223372036854775807) \(down), trip.id \(down)"
        case .symbol: "trip.symbol \(up), trip.opened_ms \(down), trip.id \(down)"
        }
    }

    private static func byNet(_ trades: [TradeSummary], isReversed: Bool, limit: Int) -> [TradeSummary] {
        let known = trades.filter { $0.net != nil }
        let sorted = known.sorted {
            let (left, right) = ($0.net ?? .zero, $1.net ?? .zero)
            return left == right ? $0.id < $1.id : isReversed ? left < right : left > right
        }
        return Array((sorted + trades.filter { $0.net == nil }).prefix(limit))
    }

    private static func condition(_ query: TradeQuery) -> (
        sql: String, arguments: [String: any DatabaseValueConvertible]
    ) {
        var conditions: [String] = []
        var arguments: [String: any DatabaseValueConvertible] = [:]
        func names(_ values: [any DatabaseValueConvertible], _ prefix: String) -> String {
            for (index, value) in values.enumerated() { arguments["\(prefix)\(index)"] = value }
            return values.indices.map { ":\(prefix)\($0)" }.joined(separator: ", ")
        }
        if !query.symbols.isEmpty { conditions.append("trip.symbol IN (\(names(query.symbols, "symbol")))") }
        if !query.accounts.isEmpty {
            conditions.append("trip.account IN (\(names(query.accounts.map(\.data), "account")))")
        }
        if !query.tags.isEmpty {
            conditions.append(
                """
                trip.id IN (
                    SELECT coalesce(anchor.round_trip, member.owner)
                    FROM member
                        JOIN trade AS tagged ON tagged.id = member.owner AND tagged.presence <> 1
                        LEFT JOIN anchor ON anchor.trade = member.owner
                    WHERE member.kind = \(Schema.tradeTags.rawValue)
                        AND member.member IN (\(names(query.tags.map(\.data), "tag"))))
                """)
        }
        switch query.isOpen {
        case true: conditions.append("trip.closed_ms IS NULL")
        case false: conditions.append("trip.closed_ms IS NOT NULL")
        default: break
        }
        if let from = query.openedFrom {
            conditions.append("trip.opened_ms >= :from")
            arguments["from"] = from.milliseconds
        }
        if let before = query.openedBefore {
            conditions.append("trip.opened_ms < :before")
            arguments["before"] = before.milliseconds
        }
        return (conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND "), arguments)
    }
}

extension Failure {
    package static func tradeNotFound(_ id: ID<Trade>) -> Failure {
        Failure(.notFound, "trade.not_found", "There is no trade \(id). `daybook trade list` shows what there is.")
    }
}
