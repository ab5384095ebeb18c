import Primitives

/// What filters and breakdowns ask of a trade besides its numbers. A journal of a million trades has a few hundred of
/// them, so a filter is decided once for each group and then looked up for each trade.
struct TradeGroup: Hashable, Sendable {
    let account: ID<Account>
    let symbol: String
    let direction: Direction
    let setup: String?
    let tags: [String]
    let isManual: Bool

    init(_ trade: TradeFacts) {
        account = trade.account
        symbol = trade.symbol
        direction = trade.direction
        setup = trade.setup
        tags = trade.tags
        isManual = trade.isManual
    }
}

/// The groups of a table under short numbers, each with the tally of its trades.
struct TradeGroups: Sendable {
    private(set) var groups: [TradeGroup] = []
    private(set) var tallies: [Tally] = []
    private var numbers: [TradeGroup: UInt32] = [:]

    var count: Int { groups.count }

    mutating func number(of group: TradeGroup) -> UInt32 {
        if let number = numbers[group] { return number }
        let number = UInt32(groups.count)
        numbers[group] = number
        groups.append(group)
        tallies.append(Tally())
        return number
    }

    mutating func add(_ row: TradeRow, to number: UInt32) throws(Failure) { try tallies[Int(number)].add(row) }
    mutating func remove(_ row: TradeRow, from number: UInt32) throws(Failure) {
        try tallies[Int(number)].remove(row)
    }
}
