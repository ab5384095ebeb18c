import Primitives

/// How quantities of a market turn into money.
package struct ContractTerms: Hashable, Sendable {
    /// How much one unit of quantity is: of the base, or of the quote currency where contracts are inverse.
    package let multiplier: Amount
    /// Counted in the quote currency and paid in the base: `size / price` is what it is worth.
    package let isInverse: Bool

    package init(multiplier: Amount = one, isInverse: Bool = false) {
        self.multiplier = multiplier
        self.isInverse = isInverse
    }

    /// Without a kind nothing is inverse.
    package init(multiplier: Amount, _ kind: MarketKind?) {
        self.init(multiplier: multiplier, isInverse: kind?.isInverse ?? false)
    }

    package static let one = Amount(whole: 1)

    // MARK: Exact sums, for the trips

    /// How much a quantity is; nil where that has more decimals than there are, and so would be rounded.
    func size(of quantity: Int128) -> Int128? {
        if multiplier == Self.one { return quantity }
        return Amount(units: quantity).exactly(times: multiplier)?.units
    }

    /// What a size is worth at a price, in units of 10⁻³⁶ of the currency that profits are in: exact, or of an inverse
    /// contract rounded in the last of its 36 decimals. Nil for an inverse contract without a price.
    func worth(of size: Int128, at price: Amount) -> WideInteger? {
        guard isInverse else { return WideInteger(size, times: price.units) }
        return WideInteger(size, times: Self.smallParts, over: price.units)
    }

    /// The price at which a size is worth so much: the average of what was summed. Nil where that is no amount.
    func price(of size: Int128, worth: WideInteger) -> Int128? {
        guard isInverse else { return worth.divided(by: size) }
        return WideInteger(size, times: Self.smallParts).ratio(to: worth)
    }

    /// What entries and exits of equal size bring.
    func gain(_ direction: Direction, entries: WideInteger, exits: WideInteger) -> WideInteger {
        (direction == .long) == isInverse ? entries - exits : exits - entries
    }

    private static let smallParts: Int128 = 1_000_000_000_000_000_000_000_000_000_000_000_000

    // MARK: Amounts, for the figures of a trade

    /// What a quantity is worth at a price; nil where that is no amount.
    package func notional(_ quantity: Amount, at price: Amount) -> Amount? {
        guard isInverse else { return try? price * (quantity * multiplier) }
        return (try? quantity * multiplier).flatMap { worth(of: $0.units, at: price)?.amount }
    }

    /// How much the value of a quantity changes from one price to another, above zero or zero; nil where that is no amount.
    package func difference(_ quantity: Amount, from start: Amount, to end: Amount) -> Amount? {
        guard let size = try? quantity * multiplier else { return nil }
        guard isInverse else {
            guard let distance = try? start - end else { return nil }
            return try? distance.magnitude * size
        }
        guard let before = worth(of: size.units, at: start), let after = worth(of: size.units, at: end) else {
            return nil
        }
        return (before - after).amount?.magnitude
    }
}
