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
        package let cumulativeNet: Amount
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
    }

    package static let pointsMax = 2000

    /// Candles cover `ceil(days / pointsMax)` local days each, counted from the first closing day; those in which nothing
    /// closed are left out. Throws `amount.out_of_range` when the sum does not fit.
    package init(of closed: ClosedTrades, pointsMax: Int = Self.pointsMax) throws(Failure) {
        var equity = Amount.zero
        guard closed.count > pointsMax, let first = closed.closingDays.min(), let last = closed.closingDays.max() else {
            var points: [Point] = []
            for trade in closed.trades {
                equity = try equity + trade.net
                points.append(Point(closedAt: trade.closedAt, cumulativeNet: equity))
            }
            self = .points(points)
            return
        }
        let span = (last - first + pointsMax) / max(pointsMax, 1)
        var candles: [Candle] = []
        var current: Int?
        for (trade, day) in zip(closed.trades, closed.closingDays) {
            // A clock set back across midnight may return to the day before: the trade stays in the candle at hand.
            let index = max((day - first) / span, current ?? 0)
            if index != current {
                current = index
                let start = CivilDay(daysSince1970: first + index * span)
                candles.append(Candle(day: start, open: equity, high: equity, low: equity, close: equity, count: 0))
            }
            equity = try equity + trade.net
            let end = candles.count - 1
            candles[end].high = max(candles[end].high, equity)
            candles[end].low = min(candles[end].low, equity)
            candles[end].close = equity
            candles[end].count += 1
        }
        self = .candles(candles, daysPerCandle: span)
    }
}
