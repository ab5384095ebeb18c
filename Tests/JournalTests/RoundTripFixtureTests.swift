import Journal
import Primitives
import Testing

/// `fixtures/trips`: what Python's rational numbers make of the same fills, to the last digit.
struct RoundTripFixtureTests {
    static let names = [
        "plain", "reversals", "fees_in_base", "fees_in_other_coins", "every_decimal", "dust", "large", "too_large",
    ]

    @Test(arguments: names, Account.CostBasis.allCases)
    func `an independent derivation agrees to the digit`(name: String, basis: Account.CostBasis) throws {
        let fixture = try Fixture.tree("trips/\(name).json")
        let symbol = try #require(fixture["symbol"].string)
        let fills = try Fixture.fills(fixture["fills"], account: ID(rawValue: 1), symbol: symbol)
        let trips = try RoundTrip.derive(from: fills, costBasis: basis)
        #expect(trips.count > 3)
        #expect(JSONTree.list(trips.map(JSONTree.init)).differences(from: fixture[basis.rawValue]) == [])
    }

    @Test(arguments: names.dropLast(), Account.CostBasis.allCases)
    func `what is realised agrees after every fill`(name: String, basis: Account.CostBasis) throws {
        let fixture = try Fixture.tree("trips/\(name).json")
        let symbol = try #require(fixture["symbol"].string)
        var builder = RoundTripBuilder(costBasis: basis)
        var realised: [JSONTree] = []
        for fill in try Fixture.fills(fixture["fills"], account: ID(rawValue: 1), symbol: symbol) {
            _ = try builder.add(fill)
            realised.append(JSONTree(builder.open?.figures?.gross))
        }
        #expect(JSONTree.list(realised).differences(from: fixture["\(basis.rawValue)_realised"]) == [])
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
