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
    private let findTrade: PreparedStatement
    private let findQuantity: PreparedStatement
    private let findHung: PreparedStatement
    private let removeAnchor: PreparedStatement
    private let trips: RoundTripTable
    private let accounts: AccountAliasTable
    private let doubles: LikelyDoubles

    init(_ db: Database) throws {
        self.db = db
        findTrade = try PreparedStatement(
            db,
            """
            SELECT anchor, presence, account, symbol, direction, quantity, entry_price, exit_price, opened_ms,
                closed_ms, fees
            FROM trade WHERE id = ?
            """)
        findQuantity = try PreparedStatement(db, "SELECT quantity FROM fill WHERE id = ?")
        findHung = try PreparedStatement(
            db,
            """
            SELECT trip.account, trip.symbol, trip.opened_ms
            FROM anchor JOIN round_trip AS trip ON trip.id = anchor.round_trip AND trip.first_fill IS NOT NULL
            WHERE anchor.trade = ?
            """)
        removeAnchor = try PreparedStatement(db, "DELETE FROM anchor WHERE trade = ?")
        trips = try RoundTripTable(db)
        accounts = try AccountAliasTable(db)
        doubles = LikelyDoubles(db)
    }

    /// - Returns: the trades whose figures, stop, setup or tags may be others now.
    @discardableResult
    func run(_ changes: JournalChanges) throws -> TripChanges {
        var changes = changes
        if !changes.accounts.isEmpty { try noteAccounts(in: &changes) }
        if !changes.instruments.isEmpty { try noteInstruments(in: &changes) }
        for trade in changes.trades { try deriveManual(trade, &changes) }
        for group in changes.asideGroups { try note(group: group, in: &changes) }
        for id in changes.imports {
            for market in try doubles.markets(of: id) { changes.note(market: market, milliseconds: .max) }
        }
        changes.resolve(accounts.canonical)
        for (market, start) in changes.markets {
            try derive(market, from: min(start, try doubles.update(market) ?? .max))
        }
        // Where fills made a trade that went by the id of one entered by hand, that one comes out again.
        for id in trips.removed where try !trips.contains(id) { try bringBack(id) }
        var touched = trips.changes
        try note(changes, in: &touched)
        return touched
    }

    /// What belongs to an account follows it: where it stands for another one, and where it is figured otherwise.
    private func noteAccounts(in changes: inout JournalChanges) throws {
        let moved = try accounts.derive()
        let concerned = moved.union(changes.accounts.flatMap { accounts.members(of: accounts.canonical($0)) })
        for account in concerned.sorted() {
            // What it had by way of others goes with them.
            let symbols = try String.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT symbol FROM fill WHERE account = :account AND symbol IS NOT NULL
                        UNION SELECT symbol FROM round_trip WHERE account = :account AND first_fill IS NOT NULL
                        ORDER BY symbol
                        """), arguments: ["account": account.data])
            for symbol in symbols {
                let market = JournalChanges.Market(account: account, symbol: symbol)
                // An alias has no trades of its own.
                if accounts.canonical(account) != account { try trips.removeDerived(market, after: .min) }
                changes.note(market: market, milliseconds: .min)
            }
        }
        let trades = try Row.fetchCursor(
            db, sql: "SELECT id, account FROM trade WHERE account IS NOT NULL AND anchor IS NULL ORDER BY row")
        while let row = try trades.next() {
            if let id = EntityID(bytes: row[0] as Data), let account = EntityID(bytes: row[1] as Data),
                concerned.contains(account)
            {
                changes.note(trade: id)
            }
        }
    }

    /// What an instrument says holds for all that was ever traded of it: under its symbol, and, where it is the root of
    /// futures, under theirs.
    private func noteInstruments(in changes: inout JournalChanges) throws {
        let instruments = changes.instruments
        func concerns(_ symbol: String) -> Bool {
            instruments.contains(symbol) || FuturesSymbol(symbol).map { instruments.contains($0.root) } ?? false
        }
        let markets = try Row.fetchCursor(
            db,
            sql: "SELECT DISTINCT account, symbol FROM fill WHERE account IS NOT NULL AND symbol IS NOT NULL")
        while let row = try markets.next() {
            guard let account = EntityID(bytes: row[0] as Data), concerns(row[1]) else { continue }
            changes.note(market: .init(account: account, symbol: row[1]), milliseconds: .min)
        }
        let trades = try Row.fetchCursor(
            db, sql: "SELECT id, symbol FROM trade WHERE symbol IS NOT NULL AND anchor IS NULL ORDER BY row")
        while let row = try trades.next() {
            if let id = EntityID(bytes: row[0] as Data), concerns(row[1]) { changes.note(trade: id) }
        }
    }

    /// What people wrote of a trade may stand under another id than the trade's own.
    private func note(_ changes: JournalChanges, in touched: inout TripChanges) throws {
        var annotations = changes.annotations
        for tag in changes.tags {
            let owners = try Data.fetchAll(
                db.cachedStatement(sql: "SELECT DISTINCT owner FROM member WHERE kind = ? AND member = ?"),
                arguments: [Int64(Schema.tradeTags.rawValue), tag.data])
            annotations.formUnion(owners.compactMap { EntityID(bytes: $0) })
        }
        let findTrip = try PreparedStatement(db, "SELECT round_trip FROM anchor WHERE trade = ?")
        for annotation in annotations {
            touched.note(annotation)
            findTrip.bind(1, annotation)
            if try findTrip.step() {
                if let trip: EntityID = findTrip.id(0) { touched.note(trip) }
                findTrip.reset()
            }
        }
    }

    /// Fills that were set aside together count together.
    private func note(group: EntityID, in changes: inout JournalChanges) throws {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT account, symbol, min(time_ms) FROM fill
                    WHERE aside_with = ? AND account IS NOT NULL AND symbol IS NOT NULL AND time_ms IS NOT NULL
                    GROUP BY account, symbol
                    """), arguments: [group.data])
        for row in rows {
            guard let account = EntityID(bytes: row[0] as Data) else { continue }
            changes.note(market: .init(account: account, symbol: row[1]), milliseconds: row[2])
        }
    }

    /// Derives all of it, as after a repair.
    func runFromNothing() throws {
        for table in ["round_trip", "anchor", "account_alias", "likely_double"] {
            try db.execute(sql: "DELETE FROM \(table)")
        }
        accounts.forget()
        var changes = JournalChanges()
        for data in try Data.fetchAll(db, sql: "SELECT id FROM account WHERE alias_of IS NOT NULL") {
            if let id = EntityID(bytes: data) { changes.note(account: id) }
        }
        let markets = try Row.fetchCursor(
            db,
            sql: """
                SELECT DISTINCT account, symbol FROM fill WHERE account IS NOT NULL AND symbol IS NOT NULL
                """)
        while let row = try markets.next() {
            guard let account = EntityID(bytes: row[0] as Data) else { continue }
            changes.note(market: .init(account: account, symbol: row[1]), milliseconds: .min)
        }
        for data in try Data.fetchAll(
            db.cachedStatement(sql: "SELECT id FROM trade"))
        {
            if let id = EntityID(bytes: data) { changes.note(trade: id) }
        }
        try run(changes)
    }

    // MARK: Trades entered by hand

    private func deriveManual(_ id: EntityID, _ changes: inout JournalChanges) throws {
        findTrade.bind(1, id)
        guard try findTrade.step() else { return }
        let isDeleted = findTrade.integer(1) == Presence.deleted.rawValue
        if !findTrade.isNull(0) {
            let anchor: ID<Fill>? = findTrade.id(0)
            findTrade.reset()
            // It may have been a trade of its own before.
            try trips.removeManual(id)
            return try place(id, anchor, isDeleted: isDeleted, &changes)
        }
        let trip = isDeleted ? nil : ManualTrip(findTrade)
        findTrade.reset()
        try leave(id, &changes)
        if let trip { try put(id, trip) } else { try trips.removeManual(id) }
    }

    private func bringBack(_ id: EntityID) throws {
        findTrade.bind(1, id)
        guard try findTrade.step() else { return }
        let isThere = findTrade.isNull(0) && findTrade.integer(1) != Presence.deleted.rawValue
        let trip = isThere ? ManualTrip(findTrade) : nil
        findTrade.reset()
        if let trip { try put(id, trip) }
    }

    /// A trade entered by hand is in the account that its account is by now, and figured by what is known of its symbol.
    private func put(_ id: EntityID, _ trip: ManualTrip) throws {
        let account = trip.account.map(accounts.canonical)
        let known = try account.flatMap { try AccountStore(db).find($0.cast()) }
        let instrument = try InstrumentStore(db).resolved(
            exchange: known?.exchange ?? "", symbol: trip.symbol, kind: nil, currency: known?.currency ?? "")
        try trips.put(id, trip.in(account, instrument))
        guard !instrument.quote.isEmpty else { return }
        try db.cachedStatement(sql: "UPDATE round_trip SET currency = ? WHERE id = ? AND first_fill IS NULL")
            .execute(arguments: [instrument.quote, id.data])
    }

    /// An annotation: the market of its anchor places it.
    private func place(
        _ id: EntityID, _ anchor: ID<Fill>?, isDeleted: Bool, _ changes: inout JournalChanges
    ) throws {
        try leave(id, &changes)
        if !isDeleted { try db.execute(sql: "INSERT INTO anchor (trade) VALUES (?)", arguments: [id.data]) }
        if let fill = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT account, symbol, time_ms, aside_with FROM fill WHERE id = ?"),
            arguments: [anchor?.data]
        ),
            let account = (fill[0] as Data?).flatMap({ EntityID(bytes: $0) }), let symbol = fill[1] as String?,
            let time = fill[2] as Int64?
        {
            changes.note(market: .init(account: account, symbol: symbol), milliseconds: time)
            if let group = (fill[3] as Data?).flatMap({ EntityID(bytes: $0) }) { changes.note(asideGroup: group) }
        }
    }

    /// Takes an annotation off the trade that it hung on, which may go by its id.
    private func leave(_ annotation: EntityID, _ changes: inout JournalChanges) throws {
        findHung.bind(1, annotation)
        while try findHung.step() {
            guard let account: EntityID = findHung.id(0) else { continue }
            changes.note(
                market: .init(account: account, symbol: findHung.text(1)), milliseconds: findHung.integer(2))
        }
        removeAnchor.bind(1, annotation)
        try removeAnchor.run()
    }

    // MARK: Trades that fills make

    private func derive(_ market: JournalChanges.Market, from start: Int64) throws {
        let after = try lastFlat(market, before: start)
        try trips.removeDerived(market, after: after)
        let basis = try String.fetchOne(
            db.cachedStatement(sql: "SELECT cost_basis FROM account WHERE id = ?"), arguments: [market.account.data])
        let annotations = try self.annotations(in: market, after: after)
        var builder = RoundTripBuilder(costBasis: basis.flatMap(Account.CostBasis.init(rawValue:)) ?? .average)
        let members = accounts.members(of: market.account)
        let fills = try PreparedStatement(
            db,
            """
            SELECT id, side, price, quantity, fee, fee_currency, time_ms, sequence, external_id, market_kind, leg,
                effect
            FROM fill
            WHERE symbol = ? AND time_ms > ? AND account IN (\(members.map { _ in "?" }.joined(separator: ", ")))
                AND \(FillStore.counts)
            ORDER BY time_ms, sequence, id
            """)
        fills.bind(1, market.symbol)
        fills.bind(2, after)
        for (index, member) in members.enumerated() { fills.bind(Int32(index + 3), member) }
        // Collected first: a statement that is being read must not see what is derived from it.
        var derived: [RoundTrip] = []
        while try fills.step() {
            guard let fill = Self.fill(fills, market) else { continue }
            // A fill that cannot be (nothing bought, at no price) makes no trade; `verify` lists it.
            if let closed = try? builder.add(fill) { derived.append(closed) }
            if derived.count >= 1000 {
                for trip in derived { try insert(trip, annotations) }
                derived.removeAll(keepingCapacity: true)
            }
        }
        if let open = builder.open { derived.append(open) }
        for trip in derived { try insert(trip, annotations) }
    }

    /// The latest moment before `start` at which the position was flat between two fills.
    private func lastFlat(_ market: JournalChanges.Market, before start: Int64) throws -> Int64 {
        guard start > .min else { return .min }
        return try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT past.closed_ms FROM round_trip AS past
                    WHERE past.account = :account AND past.symbol = :symbol AND past.first_fill IS NOT NULL
                        AND past.opened_ms < :start AND past.closed_ms < :start AND past.reversed = 0
                        AND NOT EXISTS (
                            SELECT 1 FROM round_trip AS other
                            WHERE other.account = :account AND other.symbol = :symbol AND other.first_fill IS NOT NULL
                                AND other.opened_ms = past.closed_ms AND other.row <> past.row)
                    ORDER BY past.opened_ms DESC LIMIT 1
                    """),
            arguments: ["account": market.account.data, "symbol": market.symbol, "start": start]) ?? .min
    }

    /// The annotations that hang on fills of this market, by fill.
    private func annotations(in market: JournalChanges.Market, after: Int64) throws -> [ID<Fill>: [EntityID]] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT trade.anchor, trade.id FROM trade JOIN fill ON fill.id = trade.anchor
                    WHERE trade.anchor IS NOT NULL AND trade.presence <> 1
                        AND fill.account IN (SELECT ?1 UNION ALL SELECT account FROM account_alias WHERE canonical = ?1)
                        AND fill.symbol = ?2 AND fill.time_ms > ?3
                    ORDER BY trade.id
                    """), arguments: [market.account.data, market.symbol, after])
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
            time: Timestamp(milliseconds: row.integer(6)), sequence: row.integer(7), externalID: row.text(8),
            marketKind: MarketKind(rawValue: row.text(9)), leg: Direction(rawValue: row.text(10)),
            effect: Fill.Effect(rawValue: row.text(11)))
    }

    private func insert(_ trip: RoundTrip, _ annotations: [ID<Fill>: [EntityID]]) throws {
        // A fill that closes this trip and opens the next carries the next one's annotations.
        let crossing = try trip.fills.last.flatMap { last in
            try last.role == .closing && isSplit(trip, last) ? last.fill : nil
        }
        var hanging: [EntityID] = []
        if !annotations.isEmpty {
            for allocation in trip.fills where allocation.fill != crossing {
                hanging += annotations[allocation.fill] ?? []
            }
        }
        let id = hanging.first ?? EntityID.trade(anchoredOn: trip.anchor)
        try trips.put(id, trip, isReversed: crossing != nil)
        for annotation in hanging {
            try db.execute(
                sql: """
                    INSERT INTO anchor (trade, round_trip) VALUES (?, ?)
                    ON CONFLICT DO UPDATE SET round_trip = excluded.round_trip
                    """, arguments: [annotation.data, id.data])
        }
    }

    private func isSplit(_ trip: RoundTrip, _ last: RoundTrip.Allocation) throws -> Bool {
        guard !trip.isOpen else { return false }
        findQuantity.bind(1, last.fill)
        guard try findQuantity.step() else { return false }
        defer { findQuantity.reset() }
        return Amount(findQuantity.text(0)) != last.quantity
    }
}

extension ID {
    /// The id of the trade that a fill opens, until someone's annotation gives it another.
    package static func trade(anchoredOn fill: ID<Fill>) -> Self { derived("trade", [fill.description]) }
}
