import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Fills: what exchanges say happened.
package struct FillStore {
    private let db: Database

    package init(_ db: Database) { self.db = db }

    /// Whether a fill has a part in what is derived: neither deleted nor set aside, nor the double of another. One that
    /// went with its trade counts all the same while something that was written of that trade stands: an edit beats a
    /// deletion.
    static let counts = """
        fill.presence <> 1 AND coalesce(fill.review, '') <> 'double'
            AND NOT EXISTS (SELECT 1 FROM likely_double WHERE likely_double.fill = fill.id)
            AND (coalesce(fill.aside, 0) = 0 OR EXISTS (
            SELECT 1 FROM fill AS member JOIN trade AS annotation ON annotation.anchor = member.id
            WHERE member.aside_with = fill.aside_with AND member.aside = 1 AND annotation.presence <> 1))
        """

    private static let columns =
        "id, account, symbol, side, price, quantity, fee, fee_currency, time_ms, sequence, external_id, market_kind, leg, "
        + "effect, import"

    package func find(_ id: ID<Fill>) throws -> Fill? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT \(Self.columns) FROM fill WHERE id = :id AND presence <> 1"),
            arguments: ["id": id.data]
        ).flatMap { Fill($0) }
    }

    /// The fills that are not here, each once, in the order given. One set aside is here; one that was deleted, as by
    /// undoing an import, may come again.
    package func unknown(_ fills: [Fill]) throws -> [Fill] {
        let known = try PreparedStatement(db, "SELECT 1 FROM fill WHERE id = ? AND presence <> 1")
        var seen = Set<ID<Fill>>(minimumCapacity: fills.count)
        return try fills.filter { fill in
            guard seen.insert(fill.id).inserted else { return false }
            known.bind(1, fill.id)
            guard try known.step() else { return true }
            known.reset()
            return false
        }
    }

    /// The fills of a derived trade in the order in which they happened, each with the part that belongs to it.
    ///
    /// A trade's fills follow one another in its book, from the one that opened it on. Where the first or the last also
    /// belongs to a neighbour, its part is what the trade's own sums leave for it.
    ///
    /// - Parameter limit: the first so many; nil for all. Where that cuts some off, each is shown as a whole.
    package func fills(of trade: TradeSummary, limit: Int? = nil) throws -> [TradeFill] {
        guard let first = trade.firstFill, let account = trade.account, let anchor = try find(first) else { return [] }
        let accounts = TradingAccounts(db)
        let hasAliases = try !accounts.aliases(of: account.cast()).isEmpty
        let terms = try accounts.terms(trade.book, trade.symbol, accounts.account(account.cast()))
        let kindless = try accounts.books(account.cast(), trade.symbol).ofKindless
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT \(Self.columns),
                        (SELECT is_whole FROM partial_fill WHERE partial_fill.fill = fill.id) AS is_unmatched
                    FROM fill
                    WHERE \(TradingAccounts.condition(":account", hasAliases: hasAliases)) AND symbol = :symbol
                        AND \(Self.counts) AND (time_ms, sequence, id) >= (:time, :sequence, :id)
                    ORDER BY time_ms, sequence, id
                    """),
            arguments: [
                "account": account.data, "symbol": trade.symbol, "time": anchor.time.milliseconds,
                "sequence": anchor.sequence, "id": first.data,
            ])
        let countMax = min(trade.fillCount, limit ?? .max)
        var moves: [Move] = []
        while moves.count < countMax, let row = try rows.next() {
            try WorkBudget.spend(bytes: row.byteCount)
            guard let fill = Fill(row), fill.canMakeTrade, fill.leg == trade.book.leg,
                fill.marketKind ?? kindless == trade.book.kind
            else { continue }
            let isUnmatched = (row["is_unmatched"] as Int64?) == 1
            // What no fill had opened belongs to no trade, but to the one that a person's word makes of it.
            guard !isUnmatched || fill.id == first else { continue }
            moves.append(Move(fill: fill, quantity: terms.moved(by: fill), role: trade.role(of: fill)))
        }
        return parts(of: trade, moves, isWhole: moves.count == trade.fillCount)
    }

    private struct Move {
        let fill: Fill
        let quantity: Amount
        let role: RoundTrip.Allocation.Role
    }

    private func parts(of trade: TradeSummary, _ moves: [Move], isWhole: Bool) -> [TradeFill] {
        func sum(_ part: ArraySlice<Move>, _ wanted: RoundTrip.Allocation.Role) -> Amount? {
            try? part.filter { $0.role == wanted }.reduce(Amount.zero) { try $0 + $1.quantity }
        }
        var parts = moves.map { TradeFill(fill: $0.fill, quantity: $0.quantity, role: $0.role, isShared: false) }
        guard isWhole, let quantity = trade.quantity, let first = moves.first, let last = moves.last else {
            return parts
        }
        if first.role == .closing {
            let isShared = quantity < first.quantity
            return [TradeFill(fill: first.fill, quantity: quantity, role: .closing, isShared: isShared)]
        }
        if let others = sum(moves.dropFirst(), .opening), let rest = try? quantity - others, rest < first.quantity {
            parts[0] = TradeFill(fill: first.fill, quantity: rest, role: .opening, isShared: true)
        }
        if !trade.isOpen, moves.count > 1, let others = sum(moves.dropLast(), .closing),
            let closed = try? quantity - (trade.rest?.quantity ?? .zero), let rest = try? closed - others,
            rest < last.quantity
        {
            parts[parts.count - 1] = TradeFill(
                fill: last.fill, quantity: rest, role: .closing, isShared: trade.isReversed)
        }
        return parts
    }
}

extension TradeSummary {
    fileprivate func role(of fill: Fill) -> RoundTrip.Allocation.Role {
        Direction(opening: fill.side) == direction ? .opening : .closing
    }
}

extension Fill {
    /// Nil for a row that lacks what makes a fill.
    init?(_ row: Row) {
        guard let id = ID<Fill>(bytes: row["id"] as Data),
            let account = (row["account"] as Data?).flatMap({ ID<Account>(bytes: $0) }),
            let symbol = row["symbol"] as String?, let side = (row["side"] as String?).flatMap(Side.init(rawValue:)),
            let price = (row["price"] as String?).flatMap({ Amount($0) }),
            let quantity = (row["quantity"] as String?).flatMap({ Amount($0) }), let time = row["time_ms"] as Int64?
        else { return nil }
        self.init(
            id: id, account: account, symbol: symbol, side: side, price: price, quantity: quantity,
            fee: (row["fee"] as String?).flatMap { Amount($0) } ?? .zero, feeCurrency: row["fee_currency"] ?? "",
            time: Timestamp(milliseconds: time), sequence: row["sequence"] ?? 0, externalID: row["external_id"] ?? "",
            marketKind: (row["market_kind"] as String?).flatMap(MarketKind.init(rawValue:)),
            leg: (row["leg"] as String?).flatMap(Direction.init(rawValue:)),
            effect: (row["effect"] as String?).flatMap(Effect.init(rawValue:)),
            fileImport: (row["import"] as Data?).flatMap { ID<FileImport>(bytes: $0) })
    }
}

extension Draft {
    /// Writes a fill as its source tells it. A fee of zero and empty texts are left out: they read the same.
    package mutating func put(_ fill: Fill) {
        var writes: [FieldWrite] = []
        writes.reserveCapacity(14)
        writes.append(FieldWrite(1, .id(fill.account)))
        writes.append(FieldWrite(2, .text(fill.symbol)))
        writes.append(FieldWrite(3, .text(fill.side.rawValue)))
        writes.append(FieldWrite(4, .text(fill.price.description)))
        writes.append(FieldWrite(5, .text(fill.quantity.description)))
        if !fill.fee.isZero { writes.append(FieldWrite(6, .text(fill.fee.description))) }
        if !fill.feeCurrency.isEmpty { writes.append(FieldWrite(7, .text(fill.feeCurrency))) }
        writes.append(FieldWrite(8, .integer(fill.time.milliseconds)))
        writes.append(FieldWrite(9, .integer(fill.sequence)))
        if !fill.externalID.isEmpty { writes.append(FieldWrite(10, .text(fill.externalID))) }
        if let kind = fill.marketKind { writes.append(FieldWrite(13, .text(kind.rawValue))) }
        if let leg = fill.leg { writes.append(FieldWrite(14, .text(leg.rawValue))) }
        if let effect = fill.effect { writes.append(FieldWrite(15, .text(effect.rawValue))) }
        if let fileImport = fill.fileImport { writes.append(FieldWrite(16, .id(fileImport))) }
        put(Schema.fill.kind, fill.id.cast(), writes)
    }
}
