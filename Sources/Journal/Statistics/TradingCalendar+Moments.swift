import Primitives

extension TradingCalendar {
    /// The moments of a run of local days: exactly those for which `dayNumber` lies in it. They are one range, but where
    /// the clock is put back across the start of a day.
    ///
    /// - Parameters:
    ///   - first: nil for no first day; as `last`, included.
    /// - Returns: half-open ranges of milliseconds, in order and apart.
    package mutating func moments(from first: CivilDay?, through last: CivilDay?) -> [Range<Int64>] {
        let since = first.map { moments(since: start($0.daysSince1970)) } ?? [Int64.min..<Int64.max]
        let before = last.map { complement(of: moments(since: start($0.daysSince1970 + 1))) } ?? [Int64.min..<Int64.max]
        return since.flatMap { range in before.map { $0.clamped(to: range) } }.filter { !$0.isEmpty }
    }

    /// What the clock on the wall shows when the local day starts.
    private func start(_ day: Int) -> Int64 { Int64(day) * Self.dayMilliseconds + Int64(startOfDayMinutes) * 60_000 }

    /// When the wall shows this or later. No zone is two days from UTC, so far from there nothing is to be asked.
    private mutating func moments(since wall: Int64) -> [Range<Int64>] {
        let day = wall.flooredDivision(by: Self.dayMilliseconds).quotient
        var found: [Range<Int64>] = []
        for utcDay in (day - 2)...(day + 2) {
            let offsets = offsets(ofUTCDay: utcDay)
            let (low, high) = (utcDay * Self.dayMilliseconds, (utcDay + 1) * Self.dayMilliseconds)
            let change = min(max(offsets.change, low), high)
            for (piece, offset) in [(low..<change, offsets.before), (change..<high, offsets.after)] {
                let range = max(piece.lowerBound, wall - offset)..<max(piece.upperBound, wall - offset)
                append(range.clamped(to: piece), to: &found)
            }
        }
        append((day + 3) * Self.dayMilliseconds..<Int64.max, to: &found)
        return found
    }

    private func append(_ range: Range<Int64>, to ranges: inout [Range<Int64>]) {
        guard !range.isEmpty else { return }
        if let last = ranges.last, last.upperBound == range.lowerBound {
            ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
        } else {
            ranges.append(range)
        }
    }

    private func complement(of ranges: [Range<Int64>]) -> [Range<Int64>] {
        var start = Int64.min
        var rest: [Range<Int64>] = []
        for range in ranges {
            if start < range.lowerBound { rest.append(start..<range.lowerBound) }
            start = range.upperBound
        }
        return rest
    }
}
