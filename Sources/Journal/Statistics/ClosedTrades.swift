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
        for leaf in table.leaves { selection.forEachRow(in: leaf) { _ in count += 1 } }
        return count
    }

    /// In order of `(closedAt, id)`.
    package var ids: [ID<Trade>] {
        var ids: [ID<Trade>] = []
        for leaf in table.leaves { selection.forEachRow(in: leaf) { ids.append(leaf.ids[$0]) } }
        return ids
    }

    // MARK: Sums

    /// - Throws: `amount.out_of_range` when a sum of the whole journal does not fit.
    func tally() throws(Failure) -> Tally {
        if let failure = table.failure { throw failure }
        if selection.isWhole { return table.total }
        var sum = Tally()
        if selection.takesWholeGroups {
            for (number, tally) in table.groups.tallies.enumerated() where selection.takes(group: number) {
                try sum.add(tally)
            }
        } else {
            for day in try dayTallies() { try sum.add(day.tally) }
        }
        return sum
    }

    /// For each leaf with trades of the selection, in order of time: its day and their sums.
    func dayTallies() throws(Failure) -> [(day: Int, tally: Tally)] {
        if let failure = table.failure { throw failure }
        var days: [(day: Int, tally: Tally)] = []
        for leaf in table.leaves where selection.takes(leaf) {
            var tally = Tally()
            if selection.takesWholeDays {
                tally = leaf.tally
            } else {
                try selection.forEachRow(in: leaf) { row throws(Failure) in try tally.add(leaf.row(row)) }
            }
            if tally.count > 0 { days.append((leaf.day, tally)) }
        }
        return days
    }

    /// For each group of the table the sums of its trades in the selection.
    func groupTallies() throws(Failure) -> [Tally] {
        if selection.takesWholeGroups {
            if let failure = table.failure { throw failure }
            return table.groups.tallies.enumerated().map { selection.takes(group: $0) ? $1 : Tally() }
        }
        return try cells(of: table.groups.tallies) { leaf, row in Int(leaf.groups[row]) }
    }

    /// For each local hour of the week the sums of the trades that were entered in it.
    func hourTallies() throws(Failure) -> [Tally] {
        try cells(of: table.hours) { leaf, row in Int(leaf.entryHours[row]) }
    }

    /// For each `DurationBucket` the sums of the trades that were held so long.
    func durationTallies() throws(Failure) -> [Tally] {
        try cells(of: table.durations) { leaf, row in DurationBucket.index(heldMilliseconds: leaf.held[row]) }
    }

    /// Sorts the selection into cells. Of whole days the smaller side is gone through: what lies outside is taken away
    /// from the whole where that is less.
    private func cells(
        of whole: [Tally], _ cell: (DayLeaf, Int) -> Int
    ) throws(Failure) -> [Tally] {
        if let failure = table.failure { throw failure }
        if selection.isWhole { return whole }
        if selection.takesWholeDays {
            let inside = table.leaves.reduce(0) { $0 + (selection.takes($1) ? $1.count : 0) }
            if inside > table.count / 2 {
                var cells = whole
                for leaf in table.leaves where !selection.takes(leaf) {
                    for row in 0..<leaf.count { try cells[cell(leaf, row)].remove(leaf.row(row)) }
                }
                return cells
            }
        }
        var cells = [Tally](repeating: Tally(), count: whole.count)
        for leaf in table.leaves {
            try selection.forEachRow(in: leaf) { row throws(Failure) in
                try cells[cell(leaf, row)].add(leaf.row(row))
            }
        }
        return cells
    }

    func bandCounts(_ unit: ReturnDistribution.Unit) -> BandCounts {
        if selection.isWhole { return unit == .risk ? table.riskBands : table.percentBands }
        var counts = BandCounts(unit)
        for leaf in table.leaves {
            selection.forEachRow(in: leaf) { counts.add(unit == .risk ? leaf.riskBands[$0] : leaf.percentBands[$0]) }
        }
        return counts
    }

    // MARK: Order

    /// Goes through the leaves in order of time, each with its rows that belong and the number of trades before them.
    func forEachRun(_ body: (DayLeaf, LeafRows, Int) throws(Failure) -> Void) throws(Failure) {
        var passed = 0
        for leaf in table.leaves {
            let rows = LeafRows(leaf, of: selection)
            guard !rows.isEmpty else { continue }
            try body(leaf, rows, passed)
            passed += rows.count
        }
    }

    /// What each leaf with trades of the selection does to equity, in order of time.
    ///
    /// - Throws: `amount.out_of_range` when a sum of the whole journal does not fit.
    func daySpans() throws(Failure) -> [DaySpan] {
        if let failure = table.failure { throw failure }
        var spans: [DaySpan] = []
        spans.reserveCapacity(table.leaves.count)
        for leaf in table.leaves where selection.takes(leaf) {
            if selection.takesWholeDays, let span = leaf.span {
                spans.append(span)
            } else {
                let rows = LeafRows(leaf, of: selection)
                if !rows.isEmpty { spans.append(DaySpan(leaf, rows)) }
            }
        }
        return spans
    }

    /// The whole path, from the last checkpoint on where there are some.
    func path(startBalance: Amount?) -> EquityPath {
        var path = EquityPath(startBalance: startBalance)
        if selection.isWhole {
            var leaves = table.leaves[...]
            if let last = table.checkpoints.last, last.startBalance == path.startBalance {
                path = last
                leaves = leaves.dropFirst(table.checkpoints.count)
            }
            for leaf in leaves { path.add(leaf) }
        } else if selection.takesWholeDays {
            for leaf in table.leaves where selection.takes(leaf) { path.add(leaf) }
        } else {
            for leaf in table.leaves { selection.forEachRow(in: leaf) { path.add(leaf.net[$0], day: leaf.day) } }
        }
        return path
    }

    /// The net of trades at these places in order of size; the places ascend.
    func nets(at places: [Int]) -> [Int128] {
        values(at: places, table.netRanking, { $0.net }, { $0.netRanks })
    }

    /// Holding times in milliseconds at these places in order of size; the places ascend.
    func held(at places: [Int]) -> [Int128] {
        values(at: places, table.heldRanking, { $0.held }, { $0.heldRanks })
    }

    private func values(
        at places: [Int], _ ranking: RankedColumn?, _ column: (DayLeaf) -> StepColumn, _ ranks: (DayLeaf) -> [UInt32]
    ) -> [Int128] {
        guard let ranking else {
            var values: [Int128] = []
            for leaf in table.leaves {
                let column = column(leaf)
                selection.forEachRow(in: leaf) { values.append(column[$0]) }
            }
            values.sort()
            return places.map { values[$0] }
        }
        if selection.isWhole { return ranking.values(at: places, of: ranking.whole) }
        var set = ranking.nothing
        for leaf in table.leaves where selection.takes(leaf) {
            let (column, ranks) = (column(leaf), ranks(leaf))
            selection.forEachRow(in: leaf) { row in
                let rank = ranks[row]
                if rank == RankedColumn.unranked {
                    set.late.append(column[row])
                } else {
                    set.ranks[Int(rank >> 6)] |= 1 << UInt64(rank & 63)
                }
            }
        }
        set.late.sort()
        return ranking.values(at: places, of: set)
    }
}
