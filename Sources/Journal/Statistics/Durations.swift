import Primitives

/// How long trades were held, from the first entry to the final close, in milliseconds.
package struct Durations: Hashable, Sendable {
    package let mean: Double
    /// The middle one, or the mean of the two in the middle.
    package let median: Double
    /// Nil without wins.
    package let meanOfWins: Double?
    /// Nil without losses.
    package let meanOfLosses: Double?

    /// Nil without trades.
    init?(of closed: ClosedTrades, _ walk: ClosedTrades.Walk, _ tally: Tally) {
        guard let mean = tally.meanHeld else { return nil }
        self.mean = mean
        let middle = closed.held(at: [(tally.count - 1) / 2, tally.count / 2], walk)
        median = Double(middle[0] + middle[1]) / 2
        meanOfWins = tally.meanHeldOfWins
        meanOfLosses = tally.meanHeldOfLosses
    }
}
