import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Writing goes into a draft of `JournalFile.edit`; the store reads the journal as it is in that very transaction.
extension TradeStore {
    // MARK: Trades entered by hand

    /// - Parameter fields: at least symbol, direction, quantity, entry price and the moment it was opened.
    /// - Throws: `trade.incomplete`, `trade.bad_times`, and what `TradeFields.check` throws.
    package func add(_ id: ID<Trade>, _ fields: TradeFields, in draft: inout Draft) throws {
        try fields.check()
        guard fields.symbol != nil, fields.direction != nil, fields.quantity != nil, fields.entryPrice != nil,
            let opened = fields.openedAt
        else {
            throw Failure(
                .invalid, "trade.incomplete",
                "A trade needs a symbol, a direction, a quantity, an entry price and the moment it was opened.")
        }
        try Self.check(opened: opened, closed: fields.closedAt, exit: fields.exitPrice)
        draft.put(Schema.trade, id, fields.values)
    }

    /// Changes a trade: all of one entered by hand, of a derived one what people say of it.
    ///
    /// - Throws: `trade.not_found`, `trade.derived`, `trade.bad_times`, and what `TradeFields.check` throws.
    package func edit(_ id: ID<Trade>, _ fields: TradeFields, in draft: inout Draft) throws {
        try fields.check()
        let peg = try peg(id)
        guard !peg.isDerived || !fields.hasFacts else {
            throw Failure(
                .conflict, "trade.derived",
                "Trade \(Lookup.short(id)) comes from fills of an exchange: its prices, times, fees and quantity cannot "
                    + "be edited. Deleting it sets its fills aside.")
        }
        if fields.hasFacts {
            let trade = try require(id)
            try Self.check(
                opened: fields.openedAt ?? trade.openedAt, closed: fields.closedAt ?? trade.closedAt,
                exit: fields.exitPrice ?? trade.exitPrice)
        }
        try annotate(peg, fields.values, in: &draft)
    }

    /// What is odd about the stop that a trade would have with these fields. Nil where nothing is, and where nothing changes
    /// about it: what is stored stays as it is.
    ///
    /// - Parameter id: the trade that is edited; nil for a new one.
    /// - Throws: `trade.not_found`.
    package func stopDoubt(_ fields: TradeFields, editing id: ID<Trade>? = nil) throws -> StopFinding? {
        guard fields.stopPrice != nil || fields.direction != nil || fields.entryPrice != nil else { return nil }
        let trade = try id.map { try require($0) }
        let before = StopFinding(
            trade?.direction, entry: trade?.entryPrice, stop: trade?.stopPrice)
        let after = StopFinding(
            fields.direction ?? trade?.direction, entry: fields.entryPrice ?? trade?.entryPrice,
            stop: fields.stopPrice ?? trade?.stopPrice)
        return fields.stopPrice == nil && before != nil ? nil : after
    }

    private static func check(opened: Timestamp, closed: Timestamp?, exit: Amount?) throws(Failure) {
        if let closed, closed < opened {
            throw Failure(
                .invalid, "trade.bad_times", "The trade is closed at \(closed), before it was opened at \(opened).")
        }
        guard (closed == nil) == (exit == nil) else {
            throw Failure(
                .invalid, "trade.bad_times",
                closed == nil
                    ? "There is an exit price, but no moment at which the trade was closed: give both or none."
                    : "The trade is closed, but there is no exit price: give both or none.")
        }
    }

    // MARK: What people say of a trade

    /// Writes fields of a trade's annotation, which comes into being with the first of them.
    ///
    /// - Throws: `trade.not_found`.
    package func annotate(_ id: ID<Trade>, _ values: [String: Value], in draft: inout Draft) throws {
        try annotate(peg(id), values, in: &draft)
    }

    private func annotate(_ trade: Peg, _ values: [String: Value], in draft: inout Draft) throws {
        draft.put(Schema.trade, trade.id, try opening(trade).merging(values) { $1 })
        try forgetMembers(of: trade, in: &draft)
    }

