import Primitives

/// Of which kinds and legs the fills of a market are: what books they make.
package struct MarketBooks: Hashable, Sendable {
    /// Three bits for each kind, one for each leg; the lowest three are of fills that do not say their kind.
    package private(set) var bits: Int64

    package init(bits: Int64 = 0) { self.bits = bits }

    package mutating func insert(_ fill: Fill) {
        let leg: Int64 =
            switch fill.leg {
            case nil: 1
            case .long: 2
            case .short: 4
            }
        bits |= leg << Self.place(fill.marketKind)
    }

    package func union(_ other: MarketBooks) -> MarketBooks { MarketBooks(bits: bits | other.bits) }

    /// Whether its fills are of several kinds, or some do not say.
    package var isMixed: Bool { Self.kinds.count { has($0) } > 1 }

    /// What fills that do not say are taken to be of: the one kind that there is, or the first of several.
    package var ofKindless: MarketKind? { has(nil) ? MarketKind.allCases.first { has($0) } : nil }

    package var books: Set<Book> {
        var books: Set<Book> = []
        for kind in Self.kinds {
            let legs = bits >> Self.place(kind) & 7
            for (bit, leg) in [(1, nil), (2, .long), (4, .short)] as [(Int64, Direction?)] where legs & bit != 0 {
                books.insert(Book(kind: kind ?? ofKindless, leg: leg))
            }
        }
        return books
    }

    private func has(_ kind: MarketKind?) -> Bool { bits >> Self.place(kind) & 7 != 0 }

    private static let kinds: [MarketKind?] = [nil] + MarketKind.allCases

    private static func place(_ kind: MarketKind?) -> Int64 {
        switch kind {
        case nil: 0
        case .spot: 3
        case .margin: 6
        case .perpetual: 9
        case .future: 12
        case .option: 15
        case .stock: 18
        case .forex: 21
        case .cfd: 24
        case .inversePerpetual: 27
        case .inverseFuture: 30
        }
    }
}
