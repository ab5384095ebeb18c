import Primitives

/// What filters and breakdowns ask of a trade besides its numbers and its tags. A journal of a million trades has a few
/// thousand of them, so a filter is decided once for each group and then looked up for each trade.
struct TradeGroup: Hashable, Sendable {
    let account: ID<Account>
    let symbol: String
    let direction: Direction
    let setup: String?
    let isManual: Bool

    init(_ trade: TradeFacts) {
        account = trade.account
        symbol = trade.symbol
        direction = trade.direction
        setup = trade.setup
        isManual = trade.isManual
    }
}

/// What trades have in common under short numbers, each with the tally of its trades.
struct TradeClasses<Label: Hashable & Sendable>: Sendable {
    private(set) var labels: [Label] = []
    private(set) var tallies: [Tally] = []
    private var numbers: [Label: UInt32] = [:]

    mutating func number(of label: Label) -> UInt32 {
        if let number = numbers[label] { return number }
        let number = UInt32(labels.count)
        numbers[label] = number
        labels.append(label)
        tallies.append(Tally())
        return number
    }

    mutating func add(_ row: TradeRow, to number: UInt32) throws(Failure) { try tallies[Int(number)].add(row) }
    mutating func remove(_ row: TradeRow, from number: UInt32) throws(Failure) {
        try tallies[Int(number)].remove(row)
    }
}
