import Primitives
import Sync

/// A fill as far as another one can be its double.
struct DoubleCandidate {
    let id: EntityID
    /// Stands for side, price and quantity.
    let key: Int
    /// In milliseconds.
    let time: Int64
    /// Empty where the source does not say.
    let kind: String
    let externalID: String
    /// What a person said: `double`, `distinct` or nothing.
    let review: String
}

/// What one import brought into a market.
struct DoubleSource {
    let id: EntityID
    /// Empty for what an older version imported.
    let layout: String
    /// How finely its times are told, in milliseconds.
    let resolution: Int64
    let hasIDs: Bool
    /// From the first fill to the last, in milliseconds.
    let span: ClosedRange<Int64>
    /// In the order in which they happened.
    var fills: [DoubleCandidate] = []
    /// Where it was imported to, before that became another name of the account.
    var account = EntityID(rawValue: 0)

    /// The richer one first, which counts; then the lower id.
    static func isRicher(_ left: Self, _ right: Self) -> Bool {
        if left.hasIDs != right.hasIDs { return left.hasIDs }
        if left.resolution != right.resolution { return left.resolution < right.resolution }
        return left.id < right.id
    }

    /// Whether anything of two imports can be the same at all.
    func canRepeat(_ other: Self) -> Bool {
        // One layout with ids tells by them what is the same, within one account.
        guard isOther(than: other) || !hasIDs else { return false }
        let reach = DoubleMatch.shiftMax + max(resolution, other.resolution)
        return span.lowerBound - reach <= other.span.upperBound && other.span.lowerBound - reach <= span.upperBound
    }

    /// Whether the two write one fill in two ways: under the name of another account, too, since that is a part of its id.
    func isOther(than other: Self) -> Bool {
        account != other.account || layout != other.layout || hasIDs != other.hasIDs || resolution != other.resolution
    }
}

/// Finds which fills of two imports of one market look like the same ones.
///
/// Two layouts: the times are equal as far as the coarser one tells them. Or a wrong zone: *all* fills of the smaller import
/// are in the larger, later or earlier by one shift, a multiple of 15 minutes up to 14 hours; or by two shifts one hour apart,
/// where summer time begins or ends. That could be chance with a strategy that does the same thing over and over, so a shift
/// must also fit the other way around: whatever the larger import has between the shifted fills must be among them. A smaller
/// import that looks like itself when it is shifted proves nothing, nor does a single fill on a full quarter of an hour, unless
/// each import has but one.
struct DoubleMatch {
    private let sources: [DoubleSource]

    static let quarter: Int64 = 900_000
    static let shiftMax: Int64 = 14 * 3_600_000
    private static let hour: Int64 = 3_600_000
    private static let day: Int64 = 24 * hour
    /// Fills that are further apart belong to two stretches, with another season's fills between them, perhaps.
    private static let stretchGap = 30 * day
    /// Summer time changes twice a year.
    private static let seasonMin = 90 * day
    /// Enough to see whether a strategy repeats itself.
    private static let sampleMax = 200
    /// How many equal fills of one moment are looked at for one that fits.
    private static let crowdMax = 64

    /// - Parameter sources: those of one market.
    init(_ sources: [DoubleSource]) { self.sources = sources.sorted(by: DoubleSource.isRicher) }

    /// For each likely double the fill that counts in its place.
    func doubles() throws -> [EntityID: EntityID] {
        var originals: [EntityID: EntityID] = [:]
        for later in sources.indices {
            for earlier in 0..<later where sources[earlier].canRepeat(sources[later]) {
                try WorkBudget.spend(steps: sources[later].fills.count + 1)
                for (kept, waiting) in Self.matches(sources[earlier], sources[later]) {
                    // What a person has settled is no question any more.
                    guard originals[waiting.id] == nil, waiting.review.isEmpty, kept.review != "double" else {
                        continue
                    }
                    originals[waiting.id] = originals[kept.id] ?? kept.id
                }
            }
        }
        return originals
    }

