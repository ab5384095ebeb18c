import Primitives

/// How the last trades went, seen from successive moments: a trailing window of a fixed number of trades.
package struct RollingWindow: Hashable, Sendable {
    /// The close of the window's last trade.
    package let closedAt: Timestamp
    package let tally: Tally

    package static let tradeCount = 50
    package static let pointsMax = 400

    /// At most `pointsMax` windows, evenly spaced, the last trade always among them; none while there are fewer trades
    /// than a window holds. Throws `amount.out_of_range` when a sum does not fit.
    package static func windows(
        of closed: ClosedTrades, tradeCount: Int = Self.tradeCount, pointsMax: Int = Self.pointsMax
    ) throws(Failure) -> [RollingWindow] {
        guard tradeCount > 0, pointsMax > 0, closed.count >= tradeCount else { return [] }
        let step = (closed.count - tradeCount + pointsMax) / pointsMax
        let first = tradeCount + (closed.count - tradeCount) % step
        var windows: [RollingWindow] = []
        for end in stride(from: first, through: closed.count, by: step) {
            let trades = closed.trades[(end - tradeCount)..<end]
            guard let last = trades.last else { continue }
            windows.append(RollingWindow(closedAt: last.closedAt, tally: try Tally(of: trades)))
        }
        return windows
    }
}
