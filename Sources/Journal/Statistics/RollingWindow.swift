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
        let count = closed.count
        guard tradeCount > 0, pointsMax > 0, count >= tradeCount else { return [] }
        let step = (count - tradeCount + pointsMax) / pointsMax
        let first = tradeCount + (count - tradeCount) % step
        let ends = Array(stride(from: first, through: count, by: step))
        var windows: [RollingWindow] = []
        windows.reserveCapacity(ends.count)
        // Windows may overlap: a trade belongs to all that begin before it and have not ended.
        var open: [Tally] = []
        var nextToOpen = 0
        var passed = 0
        try closed.forEachLeaf { leaf, rows throws(Failure) in
            defer { passed += rows.count }
            guard nextToOpen < ends.count || !open.isEmpty else { return }
            // A whole leaf between two windows is passed over.
            if open.isEmpty, passed + rows.count <= ends[nextToOpen] - tradeCount { return }
            for (offset, row) in rows.enumerated() {
                let number = passed + offset
                while nextToOpen < ends.count, ends[nextToOpen] - tradeCount <= number {
                    open.append(Tally())
                    nextToOpen += 1
                }
                guard !open.isEmpty else { continue }
                let trade = leaf.row(Int(row))
                for index in open.indices { try open[index].add(trade) }
                if open[0].count == tradeCount {
                    windows.append(
                        RollingWindow(
                            closedAt: Timestamp(milliseconds: leaf.closedAt[Int(row)]), tally: open.removeFirst()))
                }
            }
        }
        return windows
    }
}
