import Foundation
import GRDB
import Journal
import Primitives
import Synchronization

/// How closed trades are to be arranged: what a table of them depends on.
package struct StatisticsBasis: Hashable, Sendable {
    package let zone: TimeZone
    /// See `TradingCalendar.startOfDayMinutes`.
    package let startOfDayMinutes: Int
    /// Without the fees.
    package let isGross: Bool

    package init(zone: TimeZone, startOfDayMinutes: Int = 0, isGross: Bool = false) {
        self.zone = zone
        self.startOfDayMinutes = startOfDayMinutes
        self.isGross = isGross
    }

    var calendar: TradingCalendar { TradingCalendar(zone: zone, startOfDayMinutes: startOfDayMinutes) }
}

/// The closed trades of a journal in memory, a table for each quote currency, kept in step with the journal: what a
/// transaction has changed is read again before the next question is answered.
///
/// What all open journals keep together is bounded by their `StatisticsShelf`.
package final class LiveStatistics: Sendable {
    /// Each is as large as the journal's trades; more than a few nobody needs at once.
    private static let booksMax = 3
    /// Of the trades of a journal: when more have changed, reading all anew is quicker.
    private static let changedShareMax = 8

    private struct State {
        /// Those asked for last at the end.
        var books: [(basis: StatisticsBasis, book: StatisticsBook)] = []
        /// What has changed since `books` were brought up to date.
        var changes = TripChanges.nothing
        /// What SQLite says of writes by other processes.
        var foreignVersion: Int64?

        var memoryBytes: Int { books.reduce(0) { $0 + $1.book.memoryBytes } }
    }

    private let state = Mutex(State())
    private let shelf: StatisticsShelf
    /// No two journals, and none that is opened again, are ever at the same revision.
    private static let revisions = Atomic<UInt64>(0)
    private let current = Atomic<UInt64>(LiveStatistics.nextRevision())

    package init(on shelf: StatisticsShelf = .shared) { self.shelf = shelf }

    deinit { shelf.forget(self) }

    private static func nextRevision() -> UInt64 {
        revisions.add(1, ordering: .sequentiallyConsistent).newValue
    }

    /// Changes with every write; what was answered at the same revision is still the answer. Never waits for figures.
    package var revision: UInt64 { current.load(ordering: .sequentiallyConsistent) }

    /// To be told when the changes are committed, before anybody else can read them.
    func note(_ changes: TripChanges) {
        current.store(Self.nextRevision(), ordering: .sequentiallyConsistent)
        state.withLock { state in
            if !state.books.isEmpty { state.changes.note(changes) }
        }
    }

    /// - Parameter db: where no write can come between; the answer is of that moment.
    fileprivate func read<T>(
        _ db: Database, _ basis: StatisticsBasis, startBalance: Amount?, _ body: (StatisticsBook) throws -> T
    ) throws -> T {
        let foreignVersion = try Int64.fetchOne(db.cachedStatement(sql: "PRAGMA data_version"))
        // Also when it fails: what was read of it is there all the same.
        defer { shelf.note(self, bytes: state.withLock { $0.memoryBytes }) }
        return try state.withLock { state in
            if state.foreignVersion != foreignVersion { state.changes = .everything }
            try Self.bringUpToDate(&state, db)
            state.foreignVersion = foreignVersion
            let index = try Self.index(of: basis, in: &state, db)
            state.books[index].book.prepare(startBalance: startBalance)
            return try body(state.books[index].book)
        }
    }

    /// Whether the next question can be answered from memory.
    package var isKept: Bool { state.withLock { !$0.books.isEmpty } }

    /// Gives up what is kept; the next question reads it again.
    ///
    /// - Returns: false while somebody is using it.
    func drop() -> Bool {
        state.withLockIfAvailable { state in
            state.books = []
            state.changes = .nothing
            return true
        } ?? false
    }

    private static func bringUpToDate(_ state: inout State, _ db: Database) throws {
        let changes = state.changes
        let count = state.books.first?.book.tradeCount ?? 0
        if changes.isEverything || changes.trades.count > max(count / changedShareMax, 1000) {
            state.books = []
        } else {
            let find = try StatisticsStore(db).finder()
            for id in changes.trades {
                let trade = try find(id.cast())
                for index in state.books.indices { state.books[index].book.put(trade, id: id.cast()) }
            }
        }
        state.changes = .nothing
    }

    private static func index(of basis: StatisticsBasis, in state: inout State, _ db: Database) throws -> Int {
        if let index = state.books.firstIndex(where: { $0.basis == basis }) {
            state.books.append(state.books.remove(at: index))
        } else {
            if state.books.count == booksMax { state.books.removeFirst() }
            state.books.append((basis, try StatisticsBook(db, basis)))
        }
        return state.books.count - 1
    }
}

