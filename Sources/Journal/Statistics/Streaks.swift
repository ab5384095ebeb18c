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
        if net > 0 {
            current = current > 0 ? current + 1 : 1
            if current > best { best = current }
        } else if net < 0 {
            current = current < 0 ? current - 1 : -1
            if -current > worst { worst = -current }
        } else {
            current = 0
        }
    }
}
