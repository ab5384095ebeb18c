import GRDB
import Journal
import Primitives
import Sync

/// The rows of `round_trip`, by cached statements: an import writes one for each trade it brings.
final class RoundTripTable {
    /// What was written and removed so far.
    private(set) var changes = TripChanges()
    /// Trades that fills made, and that were taken away.
    private(set) var removed: Set<EntityID> = []
    private let insert: PreparedStatement
    private let find: PreparedStatement
    private let unhang: PreparedStatement
    private let findDerived: PreparedStatement
    private let remove: PreparedStatement
    private let removeAfter: PreparedStatement
    private let insertUnmatched: PreparedStatement
    private let removeUnmatched: PreparedStatement

    init(_ db: Database) throws {
        insert = try PreparedStatement(
            db,
            """
            INSERT OR REPLACE INTO round_trip (
                id, account, symbol, direction, opened_ms, closed_ms, quantity, open_quantity, entry_price,
                exit_price, gross, fees, other_fees, net, first_fill, fill_count, reversed, market_kind, leg, currency,
                multiplier, rest_quantity, rest_cost, partial_history)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        unhang = try PreparedStatement(db, "UPDATE anchor SET round_trip = NULL WHERE round_trip = ?")
        find = try PreparedStatement(db, "SELECT 1 FROM round_trip WHERE id = ?")
        findDerived = try PreparedStatement(db, "SELECT 1 FROM round_trip WHERE id = ? AND first_fill IS NOT NULL")
        remove = try PreparedStatement(db, "DELETE FROM round_trip WHERE id = ? AND first_fill IS NULL")
        insertUnmatched = try PreparedStatement(
            db,
            """
            INSERT OR REPLACE INTO partial_fill (fill, account, symbol, time_ms, quantity, is_whole)
            VALUES (?, ?, ?, ?, ?, ?)
            """)
        removeUnmatched = try PreparedStatement(
            db, "DELETE FROM partial_fill WHERE account = ? AND symbol = ? AND time_ms > ?")
        removeAfter = try PreparedStatement(
            db,
            """
            DELETE FROM round_trip
            WHERE account = ? AND symbol = ? AND opened_ms > ? AND first_fill IS NOT NULL RETURNING id
            """)
    }

    /// Takes away what was derived from the fills of a market that come after a moment.
    func removeDerived(_ market: JournalChanges.Market, after: Int64) throws {
        for statement in [removeAfter, removeUnmatched] {
            statement.bind(1, market.account)
            statement.bind(2, market.symbol)
            statement.bind(3, after)
        }
        try removeUnmatched.run()
        while try removeAfter.step() {
            guard let id: EntityID = removeAfter.id(0) else { continue }
            changes.note(id)
            removed.insert(id)
            // What hung on it hangs on nothing, until the fills are there that it hangs on.
            unhang.bind(1, id)
            try unhang.run()
        }
    }

    /// - Parameter isWhole: whether no part of the fill belongs to a trade.
    func put(unmatched fill: Fill, _ quantity: Amount, isWhole: Bool) throws {
        insertUnmatched.bind(1, fill.id)
        insertUnmatched.bind(2, fill.account)
        insertUnmatched.bind(3, fill.symbol)
        insertUnmatched.bind(4, fill.time.milliseconds)
        insertUnmatched.bind(5, quantity.description)
        insertUnmatched.bind(6, Int64(isWhole ? 1 : 0))
        try insertUnmatched.run()
    }

    func contains(_ id: EntityID) throws -> Bool { try holds(id, find) }

    private func holds(_ id: EntityID, _ statement: PreparedStatement) throws -> Bool {
        statement.bind(1, id)
        guard try statement.step() else { return false }
        statement.reset()
        return true
    }

    /// Takes away what was derived from a trade entered by hand.
    func removeManual(_ id: EntityID) throws {
        changes.note(id)
        remove.bind(1, id)
        try remove.run()
    }

    /// A trade that fills made goes before one entered by hand under the same id.
    func put(_ id: EntityID, _ trip: ManualTrip) throws {
        guard try !holds(id, findDerived) else { return }
        if let account = trip.account { insert.bind(2, account) } else { insert.bindNull(2) }
        insert.bindNull(15)
        insert.bind(16, Int64(0))
        insert.bind(17, Int64(0))
        insert.bindNull(18)
        insert.bindNull(19)
        insert.bind(20, trip.currency)
        bind(21, trip.multiplier)
        insert.bindNull(22)
        insert.bindNull(23)
        insert.bind(24, Int64(0))
        try put(
            id, symbol: trip.symbol, trip.direction, opened: trip.openedAt, closed: trip.closedAt, trip.figures)
    }

    func put(_ id: EntityID, _ trip: RoundTrip) throws {
        insert.bind(2, trip.account)
        insert.bind(15, trip.anchor)
        insert.bind(16, Int64(trip.fills.count))
        insert.bind(17, Int64(trip.isShared ? 1 : 0))
        bind(18, trip.book.kind?.rawValue)
        bind(19, trip.book.leg?.rawValue)
        insert.bind(20, trip.currency)
        bind(21, trip.multiplier)
        bind(22, trip.rest?.quantity)
        bind(23, trip.rest?.cost)
        insert.bind(24, Int64(trip.isPartial ? 1 : 0))
        let (opened, closed) = (trip.openedAt.milliseconds, trip.closedAt?.milliseconds)
        if let figures = trip.figures {
            try put(id, symbol: trip.symbol, trip.direction, opened: opened, closed: closed, figures)
        } else {
            try put(id, symbol: trip.symbol, trip.direction, opened: opened, closed: closed, UnknownFigures())
        }
    }

    private func put(
        _ id: EntityID, symbol: String, _ direction: Direction, opened: Int64, closed: Int64?,
        _ figures: some TripFigures
    ) throws {
        changes.note(id)
        insert.bind(1, id)
        insert.bind(3, symbol)
        insert.bind(4, direction.rawValue)
        insert.bind(5, opened)
        if let closed { insert.bind(6, closed) } else { insert.bindNull(6) }
        bind(7, figures.shownQuantity)
        bind(8, figures.shownOpenQuantity)
        bind(9, figures.shownEntryPrice)
        bind(10, figures.shownExitPrice)
        bind(11, figures.shownGross)
        bind(12, figures.shownFees)
        if let text = figures.otherFeesText { insert.bind(13, text) } else { insert.bindNull(13) }
        bind(14, figures.shownNet)
        try insert.run()
    }

    private func bind(_ index: Int32, _ text: String?) {
        if let text { insert.bind(index, text) } else { insert.bindNull(index) }
    }

    private func bind(_ index: Int32, _ amount: Amount?) {
        if let amount { insert.bind(index, amount.description) } else { insert.bindNull(index) }
    }
}
