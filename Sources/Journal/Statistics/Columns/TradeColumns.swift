import Primitives

/// Closed trades in memory, arranged so that every view of them is quick and one more trade changes little: a leaf for
/// each day with its tally, a tally for each group, hour and duration, and ranks for order statistics.
///
/// What is kept is sums of whole numbers, so a table that was changed a thousand times says what one made afresh says.
struct TradeColumns: Sendable {
    /// In order of `(closedAt, id)`; never an empty one.
    private(set) var leaves: [DayLeaf] = []
    private(set) var groups = TradeClasses<TradeGroup>()
    /// By their tags, in the order of their names.
    private(set) var tagSets = TradeClasses<[String]>()
    private(set) var total = Tally()
    /// By local hour of the week of the entry.
    private(set) var hours = [Tally](repeating: Tally(), count: 168)
    private(set) var durations = [Tally](repeating: Tally(), count: DurationBucket.allCases.count)
    private(set) var riskBands = BandCounts(.risk)
    private(set) var percentBands = BandCounts(.percent)
    /// Why the sums mean nothing, when one of them did not fit.
    private(set) var failure: Failure?
    /// Nil until `prepare`.
    private(set) var netRanking: RankedColumn?
    private(set) var heldRanking: RankedColumn?
    /// The path up to the end of each of the first leaves, as far as it was walked.
    private(set) var checkpoints: [EquityPath] = []
    private var closedAtByID: [ID<Trade>: Int64] = [:]
    private var calendar: TradingCalendar

    init(in calendar: TradingCalendar) { self.calendar = calendar }

    init(_ trades: some Sequence<TradeFacts>, in calendar: TradingCalendar) {
        self.init(in: calendar)
        arrange(trades.map { entry($0) })
    }

    var count: Int { total.count }
    /// Whether each leaf has its span.
    private(set) var isPrepared = false
    /// How many trades a leaf has had at most.
    private(set) var leafCountMax = 0

    // MARK: Changing

    /// Puts a trade in, in place of the one with its id.
    mutating func put(_ trade: TradeFacts) {
        remove(trade.id)
        isPrepared = false
        let entry = entry(trade)
        do throws(Failure) {
            try account(entry)
            try insert(entry)
        } catch {
            failure = error
        }
    }

    mutating func remove(_ id: ID<Trade>) {
        guard let closedAt = closedAtByID.removeValue(forKey: id) else { return }
        isPrepared = false
        let index = leafIndex(closedAt, id)
        guard leaves.indices.contains(index) else { return }
        let place = leaves[index].place(closedAt, id)
        guard place < leaves[index].count, leaves[index].ids[place] == id else { return }
        do throws(Failure) {
            try discount(leaves[index], place)
            try leaves[index].remove(at: place)
        } catch {
            failure = error
        }
        if leaves[index].count == 0 { leaves.remove(at: index) }
        checkpoints.removeSubrange(min(index, checkpoints.count)...)
    }

    /// Makes order statistics and the path ready, so that views need not do it each for itself.
    mutating func prepare(startBalance: Amount?) {
        if netRanking?.isWornOut ?? true { netRanking = rank(\.net) { $0.netRanks[$1] = $2 } }
        if heldRanking?.isWornOut ?? true { heldRanking = rank(\.held) { $0.heldRanks[$1] = $2 } }
        for index in leaves.indices where leaves[index].span == nil { leaves[index].prepare() }
        isPrepared = true
        var path = EquityPath(startBalance: startBalance)
        if checkpoints.first?.startBalance != path.startBalance { checkpoints = [] }
        path = checkpoints.last ?? path
        for leaf in leaves[checkpoints.count...] {
            path.add(leaf)
            checkpoints.append(path)
        }
    }

    private mutating func entry(_ trade: TradeFacts) -> NewTrade {
        NewTrade(
            id: trade.id, closedAt: trade.closedAt.milliseconds, day: calendar.dayNumber(of: trade.closedAt),
            group: groups.number(of: TradeGroup(trade)), tagSet: tagSets.number(of: trade.tags.sorted()),
            entryHour: UInt8(calendar.hourOfWeek(of: trade.openedAt)),
            row: TradeRow(trade), riskBand: ReturnDistribution.Unit.risk.band(of: trade) ?? DayLeaf.noBand,
            percentBand: ReturnDistribution.Unit.percent.band(of: trade) ?? DayLeaf.noBand)
    }

    /// Lays out trades anew, in whatever order they come.
    private mutating func arrange(_ entries: [NewTrade]) {
        leaves = []
        closedAtByID.reserveCapacity(entries.count)
        let sorted = entries.sorted { ($0.closedAt, $0.id) < ($1.closedAt, $1.id) }
        do throws(Failure) {
            for entry in sorted {
                try account(entry)
                if leaves.last?.day != entry.day { leaves.append(DayLeaf(day: entry.day)) }
                try leaves[leaves.count - 1].insert(entry, at: leaves[leaves.count - 1].count)
                leafCountMax = max(leafCountMax, leaves[leaves.count - 1].count)
            }
        } catch {
            failure = error
        }
    }

    private mutating func account(_ entry: NewTrade) throws(Failure) {
        closedAtByID[entry.id] = entry.closedAt
        try total.add(entry.row)
        try groups.add(entry.row, to: entry.group)
        try tagSets.add(entry.row, to: entry.tagSet)
        try hours[Int(entry.entryHour)].add(entry.row)
        try durations[DurationBucket.index(heldMilliseconds: entry.row.held)].add(entry.row)
        riskBands.add(entry.riskBand)
        percentBands.add(entry.percentBand)
        netRanking?.add(entry.row.net)
        heldRanking?.add(entry.row.held)
    }

