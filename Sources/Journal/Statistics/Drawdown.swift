import Primitives

/// How far, and how long, equity was below its peak, trade by trade (see `EquityPath`).
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
}
