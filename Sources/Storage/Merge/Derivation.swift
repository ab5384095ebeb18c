import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Keeps the round trips in step with the facts, in the transaction that changed them.
///
/// Only what follows the last moment before the earliest change at which nothing was held is derived anew.
struct Derivation {
    private let db: Database
    private let accounts: TradingAccounts
    private let findTrade: PreparedStatement
    private let findHung: PreparedStatement
    private let removeAnchor: PreparedStatement
    private let trips: RoundTripTable
    private let doubles: LikelyDoubles

    init(_ db: Database) throws {
        self.db = db
        accounts = TradingAccounts(db)
        findTrade = try PreparedStatement(
            db,
            """
            SELECT anchor, presence, account, symbol, direction, quantity, entry_price, exit_price, opened_ms,
                closed_ms, fees
            FROM trade WHERE id = ?
            """)
        findHung = try PreparedStatement(
            db,
            """
            SELECT trip.account, trip.symbol, trip.opened_ms
            FROM anchor JOIN round_trip AS trip ON trip.id = anchor.round_trip AND trip.first_fill IS NOT NULL
            WHERE anchor.trade = ?
            """)
        removeAnchor = try PreparedStatement(db, "DELETE FROM anchor WHERE trade = ?")
        trips = try RoundTripTable(db)
        doubles = LikelyDoubles(db)
    }

    /// - Returns: the trades whose figures, stop, setup or tags may be others now.
    @discardableResult
    func run(_ changes: JournalChanges) throws -> TripChanges {
        var changes = changes
        if !changes.accounts.isEmpty {
            for account in try AccountAliasTable(db).derive() { changes.note(account: account) }
        }
        try noteAccounts(&changes)
        try noteInstruments(&changes)
        for trade in changes.trades { try deriveManual(trade, &changes) }
        for group in changes.asideGroups { try note(group: group, in: &changes) }
        for id in changes.imports {
            for market in try doubles.markets(of: id) {
                changes.note(market: market, milliseconds: .max, isGrowing: true)
            }
        }
        for (market, change) in try canonical(changes) {
            let moved = try doubles.update(market)
            try derive(
                market, from: min(change.start, moved ?? .max), isEdited: change.isEdited || moved != nil)
        }
        // Where fills made a trade that went by the id of one entered by hand, that one comes out again.
        for id in trips.removed where try !trips.contains(id) { try bringBack(id) }
        var touched = trips.changes
        try note(changes, in: &touched)
        return touched
    }

