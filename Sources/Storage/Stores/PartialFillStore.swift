import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Fills that closed what no fill in the journal had opened: the history here begins later, or the coins came from
/// elsewhere. They count in no figure until a person says what it had cost.
package struct PartialFillStore {
    private let db: Database

    package init(_ db: Database) { self.db = db }

    package struct PartialFill: Hashable, Sendable {
        package let fill: Fill
        /// How much of it no fill had opened.
        package let quantity: Amount
        /// What a person says that had cost, for one of the base; nil while nobody has.
        package let cost: Amount?
    }

    package static let countMax = 100_000

    package func count() throws -> Int { try Int.fetchOne(db, sql: "SELECT count(*) FROM partial_fill") ?? 0 }

    /// The newest first.
    package func list(limit: Int = countMax) throws -> [PartialFill] {
        try Row.fetchPaid(
            db.cachedStatement(
                sql: """
                    SELECT fill.*, partial.quantity AS unmatched
                    FROM partial_fill AS partial JOIN fill ON fill.id = partial.fill
                    ORDER BY partial.time_ms DESC, partial.fill LIMIT :limit
                    """), arguments: ["limit": min(max(limit, 0), Self.countMax)]
        ).compactMap { row in
            guard let fill = Fill(row), let quantity = Amount(row["unmatched"] as String) else { return nil }
            return PartialFill(
                fill: fill, quantity: quantity, cost: (row["cost_price"] as String?).flatMap { Amount($0) })
        }
    }

    /// Says what had been paid for what a fill closed and no fill had opened; nil takes that back.
    ///
    /// - Throws: `fill.not_found`, `fill.not_partial`, `fill.bad_cost`.
    package func setCost(_ id: ID<Fill>, _ price: Amount?, in draft: inout Draft) throws {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT partial.fill IS NOT NULL, fill.cost_price
                    FROM fill LEFT JOIN partial_fill AS partial ON partial.fill = fill.id
                    WHERE fill.id = ? AND fill.presence <> 1
                    """), arguments: [id.data])
        guard let row else { throw Failure.fillNotFound(id) }
        if let price {
            guard price >= .zero, price <= .inputMax else { throw Failure.fillBadCost(price) }
            guard row[0] else { throw Failure.fillNotPartial(id) }
        }
        draft.put(Schema.fill, id, ["cost_price": price.map { .text($0.description) } ?? .null])
    }
}

extension Failure {
    static func fillNotFound(_ id: ID<Fill>) -> Failure {
        Failure(
            .notFound, "fill.not_found", "There is no fill \(id). `daybook fill list --partial` shows those that wait.")
    }
    static func fillNotPartial(_ id: ID<Fill>) -> Failure {
        Failure(
            .conflict, "fill.not_partial",
            "Fill \(Lookup.short(id)) closed nothing but what other fills had opened: what that had cost is known.")
    }
    static func fillBadCost(_ price: Amount) -> Failure {
        Failure(
            .invalid, "fill.bad_cost", "The cost \(price) is below zero: give what one unit had cost, 0 for nothing.")
    }
}