/// All closed trades of a journal, by quote currency.
package struct StatisticsBook: Sendable {
    private let basis: StatisticsBasis
    private var tables: [String: ClosedTrades] = [:]
    private var left: [String: LeftOut] = [:]
    /// The trades that something is left out of, to take them out of the counts again.
    private var leftOut: [ID<Trade>: PopulationTrade] = [:]
    /// Of names of setups and tags, as if no two trades shared one.
    private var nameBytes = 0

    private static let leftOutBytes = 512

    init(_ db: Database, _ basis: StatisticsBasis) throws {
        self.basis = basis
        var facts: [String: [TradeFacts]] = [:]
        try StatisticsStore(db).forEach { trade in
            try WorkBudget.spend(bytes: trade.facts?.nameBytes ?? 0)
            if let closed = trade.facts { facts[trade.quote, default: []].append(shown(closed)) }
            count(trade)
            nameBytes += trade.facts?.nameBytes ?? 0
        }
        tables = facts.mapValues { ClosedTrades($0, in: basis.calendar) }
    }

    /// How many closed trades each currency has, the most first.
    package var quotes: [(quote: String, count: Int)] {
        tables.map { ($0.key, $0.value.count) }.filter { $0.1 > 0 }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }

    /// An empty table for a currency without closed trades.
    package func closed(in quote: String) -> ClosedTrades { tables[quote] ?? ClosedTrades([], in: basis.calendar) }

    package func leftOut(in quote: String) -> LeftOut { left[quote] ?? LeftOut() }

    /// What it takes in memory, about.
    var memoryBytes: Int {
        tables.values.reduce(nameBytes + leftOut.count * Self.leftOutBytes) { $0 + $1.memoryBytes }
    }

    var tradeCount: Int { tables.values.reduce(leftOut.count) { $0 + $1.count } }

    mutating func prepare(startBalance: Amount?) {
        for quote in tables.keys { tables[quote]?.prepare(startBalance: startBalance) }
    }

    /// - Parameter trade: nil for one that is no more.
    mutating func put(_ trade: PopulationTrade?, id: ID<Trade>) {
        if let former = leftOut.removeValue(forKey: id) { left[former.quote]?.count(former, -1) }
        let quote = trade.flatMap { $0.facts == nil ? nil : $0.quote }
        for other in tables.keys where other != quote { tables[other]?.remove(id) }
        guard let trade else { return }
        if let facts = trade.facts {
            nameBytes += facts.nameBytes
            tables[trade.quote, default: ClosedTrades([], in: basis.calendar)].put(shown(facts))
        }
        count(trade)
    }

    private mutating func count(_ trade: PopulationTrade) {
        guard trade.isLeftOut else { return }
        leftOut[trade.id] = trade
        left[trade.quote, default: LeftOut()].count(trade, 1)
    }

    private func shown(_ facts: TradeFacts) -> TradeFacts { basis.isGross ? facts.beforeFees : facts }
}

extension TradeFacts {
    fileprivate var nameBytes: Int { tags.reduce(setup?.utf8.count ?? 0) { $0 + $1.utf8.count } }
}

extension JournalFile {
    /// Figures something from the closed trades as they are at this moment.
    ///
    /// The first question after the journal was opened reads all trades; later ones only what has changed since.
    ///
    /// - Parameter body: is given the database too, as of the same moment.
    package func statistics<T: Sendable>(
        _ basis: StatisticsBasis, startBalance: Amount?,
        _ body: @Sendable @escaping (StatisticsBook, Connection) throws -> T
    ) async throws -> T {
        try await read { [figures] db in
            try figures.read(db, basis, startBalance: startBalance) { try body($0, db) }
        }
    }
}
