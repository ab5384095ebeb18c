import Primitives

/// Derives round trips from the fills of one account and symbol, fed in order of time, sequence and id.
///
/// A trip starts when the position leaves zero and ends when it returns. A fill that crosses zero is split between two
/// trips, quantity and fee pro rata; the trip it opens takes the remainder, so no unit is lost. Memory is bounded by the
/// allocations of the one open trip. Feeding a longer list never changes a trip that was already closed.
package struct RoundTripBuilder: Sendable {
    package let costBasis: Account.CostBasis
    private var market: Market?
    private var last: Fill.Place?
    private var running: RunningTrip?

    package init(costBasis: Account.CostBasis = .average) { self.costBasis = costBasis }

    /// The trip that has not returned to flat, with what it has realised so far.
    package var open: RoundTrip? {
        guard let running, let market else { return nil }
        return running.roundTrip(in: market, closedAt: nil)
    }

    /// Takes the next fill and returns the trip that it closed, if it closed one.
    ///
    /// Throws, and leaves the builder as it was, when the price or quantity is not above zero, when the fill belongs to
    /// another account or symbol than the first, or when it does not come after the one before. An amount that overflows
    /// does not throw: it leaves its trip without figures, so that one absurd fill cannot hide the others.
    package mutating func add(_ fill: Fill) throws(Failure) -> RoundTrip? {
        guard fill.price > .zero, fill.quantity > .zero else { throw .fillNotPositive }
        let market = self.market ?? Market(fill)
        guard fill.account == market.account, fill.symbol == market.symbol else { throw .fillOfAnotherMarket }
        let place = Fill.Place(fill)
        if let last, place <= last { throw .fillOutOfOrder }

        guard let held = running?.held, running?.direction != Direction(opening: fill.side) else {
            start(with: fill, quantity: fill.quantity, fee: fill.fee, in: market, at: place)
            return nil
        }
        guard let closing = held.narrowed.map(Amount.init(units:)), closing <= fill.quantity else {
            running?.exit(fill, quantity: fill.quantity, fee: market.fee(fill.fee, of: fill))
            last = place
            return nil
        }
        let rest = try fill.quantity - closing
        let closingFee = rest.isZero ? fill.fee : try fill.fee.scaled(by: closing, over: fill.quantity)
        let restFee = try fill.fee - closingFee
        running?.exit(fill, quantity: closing, fee: market.fee(closingFee, of: fill))
        let closed = running?.roundTrip(in: market, closedAt: fill.time)
        running = nil
        last = place
        if !rest.isZero { start(with: fill, quantity: rest, fee: restFee, in: market, at: place) }
        return closed
    }

    private mutating func start(
        with fill: Fill, quantity: Amount, fee: Amount, in market: Market, at place: Fill.Place
    ) {
        self.market = market
        last = place
        if running == nil { running = RunningTrip(openedBy: fill, costBasis: costBasis) }
        running?.enter(fill, quantity: quantity, fee: market.fee(fee, of: fill))
    }
}

extension RoundTrip {
    /// The trips of an ordered list of fills: the closed ones in the order they closed, then the open one. Throws as
    /// `RoundTripBuilder.add` does.
    package static func derive(
        from fills: some Sequence<Fill>, costBasis: Account.CostBasis = .average
    ) throws(Failure) -> [RoundTrip] {
        var builder = RoundTripBuilder(costBasis: costBasis)
        var trips: [RoundTrip] = []
        for fill in fills {
            if let closed = try builder.add(fill) { trips.append(closed) }
        }
        if let open = builder.open { trips.append(open) }
        return trips
    }
}

extension Fill {
    /// Where a fill stands among those of its account and symbol. Two fills never stand in one place.
    package struct Place: Hashable, Comparable, Sendable {
        package let time: Timestamp
        package let sequence: Int64
        package let id: ID<Fill>

        package init(_ fill: Fill) {
            time = fill.time
            sequence = fill.sequence
            id = fill.id
        }

        package static func < (left: Self, right: Self) -> Bool {
            if left.time != right.time { return left.time < right.time }
            if left.sequence != right.sequence { return left.sequence < right.sequence }
            return left.id < right.id
        }
    }
}

extension Failure {
    package static let fillNotPositive = Failure(
        .invalid, "fill.not_positive", "A fill's price and quantity must be above zero: correct or set aside the fill.")
    package static let fillOfAnotherMarket = Failure(
        .internal, "fill.of_another_market", "Round trips are derived for one account and symbol at a time.")
    package static let fillOutOfOrder = Failure(
        .internal, "fill.out_of_order", "Round trips need their fills by time, sequence and id, each of them once.")
}
