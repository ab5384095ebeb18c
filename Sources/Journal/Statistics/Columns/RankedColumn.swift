/// The numbers of one column in order of size, so that order statistics of any selection of trades are exact and need no
/// sorting: a selection is a set of ranks, and its k-th number is found by counting bits.
///
/// Ranks are given out once, for all trades there are. Trades that come later wait in `late` until they are so many that
/// ranking all anew is cheaper.
struct RankedColumn: Sendable {
    static let unranked = UInt32.max
    private static let lateMax = 4096

    /// Every ranked number in order, with those that were taken out since.
    private let sorted: StepColumn
    /// The ranks of trades that are still there.
    private var present: [UInt64]
    /// The numbers of trades without a rank, in order.
    private var late: [Int128] = []

    /// - Parameter sorted: in order; the place of each is its rank.
    init(sorted values: [Int128]) {
        var column = StepColumn.money
        column.reserveCapacity(values.count)
        for (index, value) in values.enumerated() { column.insert(value, at: index) }
        sorted = column
        present = [UInt64](repeating: .max, count: values.count / 64)
        if values.count % 64 > 0 { present.append(1 << UInt64(values.count % 64) - 1) }
    }

    var isWornOut: Bool { late.count > Self.lateMax }

    mutating func add(_ value: Int128) { late.insert(value, at: Self.place(of: value, in: late)) }

    mutating func remove(_ value: Int128, rank: UInt32) {
        if rank == Self.unranked {
            late.remove(at: Self.place(of: value, in: late))
        } else {
            present[Int(rank) / 64] &= ~(1 << UInt64(rank % 64))
        }
    }

    /// All trades.
    var whole: RankSet { RankSet(ranks: present, late: late) }

    /// No trade yet.
    var nothing: RankSet { RankSet(ranks: [UInt64](repeating: 0, count: present.count), late: []) }

    /// The numbers at these places of the set in order of size; the places ascend.
    func values(at places: [Int], of set: RankSet) -> [Int128] {
        var found: [Int128] = []
        found.reserveCapacity(places.count)
        var walk = Walk(sorted: sorted, set: set)
        for place in places { found.append(walk.value(at: place)) }
        return found
    }

    private static func place(of value: Int128, in values: [Int128]) -> Int {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            if values[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Walks a set in order of size, a word of ranks at a time.
    private struct Walk {
        let sorted: StepColumn
        let set: RankSet
        private var word = 0
        private var lateIndex = 0
        /// How many numbers stand before the word and before `lateIndex`.
        private var before = 0

        init(sorted: StepColumn, set: RankSet) {
            self.sorted = sorted
            self.set = set
        }

        mutating func value(at place: Int) -> Int128 {
            while word < set.ranks.count {
                let count = set.ranks[word].nonzeroBitCount + lateCount(through: word)
                if before + count > place { return value(atPlaceInWord: place - before) }
                before += count
                lateIndex += lateCount(through: word)
                word += 1
            }
            return set.late[min(lateIndex + place - before, set.late.count - 1)]
        }

        /// The late numbers below the end of the word.
        private func lateCount(through word: Int) -> Int {
            guard lateIndex < set.late.count else { return 0 }
            let last = sorted[min(word * 64 + 63, sorted.count - 1)]
            var count = 0
            while lateIndex + count < set.late.count, set.late[lateIndex + count] <= last { count += 1 }
            return count
        }

        private func value(atPlaceInWord place: Int) -> Int128 {
            var values: [Int128] = []
            var bits = set.ranks[word]
            while bits != 0 {
                values.append(sorted[word * 64 + bits.trailingZeroBitCount])
                bits &= bits - 1
            }
            values += set.late[lateIndex..<lateIndex + lateCount(through: word)]
            values.sort()
            return values[place]
        }
    }
}

/// Some trades, by their ranks in one column.
struct RankSet: Sendable {
    var ranks: [UInt64]
    /// The numbers of those without a rank, in order.
    var late: [Int128]

    /// Adds trades of a leaf; who is done with adding puts `late` in order.
    mutating func add(_ rows: UnsafeBufferPointer<Int32>, ranks trades: [UInt32], _ column: StepColumn) {
        ranks.withUnsafeMutableBufferPointer { ranks in
            for row in rows {
                let rank = trades[Int(row)]
                if rank == RankedColumn.unranked {
                    late.append(column[Int(row)])
                } else {
                    ranks[Int(rank &>> 6)] |= 1 &<< UInt64(rank & 63)
                }
            }
        }
    }
}
