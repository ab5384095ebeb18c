import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Gathers what the statistics are figured from.
package struct StatisticsStore {
    private let db: Database

    package init(_ db: Database) { self.db = db }

    /// The trades in one quote currency. Sums over several would add apples and pears: there are no exchange rates here.
    package struct Population: Sendable {
        /// Empty where the symbols do not say.
        package let quote: String
        package let closed: [TradeFacts]
        package let left: LeftOut
    }

    /// The quote currency with the most closed trades first.
    package func populations() throws -> [Population] {
        var builders: [String: (closed: [TradeFacts], left: LeftOut)] = [:]
        try forEach { trade in
            var builder = builders.removeValue(forKey: trade.quote) ?? ([], LeftOut())
            if let facts = trade.facts { builder.closed.append(facts) }
            builder.left.count(trade, 1)
            builders[trade.quote] = builder
        }
        return builders.map { Population(quote: $0, closed: $1.closed, left: $1.left) }
            .sorted { ($1.closed.count, $0.quote) < ($0.closed.count, $1.quote) }
    }

    /// Every trade, one at a time.
    func forEach(_ body: (PopulationTrade) throws -> Void) throws {
        // Two devices may have made a tag of one name each: a trade with both counts once under it.
        let tags = try TradeStore(db).allTags().mapValues { Array(Set($0.map(\.name))) }
        let rows = try PreparedStatement(db, Self.select)
        // GRDB keeps the statement: whoever stops in the middle would leave the next one to go on from there.
        defer { rows.reset() }
        while try rows.step() {
            guard let id: ID<Trade> = rows.id(0) else { continue }
            if let trade = PopulationTrade(rows, id: id, tags: tags[id] ?? []) { try body(trade) }
        }
    }

    /// Reads trades by their ids, one after the other: nil for one that is no more.
    func finder() throws -> (ID<Trade>) throws -> PopulationTrade? {
        let rows = try PreparedStatement(db, Self.select + " WHERE trip.id = ?")
        let names = try PreparedStatement(db, Self.tagNames)
        return { id in
            rows.bind(1, id)
            guard try rows.step() else { return nil }
            defer { rows.reset() }
            for index in [2, 3] as [Int32] { names.bind(index, id) }
            names.bind(1, Int64(Schema.tradeTags.rawValue))
            var tags: Set<String> = []
            while try names.step() { tags.insert(names.text(0)) }
            return PopulationTrade(rows, id: id, tags: Array(tags))
        }
    }

    /// Of all annotations of a trade.
    private static let tagNames = """
        SELECT tag.name FROM member
            JOIN trade ON trade.id = member.owner AND trade.presence <> 1
            JOIN tag ON tag.id = member.member AND tag.presence <> 1 AND tag.name IS NOT NULL
        WHERE member.kind = ? AND member.owner IN (SELECT ? UNION ALL SELECT trade FROM anchor WHERE round_trip = ?)
        """

    /// The annotation of a trade has the trade's id; a deleted one may have it too, and says nothing.
    private static let select = """
        SELECT trip.id, trip.account, trip.symbol, trip.direction, trip.opened_ms, trip.closed_ms, trip.quantity,
            trip.entry_price, trip.gross, trip.fees, trip.net, trip.other_fees IS NOT NULL, trip.first_fill IS NULL,
            trade.stop_price, trade.setup, trip.multiplier, trip.currency, trip.market_kind
        FROM round_trip AS trip LEFT JOIN trade ON trade.id = trip.id AND trade.presence <> 1
        """
}

/// What of a currency's trades is in no figure, and why.
package struct LeftOut: Hashable, Sendable {
    package private(set) var openCount = 0
    /// Closed trades whose profit cannot be told.
    package private(set) var uncertainCount = 0
    /// Trades with fees in other coins; the fees are in no figure, the trades are.
    package private(set) var otherFeesCount = 0

    mutating func count(_ trade: PopulationTrade, _ change: Int) {
        if trade.isOpen {
            openCount += change
        } else if trade.facts == nil {
            uncertainCount += change
        }
        if trade.hasOtherFees { otherFeesCount += change }
    }
}

/// One trade, as far as the statistics are concerned.
struct PopulationTrade: Sendable {
    let id: ID<Trade>
    let quote: String
    let isOpen: Bool
    let hasOtherFees: Bool
    /// Nil while it is open, and where its profit cannot be told.
    let facts: TradeFacts?

    /// Whether something of it is in no figure.
    var isLeftOut: Bool { facts == nil || hasOtherFees }

    /// Reads the columns of `StatisticsStore.select`. Nil for a row that no trade can be read from.
    fileprivate init?(_ row: PreparedStatement, id: ID<Trade>, tags: [String]) {
        guard let direction = Direction(rawValue: row.text(3)) else { return nil }
        func amount(_ column: Int32) -> Amount? { row.isNull(column) ? nil : Amount(row.text(column)) }
        self.id = id
        let symbol = row.text(2)
        quote = row.isNull(16) ? Symbol.quote(of: symbol) : row.text(16)
        isOpen = row.isNull(5)
        hasOtherFees = row.integer(11) != 0
        guard !isOpen, let gross = amount(8), let net = amount(10) else {
            facts = nil
            return
        }
        let (quantity, entry) = (amount(6), amount(7))
        var risk: Amount?
        var notional: Amount?
        if let quantity, let entry {
            let contract = ContractTerms(
                multiplier: amount(15) ?? ContractTerms.one, MarketKind(rawValue: row.text(17)))
            risk = amount(13).flatMap {
                TradeFacts.initialRisk(
                    direction, entry: entry, firstStop: $0, quantity: quantity, contract)
            }
            notional = contract.notional(quantity, at: entry)
        }
        facts = TradeFacts(
            id: id, account: row.id(1) ?? ID(rawValue: 0), symbol: symbol, direction: direction,
            openedAt: Timestamp(milliseconds: row.integer(4)), closedAt: Timestamp(milliseconds: row.integer(5)),
            gross: gross, fees: amount(9) ?? .zero, net: net, risk: risk, entryNotional: notional,
            setup: row.isNull(14) ? nil : row.text(14), tags: tags, isManual: row.integer(12) != 0)
    }
}
