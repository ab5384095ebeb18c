import Primitives

/// A filter as it is asked of a table: decided once for each group, each set of tags and each day.
struct TradeSelection: Sendable {
    /// For each group and for each set of tags 1 when its trades belong, otherwise 0; nil for all of them.
    private var groups: [UInt8]?
    private var tagSets: [UInt8]?
    private var days: ClosedRange<Int>?
    private var outcomes: Set<TradeFacts.Outcome> = []

    static let all = TradeSelection()

    private init() {}

    init(_ filter: TradeFilter, in table: TradeColumns) {
        outcomes = filter.outcomes
        if filter.asksOfGroups { groups = Self.asked(table.groups.labels, filter.admits) }
        if filter.asksOfTags { tagSets = Self.asked(table.tagSets.labels) { filter.admits(tags: $0) } }
        let first = filter.firstDay?.daysSince1970 ?? .min
        let last = filter.lastDay?.daysSince1970 ?? .max
        let isAsked = table.leaves.contains { $0.day < first || $0.day > last }
        if isAsked { days = first <= last ? first...last : Self.noDay }
    }

    /// Nil where all belong: nothing need be asked then.
    private static func asked<Label>(_ labels: [Label], _ belongs: (Label) -> Bool) -> [UInt8]? {
        let answers = labels.map { belongs($0) ? UInt8(1) : 0 }
        return answers.contains(0) ? answers : nil
    }

    private static let noDay = Int.max...Int.max

    /// Trades that both admit.
    func narrowed(by other: TradeSelection) -> TradeSelection {
        var both = self
        both.groups = Self.both(groups, other.groups)
        both.tagSets = Self.both(tagSets, other.tagSets)
        if let theirs = other.days {
            let (first, last) = (
                max(days?.lowerBound ?? .min, theirs.lowerBound), min(days?.upperBound ?? .max, theirs.upperBound)
            )
            both.days = first <= last ? first...last : Self.noDay
        }
        if !other.outcomes.isEmpty {
            // An empty set asks for nothing, so two that share no outcome are told by a range without days.
            both.outcomes = outcomes.isEmpty ? other.outcomes : outcomes.intersection(other.outcomes)
            if both.outcomes.isEmpty { both.days = Self.noDay }
        }
        return both
    }

    private static func both(_ left: [UInt8]?, _ right: [UInt8]?) -> [UInt8]? {
        guard let left, let right else { return left ?? right }
        return zip(left, right).map { $0 & $1 }
    }

    var isWhole: Bool { groups == nil && tagSets == nil && days == nil && outcomes.isEmpty }
    /// Whether it takes all trades of the days it takes.
    var takesWholeDays: Bool { groups == nil && tagSets == nil && outcomes.isEmpty }
    /// Whether it takes all trades of the groups it takes, and of the sets of tags.
    var takesWholeGroups: Bool { tagSets == nil && days == nil && outcomes.isEmpty }
    var takesWholeTagSets: Bool { groups == nil && days == nil && outcomes.isEmpty }

    func takes(_ day: Int) -> Bool { days?.contains(day) ?? true }
    func takes(group number: Int) -> Bool { groups.map { $0[number] == 1 } ?? true }
    func takes(tagSet number: Int) -> Bool { tagSets.map { $0[number] == 1 } ?? true }

    /// Writes the rows of a leaf that belong into `rows`, which has room for all of them.
    ///
    /// - Returns: how many they are.
    func rows(of leaf: DayLeaf, into rows: UnsafeMutableBufferPointer<Int32>) -> Int {
        guard takes(leaf.day) else { return 0 }
        var count = 0
        if let groups {
            count = Self.choose(leaf.groups, groups, into: rows)
        } else if let tagSets {
            count = Self.choose(leaf.tagSets, tagSets, into: rows)
        } else {
            for row in 0..<leaf.count { rows[row] = Int32(truncatingIfNeeded: row) }
            count = leaf.count
        }
        if groups != nil, let tagSets {
            count = Self.keep(rows, count) { tagSets[Int(leaf.tagSets[$0])] == 1 }
        }
        if !outcomes.isEmpty {
            count = Self.keep(rows, count) { outcomes.contains(TradeFacts.Outcome(net: leaf.net[$0])) }
        }
        return count
    }

    /// Without a branch: whether a trade belongs is chance to a processor.
    private static func choose(
        _ codes: [UInt32], _ admitted: [UInt8], into rows: UnsafeMutableBufferPointer<Int32>
    ) -> Int {
        codes.withUnsafeBufferPointer { codes in
            admitted.withUnsafeBufferPointer { admitted in
                var count = 0
                for row in codes.indices {
                    rows[count] = Int32(truncatingIfNeeded: row)
                    count &+= Int(admitted[Int(codes[row])])
                }
                return count
            }
        }
    }

    @inline(__always)
    private static func keep(
        _ rows: UnsafeMutableBufferPointer<Int32>, _ count: Int, _ belongs: (Int) -> Bool
    ) -> Int {
        var kept = 0
        for index in 0..<count {
            let row = rows[index]
            rows[kept] = row
            if belongs(Int(row)) { kept &+= 1 }
        }
        return kept
    }
}
