import Primitives

/// How many trades returned how much, in narrow buckets that any coarser chart can add up.
package struct ReturnDistribution: Hashable, Sendable {
    /// Net against what.
    package enum Unit: String, Sendable, CaseIterable {
        /// Buckets of 0.1 R, from −10 R to 20 R.
        case risk
        /// Buckets of 0.1 % of the entry notional, within ±50 %.
        case percent
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
        var counts: [Int: Int] = [:]
        var unknownCount = 0
        let limits = unit == .risk ? -100...199 : -500...500
        for trade in closed.trades {
            guard let whole = unit == .risk ? trade.risk : trade.entryNotional else {
                unknownCount += 1
                continue
            }
            let index = Self.floor(trade.net.units, times: unit == .risk ? 10 : 1000, over: whole.units)
            counts[min(max(index, limits.lowerBound), limits.upperBound), default: 0] += 1
        }
        self.unit = unit
        self.unknownCount = unknownCount
        buckets = counts.map { Bucket(index: $0.key, count: $0.value) }.sorted { $0.index < $1.index }
    }

    /// `⌊value × factor ÷ whole⌋` for a whole above zero, in whole numbers throughout: −0.0001 R is in bucket −1. Cut to
    /// ±10⁶ on the way, far outside any bucket.
    private static func floor(_ value: Int128, times factor: Int, over whole: Int128) -> Int {
        let (quotient, rest) = value.flooredDivision(by: whole)
        let tenths = whole.magnitude.dividingFullWidth(rest.magnitude.multipliedFullWidth(by: UInt128(factor)))
        return Int(min(max(quotient, -1000), 1000)) * factor + Int(tenths.quotient)
    }
}
