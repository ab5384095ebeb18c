/// Runs of equal outcomes in `(closedAt, id)` order. A breakeven ends both kinds of run.
package struct Streaks: Hashable, Sendable {
    /// The longest run of wins.
    package private(set) var best = 0
    /// The longest run of losses, as a positive number.
    package private(set) var worst = 0
    /// The run that is still going: above zero for wins, below for losses, zero after a breakeven or without trades.
    package private(set) var current = 0

    init() {}

    @inline(__always)
    mutating func add(_ net: Int128) {
        // Without a branch: how a trade ends is chance to a processor.
        let sign = (net > 0 ? 1 : 0) &- (net < 0 ? 1 : 0)
        let goesOn = current.signum() == sign ? 1 : 0
        current = current &* goesOn &+ sign
        best = max(best, current)
        worst = max(worst, 0 &- current)
    }
}
