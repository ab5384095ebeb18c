import Primitives

/// The population of every statistic: closed trades in order of `(closedAt, id)`, each on the local day of its close, or
/// those of them that a filter admits.
///
/// Ties at one instant are ordered by id, and each is its own point of the equity curve, so streaks and drawdowns do not
/// depend on the order in which a store returned the rows. Trades can be put in and taken out one by one; what the views
/// say then is what they would say of a table made afresh.
package struct ClosedTrades: Sendable {
    private(set) var table: TradeColumns
    private(set) var selection = TradeSelection.all

    package init(_ trades: some Sequence<TradeFacts>, in calendar: TradingCalendar) {
        table = TradeColumns(trades, in: calendar)
    }

    /// The trades that the filter admits, too.
    package func filtered(by filter: TradeFilter) -> ClosedTrades {
        var part = self
        part.selection = selection.narrowed(by: TradeSelection(filter, in: table))
        return part
    }

    /// Puts a trade in, in place of the one with its id.
    package mutating func put(_ trade: TradeFacts) { table.put(trade) }

    package mutating func remove(_ id: ID<Trade>) { table.remove(id) }

    /// Does once what views would otherwise do each for itself; worth its while where many follow.
    package mutating func prepare(startBalance: Amount?) { table.prepare(startBalance: startBalance) }

    package var count: Int {
        if selection.isWhole { return table.count }
        var count = 0
        forEachLeaf { _, rows in count += rows.count }
        return count
    }

    /// In order of `(closedAt, id)`.
    package var ids: [ID<Trade>] {
        var ids: [ID<Trade>] = []
        forEachLeaf { leaf, rows in for row in rows { ids.append(leaf.ids[Int(row)]) } }
        return ids
    }

    /// - Throws: `amount.out_of_range` when a sum of the whole journal does not fit.
    func check() throws(Failure) {
        if let failure = table.failure { throw failure }
    }

    /// Goes through the leaves in order of time, each with its rows that belong, where there are some.
    func forEachLeaf<E>(_ body: (DayLeaf, UnsafeBufferPointer<Int32>) throws(E) -> Void) throws(E) {
        let scratch = UnsafeMutableBufferPointer<Int32>.allocate(capacity: table.leafCountMax + 1)
        defer { scratch.deallocate() }
        for index in table.leaves.indices where selection.takes(table.leaves[index].day) {
            let count = selection.rows(of: table.leaves[index], into: scratch)
            if count > 0 {
                try body(table.leaves[index], UnsafeBufferPointer(start: scratch.baseAddress, count: count))
            }
        }
    }
}

// MARK: Sums

extension ClosedTrades {
    /// - Throws: `amount.out_of_range` when a sum of the whole journal does not fit.
    func tally() throws(Failure) -> Tally {
        try check()
        if selection.isWhole { return table.total }
        var sum = Tally()
        if selection.takesWholeGroups {
            for tally in try groupTallies() { try sum.add(tally) }
        } else if selection.takesWholeTagSets {
            for tally in try tagSetTallies() { try sum.add(tally) }
        } else {
            for day in try dayTallies() { try sum.add(day.tally) }
        }
        return sum
    }

    /// For each leaf with trades of the selection, in order of time: its day and their sums.
    func dayTallies() throws(Failure) -> [(day: Int, tally: Tally)] {
        try check()
        var days: [(day: Int, tally: Tally)] = []
        days.reserveCapacity(table.leaves.count)
        if selection.takesWholeDays {
            for index in table.leaves.indices where selection.takes(table.leaves[index].day) {
                days.append((table.leaves[index].day, table.leaves[index].tally))
            }
        } else {
            forEachLeaf { leaf, rows in days.append((leaf.day, leaf.tally(of: rows))) }
        }
        return days
    }

    /// For each group of the table the sums of its trades in the selection.
    func groupTallies() throws(Failure) -> [Tally] {
        if selection.takesWholeGroups {
            try check()
            return table.groups.tallies.enumerated().map { selection.takes(group: $0) ? $1 : Tally() }
        }
        return try cells(of: table.groups.tallies) { $0.groups }
    }

    /// The same for each set of tags.
    func tagSetTallies() throws(Failure) -> [Tally] {
        if selection.takesWholeTagSets {
            try check()
            return table.tagSets.tallies.enumerated().map { selection.takes(tagSet: $0) ? $1 : Tally() }
        }
        return try cells(of: table.tagSets.tallies) { $0.tagSets }
    }

    /// For each local hour of the week the sums of the trades that were entered in it.
    func hourTallies() throws(Failure) -> [Tally] { try cells(of: table.hours) { $0.entryHours } }

    /// For each `DurationBucket` the sums of the trades that were held so long.
    func durationTallies() throws(Failure) -> [Tally] { try cells(of: table.durations) { $0.durations } }