    private typealias Pair = (kept: DoubleCandidate, waiting: DoubleCandidate)

    private static func matches(_ left: DoubleSource, _ right: DoubleSource) -> [Pair] {
        let pairing = Pairing(left, right)
        guard left.isOther(than: right) else { return shifted(pairing, left.fills, right.fills) }
        let equal = pairing.equalTimes(left.fills, right.fills)
        guard !equal.isEmpty else { return shifted(pairing, left.fills, right.fills) }
        // Where one file knows of summer time and the other does not, half of the year agrees.
        let isMost = equal.count * 2 >= min(left.fills.count, right.fills.count)
        let (known, seen) = (Set(equal.map(\.kept.id)), Set(equal.map(\.waiting.id)))
        return equal
            + shifted(
                pairing, left.fills.filter { !known.contains($0.id) }, right.fills.filter { !seen.contains($0.id) },
                isMost ? [-hour, hour] : allShifts)
    }

    /// The nearest first.
    private static let allShifts: [Int64] = (1...(shiftMax / quarter)).flatMap { [-$0 * quarter, $0 * quarter] }

    private static func shifted(
        _ pairing: Pairing, _ left: [DoubleCandidate], _ right: [DoubleCandidate], _ shifts: [Int64] = allShifts
    ) -> [Pair] {
        guard !left.isEmpty, !right.isEmpty, pairing.resolution < quarter else { return [] }
        let isLeftSmaller = left.count <= right.count
        let (small, large) = isLeftSmaller ? (left, right) : (right, left)
        guard isTelling(small, in: large) else { return [] }
        guard let found = pairing.shift(small, onto: large, shifts) else { return [] }
        return zip(small, found).map { fill, place -> Pair in
            isLeftSmaller ? (fill, large[place]) : (large[place], fill)
        }
    }

    private static func isTelling(_ small: [DoubleCandidate], in large: [DoubleCandidate]) -> Bool {
        guard small.count > 1 else { return large.count == 1 || small[0].time % quarter != 0 }
        let sample = small.prefix(sampleMax)
        let places = Set(sample.map { Place(key: $0.key, bucket: $0.time) })
        return !(1...(shiftMax / quarter)).contains { step in
            let count = sample.count { places.contains(Place(key: $0.key, bucket: $0.time + step * quarter)) }
            return count * 2 >= sample.count
        }
    }

    fileprivate struct Place: Hashable {
        let key: Int
        let bucket: Int64
    }

    /// How the fills of two imports are compared.
    private struct Pairing {
        let resolution: Int64
        let isOneLayout: Bool

        init(_ left: DoubleSource, _ right: DoubleSource) {
            resolution = max(left.resolution, right.resolution, 1)
            isOneLayout = left.layout == right.layout && !left.layout.isEmpty
        }

        func bucket(_ time: Int64) -> Int64 { time.flooredDivision(by: resolution).quotient }

        private func agree(_ left: DoubleCandidate, _ right: DoubleCandidate) -> Bool {
            guard left.kind == right.kind || left.kind.isEmpty || right.kind.isEmpty else { return false }
            guard !left.externalID.isEmpty, !right.externalID.isEmpty, left.externalID != right.externalID else {
                return true
            }
            // Ids that are made alike and differ name two fills.
            return !isOneLayout && !Self.areAlike(left.externalID.utf8, right.externalID.utf8)
        }

        private static func areAlike(_ left: String.UTF8View, _ right: String.UTF8View) -> Bool {
            let areNumbers = (left.allSatisfy(\.isDecimalDigit), right.allSatisfy(\.isDecimalDigit))
            return areNumbers == (true, true) || areNumbers == (false, false) && left.count == right.count
        }

        private func index(_ fills: [DoubleCandidate]) -> [Place: [Int]] {
            var places: [Place: [Int]] = [:]
            places.reserveCapacity(fills.count)
            for (index, fill) in fills.enumerated() {
                places[Place(key: fill.key, bucket: bucket(fill.time)), default: []].append(index)
            }
            return places
        }

