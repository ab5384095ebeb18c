import Primitives

/// The running profit, in the quote currency, in at most two thousand points.
///
/// Few trades are shown one by one. Many become candles with exact extremes, so that a drawdown within a day stays
/// visible; thinning out points would drop it. Either way the last value is the net of all trades.
package enum EquityCurve: Hashable, Sendable {
    case points([Point])
    case candles([Candle], daysPerCandle: Int)

    package struct Point: Hashable, Sendable {
        package let closedAt: Timestamp
        /// The local day of the close.
        package let day: CivilDay
        package let cumulativeNet: Amount
        /// The highest profit up to here, never below zero.
        package let peak: Amount
    }

    package struct Candle: Hashable, Sendable {
        /// Its first local day.
        package let day: CivilDay
        /// The close of the candle before; zero for the first.
        package let open: Amount
        /// The extremes include the open.
        package fileprivate(set) var high: Amount
        package fileprivate(set) var low: Amount
        package fileprivate(set) var close: Amount
        package fileprivate(set) var count: Int
        /// The highest profit up to the end of the candle, never below zero.
        package fileprivate(set) var peak: Amount
        /// Where it was farthest below the peak, from the open on.
        package fileprivate(set) var deepest: Depth

        fileprivate mutating func deepen(to depth: Depth) throws(Failure) {
            if try depth.distance > deepest.distance { deepest = depth }
        }
    }

    /// A place of the curve, and the highest profit until then, which may be lower than what the candle reaches later.
    package struct Depth: Hashable, Sendable {
        package let net: Amount
        package let peak: Amount

        fileprivate var distance: Amount {
            get throws(Failure) { try peak - net }
        }
    }

    package static let pointsMax = 2000

    /// Candles cover `ceil(days / pointsMax)` local days each, counted from the first closing day; those in which nothing
    /// closed are left out. Throws `amount.out_of_range` when the sum does not fit.
    package init(of closed: ClosedTrades, pointsMax: Int = Self.pointsMax) throws(Failure) {
        if closed.count <= pointsMax {
            self = .points(try Self.points(of: closed))
        } else {
            self = try Self.candles(of: closed, pointsMax: pointsMax)
        }
    }

    private static func points(of closed: ClosedTrades) throws(Failure) -> [Point] {
        var (equity, peak) = (Amount.zero, Amount.zero)
        var points: [Point] = []
        try closed.forEachLeaf { leaf, rows throws(Failure) in
            let day = CivilDay(daysSince1970: leaf.day)
            for row in rows {
                equity = try equity + Amount(units: leaf.net[Int(row)])
                peak = max(peak, equity)
                points.append(
                    Point(
                        closedAt: Timestamp(milliseconds: leaf.closedAt[Int(row)]), day: day, cumulativeNet: equity,
                        peak: peak))
            }
        }
        return points
    }

    private static func candles(of closed: ClosedTrades, pointsMax: Int) throws(Failure) -> EquityCurve {
        let spans = try closed.daySpans()
        guard let first = spans.map(\.day).min(), let last = spans.map(\.day).max() else { return .points([]) }
        let width = (last - first + pointsMax) / max(pointsMax, 1)
        var candles: [Candle] = []
        var (equity, peak) = (Amount.zero, Amount.zero)
        var current: Int?
        for span in spans {
            // A clock set back across midnight may return to the day before: the trade stays in the candle at hand.
            let index = max((span.day - first) / width, current ?? 0)
            if index != current {
                current = index
                let start = CivilDay(daysSince1970: first + index * width)
                candles.append(
                    Candle(
                        day: start, open: equity, high: equity, low: equity, close: equity, count: 0, peak: peak,
                        deepest: Depth(net: equity, peak: peak)))
            }
            let end = candles.count - 1
            let (high, low) = (try equity + Amount(units: span.high), try equity + Amount(units: span.low))
            candles[end].high = max(candles[end].high, high)
            candles[end].low = min(candles[end].low, low)
            try candles[end].deepen(to: Depth(net: low, peak: peak))
            try candles[end].deepen(
                to: Depth(
                    net: try equity + Amount(units: span.deepest.net),
                    peak: try equity + Amount(units: span.deepest.high)))
            peak = max(peak, high)
            equity = try equity + Amount(units: span.net)
            candles[end].close = equity
            candles[end].count += span.count
            candles[end].peak = peak
        }
        return .candles(candles, daysPerCandle: width)
    }
}
