import Primitives

/// A trade as the fills tell it: from flat, to a position, to flat again.
///
/// Never stored as a fact and never synced: it is a function of the fills of one book, so no merge can make it wrong.
/// `RoundTripBuilder` derives it. On spot markets, what is left and too little to be sold ends it too: such dust begins
/// the next trade, at what it had cost.
package struct RoundTrip: Hashable, Sendable {
    /// The whole or the part of a fill that belongs to this trip. A fill that crosses zero has one in each of two trips.
    package struct Allocation: Hashable, Sendable {
        package enum Role: String, Sendable { case opening, closing }

        package let fill: ID<Fill>
        /// How far it moved the position, above zero: less than was bought, or more than was sold, where the fee was taken
        /// in the coin itself.
        package let quantity: Amount
        package let role: Role
    }

    /// What is left of a trade and too little to be sold.
    package struct Rest: Hashable, Sendable {
        package let quantity: Amount
        /// At the average of the trade; nil where that cannot be told.
        package let cost: Amount?

        package init(quantity: Amount, cost: Amount?) {
            self.quantity = quantity
            self.cost = cost
        }
    }

    /// Fees paid in one coin that is neither the base nor the quote of the symbol.
    package struct CoinFee: Hashable, Sendable {
        package let coin: String
        /// In that coin; negative for a rebate, never zero.
        package let amount: Amount
    }

    /// What the trip comes to. Prices are in the quote currency, money in that or in the coin of an inverse contract,
    /// quantities in the base currency or in contracts; each figure is rounded once, half away from zero, from exact sums.
    package struct Figures: Hashable, Sendable {
        /// The total ever opened, not the largest position, and the dust that it began with.
        package let quantity: Amount
        /// What is still open; zero when the trip is closed, dust or not.
        package let openQuantity: Amount
        /// Average price of the opening fills, weighted by quantity (of an inverse contract their harmonic mean, at which
        /// the sum is worth as much); dust from before counts as one of them, also below.
        package let entryPrice: Amount
        /// Average price of the closing fills, in the same way; nil while nothing is closed.
        package let exitPrice: Amount?
        /// The sum of price × quantity × multiplier over the opening fills; of an inverse contract quantity × multiplier ÷
        /// price.
        package let entryNotional: Amount
        /// The same over the closing fills.
        package let exitNotional: Amount
        /// Profit before fees. Closed: the difference of the notionals, with nothing lost to an average, and less the cost
        /// of the dust that is left. Open: what the closing fills have realised so far, by the account's cost basis.
        package let gross: Amount
        /// Fees paid in the trade's currency, and those in its other one, base or quote, at the price of their own fill. Negative when
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
    package let book: Book
    /// What its money is in; empty where nobody says.
    package let currency: String
    package let multiplier: Amount
    package let direction: Direction
    package let openedAt: Timestamp
    /// The time of the fill that returned the position to zero, or to dust; nil while it is open.
    package let closedAt: Timestamp?
    /// In the order of the fills; never empty.
    package let fills: [Allocation]
    /// Nil when a figure is larger than an amount can be (1.7 × 10²⁰), or would have to be rounded on the way: better
    /// none than a wrong one.
    package let figures: Figures?
    /// What is left of a closed trade and begins the next.
    package let rest: Rest?
    /// Its last fill also closed what no fill here had opened, and of which nobody has said what it had cost.
    package let isPartial: Bool
    /// Its last fill also made another trade.
    package let isShared: Bool

    package var contract: ContractTerms { ContractTerms(multiplier: multiplier, book.kind) }
    package var isOpen: Bool { closedAt == nil }
    /// The trip stands, but its figures could not be computed.
    package var isUncertain: Bool { figures == nil }
}
