import Journal
import Primitives

/// Which trades to list, and in which order. Conditions combine with *and*, the values of one kind with *or*.
package struct TradeQuery: Sendable {
    package enum Order: String, Sendable, CaseIterable {
        /// Newest first.
        case opened
        /// The last closed first; open trades before them.
        case closed
        /// Highest first; trades without one last.
        case net
        /// A to Z.
        case symbol
    }

    package var symbols: [String] = []
    package var accounts: [ID<Account>] = []
    package var tags: [ID<Tag>] = []
    package var isOpen: Bool?
    /// Opened at this moment or later.
    package var openedFrom: Timestamp?
    /// Opened before this moment.
    package var openedBefore: Timestamp?
    package var order = Order.opened
    package var isReversed = false
    package var limit = 50

    /// What a list holds at most; whoever wants all asks for statistics or an export.
    package static let limitMax = 100_000

    package init() {}
}
