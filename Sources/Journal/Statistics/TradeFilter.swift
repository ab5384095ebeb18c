import Primitives

/// Which trades to look at: kinds of condition combine with *and*, the values of one kind with *or*. An empty kind asks
/// for nothing.
///
/// Statistics of filtered trades are figured anew on what is left, with the same start balance.
package struct TradeFilter: Hashable, Sendable {
    package var accounts: Set<ID<Account>> = []
    package var symbols: Set<String> = []
    package var directions: Set<Direction> = []
    package var outcomes: Set<TradeFacts.Outcome> = []
    /// Names; case does not count.
    package var tags: Set<String> = []
    /// Case does not count; the empty text stands for trades without a setup.
    package var setups: Set<String> = []
    /// Entered by hand, or made of fills; nil for both.
    package var isManual: Bool?
    /// The first local day of the close, included.
    package var firstDay: CivilDay?
    /// The last local day of the close, included.
    package var lastDay: CivilDay?

    package init() {}

    var asksOfGroups: Bool {
        !accounts.isEmpty || !symbols.isEmpty || !directions.isEmpty || !setups.isEmpty || isManual != nil
    }

    var asksOfTags: Bool { !tags.isEmpty }

    func admits(tags names: [String]) -> Bool {
        let keys = Set(tags.map { Tag.key($0) })
        return names.contains { keys.contains(Tag.key($0)) }
    }

    func admits(_ group: TradeGroup) -> Bool {
        (accounts.isEmpty || accounts.contains(group.account))
            && (symbols.isEmpty || symbols.contains(group.symbol))
            && (directions.isEmpty || directions.contains(group.direction))
            && (setups.isEmpty || setups.contains { $0.lowercased() == (group.setup ?? "").lowercased() })
            && (isManual == nil || isManual == group.isManual)
    }
}