        /// Takes a fill that is not taken yet out of a crowd of equal ones.
        private func take(
            _ fill: DoubleCandidate, at time: Int64, from fills: [DoubleCandidate], _ places: inout [Place: [Int]]
        ) -> Int? {
            let place = Place(key: fill.key, bucket: bucket(time))
            let offset = places[place]?.prefix(crowdMax).firstIndex { agree(fill, fills[$0]) }
            return offset.flatMap { places[place]?.remove(at: $0) }
        }

        func equalTimes(_ left: [DoubleCandidate], _ right: [DoubleCandidate]) -> [Pair] {
            var places = index(left)
            var pairs: [Pair] = []
            for fill in right {
                if let place = take(fill, at: fill.time, from: left, &places) { pairs.append((left[place], fill)) }
            }
            return pairs
        }

        /// For each fill of the smaller import the place of its double in the larger one; nil where no shift fits.
        func shift(_ small: [DoubleCandidate], onto large: [DoubleCandidate], _ shifts: [Int64]) -> [Int]? {
            let places = index(large)
            func fits(_ fill: DoubleCandidate, _ shift: Int64) -> Bool {
                places[Place(key: fill.key, bucket: bucket(fill.time + shift))] != nil
            }
            let likely = shifts.filter { fits(small[0], $0) }
            for shift in likely {
                if let found = match(small, large, places, shift, shift) { return found }
            }
            guard shifts.count > 2 else { return nil }
            for shift in likely {
                for other in [shift - hour, shift + hour] where other.magnitude <= shiftMax {
                    if let found = match(small, large, places, shift, other) { return found }
                }
            }
            return nil
        }

        private func match(
            _ small: [DoubleCandidate], _ large: [DoubleCandidate], _ places: [Place: [Int]], _ first: Int64,
            _ second: Int64
        ) -> [Int]? {
            // Most shifts fit the first fill alone: nothing is copied for those.
            guard
                small.allSatisfy({ fill in
                    places[Place(key: fill.key, bucket: bucket(fill.time + first))] != nil
                        || places[Place(key: fill.key, bucket: bucket(fill.time + second))] != nil
                })
            else { return nil }
            var free = places
            var found: [Int] = []
            var (shift, other) = (first, second)
            var changed: Int64?
            var stretch = Stretch()
            for fill in small {
                if let last = stretch.last, fill.time - last > stretchGap {
                    guard isWhole(stretch, large) else { return nil }
                    stretch = Stretch()
                }
                var taken = take(fill, at: fill.time + shift, from: large, &free)
                if taken == nil, other != shift {
                    guard changed.map({ fill.time - $0 >= seasonMin }) ?? true else { return nil }
                    changed = fill.time
                    swap(&shift, &other)
                    taken = take(fill, at: fill.time + shift, from: large, &free)
                }
                guard let taken else { return nil }
                found.append(taken)
                stretch.add(fill.time, bucket(fill.time + shift))
            }
            return isWhole(stretch, large) ? found : nil
        }

        private struct Stretch {
            var count = 0
            var last: Int64?
            var buckets: (lowest: Int64, highest: Int64) = (.max, .min)

            mutating func add(_ time: Int64, _ bucket: Int64) {
                count += 1
                last = time
                buckets = (min(buckets.lowest, bucket), max(buckets.highest, bucket))
            }
        }

        /// Whether the larger import has nothing else where the shifted fills are.
        private func isWhole(_ stretch: Stretch, _ large: [DoubleCandidate]) -> Bool {
            let start = large.partitioningIndex { bucket($0.time) >= stretch.buckets.lowest }
            let end = large.partitioningIndex { bucket($0.time) > stretch.buckets.highest }
            return end - start == stretch.count
        }
    }
}

extension UInt8 {
    fileprivate var isDecimalDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}

extension Array {
    /// The place of the first element that a condition holds for, which holds for all behind it too.
    fileprivate func partitioningIndex(_ holds: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