    private mutating func discount(_ leaf: DayLeaf, _ place: Int) throws(Failure) {
        let row = leaf.row(place)
        try total.remove(row)
        try groups.remove(row, from: leaf.groups[place])
        try tagSets.remove(row, from: leaf.tagSets[place])
        try hours[Int(leaf.entryHours[place])].remove(row)
        try durations[Int(leaf.durations[place])].remove(row)
        riskBands.remove(leaf.riskBands[place])
        percentBands.remove(leaf.percentBands[place])
        netRanking?.remove(row.net, rank: leaf.netRanks[place])
        heldRanking?.remove(row.held, rank: leaf.heldRanks[place])
    }

    /// The first leaf that does not end before a trade.
    private func leafIndex(_ closedAt: Int64, _ id: ID<Trade>) -> Int {
        var (low, high) = (0, leaves.count)
        while low < high {
            let middle = (low + high) / 2
            if leaves[middle].ends(before: closedAt, id) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func insert(_ entry: NewTrade) throws(Failure) {
        var index = leafIndex(entry.closedAt, entry.id)
        if index < leaves.count, !leaves[index].begins(after: entry.closedAt, entry.id),
            leaves[index].day != entry.day
        {
            // The clock was set back across midnight between two trades of the leaf.
            try split(index, at: leaves[index].place(entry.closedAt, entry.id))
            index += 1
        }
        if index == leaves.count || leaves[index].day != entry.day {
            if index > 0, leaves[index - 1].day == entry.day {
                index -= 1
            } else {
                leaves.insert(DayLeaf(day: entry.day), at: index)
            }
        }
        checkpoints.removeSubrange(min(index, checkpoints.count)...)
        try leaves[index].insert(entry, at: leaves[index].place(entry.closedAt, entry.id))
        leafCountMax = max(leafCountMax, leaves[index].count)
    }

    private mutating func split(_ index: Int, at place: Int) throws(Failure) {
        let leaf = leaves[index]
        var (first, second) = (DayLeaf(day: leaf.day), DayLeaf(day: leaf.day))
        for row in 0..<place { try first.append(row, of: leaf) }
        for row in place..<leaf.count { try second.append(row, of: leaf) }
        leaves.replaceSubrange(index...index, with: [first, second])
        checkpoints.removeSubrange(min(index, checkpoints.count)...)
    }

    private mutating func rank(
        _ column: (DayLeaf) -> StepColumn, _ assign: (inout DayLeaf, Int, UInt32) -> Void
    ) -> RankedColumn {
        var places: [(value: Int128, leaf: Int32, row: Int32)] = []
        places.reserveCapacity(count)
        for (number, leaf) in leaves.enumerated() {
            let values = column(leaf)
            for row in 0..<leaf.count { places.append((values[row], Int32(number), Int32(row))) }
        }
        places.sort { $0.value < $1.value }
        for (rank, place) in places.enumerated() { assign(&leaves[Int(place.leaf)], Int(place.row), UInt32(rank)) }
        return RankedColumn(sorted: places.map(\.value))
    }
}

extension EquityPath {
    /// All trades of a leaf.
    mutating func add(_ leaf: DayLeaf) {
        let (step, day) = (leaf.net.step, leaf.day)
        let isDone: Void? = leaf.net.withNarrow { counts in
            for count in counts { add(StepColumn.product(count, step), day: day) }
        }
        if isDone == nil { for row in 0..<leaf.count { add(leaf.net[row], day: day) } }
    }

    /// Some trades of a leaf.
    mutating func add(_ leaf: DayLeaf, _ rows: UnsafeBufferPointer<Int32>) {
        let (step, day) = (leaf.net.step, leaf.day)
        let isDone: Void? = leaf.net.withNarrow { counts in
            for row in rows { add(StepColumn.product(counts[Int(row)], step), day: day) }
        }
        if isDone == nil { for row in rows { add(leaf.net[Int(row)], day: day) } }
    }
}

extension DayLeaf {
    /// Adds rows to the tallies that `codes` names for them. The table's sums are known to fit.
    func add(
        _ rows: UnsafeBufferPointer<Int32>, to tallies: inout [Tally], by codes: [some FixedWidthInteger]
    ) {
        let done: Void? =
            net.withNarrow { nets in
                fees.withNarrow { fees in
                    r.withNarrow { rs in
                        held.withNarrow { held in
                            let (netStep, feesStep) = (net.step, self.fees.step)
                            tallies.withUnsafeMutableBufferPointer { tallies in
                                codes.withUnsafeBufferPointer { codes in
                                    for row in rows {
                                        let index = Int(row)
                                        let r = rs[index]
                                        tallies[Int(codes[index])].addPart(
                                            net: StepColumn.product(nets[index], netStep),
                                            fees: StepColumn.product(fees[index], feesStep), held: Int128(held[index]),
                                            r: Int128(r == Self.noR ? 0 : r), rCount: r == Self.noR ? 0 : 1)
                                    }
                                }
                            }
                        }
                    }
                } ?? nil
            } ?? nil
        if done == nil { addWide(rows, to: &tallies, by: codes) }
    }

    private func addWide(
        _ rows: UnsafeBufferPointer<Int32>, to tallies: inout [Tally], by codes: [some FixedWidthInteger]
    ) {
        for row in rows {
            let trade = self.row(Int(row))
            tallies[Int(codes[Int(row)])].addPart(
                net: trade.net, fees: trade.fees, held: trade.held, r: trade.r ?? 0, rCount: trade.r == nil ? 0 : 1)
        }
    }

    /// The sums of some rows.
    func tally(of rows: UnsafeBufferPointer<Int32>) -> Tally {
        var tallies = [Tally()]
        add(rows, to: &tallies, by: [UInt8](repeating: 0, count: count))
        return tallies[0]
    }
}