    /// Sorts the selection into cells. Of whole days the smaller side is gone through: what lies outside is taken away
    /// from the whole where that is less.
    private func cells(
        of whole: [Tally], _ codes: (DayLeaf) -> [some FixedWidthInteger]
    ) throws(Failure) -> [Tally] {
        try check()
        if selection.isWhole { return whole }
        var cells = [Tally](repeating: Tally(), count: whole.count)
        let inside = table.leaves.indices.reduce(0) {
            $0 + (selection.takes(table.leaves[$1].day) ? table.leaves[$1].count : 0)
        }
        guard selection.takesWholeDays, inside > table.count / 2 else {
            forEachLeaf { leaf, rows in leaf.add(rows, to: &cells, by: codes(leaf)) }
            return cells
        }
        let rows = (0..<Int32(table.leafCountMax)).map { $0 }
        rows.withUnsafeBufferPointer { rows in
            for index in table.leaves.indices where !selection.takes(table.leaves[index].day) {
                let leaf = table.leaves[index]
                leaf.add(UnsafeBufferPointer(rebasing: rows[..<leaf.count]), to: &cells, by: codes(leaf))
            }
        }
        var rest = whole
        for index in cells.indices { try rest[index].remove(cells[index]) }
        return rest
    }

    func bandCounts(_ unit: ReturnDistribution.Unit) -> BandCounts {
        if selection.isWhole { return unit == .risk ? table.riskBands : table.percentBands }
        var counts = BandCounts(unit)
        forEachLeaf { leaf, rows in counts.add(unit == .risk ? leaf.riskBands : leaf.percentBands, rows) }
        return counts
    }
}

// MARK: Order

extension ClosedTrades {
    /// What the overview needs of the trades in their order and in order of size, in one pass.
    struct Walk {
        var path: EquityPath
        /// Of each leaf, in order of time.
        var nets: [(day: Int, net: Amount)] = []
        /// Nil where there are no ranks.
        var netRanks: RankSet?
        var heldRanks: RankSet?
    }

    /// From the last checkpoint on where there are some.
    ///
    /// - Throws: `amount.out_of_range` when a sum of the whole journal does not fit.
    func walk(startBalance: Amount?) throws(Failure) -> Walk {
        try check()
        var walk = Walk(path: EquityPath(startBalance: startBalance))
        walk.nets.reserveCapacity(table.leaves.count)
        if selection.takesWholeDays {
            let isAtCheckpoint =
                selection.isWhole && table.checkpoints.last?.startBalance == walk.path.startBalance
            if isAtCheckpoint, let last = table.checkpoints.last { walk.path = last }
            let walked = isAtCheckpoint ? table.checkpoints.count : 0
            for index in table.leaves.indices where selection.takes(table.leaves[index].day) {
                if index >= walked { walk.path.add(table.leaves[index]) }
                walk.nets.append((table.leaves[index].day, table.leaves[index].tally.net))
            }
        }
        if selection.isWhole {
            walk.netRanks = table.netRanking?.whole
            walk.heldRanks = table.heldRanking?.whole
            return walk
        }
        var (netSet, heldSet) = (table.netRanking?.nothing, table.heldRanking?.nothing)
        forEachLeaf { leaf, rows in
            netSet?.add(rows, ranks: leaf.netRanks, leaf.net)
            heldSet?.add(rows, ranks: leaf.heldRanks, leaf.held)
            guard !selection.takesWholeDays else { return }
            let before = walk.path.equity
            walk.path.add(leaf, rows)
            walk.nets.append((leaf.day, Amount(units: walk.path.equity &- before)))
        }
        netSet?.late.sort()
        heldSet?.late.sort()
        (walk.netRanks, walk.heldRanks) = (netSet, heldSet)
        return walk
    }

    /// Nil without trades. Throws `amount.out_of_range` when the equity does not fit.
    package func drawdown(startBalance: Amount?) throws(Failure) -> Drawdown? {
        try walk(startBalance: startBalance).path.drawdown()
    }

    /// What each leaf with trades of the selection does to equity, in order of time.
    ///
    /// - Throws: `amount.out_of_range` when a sum of the whole journal does not fit.
    func daySpans() throws(Failure) -> [DaySpan] {
        try check()
        var spans: [DaySpan] = []
        spans.reserveCapacity(table.leaves.count)
        if selection.takesWholeDays, table.isPrepared {
            for index in table.leaves.indices where selection.takes(table.leaves[index].day) {
                if let span = table.leaves[index].span { spans.append(span) }
            }
        } else {
            forEachLeaf { leaf, rows in spans.append(DaySpan(leaf, rows)) }
        }
        return spans
    }

    /// The net of trades at these places in order of size; the places ascend.
    func nets(at places: [Int], _ walk: Walk) -> [Int128] {
        values(at: places, table.netRanking, walk.netRanks) { $0.net }
    }

    /// Holding times in milliseconds at these places in order of size; the places ascend.
    func held(at places: [Int], _ walk: Walk) -> [Int128] {
        values(at: places, table.heldRanking, walk.heldRanks) { $0.held }
    }

    private func values(
        at places: [Int], _ ranking: RankedColumn?, _ set: RankSet?, _ column: (DayLeaf) -> StepColumn
    ) -> [Int128] {
        if let ranking, let set { return ranking.values(at: places, of: set) }
        var values: [Int128] = []
        forEachLeaf { leaf, rows in
            let column = column(leaf)
            for row in rows { values.append(column[Int(row)]) }
        }
        values.sort()
        return places.map { values[$0] }
    }
}
