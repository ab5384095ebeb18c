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
            trip.market_kind, trip.leg, trip.currency, trip.multiplier, trip.rest_quantity, trip.rest_cost, trip.partial_history,
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
        let row = try Row.fetchPaid(
            db.cachedStatement(sql: Self.select + " WHERE trip.id = :id"), arguments: ["id": id.data]
        ).first
        guard let row, var summary = TradeSummary(row) else { return nil }
        summary.tagged = try tags(of: id)
        return summary
    }

    /// - Throws: `trade.not_found`.
    package func require(_ id: ID<Trade>) throws -> TradeSummary {
        guard let trade = try find(id) else { throw Failure.tradeNotFound(id) }
        return trade
    }

    /// What hangs on a trade needs to know of it.
    struct Peg {
        let id: ID<Trade>
        /// Nil for a trade entered by hand.
        let firstFill: ID<Fill>?
        var isDerived: Bool { firstFill != nil }
    }

    /// Less than `require` reads.
    ///
    /// - Throws: `trade.not_found`.
    func peg(_ id: ID<Trade>) throws -> Peg {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT first_fill FROM round_trip WHERE id = ?"), arguments: [id.data])
        guard let row else { throw Failure.tradeNotFound(id) }
        return Peg(id: id, firstFill: (row[0] as Data?).flatMap { ID(bytes: $0) })
    }

    /// The trade that goes by an id: itself, or the one that an annotation of that id belongs to by now.
    package func current(_ id: ID<Trade>) throws -> ID<Trade> {
        let found = try Data.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT id FROM round_trip WHERE id = :id
                    UNION ALL SELECT round_trip FROM anchor WHERE trade = :id AND round_trip IS NOT NULL LIMIT 1
                    """), arguments: ["id": id.data])
        return found.flatMap { ID(bytes: $0) } ?? id
    }

    package func list(_ query: TradeQuery) throws -> [TradeSummary] {
        let sql = TradeQuerySQL(query)
        var arguments = sql.arguments
        arguments["limit"] = min(max(query.limit, 0), TradeQuery.limitMax)
        arguments["offset"] = max(query.offset, 0)
        // Which ones first: whole rows are for those only that are shown.
        let rows = try Row.fetchPaid(
            db.makeStatement(
                sql: """
                    \(Self.select)
                    WHERE trip.row IN (
                        SELECT trip.row FROM round_trip AS trip \(sql.join) \(sql.condition)
                        ORDER BY \(sql.order) LIMIT :limit OFFSET :offset)
                    ORDER BY \(sql.order)
                    """), arguments: StatementArguments(arguments))
        var trades = rows.compactMap { TradeSummary($0) }
        let tags = trades.count > Self.tagsApartMax ? try allTags() : nil
        for index in trades.indices {
            let id = trades[index].id
            trades[index].tagged = try tags.map { $0[id] ?? [] } ?? self.tags(of: id)
        }
        return trades
    }

    /// Up to so many trades, their tags are looked up by trade.
    private static let tagsApartMax = 200

    /// How many trades the query admits, whatever its limit.
    package func count(_ query: TradeQuery) throws -> Int {
        let sql = TradeQuerySQL(query)
        return try Int.fetchOne(
            db, sql: "SELECT count(*) FROM round_trip AS trip \(sql.join) \(sql.condition)",
            arguments: StatementArguments(sql.arguments)) ?? 0
    }

    /// Every trade, in the order in which they were opened, one at a time: a journal may have a million.
    package func forEach(_ body: (TradeSummary) throws -> Void) throws {
        let tags = try allTags()
        let rows = try Row.fetchCursor(db, sql: Self.select + " ORDER BY trip.opened_ms, trip.id")
        while let row = try rows.next() {
            guard var trade = TradeSummary(row) else { continue }
            trade.tagged = tags[trade.id] ?? []
            try body(trade)
        }
    }

    /// Every market that there are trades of, from A to Z.
    package func symbols() throws -> [String] {
        // Steps from one market to the next along the index; all trades would be a long way.
        return try String.fetchAll(
            db.cachedStatement(
                sql: """
                    WITH RECURSIVE step (row) AS (
                        SELECT (
                            SELECT row FROM round_trip WHERE first_fill IS NOT NULL
                            ORDER BY account, symbol, opened_ms LIMIT 1)
                        UNION ALL
                        SELECT coalesce(
                            (
                                SELECT next.row FROM round_trip AS next
                                WHERE next.first_fill IS NOT NULL
                                    AND next.account = here.account AND next.symbol > here.symbol
                                ORDER BY next.symbol, next.opened_ms LIMIT 1),
                            (
                                SELECT next.row FROM round_trip AS next
                                WHERE next.first_fill IS NOT NULL AND next.account > here.account
                                ORDER BY next.account, next.symbol, next.opened_ms LIMIT 1))
                        FROM step JOIN round_trip AS here ON here.row = step.row)
                    SELECT round_trip.symbol FROM step JOIN round_trip ON round_trip.row = step.row
                    UNION
                    SELECT symbol FROM trade WHERE symbol IS NOT NULL AND presence <> 1
                    ORDER BY symbol
                    """))
    }

    /// - Parameter limits: how much is shown; nil for everything.
    /// - Throws: `trade.not_found`, `request.too_much`, `CancellationError`.
    package func detail(_ id: ID<Trade>, _ limits: TradeDetail.Limits? = nil) throws -> TradeDetail {
        let row = try Row.fetchPaid(
            db.cachedStatement(sql: Self.select + " WHERE trip.id = :id"), arguments: ["id": id.data]
        ).first
        guard let row, var summary = TradeSummary(row) else { throw Failure.tradeNotFound(id) }
        summary.tagged = try tags(of: id)
        let (images, entries) = (ImageStore(db), EntryStore(db))
        let shown = try limits.map { limits in
            var texts = limits.texts
            return try entries.about(id, limit: limits.entriesMax, sharing: &texts)
        }
        return TradeDetail(
            summary: summary, exchange: row["exchange"], environment: row["environment"],
            fills: try FillStore(db).fills(of: summary, limit: limits?.fillsMax), notes: try notes(of: id).map(\.text),
            images: try images.images(ofTrade: id, limit: limits?.imagesMax ?? ImageStore.countMax),
            entries: try shown ?? entries.about(id), imageCount: try images.count(ofTrade: id),
            entryCount: try entries.count(about: id))
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
            try WorkBudget.spend(bytes: text?.utf8.count ?? 0)
            return text.map { (annotation, $0) }
        }
    }

    /// In the order of their names.
    package func tags(of id: ID<Trade>) throws -> [Tag] {
        let rows = try Row.fetchPaid(
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

    /// The tags of every trade that has any. Of a tag that many have there is one copy.
    func allTags() throws -> [ID<Trade>: [Tag]] {
        var known: [ID<Tag>: Tag] = [:]
        for tag in try TagStore(db).alive() { known[tag.id] = tag }
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT DISTINCT coalesce(anchor.round_trip, member.owner) AS trip, tag.id
                FROM member
                    JOIN trade ON trade.id = member.owner AND trade.presence <> 1
                    JOIN tag ON tag.id = member.member AND tag.presence <> 1 AND tag.name IS NOT NULL
                    LEFT JOIN anchor ON anchor.trade = member.owner
                WHERE member.kind = :set ORDER BY tag.name COLLATE NOCASE, tag.id
                """, arguments: ["set": Schema.tradeTags.rawValue])
        var tags: [ID<Trade>: [Tag]] = [:]
        while let row = try rows.next() {
            guard let id = ID<Trade>(bytes: row["trip"] as Data),
                let tag = ID<Tag>(bytes: row["id"] as Data).flatMap({ known[$0] })
            else { continue }
            try WorkBudget.spend()
            tags[id, default: []].append(tag)
        }
        return tags
    }
}

extension Failure {
    package static func tradeNotFound(_ id: ID<Trade>) -> Failure {
        Failure(.notFound, "trade.not_found", "There is no trade \(id). A list of trades shows what there is.")
    }
}
