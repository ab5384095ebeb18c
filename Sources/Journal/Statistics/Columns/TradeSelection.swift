import Primitives

/// A filter as it is asked of a table: decided once for each group and each day.
struct TradeSelection: Sendable {
    /// For each group, whether its trades belong; nil for all of them.
    private(set) var groups: [Bool]?
    private(set) var days: ClosedRange<Int>?
    private(set) var outcomes: Set<TradeFacts.Outcome> = []

    static let all = TradeSelection()

    private init() {}

    init(_ filter: TradeFilter, in table: TradeColumns) {
        outcomes = filter.outcomes
        if filter.asksOfGroups { groups = table.groups.groups.map(filter.admits) }
        if filter.firstDay != nil || filter.lastDay != nil {
            let first = filter.firstDay?.daysSince1970 ?? .min
            let last = filter.lastDay?.daysSince1970 ?? .max
            // A range that ends before it begins holds no day.
            days = first <= last ? first...last : .max ... .max
        }
    }

    /// Trades that both admit.
    func narrowed(by other: TradeSelection) -> TradeSelection {
        var both = self
        if let theirs = other.groups {
            both.groups = groups.map { zip($0, theirs).map { $0 && $1 } } ?? theirs
        }
        if let theirs = other.days {
            if let days {
                let (first, last) = (max(days.lowerBound, theirs.lowerBound), min(days.upperBound, theirs.upperBound))
                both.days = first <= last ? first...last : .max ... .max
            } else {
                both.days = theirs
            }
        }
        if !other.outcomes.isEmpty {
            // An empty set asks for nothing, so two that share no outcome are told by a range without days.
            both.outcomes = outcomes.isEmpty ? other.outcomes : outcomes.intersection(other.outcomes)
            if both.outcomes.isEmpty { both.days = .max ... .max }
        }
        return both
    }

    var isWhole: Bool { groups == nil && days == nil && outcomes.isEmpty }
    /// Whether it takes all trades of the days it takes.
    var takesWholeDays: Bool { groups == nil && outcomes.isEmpty }
    /// Whether it takes all trades of the groups it takes.
    var takesWholeGroups: Bool { days == nil && outcomes.isEmpty }

    func takes(_ leaf: DayLeaf) -> Bool { days?.contains(leaf.day) ?? true }

    func takes(group number: Int) -> Bool { groups?[number] ?? true }

    /// The rows of a leaf that belong.
    @inline(__always)
    func forEachRow<E>(in leaf: DayLeaf, _ body: (Int) throws(E) -> Void) throws(E) {
        guard takes(leaf) else { return }
        if takesWholeDays {
            for row in 0..<leaf.count { try body(row) }
        } else if let groups, outcomes.isEmpty {
            for row in 0..<leaf.count where groups[Int(leaf.groups[row])] { try body(row) }
        } else {
            for row in 0..<leaf.count where groups?[Int(leaf.groups[row])] ?? true {
                if outcomes.contains(TradeFacts.Outcome(net: leaf.net[row])) { try body(row) }
            }
        }
    }
}
