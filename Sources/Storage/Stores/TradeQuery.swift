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
        /// The highest multiple of the initial risk first; trades without one last.
        case r
        /// The longest first; open trades last.
        case duration
    }

    /// What is known of a trade's result.
    package enum Status: String, Sendable, CaseIterable {
        case open
        case closed
        /// Closed, and its profit is known.
        case final
        /// Closed, and its profit cannot be told yet.
        case reconciling
    }

    package var symbols: [String] = []
    package var accounts: [ID<Account>] = []
    /// In lower case.
    package var exchanges: [String] = []
    package var directions: [Direction] = []
    package var tags: [ID<Tag>] = []
    /// In any case; an empty one asks for trades without a setup.
    package var setups: [String] = []
    package var sources: [TradeSource] = []
    package var ratings: [Int] = []
    package var statuses: [Status] = []
    /// Opened at this moment or later.
    package var openedFrom: Timestamp?
    /// Opened before this moment.
    package var openedBefore: Timestamp?
    /// Closed within one of these ranges, in milliseconds; nil when it does not matter.
    package var closedWithin: [Range<Int64>]?
    /// What the notes must hold, in the syntax of `SearchStore.search`; nil when it does not matter.
    package var text: String?
    /// Nothing at all: a condition that no trade can meet was asked for.
    package var isEmpty = false
    package var order = Order.opened
    package var isReversed = false
    package var limit = 50
    package var offset = 0

    package var isOpen: Bool? {
        get { statuses == [.open] ? true : statuses == [.closed] ? false : nil }
        set { statuses = newValue.map { [$0 ? .open : .closed] } ?? [] }
    }

    /// What a list holds at most; whoever wants all asks for statistics or an export.
    package static let limitMax = 100_000

    package init() {}
}
