import Primitives

/// How many trades returned how much, in narrow buckets that any coarser chart can add up.
package struct ReturnDistribution: Hashable, Sendable {
    /// Net against what.
    package enum Unit: String, Sendable, CaseIterable {
        /// Buckets of 0.1 R, from −10 R to 20 R.
        case risk
        /// Buckets of 0.1 % of the entry notional, within ±50 %.
        case percent

        var limits: ClosedRange<Int> { self == .risk ? -100...199 : -500...500 }
    }

    package struct Bucket: Hashable, Sendable {
        /// Bucket `n` holds the returns from `n` up to, not including, `n + 1` tenths. What lies beyond the ends is
        /// counted in the outermost.
        package let index: Int
        package let count: Int
    }

    package let unit: Unit
    /// In order, without the empty ones.
    package let buckets: [Bucket]
    /// The trades without an initial risk, or without an entry notional.
    package let unknownCount: Int

    package init(of closed: ClosedTrades, in unit: Unit) {
        let counts = closed.bandCounts(unit)
        self.unit = unit
        unknownCount = counts.unknownCount
        buckets = counts.buckets
    }
}

extension ReturnDistribution.Unit {
    /// The bucket of a trade; nil without an initial risk, or without an entry notional.
    func band(of trade: TradeFacts) -> Int16? {
        guard let whole = self == .risk ? trade.risk : trade.entryNotional else { return nil }
        let index = Self.floor(trade.net.units, times: self == .risk ? 10 : 1000, over: whole.units)
        return Int16(min(max(index, limits.lowerBound), limits.upperBound))
    }

    /// `⌊value × factor ÷ whole⌋` for a whole above zero, in whole numbers throughout: −0.0001 R is in bucket −1. Cut to
    /// ±10⁶ on the way, far outside any bucket.
    private static func floor(_ value: Int128, times factor: Int, over whole: Int128) -> Int {
        let (quotient, rest) = value.flooredDivision(by: whole)
        let tenths = whole.magnitude.dividingFullWidth(rest.magnitude.multipliedFullWidth(by: UInt128(factor)))
        return Int(min(max(quotient, -1000), 1000)) * factor + Int(tenths.quotient)
    }
}

/// How many trades there are in each bucket of a distribution.
struct BandCounts: Sendable {
    private let first: Int
    private var counts: [Int]
    private(set) var unknownCount = 0

    init(_ unit: ReturnDistribution.Unit) {
        first = unit.limits.lowerBound
        counts = [Int](repeating: 0, count: unit.limits.count)
    }

    mutating func add(_ band: Int16) { count(band, 1) }

    mutating func add(_ bands: [Int16], _ rows: UnsafeBufferPointer<Int32>) {
        var unknown = 0
        counts.withUnsafeMutableBufferPointer { counts in
            for row in rows {
                let band = bands[Int(row)]
                if band == DayLeaf.noBand { unknown &+= 1 } else { counts[Int(band) &- first] &+= 1 }
            }
        }
        unknownCount += unknown
    }

    mutating func remove(_ band: Int16) { count(band, -1) }

    private mutating func count(_ band: Int16, _ change: Int) {
        if band == DayLeaf.noBand { unknownCount += change } else { counts[Int(band) - first] += change }
    }

    var buckets: [ReturnDistribution.Bucket] {
        counts.indices.filter { counts[$0] != 0 }.map { .init(index: first + $0, count: counts[$0]) }
    }
}
