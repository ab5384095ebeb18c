import Journal
import Primitives
import Testing

/// `fixtures/trips`: what Python's rational numbers make of the same fills, to the last digit.
struct RoundTripFixtureTests {
    static let names = [
        "plain", "reversals", "fees_in_base", "fees_in_other_coins", "every_decimal", "dust", "large", "wallet",
        "wallet_lot", "wallet_unknown_kind", "from_elsewhere", "spot_with_words", "spot_on_margin", "mid_position",
        "contracts", "inverse", "inverse_small",
    ]

    /// What a fixture says of its market, and its fills with what was said that they had cost.
    private struct Market {
        let fixture: JSONTree
        let fills: [(fill: Fill, cost: Amount?)]

        init(_ name: String) throws {
            fixture = try Fixture.tree("trips/\(name).json")
            let symbol = try #require(fixture["symbol"].string)
            let fills = try Fixture.fills(
                fixture["fills"], account: ID(rawValue: 1), symbol: symbol,
                kind: fixture["kind"].string.flatMap(MarketKind.init(rawValue:)))
            self.fills = Array(zip(fills, Fixture.costs(fixture["fills"]))).map { (fill: $0.0, cost: $0.1) }
        }

        func builder(_ basis: Account.CostBasis) -> MarketBuilder {
            let fill = fills[0].fill
            let cut = fill.symbol.lastIndex(of: "_") ?? fill.symbol.startIndex
            let quote = String(fill.symbol[fill.symbol.index(after: cut)...])
            let fixture = fixture
            return MarketBuilder(kindlessAs: nil) { book in
                RoundTripBuilder(
                    BookTerms(
                        account: fill.account,
                        Instrument(
                            exchange: "", symbol: fill.symbol, kind: book.kind, base: String(fill.symbol[..<cut]),
                            quote: quote, multiplier: Amount(fixture["multiplier"].string ?? "") ?? Amount(whole: 1),
                            lot: fixture["lot"].string.flatMap { Amount($0) }),
                        leg: book.leg, costBasis: basis, isMargin: fixture["margin"].isTrue))
            }
        }
    }

    @Test(arguments: names + ["too_large", "legs"], Account.CostBasis.allCases)
    func `an independent derivation agrees to the digit`(name: String, basis: Account.CostBasis) throws {
        let market = try Market(name)
        var builder = market.builder(basis)
        var trips: [RoundTrip] = []
        var unmatched: [JSONTree] = []
        for (fill, cost) in market.fills {
            let outcome = try builder.add(fill, cost: cost)
            if let closed = outcome.closed { trips.append(closed) }
            if let said = outcome.said { trips.append(said) }
            if let quantity = outcome.unmatched {
                unmatched.append(.list([.text(String(fill.id.rawValue)), JSONTree(quantity)]))
            }
        }
        trips += builder.pending
        #expect(trips.count > 3)
        // The oracle goes through one leg after the other.
        let byBook = Dictionary(grouping: trips.indices) { trips[$0].book.leg?.rawValue ?? "" }
        let order = ["", "long", "short"].flatMap { byBook[$0] ?? [] }
        #expect(
            JSONTree.list(order.map { JSONTree(trips[$0]) }).differences(from: market.fixture[basis.rawValue]) == [])
        #expect(JSONTree.list(unmatched).differences(from: market.fixture["unmatched"]) == [])
    }

    @Test(arguments: names, Account.CostBasis.allCases)
    func `what is realised agrees after every fill`(name: String, basis: Account.CostBasis) throws {
        let market = try Market(name)
        var builder = market.builder(basis)
        var realised: [JSONTree] = []
        for (fill, cost) in market.fills {
            _ = try builder.add(fill, cost: cost)
            let open = builder.pending.first { $0.isOpen }
            realised.append(JSONTree(open?.figures?.gross))
        }
        #expect(JSONTree.list(realised).differences(from: market.fixture["\(basis.rawValue)_realised"]) == [])
    }
}

extension JSONTree {
    fileprivate init(_ trip: RoundTrip) {
        self = .object([
            "anchor": JSONTree(Int64(trip.anchor.rawValue)),
            "direction": .text(trip.direction.rawValue),
            "opened_at": JSONTree(trip.openedAt.milliseconds),
            "closed_at": JSONTree(trip.closedAt?.milliseconds),
            "fills": .list(
                trip.fills.map {
                    .list([.text(String($0.fill.rawValue)), JSONTree($0.quantity), .text($0.role.rawValue)])
                }),
            "figures": trip.figures.map(JSONTree.init) ?? .null,
            "rest": trip.rest.map { .list([JSONTree($0.quantity), JSONTree($0.cost)]) } ?? .null,
            "partial": .flag(trip.isPartial),
        ])
    }

    fileprivate init(_ figures: RoundTrip.Figures) {
        self = .object([
            "quantity": JSONTree(figures.quantity), "open_quantity": JSONTree(figures.openQuantity),
            "entry_price": JSONTree(figures.entryPrice), "exit_price": JSONTree(figures.exitPrice),
            "entry_notional": JSONTree(figures.entryNotional), "exit_notional": JSONTree(figures.exitNotional),
            "gross": JSONTree(figures.gross), "fees": JSONTree(figures.fees), "net": JSONTree(figures.net),
            "other_fees": .list(figures.otherFees.map { .list([.text($0.coin), JSONTree($0.amount)]) }),
        ])
    }
}
