import Primitives

/// A trade as the fills tell it: from flat, to a position, to flat again.
///
/// Never stored as a fact and never synced: it is a function of the fills of one account and symbol, so no merge can
/// make it wrong. `RoundTripBuilder` derives it.
package struct RoundTrip: Hashable, Sendable {
    /// The whole or the part of a fill that belongs to this trip. A fill that crosses zero has one in each of two trips.
    package struct Allocation: Hashable, Sendable {
        package enum Role: String, Sendable { case opening, closing }

        package let fill: ID<Fill>
        /// In the base currency, above zero.
        package let quantity: Amount
        package let role: Role
    }

    /// Fees paid in one coin that is neither the base nor the quote of the symbol.
    package struct CoinFee: Hashable, Sendable {
        package let coin: String
        /// In that coin; negative for a rebate, never zero.
        package let amount: Amount
    }

    /// What the trip comes to. Prices and money are in the quote currency, quantities in the base currency; each figure
    /// is rounded once, half away from zero, from exact sums.
    package struct Figures: Hashable, Sendable {
        /// The total ever opened, not the largest position.
        package let quantity: Amount
        /// What is still open; zero when the trip is closed.
        package let openQuantity: Amount
        /// Average price of the opening fills, weighted by quantity.
        package let entryPrice: Amount
        /// Average price of the closing fills, weighted by quantity; nil while nothing is closed.
        package let exitPrice: Amount?
        /// The sum of price × quantity over the opening fills.
        package let entryNotional: Amount
        /// The sum of price × quantity over the closing fills.
        package let exitNotional: Amount
        /// Profit before fees. Closed: the difference of the notionals, with nothing lost to an average. Open: what the
        /// closing fills have realised so far, by the account's cost basis.
        package let gross: Amount
        /// Fees paid in the quote currency, and those in the base currency at the price of their own fill. Negative when
        /// rebates outweigh them.
        package let fees: Amount
        /// Sorted by coin. They are in no other figure: what they were worth is not in the fills.
        package let otherFees: [CoinFee]
        /// `gross - fees`.
        package let net: Amount
    }

    /// The first opening fill: the trade's id derives from it and annotations hang on it. A fill that crosses zero
    /// anchors the trip it opens, so a fill anchors at most one trip.
    package let anchor: ID<Fill>
    package let account: ID<Account>
    package let symbol: String
    package let direction: Direction
    package let openedAt: Timestamp
    /// The time of the fill that returned the position to zero; nil while it is open.
    package let closedAt: Timestamp?
    /// In the order of the fills; never empty.
    package let fills: [Allocation]
    /// Nil when a figure is larger than an amount can be (1.7 × 10²⁰): better none than a wrong one.
    package let figures: Figures?

    package var isOpen: Bool { closedAt == nil }
    /// The trip stands, but its figures could not be computed.
    package var isUncertain: Bool { figures == nil }
}
