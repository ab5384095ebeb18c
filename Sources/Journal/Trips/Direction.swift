/// Which way a position bets: long gains when the price rises, short when it falls.
package enum Direction: String, Sendable, CaseIterable {
    case long, short

    /// The direction of the position that a fill of this side opens from flat.
    package init(opening side: Side) { self = side == .buy ? .long : .short }
}
