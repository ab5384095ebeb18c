import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Keeps the round trips in step with the facts, in the transaction that changed them.
///
/// Only what follows the last flat point before the earliest change is derived anew.
struct Derivation {
    private let db: Database

    init(_ db: Database) { self.db = db }

    func run(_ changes: JournalChanges) throws {
        var changes = changes
        for account in changes.accounts {
            let symbols = try String.fetchAll(
                db, sql: "SELECT DISTINCT symbol FROM fill WHERE account = ? AND symbol IS NOT NULL ORDER BY symbol",
                arguments: [account.data])
            for symbol in symbols { changes.note(market: .init(account: account, symbol: symbol), milliseconds: .min) }
        }
        for trade in changes.trades { try deriveManual(trade, &changes) }
        for (market, start) in changes.markets { try derive(market, from: start) }
    }

    /// Derives all of it, as after a repair.
    func runFromNothing() throws {
        try db.execute(sql: "DELETE FROM round_trip")
        try db.execute(sql: "DELETE FROM anchor")
        var changes = JournalChanges()
        let markets = try Row.fetchCursor(
            db,
            sql: """
                SELECT DISTINCT account, symbol FROM fill WHERE account IS NOT NULL AND symbol IS NOT NULL
                """)
        while let row = try markets.next() {
            guard let account = EntityID(bytes: row[0] as Data) else { continue }
            changes.note(market: .init(account: account, symbol: row[1]), milliseconds: .min)
        }
        for data in try Data.fetchAll(db, sql: "SELECT id FROM trade") {
            if let id = EntityID(bytes: data) { changes.note(trade: id) }
        }
        try run(changes)
    }

    // MARK: Trades entered by hand

