import Primitives

/// One table of the statistics: the trades sorted into rows by what they have in common.
package struct Breakdown: Sendable {
    package enum Dimension: String, Sendable, CaseIterable {
        case symbol, account, direction, tag, day, week, month, weekday, hour, duration
    }

    /// What the trades of a row share. Days, weeks and months are those of the close; weekday and hour those of the
    /// first entry.
    package enum Key: Hashable, Sendable {
        case symbol(String)
        case account(ID<Account>)
        case direction(Direction)
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
        var tallies: [Key: Tally] = [:]
        for index in closed.trades.indices {
            for key in Self.keys(of: closed, at: index, by: dimension) {
                try tallies[key, default: Tally()].add(closed.trades[index])
            }
        }
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

    private static func keys(of closed: ClosedTrades, at index: Int, by dimension: Dimension) -> [Key] {
        let trade = closed.trades[index]
        let day = closed.closingDays[index]
        switch dimension {
        case .symbol: return [.symbol(trade.symbol)]
        case .account: return [.account(trade.account)]
        case .direction: return [.direction(trade.direction)]
        case .tag: return trade.tags.isEmpty ? [.untagged] : trade.tags.map(Key.tag)
        case .day: return [.day(CivilDay(daysSince1970: day))]
        case .week: return [.week(CivilDay(daysSince1970: day - TradingCalendar.weekday(ofDayNumber: day)))]
        case .month:
            let date = CivilDay(daysSince1970: day)
            return [.month(CivilDay(year: date.year, month: date.month, day: 1))]
        case .weekday: return [.weekday(closed.entryHours[index] / 24)]
        case .hour: return [.hour(closed.entryHours[index] % 24)]
        case .duration: return [.duration(DurationBucket(of: trade))]
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
        case .symbol, .account, .direction, .tag, .untagged, .other: nil
        }
    }

    /// For people and for ties: a symbol, a tag, an account's id, a date. Empty for `untagged` and `other`.
    package var name: String {
        switch self {
        case .symbol(let name), .tag(let name): name
        case .account(let id): id.description
        case .direction(let direction): direction.rawValue
        case .day(let day), .week(let day), .month(let day): day.description
        case .weekday(let number), .hour(let number): String(number)
        case .duration(let bucket): bucket.name
        case .untagged, .other: ""
        }
    }
}
