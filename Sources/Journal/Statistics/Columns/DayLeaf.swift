import Primitives

/// The trades that closed on one local day, in order of `(closedAt, id)`, column by column.
///
/// Trades are put into a leaf and taken out of it without touching the others, and a view of whole days reads one tally
/// for each instead of its trades.
struct DayLeaf: Sendable {
    /// Days since 1970-01-01. Where the clock is set back across midnight a day has two leaves.
    let day: Int
    private(set) var closedAt: [Int64] = []
    private(set) var ids: [ID<Trade>] = []
    private(set) var groups: [UInt32] = []
    private(set) var tagSets: [UInt32] = []
    /// Places in `DurationBucket.allCases`.
    private(set) var durations: [UInt8] = []
    /// Local hour of the week of the first entry, 0 ... 167 from Monday 00:00.
    private(set) var entryHours: [UInt8] = []
    private(set) var net = StepColumn.money
    private(set) var fees = StepColumn.money
    private(set) var r = StepColumn()
    private(set) var held = StepColumn()
    /// Buckets of `ReturnDistribution`; `noBand` without one.
    private(set) var riskBands: [Int16] = []
    private(set) var percentBands: [Int16] = []
    /// Places in `RankedColumn`.
    var netRanks: [UInt32] = []
    var heldRanks: [UInt32] = []
    private(set) var tally = Tally()
    /// Nil until `prepare`, and after each change.
    private(set) var span: DaySpan?

    static let noBand = Int16.min
    /// Stands for no R: a number that `TradeRow` never has.
    static let noR = Int64.min

    init(day: Int) { self.day = day }

    var count: Int { ids.count }

    func row(_ index: Int) -> TradeRow {
        let r = r[index]
        return TradeRow(net: net[index], fees: fees[index], r: r == Int128(Self.noR) ? nil : r, held: held[index])
    }

    /// Where a trade stands, or would stand.
    func place(_ closedAt: Int64, _ id: ID<Trade>) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if (self.closedAt[middle], ids[middle]) < (closedAt, id) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// - Throws: `amount.out_of_range` when the sums of the day do not fit.
    mutating func insert(_ trade: NewTrade, at index: Int) throws(Failure) {
        try tally.add(trade.row)
        span = nil
        closedAt.insert(trade.closedAt, at: index)
        ids.insert(trade.id, at: index)
        groups.insert(trade.group, at: index)
        tagSets.insert(trade.tagSet, at: index)
        durations.insert(UInt8(DurationBucket.index(heldMilliseconds: trade.row.held)), at: index)
        entryHours.insert(trade.entryHour, at: index)
        net.insert(trade.row.net, at: index)
        fees.insert(trade.row.fees, at: index)
        r.insert(trade.row.r ?? Int128(Self.noR), at: index)
        held.insert(trade.row.held, at: index)
        riskBands.insert(trade.riskBand, at: index)
        percentBands.insert(trade.percentBand, at: index)
        netRanks.insert(RankedColumn.unranked, at: index)
        heldRanks.insert(RankedColumn.unranked, at: index)
    }

    mutating func remove(at index: Int) throws(Failure) {
        try tally.remove(row(index))
        span = nil
        closedAt.remove(at: index)
        ids.remove(at: index)
        groups.remove(at: index)
        tagSets.remove(at: index)
        durations.remove(at: index)
        entryHours.remove(at: index)
        net.remove(at: index)
        fees.remove(at: index)
        r.remove(at: index)
        held.remove(at: index)
        riskBands.remove(at: index)
        percentBands.remove(at: index)
        netRanks.remove(at: index)
        heldRanks.remove(at: index)
    }

    mutating func prepare() {
        if span == nil { span = DaySpan(self, Array(0..<Int32(count))) }
    }

    /// Whether all of it comes before a trade, or after it.
    func ends(before closedAt: Int64, _ id: ID<Trade>) -> Bool {
        guard let last = ids.last, let lastClosedAt = self.closedAt.last else { return true }
        return (lastClosedAt, last) < (closedAt, id)
    }

    func begins(after closedAt: Int64, _ id: ID<Trade>) -> Bool {
        guard let first = ids.first, let firstClosedAt = self.closedAt.first else { return true }
        return (firstClosedAt, first) > (closedAt, id)
    }

    /// Takes over a trade of another leaf of the day, with its ranks.
    mutating func append(_ row: Int, of other: DayLeaf) throws(Failure) {
        try insert(
            NewTrade(
                id: other.ids[row], closedAt: other.closedAt[row], day: day, group: other.groups[row],
                tagSet: other.tagSets[row], entryHour: other.entryHours[row], row: other.row(row),
                riskBand: other.riskBands[row],
                percentBand: other.percentBands[row]), at: count)
        netRanks[count - 1] = other.netRanks[row]
        heldRanks[count - 1] = other.heldRanks[row]
    }
}

/// A trade on its way into a leaf.
struct NewTrade: Sendable {
    let id: ID<Trade>
    let closedAt: Int64
    let day: Int
    let group: UInt32
    let tagSet: UInt32
    let entryHour: UInt8
    let row: TradeRow
    /// Buckets of `ReturnDistribution`, or `DayLeaf.noBand`.
    let riskBand: Int16
    let percentBand: Int16
}