    private func deriveManual(_ id: EntityID, _ changes: inout JournalChanges) throws {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT account, symbol, direction, quantity, entry_price, exit_price, opened_ms, closed_ms, fees,
                    anchor, presence
                FROM trade WHERE id = ?
                """, arguments: [id.data])
        guard let row else { return }
        let isDeleted = (row["presence"] as Int64) == Presence.deleted.rawValue
        if let anchor = row["anchor"] as Data? {
            // An annotation: the market of its anchor places it.
            try db.execute(sql: "DELETE FROM anchor WHERE trade = ?", arguments: [id.data])
            if !isDeleted { try db.execute(sql: "INSERT INTO anchor (trade) VALUES (?)", arguments: [id.data]) }
            if let fill = try Row.fetchOne(
                db, sql: "SELECT account, symbol, time_ms FROM fill WHERE id = ?", arguments: [anchor]),
                let account = (fill[0] as Data?).flatMap({ EntityID(bytes: $0) }), let symbol = fill[1] as String?,
                let time = fill[2] as Int64?
            {
                changes.note(market: .init(account: account, symbol: symbol), milliseconds: time)
            }
            return
        }
        try db.execute(
            sql: "DELETE FROM round_trip WHERE id = ? AND first_fill IS NULL", arguments: [id.data])
        guard !isDeleted, let symbol = row["symbol"] as String?, let opened = row["opened_ms"] as Int64?,
            let direction = (row["direction"] as String?).flatMap(Direction.init(rawValue:))
        else { return }
        let figures = ManualFigures(
            direction: direction, quantity: Self.amount(row["quantity"]), entry: Self.amount(row["entry_price"]),
            exit: Self.amount(row["exit_price"]), fees: Self.amount(row["fees"]))
        let closed = (row["closed_ms"] as Int64?).map { max($0, opened) }
        try insert(
            id: id.data, account: row["account"], symbol: symbol, direction: direction, opened: opened, closed: closed,
            figures: figures, firstFill: nil, fillCount: 0, reversed: false)
    }

    private static func amount(_ text: String?) -> Amount? { text.flatMap { Amount($0) } }

    // MARK: Trades that fills make

    private func derive(_ market: JournalChanges.Market, from start: Int64) throws {
        let after = try lastFlat(market, before: start)
        try db.execute(
            sql: """
                DELETE FROM round_trip
                WHERE account = ? AND symbol = ? AND opened_ms > ? AND first_fill IS NOT NULL
                """, arguments: [market.account.data, market.symbol, after])
        let basis = try String.fetchOne(
            db, sql: "SELECT cost_basis FROM account WHERE id = ?", arguments: [market.account.data])
        let annotations = try self.annotations(in: market, after: after)
        var builder = RoundTripBuilder(costBasis: basis.flatMap(Account.CostBasis.init(rawValue:)) ?? .average)
        let fills = try PreparedStatement(
            db,
            """
            SELECT id, side, price, quantity, fee, fee_currency, time_ms, sequence, external_id FROM fill
            WHERE account = ? AND symbol = ? AND time_ms > ? AND presence <> 1 AND coalesce(aside, 0) = 0
            ORDER BY time_ms, sequence, id
            """)
        fills.bind(1, market.account)
        fills.bind(2, market.symbol)
        fills.bind(3, after)
        // Collected first: a statement that is being read must not see what is derived from it.
        var trips: [RoundTrip] = []
        while try fills.step() {
            guard let fill = Self.fill(fills, market) else { continue }
            // A fill that cannot be (nothing bought, at no price) makes no trade; `verify` lists it.
            if let closed = try? builder.add(fill) { trips.append(closed) }
            if trips.count >= 1000 {
                for trip in trips { try insert(trip, annotations) }
                trips.removeAll(keepingCapacity: true)
            }
        }
        if let open = builder.open { trips.append(open) }
        for trip in trips { try insert(trip, annotations) }
    }

    /// The latest moment before `start` at which the position was flat between two fills.
    private func lastFlat(_ market: JournalChanges.Market, before start: Int64) throws -> Int64 {
        guard start > .min else { return .min }
        return try Int64.fetchOne(
            db,
            sql: """
                SELECT past.closed_ms FROM round_trip AS past
                WHERE past.account = :account AND past.symbol = :symbol AND past.first_fill IS NOT NULL
                    AND past.opened_ms < :start AND past.closed_ms < :start AND past.reversed = 0
                    AND NOT EXISTS (
                        SELECT 1 FROM round_trip AS other
                        WHERE other.account = :account AND other.symbol = :symbol AND other.first_fill IS NOT NULL
                            AND other.opened_ms = past.closed_ms AND other.row <> past.row)
                ORDER BY past.opened_ms DESC LIMIT 1
                """,
            arguments: ["account": market.account.data, "symbol": market.symbol, "start": start]) ?? .min
    }

    /// The annotations that hang on fills of this market, by fill.
    private func annotations(in market: JournalChanges.Market, after: Int64) throws -> [ID<Fill>: [EntityID]] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT trade.anchor, trade.id FROM trade JOIN fill ON fill.id = trade.anchor
                WHERE trade.anchor IS NOT NULL AND trade.presence <> 1
                    AND fill.account = ? AND fill.symbol = ? AND fill.time_ms > ?
                ORDER BY trade.id
                """, arguments: [market.account.data, market.symbol, after])
        var annotations: [ID<Fill>: [EntityID]] = [:]
        for row in rows {
            guard let fill = ID<Fill>(bytes: row[0] as Data), let trade = EntityID(bytes: row[1] as Data) else {
                continue
            }
            annotations[fill, default: []].append(trade)
            try db.execute(sql: "UPDATE anchor SET round_trip = NULL WHERE trade = ?", arguments: [trade.data])
        }
        return annotations
    }

    private static func fill(_ row: PreparedStatement, _ market: JournalChanges.Market) -> Fill? {
        guard let id: ID<Fill> = row.id(0), let side = Side(rawValue: row.text(1)), let price = Amount(row.text(2)),
            let quantity = Amount(row.text(3))
        else { return nil }
        return Fill(
            id: id, account: market.account.cast(), symbol: market.symbol, side: side, price: price,
            quantity: quantity, fee: Amount(row.text(4)) ?? .zero, feeCurrency: row.text(5),
            time: Timestamp(milliseconds: row.integer(6)), sequence: row.integer(7), externalID: row.text(8))
    }

    private func insert(_ trip: RoundTrip, _ annotations: [ID<Fill>: [EntityID]]) throws {
        // A fill that closes this trip and opens the next carries the next one's annotations.
        let crossing = trip.fills.last.flatMap { last in last.role == .closing && isSplit(trip, last) ? last.fill : nil }
        var hanging: [EntityID] = []
        if !annotations.isEmpty {
            for allocation in trip.fills where allocation.fill != crossing {
                hanging += annotations[allocation.fill] ?? []
            }
        }
        let id = hanging.first ?? EntityID.trade(anchoredOn: trip.anchor)
        try insert(
            id: id.data, account: trip.account.data, symbol: trip.symbol, direction: trip.direction,
            opened: trip.openedAt.milliseconds, closed: trip.closedAt?.milliseconds, figures: trip.figures,
            firstFill: trip.anchor.data, fillCount: trip.fills.count, reversed: crossing != nil)
        for annotation in hanging {
            try db.execute(
                sql: """
                    INSERT INTO anchor (trade, round_trip) VALUES (?, ?)
                    ON CONFLICT DO UPDATE SET round_trip = excluded.round_trip
                    """, arguments: [annotation.data, id.data])
        }
    }

    private func isSplit(_ trip: RoundTrip, _ last: RoundTrip.Allocation) -> Bool {
        guard !trip.isOpen,
            let text = try? String.fetchOne(
                db.cachedStatement(sql: "SELECT quantity FROM fill WHERE id = ?"), arguments: [last.fill.data])
        else { return false }
        return Amount(text) != last.quantity
    }

    private func insert(
        id: Data, account: Data?, symbol: String, direction: Direction, opened: Int64, closed: Int64?,
        figures: (some TripFigures)?, firstFill: Data?, fillCount: Int, reversed: Bool
    ) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO round_trip (
                    id, account, symbol, direction, opened_ms, closed_ms, quantity, open_quantity, entry_price,
                    exit_price, gross, fees, other_fees, net, first_fill, fill_count, reversed)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        let otherFees = figures?.otherFeesText
        try statement.execute(arguments: [
            id, account, symbol, direction.rawValue, opened, closed, figures?.shownQuantity?.description,
            figures?.shownOpenQuantity?.description, figures?.shownEntryPrice?.description,
            figures?.shownExitPrice?.description, figures?.shownGross?.description, figures?.shownFees?.description,
            otherFees, figures?.shownNet?.description, firstFill, fillCount, reversed,
        ])
    }
}

