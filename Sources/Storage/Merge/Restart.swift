import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// From where a market can be derived anew: a moment at which no book holds anything but dust that is settled.
struct Restart {
    /// What comes later is derived; `Int64.min` for all of it.
    let after: Int64
    /// The dust with which books go on.
    let rests: [Book: RoundTrip.Rest]

    static let fromNothing = Restart(after: .min, rests: [:])

    /// The latest one before the first change.
    ///
    /// - Parameter known: the books that the market has so far.
    static func find(
        _ db: Database, _ market: JournalChanges.Market, before start: Int64, _ known: MarketBooks
    ) throws -> Restart {
        guard start > .min else { return fromNothing }
        let search = try Search(db, market, start, known.books)
        var after = start - 1
        while true {
            let state = try search.state(at: after)
            guard let earliest = state.unsettledSince else {
                return state.last.isEmpty
                    ? fromNothing : Restart(after: after, rests: state.last.compactMapValues(\.rest))
            }
            guard earliest > .min else { return fromNothing }
            after = earliest - 1
        }
    }

    /// The last trip of each book at a moment.
    private struct State {
        var last: [Book: Past] = [:]
        /// When the first trip began that was not over, or whose end a change may still move.
        private(set) var unsettledSince: Int64?

        mutating func note(_ opened: Int64) { unsettledSince = min(unsettledSince ?? opened, opened) }
    }

    private struct Past {
        let opened: Int64
        /// Nil while it is open.
        let closed: Int64?
        let rest: RoundTrip.Rest?
    }

    private struct Search {
        private let books: Set<Book>
        private let start: Int64
        private let past: PreparedStatement
        private let next: PreparedStatement

        /// A trip of one fill is one whose beginning a person told of: it may lie within another.
        private static let condition = """
            account = ?1 AND symbol = ?2 AND first_fill IS NOT NULL AND (fill_count > 1 OR closed_ms IS NULL)
            """

        init(_ db: Database, _ market: JournalChanges.Market, _ start: Int64, _ books: Set<Book>) throws {
            self.books = books
            self.start = start
            past = try PreparedStatement(
                db,
                """
                SELECT opened_ms, closed_ms, market_kind, leg, rest_quantity, rest_cost FROM round_trip
                WHERE \(Self.condition) AND opened_ms <= ?3 ORDER BY opened_ms DESC
                """)
            next = try PreparedStatement(
                db,
                """
                SELECT 1 FROM round_trip
                WHERE \(Self.condition) AND opened_ms > ?3 AND opened_ms < ?4 AND market_kind IS ?5 AND leg IS ?6 LIMIT 1
                """)
            for statement in [past, next] {
                statement.bind(1, market.account)
                statement.bind(2, market.symbol)
            }
        }

        func state(at moment: Int64) throws -> State {
            var state = State()
            past.bind(3, moment)
            defer { past.reset() }
            while try past.step() {
                let opened = past.integer(0)
                // All books are known, and so are all trips that began in the same moment as one of them.
                if state.last.count >= books.count, state.last.values.allSatisfy({ $0.opened > opened }) { break }
                let book = Book(
                    kind: MarketKind(rawValue: past.text(2)), leg: Direction(rawValue: past.text(3)))
                let trip = Past(opened: opened, closed: past.isNull(1) ? nil : past.integer(1), rest: rest)
                let isOver = trip.closed.map { $0 <= moment } ?? false
                if let later = state.last[book] {
                    // Of trips that began in one moment it is not told which was the last.
                    let isUnclear = later.opened == opened && (!isOver || trip.rest != nil || later.rest != nil)
                    if isUnclear { state.note(opened) }
                    continue
                }
                state.last[book] = trip
                if try !isOver || (trip.rest != nil && !hasNext(book, after: moment)) { state.note(opened) }
            }
            return state
        }

        private var rest: RoundTrip.Rest? {
            guard !past.isNull(4), let quantity = Amount(past.text(4)) else { return nil }
            return RoundTrip.Rest(quantity: quantity, cost: past.isNull(5) ? nil : Amount(past.text(5)))
        }

        /// Whether the book's next trip began before the first change, so that nothing moves the end of this one.
        private func hasNext(_ book: Book, after moment: Int64) throws -> Bool {
            next.bind(3, moment)
            next.bind(4, start)
            if let kind = book.kind { next.bind(5, kind.rawValue) } else { next.bindNull(5) }
            if let leg = book.leg { next.bind(6, leg.rawValue) } else { next.bindNull(6) }
            defer { next.reset() }
            return try next.step()
        }
    }
}
