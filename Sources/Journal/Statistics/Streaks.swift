/// Runs of equal outcomes in `(closedAt, id)` order. A breakeven ends both kinds of run.
package struct Streaks: Hashable, Sendable {
    /// The longest run of wins.
    package private(set) var best = 0
    /// The longest run of losses, as a positive number.
    package private(set) var worst = 0
    /// The run that is still going: above zero for wins, below for losses, zero after a breakeven or without trades.
    package private(set) var current = 0

    package init(of outcomes: some Sequence<TradeFacts.Outcome>) {
        for outcome in outcomes {
            switch outcome {
            case .win: current = max(current, 0) + 1
            case .loss: current = min(current, 0) - 1
            case .breakeven: current = 0
            }
            best = max(best, current)
            worst = max(worst, -current)
        }
    }
}
