import Primitives

/// One table of the statistics: the trades sorted into rows by what they have in common.
package struct Breakdown: Sendable {
    package enum Dimension: String, Sendable, CaseIterable {
        case symbol, account, direction, setup, tag, day, week, month, weekday, hour, duration
    }

    /// What the trades of a row share. Days, weeks and months are those of the close; weekday and hour those of the
    /// first entry.
    package enum Key: Hashable, Sendable {
        case symbol(String)
        case account(ID<Account>)
        case direction(Direction)
        case setup(String)
        case noSetup
        case tag(String)
        case untagged
        case day(CivilDay)
        /// Its Monday.
        case week(CivilDay)
        /// Its first day.
        case month(CivilDay)
        /// 0 is Monday.
        case weekday(Int)
        /// 0 ... 23 on the user's clock.
        case hour(Int)
        case duration(DurationBucket)
        /// What `folded(toFirst:)` put together.
        case other
    }

    package struct Row: Hashable, Sendable {
        package let key: Key
        package let tally: Tally
    }

    /// What has a natural order (days, hours, durations) comes in it; the rest by net, highest first, then by name.
    package let rows: [Row]

    /// A trade with several tags counts in the row of each, so only there may the rows come to more than the overview.
    /// Throws `amount.out_of_range` when a sum does not fit.
    package init(of closed: ClosedTrades, by dimension: Dimension) throws(Failure) {
        let cells = try Self.cells(of: closed, by: dimension)
        var tallies: [Key: Tally] = [:]
        for (key, tally) in cells where tally.count > 0 { try tallies[key, default: Tally()].add(tally) }
        let rows = tallies.map { Row(key: $0.key, tally: $0.value) }
        self.rows = rows.sorted { left, right in
            if left.key.rank == nil, left.tally.net != right.tally.net { return left.tally.net > right.tally.net }
            return (left.key.rank ?? 0, left.key.name) < (right.key.rank ?? 0, right.key.name)
        }
    }

    private init(rows: [Row]) { self.rows = rows }

    /// The first `count` rows, and the rest of them as one row `other` at the end.
    package func folded(toFirst count: Int) throws(Failure) -> Breakdown {
        guard rows.count > count else { return self }
        var rest = Tally()
        for row in rows.dropFirst(count) { try rest.add(row.tally) }
        return Breakdown(rows: rows.prefix(count) + [Row(key: .other, tally: rest)])
    }

    private static func cells(
        of closed: ClosedTrades, by dimension: Dimension
    ) throws(Failure) -> [(Key, Tally)] {
        switch dimension {
        case .symbol, .account, .direction, .setup:
            return zip(closed.table.groups.labels, try closed.groupTallies()).map { (key(of: $0, by: dimension), $1) }
        case .tag:
            return zip(closed.table.tagSets.labels, try closed.tagSetTallies()).flatMap { names, tally in
                names.isEmpty ? [(.untagged, tally)] : names.map { (.tag($0), tally) }
            }
        case .day: return try DailyTallies(of: closed).days.map { (.day($0.date), $0.tally) }
        case .week: return try DailyTallies(of: closed).weeks().map { (.week($0.date), $0.tally) }
        case .month: return try DailyTallies(of: closed).months().map { (.month($0.date), $0.tally) }
        case .weekday: return try closed.hourTallies().enumerated().map { (.weekday($0 / 24), $1) }
        case .hour: return try closed.hourTallies().enumerated().map { (.hour($0 % 24), $1) }
        case .duration: return zip(DurationBucket.allCases, try closed.durationTallies()).map { (.duration($0), $1) }
        }
    }

    private static func key(of group: TradeGroup, by dimension: Dimension) -> Key {
        switch dimension {
        case .account: .account(group.account)
        case .direction: .direction(group.direction)
        case .setup: group.setup.map(Key.setup) ?? .noSetup
        default: .symbol(group.symbol)
        }
    }
}

extension Breakdown.Key {
    /// The place of a key that has a natural order; nil for names.
    fileprivate var rank: Int? {
        switch self {
        case .day(let day), .week(let day), .month(let day): day.daysSince1970
        case .weekday(let number), .hour(let number): number
        case .duration(let bucket): bucket.rawValue
        case .symbol, .account, .direction, .setup, .noSetup, .tag, .untagged, .other: nil
        }
    }

    /// For people and for ties: a symbol, a tag, an account's id, a date. Empty for `noSetup`, `untagged` and `other`.
    package var name: String {
        switch self {
        case .symbol(let name), .setup(let name), .tag(let name): name
        case .account(let id): id.description
        case .direction(let direction): direction.rawValue
        case .day(let day), .week(let day), .month(let day): day.description
        case .weekday(let number), .hour(let number): String(number)
        case .duration(let bucket): bucket.name
        case .noSetup, .untagged, .other: ""
        }
    }
}