extension ID {
    /// The id of the trade that a fill opens, until someone's annotation gives it another.
    package static func trade(anchoredOn fill: ID<Fill>) -> Self { derived("trade", [fill.description]) }
}

/// What a row of `round_trip` says, whichever way the trade came to be.
protocol TripFigures {
    var shownQuantity: Amount? { get }
    var shownOpenQuantity: Amount? { get }
    var shownEntryPrice: Amount? { get }
    var shownExitPrice: Amount? { get }
    var shownGross: Amount? { get }
    var shownFees: Amount? { get }
    var shownNet: Amount? { get }
    /// `0.001 BNB, 0.2 MATIC`; nil when there are none.
    var otherFeesText: String? { get }
}

extension RoundTrip.Figures: TripFigures {
    var shownQuantity: Amount? { quantity }
    var shownOpenQuantity: Amount? { openQuantity }
    var shownEntryPrice: Amount? { entryPrice }
    var shownExitPrice: Amount? { exitPrice }
    var shownGross: Amount? { gross }
    var shownFees: Amount? { fees }
    var shownNet: Amount? { net }

    var otherFeesText: String? {
        otherFees.isEmpty ? nil : otherFees.map { "\($0.amount) \($0.coin)" }.joined(separator: ", ")
    }
}

/// The figures of a trade entered by hand: one entry, at most one exit.
struct ManualFigures: TripFigures {
    let shownQuantity: Amount?
    let shownOpenQuantity: Amount?
    let shownEntryPrice: Amount?
    let shownExitPrice: Amount?
    let shownGross: Amount?
    let shownFees: Amount?
    let shownNet: Amount?
    var otherFeesText: String? { nil }

    init(direction: Direction, quantity: Amount?, entry: Amount?, exit: Amount?, fees: Amount?) {
        shownQuantity = quantity
        shownEntryPrice = entry
        shownExitPrice = exit
        shownFees = fees ?? .zero
        shownOpenQuantity = exit == nil ? quantity : .zero
        var gross: Amount?
        if let quantity, let entry, let exit {
            gross = try? (direction == .long ? exit - entry : entry - exit) * quantity
        }
        shownGross = gross
        shownNet = gross.flatMap { try? $0 - (fees ?? .zero) }
    }
}