    /// The markets of accounts that changed, under all of their names, and what was typed in for them by hand.
    private func noteAccounts(_ changes: inout JournalChanges) throws {
        var names: Set<EntityID> = []
        for account in changes.accounts {
            let canonical = try accounts.canonical(account)
            names.formUnion([account, canonical] + (try accounts.aliases(of: canonical)))
        }
        for account in names {
            let symbols = try String.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT DISTINCT symbol FROM fill WHERE account = :account AND symbol IS NOT NULL
                        UNION SELECT symbol FROM market WHERE account = :account ORDER BY symbol
                        """), arguments: ["account": account.data])
            for symbol in symbols { changes.note(market: .init(account: account, symbol: symbol), milliseconds: .min) }
            try noteManual("account = ?", account.data, in: &changes)
        }
    }

    /// What an instrument says holds for all that was ever traded of it: under its symbol, and, where it is the root of
    /// futures, under theirs.
    private func noteInstruments(_ changes: inout JournalChanges) throws {
        let instruments = changes.symbols
        guard !instruments.isEmpty else { return }
        func concerns(_ symbol: String) -> Bool {
            instruments.contains(symbol) || FuturesSymbol(symbol).map { instruments.contains($0.root) } ?? false
        }
        let markets = try Row.fetchCursor(db, sql: "SELECT account, symbol FROM market")
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

    private func noteManual(
        _ condition: String, _ argument: any DatabaseValueConvertible, in changes: inout JournalChanges
    ) throws {
        let found = try Data.fetchAll(
            db.cachedStatement(sql: "SELECT id FROM trade WHERE \(condition) AND anchor IS NULL ORDER BY row"),
            arguments: [argument])
        for trade in found.compactMap({ EntityID(bytes: $0) }) { changes.note(trade: trade) }
    }

    /// The changed markets, each under the account that its names mean.
    private func canonical(
        _ changes: JournalChanges
    ) throws -> [JournalChanges.Market: (start: Int64, isEdited: Bool)] {
        var known: [EntityID: EntityID] = [:]
        var markets: [JournalChanges.Market: (start: Int64, isEdited: Bool)] = [:]
        for (market, start) in changes.markets {
            let account = try known[market.account] ?? accounts.canonical(market.account)
            known[market.account] = account
            let former = markets[.init(account: account, symbol: market.symbol)]
            markets[.init(account: account, symbol: market.symbol)] = (
                min(start, former?.start ?? .max), changes.edited.contains(market) || former?.isEdited ?? false
            )
        }
        return markets
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
        for table in ["round_trip", "anchor", "partial_fill", "market", "account_alias", "likely_double"] {
            try db.execute(sql: "DELETE FROM \(table)")
        }
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
        let trip = try isDeleted ? nil : ManualTrip(findTrade, accounts)
        findTrade.reset()
        try leave(id, &changes)
        if let trip { try trips.put(id, trip) } else { try trips.removeManual(id) }
    }

    private func bringBack(_ id: EntityID) throws {
        findTrade.bind(1, id)
        guard try findTrade.step() else { return }
        let isThere = findTrade.isNull(0) && findTrade.integer(1) != Presence.deleted.rawValue
        let trip = try isThere ? ManualTrip(findTrade, accounts) : nil
        findTrade.reset()
        if let trip { try trips.put(id, trip) }
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

    private func derive(_ market: JournalChanges.Market, from start: Int64, isEdited: Bool) throws {
        let account = try accounts.account(market.account)
        let aliases = try accounts.aliases(of: market.account)
        for alias in aliases {
            let former = JournalChanges.Market(account: alias, symbol: market.symbol)
            try trips.removeDerived(former, after: .min)
            try forget(former)
        }
        var start = start
        var known = try accounts.books(market.account, market.symbol)
        // A kind of which no fill is left: what does not say its kind may be of another one now.
        if isEdited, known.isMixed { start = .min }
        while true {
            let restart = try Restart.find(db, market, before: start, known)
            let seen = try derive(market, account, hasAliases: !aliases.isEmpty, kindlessAs: known.ofKindless, restart)
            let books = restart.after == .min ? seen : known.union(seen)
            let isSettled = books.ofKindless == known.ofKindless
            known = books
            if isSettled { break }
            start = .min
        }
        try keep(known, of: market)
    }

    /// Derives what comes after a moment.
    ///
    /// - Returns: the books of the fills that were gone through.
    private func derive(
        _ market: JournalChanges.Market, _ account: TradingAccounts.Account, hasAliases: Bool,
        kindlessAs kindless: MarketKind?, _ restart: Restart
    ) throws -> MarketBooks {
        try trips.removeDerived(market, after: restart.after)
        let annotations = try self.annotations(in: market, hasAliases: hasAliases, after: restart.after)
        var builder = MarketBuilder(kindlessAs: kindless) { book in
            RoundTripBuilder(try accounts.terms(book, market.symbol, account), after: restart.rests[book])
        }
        let fills = try PreparedStatement(
            db,
            """
            SELECT id, side, price, quantity, fee, fee_currency, time_ms, sequence, external_id, market_kind, leg,
                effect, cost_price
            FROM fill
            WHERE \(TradingAccounts.condition("?1", hasAliases: hasAliases)) AND symbol = ?2 AND time_ms > ?3
                AND \(FillStore.counts)
            ORDER BY time_ms, sequence, id
            """)
        fills.bind(1, market.account)
        fills.bind(2, market.symbol)
        fills.bind(3, restart.after)
        // Collected first: a statement that is being read must not see what is derived from it.
        var derived: [RoundTrip] = []
        var unmatched: [(fill: Fill, quantity: Amount, isWhole: Bool)] = []
        func write() throws {
            for trip in derived { try insert(trip, annotations) }
            for part in unmatched { try trips.put(unmatched: part.fill, part.quantity, isWhole: part.isWhole) }
            derived.removeAll(keepingCapacity: true)
            unmatched.removeAll(keepingCapacity: true)
        }
        while try fills.step() {
            // A fill that cannot be (nothing bought, at no price) makes no trade; `verify` lists it.
            guard let fill = Self.fill(fills, market),
                let outcome = try? builder.add(fill, cost: fills.isNull(12) ? nil : Amount(fills.text(12)))
            else { continue }
            if let closed = outcome.closed { derived.append(closed) }
            if let said = outcome.said { derived.append(said) }
            if let quantity = outcome.unmatched { unmatched.append((fill, quantity, outcome.closed == nil)) }
            if derived.count >= 1000 || unmatched.count >= 1000 { try write() }
        }
        derived += builder.pending
        try write()
        return builder.seen
    }

    private func keep(_ books: MarketBooks, of market: JournalChanges.Market) throws {
        if books.bits == 0 { return try forget(market) }
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO market (account, symbol, books) VALUES (?, ?, ?)")
            .execute(arguments: [market.account.data, market.symbol, books.bits])
    }

    private func forget(_ market: JournalChanges.Market) throws {
        try db.cachedStatement(sql: "DELETE FROM market WHERE account = ? AND symbol = ?")
            .execute(arguments: [market.account.data, market.symbol])
    }

    /// The annotations that hang on fills of this market, by fill.
    private func annotations(
        in market: JournalChanges.Market, hasAliases: Bool, after: Int64
    ) throws -> [ID<Fill>: [EntityID]] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT trade.anchor, trade.id FROM trade JOIN fill ON fill.id = trade.anchor
                    WHERE trade.anchor IS NOT NULL AND trade.presence <> 1
                        AND \(TradingAccounts.condition("?1", hasAliases: hasAliases))
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
        // A fill that closes this trip and makes another carries the other's annotations.
        let crossing = trip.isShared ? trip.fills.last?.fill : nil
        var hanging: [EntityID] = []
        if !annotations.isEmpty {
            for allocation in trip.fills where allocation.fill != crossing {
                hanging += annotations[allocation.fill] ?? []
            }
        }
        let id = hanging.first ?? EntityID.trade(anchoredOn: trip.anchor)
        try trips.put(id, trip)
        for annotation in hanging {
            try db.execute(
                sql: """
                    INSERT INTO anchor (trade, round_trip) VALUES (?, ?)
                    ON CONFLICT DO UPDATE SET round_trip = excluded.round_trip
                    """, arguments: [annotation.data, id.data])
        }
    }
}

extension ID {
    /// The id of the trade that a fill opens, until someone's annotation gives it another.
    package static func trade(anchoredOn fill: ID<Fill>) -> Self { derived("trade", [fill.description]) }
}
