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
    package init?(of trades: [TradeFacts]) {
        let held = trades.map { Int128($0.closedAt.milliseconds) - Int128($0.openedAt.milliseconds) }
        guard let mean = Self.mean(held) else { return nil }
        self.mean = mean
        let sorted = held.sorted()
        median = Double(sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
        meanOfWins = Self.mean(zip(trades, held).filter { $0.0.outcome == .win }.map(\.1))
        meanOfLosses = Self.mean(zip(trades, held).filter { $0.0.outcome == .loss }.map(\.1))
    }

    private static func mean(_ held: [Int128]) -> Double? {
        held.isEmpty ? nil : Double(held.reduce(0, +)) / Double(held.count)
    }
}
