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
    package var tags: Set<String> = []
    /// The first local day of the close, included.
    package var firstDay: CivilDay?
    /// The last local day of the close, included.
    package var lastDay: CivilDay?

    package init() {}

    fileprivate func admits(_ trade: TradeFacts, closedOn day: Int) -> Bool {
        (accounts.isEmpty || accounts.contains(trade.account))
            && (symbols.isEmpty || symbols.contains(trade.symbol))
            && (directions.isEmpty || directions.contains(trade.direction))
            && (outcomes.isEmpty || outcomes.contains(trade.outcome))
            && (tags.isEmpty || trade.tags.contains(where: tags.contains))
            && (firstDay.map { day >= $0.daysSince1970 } ?? true)
            && (lastDay.map { day <= $0.daysSince1970 } ?? true)
    }
}

extension ClosedTrades {
    /// The trades that the filter admits, in the same order.
    package func filtered(by filter: TradeFilter) -> ClosedTrades {
        ClosedTrades(keeping: trades.indices.filter { filter.admits(trades[$0], closedOn: closingDays[$0]) }, of: self)
    }
}
