import Primitives

/// What the closed part of an open position had cost, by average cost or first in, first out.
///
/// Average cost is the moving average: a later entry changes the cost of what is still open, never the profit that
/// was already realised. It is kept under either basis: dust goes into the next trade at it, so that a closed trade is
/// the same under both.
struct CostOfClosed: Sendable {
    private(set) var average = AverageCost()
    private var lots: Lots?

    init(_ basis: Account.CostBasis, _ contract: ContractTerms) {
        lots = basis == .fifo ? Lots(contract) : nil
    }

    /// Begins with what a trade before has left.
    mutating func carry(size: Int128, cost: WideInteger) {
        average.enter(size: size, notional: cost)
        lots?.carry(size: size, cost: cost)
    }

    mutating func enter(price: Amount, size: Int128, notional: WideInteger) {
        average.enter(size: size, notional: notional)
        lots?.enter(price: price, size: size)
    }

    mutating func exit(size: Int128) {
        average.exit(size: size)
        lots?.exit(size: size)
    }

    /// In units of 10⁻³⁶ of the currency that profits are in; nil when a sum does not fit.
    var total: WideInteger? {
        guard let lots else { return average.total }
        return lots.total
    }
}

/// The moving average as two pairs of exact sums: the position at its last entry and its cost, and what was closed
/// before and since. The division waits for the next entry, so slicing a closing fill changes nothing.
struct AverageCost: Sendable {
    private var settled = WideInteger.zero
    private var cost = WideInteger.zero
    private var size = WideInteger.zero
    private var closedSince = WideInteger.zero
    private var isLost = false

    mutating func enter(size entered: Int128, notional: WideInteger) {
        if !closedSince.isZero {
            if let share = closedShare {
                settled += share
                cost -= share
            } else {
                isLost = true
            }
            size -= closedSince
            closedSince = .zero
        }
        cost += notional
        size += WideInteger(entered)
    }

    mutating func exit(size closed: Int128) { closedSince += WideInteger(closed) }

    private var closedShare: WideInteger? {
        guard let part = closedSince.narrowed, let whole = size.narrowed else { return nil }
        return cost.scaled(by: part, over: whole)
    }

    var total: WideInteger? {
        guard !isLost, let share = closedShare else { return nil }
        var total = settled
        total += share
        return total
    }
}

/// The entries that are still open, oldest first.
struct Lots: Sendable {
    private var lots: [(price: Int128, size: Int128)] = []
    private var first = 0
    private var closed = WideInteger.zero
    private var isLost = false
    private let contract: ContractTerms
    /// What a trade before has left: the oldest of all, with a cost of its own instead of a price.
    private var carried: (size: Int128, cost: WideInteger, taken: Int128)?

    init(_ contract: ContractTerms) { self.contract = contract }

    mutating func carry(size: Int128, cost: WideInteger) { carried = (size, cost, 0) }

    mutating func enter(price: Amount, size: Int128) { lots.append((price.units, size)) }

    mutating func exit(size: Int128) {
        var rest = size
        if let carried {
            let taken = min(rest, carried.size - carried.taken)
            self.carried?.taken += taken
            rest -= taken
        }
        while rest > 0, first < lots.count {
            let taken = min(rest, lots[first].size)
            if let worth = contract.worth(of: taken, at: Amount(units: lots[first].price)) {
                closed += worth
            } else {
                isLost = true
            }
            lots[first].size -= taken
            rest -= taken
            if lots[first].size == 0 { first += 1 }
        }
    }

    var total: WideInteger? {
        if isLost { return nil }
        guard let carried else { return closed }
        guard var total = carried.cost.scaled(by: carried.taken, over: carried.size) else { return nil }
        total += closed
        return total
    }
}
