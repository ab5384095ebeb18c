import Primitives

/// Derives round trips from the fills of one book, fed in order of time, sequence and id.
///
/// A trip starts when the position leaves zero and ends when it returns, or when so little is left that it cannot be sold
/// and the next fill opens again. A fill that crosses zero is split between two trips, quantity and fee pro rata; the trip
/// it opens takes the remainder, so no unit is lost. What a fill closes beyond what is held, and does not open, was opened
/// by no fill here: it makes no trade. Memory is bounded by the allocations of the one open trip. Feeding a longer list
/// never changes a trip that was given out.
package struct RoundTripBuilder: Sendable {
    /// What a fill brought about.
    package struct Outcome: Sendable {
        /// The trip that it ended.
        package var closed: RoundTrip?
        /// How much of it closed what no fill had opened.
        package var unmatched: Amount?
        /// The trade that this makes all the same, a person having said what it had cost.
        package var said: RoundTrip?
    }

    private let costBasis: Account.CostBasis
    private var terms: BookTerms?
    private var last: Fill.Place?
    private var running: RunningTrip?
    /// What the trip before has left.
    private var rest: RoundTrip.Rest?

    /// Takes the terms from the first fill.
    package init(costBasis: Account.CostBasis = .average) { self.costBasis = costBasis }

    /// - Parameter rest: what was left of the trip before the first fill.
    package init(_ terms: BookTerms, after rest: RoundTrip.Rest? = nil) {
        self.terms = terms
        self.rest = rest
        costBasis = terms.costBasis
    }

    /// The trip that a later fill may still change: open, or closed but for dust.
    package var pending: RoundTrip? {
        guard let running, let terms else { return nil }
        return running.roundTrip(terms)
    }

    /// Takes the next fill.
    ///
    /// Throws, and leaves the builder as it was, when the quantity is not above zero or the price not above what it may be,
    /// when the fill belongs to another account or symbol than the first, or when it does not come after the one before. An
    /// amount that overflows does not throw: it leaves its trip without figures, so that one absurd fill cannot hide the
    /// others.
    ///
    /// - Parameter cost: what a person says was paid for what the fill closes and no fill opened.
    package mutating func add(_ fill: Fill, cost: Amount? = nil) throws(Failure) -> Outcome {
        guard fill.canMakeTrade else { throw .fillNotPositive }
        let terms = self.terms ?? BookTerms(fill, costBasis: costBasis)
        guard fill.account == terms.account, fill.symbol == terms.symbol else { throw .fillOfAnotherMarket }
        let place = Fill.Place(fill)
        if let last, place <= last { throw .fillOutOfOrder }
        self.terms = terms
        last = place

        let moved = terms.moved(by: fill)
        guard let held = running?.held, running?.direction != Direction(opening: fill.side) else {
            guard terms.mayOpen(fill, besideClosing: false) else {
                return unmatched(moved, fee: fill.fee, of: fill, cost: cost, terms)
            }
            return Outcome(closed: enter(fill, quantity: moved, fee: fill.fee, terms))
        }
        guard let closing = held.narrowed.map(Amount.init(units:)), closing <= moved else {
            running?.exit(fill, quantity: moved, fee: terms.fee(fill.fee, of: fill), terms)
            return Outcome()
        }
        guard let beyond = try? moved - closing, !beyond.isZero,
            let closingFee = try? fill.fee.scaled(by: closing, over: moved), let feeBeyond = try? fill.fee - closingFee
        else {
            return Outcome(closed: close(fill, quantity: closing, fee: fill.fee, isShared: false, terms))
        }
        guard terms.mayOpen(fill, besideClosing: true) else {
            running?.isPartial = cost == nil
            let closed = close(fill, quantity: closing, fee: closingFee, isShared: cost != nil, terms)
            var outcome = unmatched(beyond, fee: feeBeyond, of: fill, cost: cost, terms)
            outcome.closed = closed
            return outcome
        }
        let closed = close(fill, quantity: closing, fee: closingFee, isShared: true, terms)
        _ = enter(fill, quantity: beyond, fee: feeBeyond, terms)
        return Outcome(closed: closed)
    }

    /// - Returns: the trip that nothing changes any more, where this one opens beside its dust.
    private mutating func enter(_ fill: Fill, quantity: Amount, fee: Amount, _ terms: BookTerms) -> RoundTrip? {
        var closed: RoundTrip?
        if let dust = running?.dust {
            closed = running?.roundTrip(terms)
            rest = dust
            running = nil
        }
        if running == nil {
            running = RunningTrip(openedBy: fill, carrying: rest, terms)
            rest = nil
        }
        running?.enter(fill, quantity: quantity, fee: terms.fee(fee, of: fill), terms)
        return closed
    }

    private mutating func close(
        _ fill: Fill, quantity: Amount, fee: Amount, isShared: Bool, _ terms: BookTerms
    ) -> RoundTrip? {
        running?.exit(fill, quantity: quantity, fee: terms.fee(fee, of: fill), terms)
        defer { running = nil }
        return running?.roundTrip(terms, isShared: isShared)
    }

    private func unmatched(
        _ quantity: Amount, fee: Amount, of fill: Fill, cost: Amount?, _ terms: BookTerms
    ) -> Outcome {
        let said = cost.map {
            RunningTrip(closedBy: fill, quantity: quantity, fee: terms.fee(fee, of: fill), cost: $0, terms)
                .roundTrip(terms)
        }
        return Outcome(unmatched: quantity, said: said)
    }
}

extension RoundTrip {
    /// The trips of an ordered list of fills of one book: those that ended in the order they did, then the one that a
    /// later fill may still change. Throws as `RoundTripBuilder.add` does.
    package static func derive(
        from fills: some Sequence<Fill>, costBasis: Account.CostBasis = .average
    ) throws(Failure) -> [RoundTrip] {
        var builder = RoundTripBuilder(costBasis: costBasis)
        var trips: [RoundTrip] = []
        for fill in fills {
            let outcome = try builder.add(fill)
            if let closed = outcome.closed { trips.append(closed) }
        }
        if let pending = builder.pending { trips.append(pending) }
        return trips
    }
}

extension Fill {
    /// Only what ends something may have no price.
    package var canMakeTrade: Bool { quantity > .zero && (price > .zero || price.isZero && effect == .closes) }

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
