import Primitives

/// Derives the round trips of one account and symbol: of each of its books apart, from fills in their common order.
package struct MarketBuilder {
    /// The kind that fills without one are taken to be of.
    private let kindlessAs: MarketKind?
    private let make: (Book) throws -> RoundTripBuilder
    /// Few: one for most markets.
    private var books: [(book: Book, builder: RoundTripBuilder)] = []
    /// Of the fills so far.
    package private(set) var seen = MarketBooks()

    /// - Parameter make: begins a book when its first fill comes.
    package init(kindlessAs kind: MarketKind?, _ make: @escaping (Book) throws -> RoundTripBuilder) {
        kindlessAs = kind
        self.make = make
    }

    /// See `RoundTripBuilder.add`.
    package mutating func add(_ fill: Fill, cost: Amount? = nil) throws -> RoundTripBuilder.Outcome {
        guard fill.canMakeTrade else { throw Failure.fillNotPositive }
        seen.insert(fill)
        let book = Book(kind: fill.marketKind ?? kindlessAs, leg: fill.leg)
        if let index = books.firstIndex(where: { $0.book == book }) {
            return try books[index].builder.add(fill, cost: cost)
        }
        books.append((book, try make(book)))
        return try books[books.count - 1].builder.add(fill, cost: cost)
    }

    /// Each book's trip that a later fill may still change.
    package var pending: [RoundTrip] { books.compactMap(\.builder.pending) }
}
