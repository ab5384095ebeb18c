import Primitives

/// What the closed part of an open position had cost, by average cost or first in, first out.
///
/// Average cost is the moving average: a later entry changes the cost of what is still open, never the profit that
/// was already realised.
enum CostOfClosed: Sendable {
    case average(AverageCost)
    case fifo(Lots)

    init(_ basis: Account.CostBasis) {
        self =
            switch basis {
            case .average: .average(AverageCost())
            case .fifo: .fifo(Lots())
            }
    }

    mutating func enter(price: Amount, quantity: Amount, notional: WideInteger) {
        switch self {
        case .average(var average):
            average.enter(quantity: quantity, notional: notional)
            self = .average(average)
        case .fifo(var lots):
            // Let go of the array before appending to it, or every entry would copy it.
            self = .fifo(Lots())
            lots.enter(price: price, quantity: quantity)
            self = .fifo(lots)
        }
    }

    mutating func exit(quantity: Amount) {
        switch self {
        case .average(var average):
            average.exit(quantity: quantity)
            self = .average(average)
        case .fifo(var lots):
            self = .fifo(Lots())
            lots.exit(quantity: quantity)
            self = .fifo(lots)
        }
    }

    /// In units of 10⁻³⁶ of the quote currency; nil when a sum does not fit.
    var total: WideInteger? {
        switch self {
        case .average(let average): average.total
        case .fifo(let lots): lots.total
        }
    }
}

/// The moving average as two pairs of exact sums: the position at its last entry and its cost, and what was closed
/// before and since. The division waits for the next entry, so slicing a closing fill changes nothing.
struct AverageCost: Sendable {
    private var settled = WideInteger.zero
    private var cost = WideInteger.zero
    private var quantity = WideInteger.zero
    private var closedSince = WideInteger.zero
    private var isLost = false

    mutating func enter(quantity entered: Amount, notional: WideInteger) {
        if !closedSince.isZero {
            if let share = closedShare {
                settled += share
                cost -= share
            } else {
                isLost = true
            }
            quantity -= closedSince
            closedSince = .zero
        }
        cost += notional
        quantity += WideInteger(entered.units)
    }

    mutating func exit(quantity closed: Amount) { closedSince += WideInteger(closed.units) }

    private var closedShare: WideInteger? {
        guard let part = closedSince.narrowed, let whole = quantity.narrowed else { return nil }
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
    private var lots: [(price: Int128, quantity: Int128)] = []
    private var first = 0
    private(set) var total: WideInteger = .zero

    mutating func enter(price: Amount, quantity: Amount) { lots.append((price.units, quantity.units)) }

    mutating func exit(quantity: Amount) {
        var rest = quantity.units
        while rest > 0, first < lots.count {
            let taken = min(rest, lots[first].quantity)
            total += WideInteger(lots[first].price, times: taken)
            lots[first].quantity -= taken
            rest -= taken
            if lots[first].quantity == 0 { first += 1 }
        }
    }
}
