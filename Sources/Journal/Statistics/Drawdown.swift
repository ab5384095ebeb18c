import Primitives

/// How far, and how long, equity was below its peak, trade by trade.
///
/// The peak starts at a profit of zero, so a first trade that loses is a drawdown; that zero stands on the day of the
/// first close.
package struct Drawdown: Hashable, Sendable {
    /// One time under water, from the last trade at the peak to the first trade back at it.
    package struct Stretch: Hashable, Sendable {
        /// The greatest distance below the peak, above zero.
        package let depth: Amount
        /// Days since 1970-01-01 of the last trade at the peak.
        package let peakDay: Int
        /// The day of the first trade back at the peak or above; the last closing day when there is none.
        package let endDay: Int
        package let isRecovered: Bool
        /// Calendar days; zero when it was over on the day it began.
        package var dayCount: Int { max(endDay - peakDay, 0) }
    }

    /// The greatest peak − equity, in the quote currency; zero when equity never fell.
    package let amount: Amount
    /// The greatest (peak − equity) / (start balance + peak), as a fraction; it need not be where `amount` is. Nil
    /// without a start balance above zero. Above 1 when more than everything was lost.
    package let fraction: Double?
    /// The stretch that reached `amount`, the earliest of equals; nil when equity never fell.
    package let deepest: Stretch?
    /// The stretch with the most calendar days, the earliest of equals; nil when equity never fell.
    package let longest: Stretch?

    /// Nil without trades. Throws `amount.out_of_range` when the equity does not fit.
    package init?(of closed: ClosedTrades, startBalance: Amount?) throws(Failure) {
        guard let firstDay = closed.closingDays.first, let lastDay = closed.closingDays.last else { return nil }
        let start = startBalance.flatMap { $0 > .zero ? $0 : nil }
        var equity = Amount.zero
        var peak = Amount.zero
        var peakDay = firstDay
        var depth = Amount.zero
        var fraction = 0.0
        var stretches = Extremes()
        for (trade, day) in zip(closed.trades, closed.closingDays) {
            equity = try equity + trade.net
            if equity >= peak {
                stretches.add(.init(depth: depth, peakDay: peakDay, endDay: day, isRecovered: true))
                peak = equity
                peakDay = day
                depth = .zero
            } else {
                let distance = try peak - equity
                depth = max(depth, distance)
                if let start { fraction = max(fraction, distance.approximate / (try start + peak).approximate) }
            }
        }
        stretches.add(.init(depth: depth, peakDay: peakDay, endDay: lastDay, isRecovered: false))
        amount = stretches.deepest?.depth ?? .zero
        self.fraction = start == nil ? nil : fraction
        deepest = stretches.deepest
        longest = stretches.longest
    }

    private struct Extremes {
        var deepest: Stretch?
        var longest: Stretch?

        mutating func add(_ stretch: Stretch) {
            guard stretch.depth > .zero else { return }
            if deepest.map({ stretch.depth > $0.depth }) ?? true { deepest = stretch }
            if longest.map({ stretch.dayCount > $0.dayCount }) ?? true { longest = stretch }
        }
    }
}