    /// What has to be written along when nothing has been said of a trade yet: the fill that it hangs on. A deleted
    /// annotation that had the same id comes back to life by this, and must not bring its old words along.
    private func opening(_ trade: Peg) throws -> [String: Value] {
        guard let anchor = trade.firstFill, try isSilent(trade) else { return [:] }
        var values: [String: Value] = ["anchor": .id(anchor)]
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT stop_price, target_price, rating, notes, setup FROM trade WHERE id = :id
                    """), arguments: ["id": trade.id.data])
        for name in ["stop_price", "target_price", "rating", "notes", "setup"] {
            if let row, !row.hasNull(named: name) { values[name] = .null }
        }
        return values
    }

    /// Whether nobody has said anything of a derived trade, or all that was said is deleted.
    private func isSilent(_ trade: Peg) throws -> Bool {
        guard trade.isDerived else { return false }
        return try Int.fetchOne(
            db.cachedStatement(sql: "SELECT 1 FROM trade WHERE id = :id AND presence <> 1"),
            arguments: ["id": trade.id.data]) == nil
    }

    /// Takes away the tags and images that a deleted annotation of the same id had.
    private func forgetMembers(of trade: Peg, in draft: inout Draft) throws {
        guard try isSilent(trade) else { return }
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT kind, member FROM member WHERE kind IN (:tags, :images) AND owner = :owner
                    ORDER BY kind, member
                    """),
            arguments: [
                "tags": Schema.tradeTags.rawValue, "images": Schema.tradeImages.rawValue, "owner": trade.id.data,
            ])
        for row in rows {
            guard let member = EntityID(bytes: row[1] as Data) else { continue }
            draft.remove(try Kind(stored: row[0]), from: trade.id, member)
        }
    }

    /// Replaces the notes of a trade; where several annotations have some, this one text takes the place of all.
    ///
    /// - Throws: `trade.not_found`.
    package func setNotes(_ id: ID<Trade>, _ text: String, in draft: inout Draft) throws {
        let trade = try peg(id)
        for (annotation, _) in try notes(of: id) where annotation != id {
            draft.put(Schema.trade, annotation, ["notes": .text("")])
        }
        try annotate(trade, ["notes": .text(text)], in: &draft)
    }

    /// Adds a paragraph below the notes of a trade.
    ///
    /// - Throws: `trade.not_found`.
    package func appendNotes(_ id: ID<Trade>, _ text: String, in draft: inout Draft) throws {
        let trade = try peg(id)
        guard let last = try notes(of: id).last else { return try annotate(trade, ["notes": .text(text)], in: &draft) }
        let blank = last.text.hasSuffix("\n\n") ? "" : last.text.hasSuffix("\n") ? "\n" : "\n\n"
        draft.put(Schema.trade, last.annotation, ["notes": .text(last.text + blank + text)])
    }

    /// Puts tags on a trade, and makes those that there are not yet.
    ///
    /// - Returns: the names that it did not have before, as they are now.
    /// - Throws: `trade.not_found`, `tag.bad_name`.
    @discardableResult
    package func addTags(
        _ id: ID<Trade>, _ names: [String], world: World, in draft: inout Draft
    ) throws -> [String] {
        let trade = try peg(id)
        let present = Set(try tags(of: id).map(\.id))
        if try isSilent(trade) { try annotate(trade, [:], in: &draft) }
        return try TagStore(db).resolve(names, world: world, in: &draft).filter { !present.contains($0.id) }.map {
            tag in
            draft.add(Schema.tradeTags, to: id, tag.id)
            return tag.name
        }
    }

    /// Takes tags off a trade.
    ///
    /// - Throws: `trade.not_found`, `trade.not_tagged` when it has none of that name; nothing is changed then.
    package func removeTags(_ id: ID<Trade>, _ names: [String], in draft: inout Draft) throws {
        _ = try peg(id)
        let present = try tags(of: id)
        let owners = try annotations(of: id)
        for name in names {
            guard let tag = present.first(where: { Tag.key($0.name) == Tag.key(name) }) else {
                let has = present.isEmpty ? "no tags" : present.map(\.name).joined(separator: ", ")
                throw Failure(
                    .notFound, "trade.not_tagged",
                    "Trade \(Lookup.short(id)) is not tagged “\(name)”. It has \(has).")
            }
            for owner in owners { draft.remove(Schema.tradeTags, from: owner, tag.id) }
        }
    }

    /// Takes one tag off a trade.
    ///
    /// - Throws: `trade.not_found`, `trade.not_tagged`.
    package func removeTag(_ id: ID<Trade>, _ tag: ID<Tag>, in draft: inout Draft) throws {
        _ = try peg(id)
        guard try tags(of: id).contains(where: { $0.id == tag }) else {
            throw Failure(.notFound, "trade.not_tagged", "Trade \(Lookup.short(id)) has no tag \(tag).")
        }
        for owner in try annotations(of: id) { draft.remove(Schema.tradeTags, from: owner, tag) }
    }

    /// Makes sure that images and entries have something to hang on.
    ///
    /// - Throws: `trade.not_found`.
    package func prepareForMembers(_ id: ID<Trade>, in draft: inout Draft) throws {
        let trade = try peg(id)
        if try isSilent(trade) { try annotate(trade, [:], in: &draft) }
    }

    // MARK: Deleting

    /// Deletes a trade. Of a derived one the fills are set aside, so that they make no trade any more, and what was said
    /// of it is deleted; so is what somebody may just be saying of it elsewhere, under the id of any of its fills. An edit
    /// that had not seen this brings the trade back whole, and the two are listed for a person to settle.
    ///
    /// - Returns: how many fills were set aside.
    /// - Throws: `trade.not_found`, `trade.shares_fill`.
    package func delete(_ id: ID<Trade>, in draft: inout Draft) throws -> Int {
        let trade = try require(id)
        let fills = try FillStore(db).fills(of: trade)
        guard !fills.contains(where: \.isShared) else { throw Failure.tradeSharesFill(id) }
        for part in fills { draft.put(Schema.fill, part.fill.id, ["aside": .integer(1), "aside_with": .id(id)]) }
        let said = try annotations(of: id)
        let unsaid = Set(fills.map { ID<Trade>.trade(anchoredOn: $0.fill.id) }).subtracting(said)
        for annotation in said + unsaid.sorted() { draft.delete(Schema.trade, annotation) }
        return fills.count
    }

    /// Takes the fills of a deleted trade back, when it is there again because something else was said of it.
    func takeBack(_ trade: TradeSummary, in draft: inout Draft) throws {
        for part in try FillStore(db).fills(of: trade) {
            let isAside = try Int.fetchOne(
                db.cachedStatement(sql: "SELECT aside FROM fill WHERE id = ?"), arguments: [part.fill.id.data])
            if isAside == 1 { draft.put(Schema.fill, part.fill.id, ["aside": .null, "aside_with": .null]) }
        }
    }
}

/// A stop that may be a slip, with what it is measured by.
package struct StopFinding: Hashable, Sendable {
    /// What is odd, in one sentence with both prices.
    package let sentence: String

    /// Nil for a stop that makes sense, and where not enough is known to tell.
    init?(_ direction: Direction?, entry: Amount?, stop: Amount?) {
        guard let direction, let entry, let stop, let doubt = StopDoubt(direction, entry: entry, stop: stop) else {
            return nil
        }
        sentence = doubt.sentence(direction, entry: entry, stop: stop)
    }
}

extension Failure {
    static func tradeSharesFill(_ id: ID<Trade>) -> Failure {
        Failure(
            .conflict, "trade.shares_fill",
            "Trade \(Lookup.short(id)) cannot be deleted by itself: one of its fills closes one trade and opens the next, "
                + "so without it the other would be wrong. Undo the import that brought its fills instead.")
    }
}

extension Row {
    fileprivate func hasNull(named name: String) -> Bool { (self[name] as DatabaseValue).isNull }
}
