import Primitives

/// What depends on the order of trades: streaks, and how far and how long equity was below its peak.
///
/// The peak starts at a profit of zero, so a first trade that loses is a drawdown; that zero stands on the day of the
/// first close.
struct EquityPath: Sendable {
    /// Above zero, or nil; fractions are measured against it.
    let startBalance: Amount?
    private(set) var equity: Int128 = 0
    private(set) var streaks = Streaks()
    private(set) var isOverflowed = false
    private var peak: Int128 = 0
    private var peakDay: Int?
    private var lastDay = 0
    private var depth: Int128 = 0
    private var fraction = 0.0
    private var stretches = StretchExtremes()

    init(startBalance: Amount?) { self.startBalance = startBalance.flatMap { $0 > .zero ? $0 : nil } }

    @inline(__always)
    mutating func add(_ net: Int128, day: Int) {
        if peakDay == nil { peakDay = day }
        lastDay = day
        streaks.add(net)
        let (sum, overflow) = equity.addingReportingOverflow(net)
        isOverflowed = isOverflowed || overflow
        equity = sum
        if equity >= peak {
            if depth > 0 { endStretch(isRecovered: true) }
            peak = equity
            peakDay = day
        } else if peak &- equity > depth {
            depth = peak &- equity
        }
    }

    /// The largest fraction of a stretch is where it is deepest, for the peak is one number until it ends.
    private mutating func endStretch(isRecovered: Bool) {
        let stretch = Drawdown.Stretch(
            depth: Amount(units: depth), peakDay: peakDay ?? lastDay, endDay: lastDay, isRecovered: isRecovered)
        stretches.add(stretch)
        if let startBalance {
            let (whole, overflow) = startBalance.units.addingReportingOverflow(peak)
            isOverflowed = isOverflowed || overflow
            fraction = max(fraction, stretch.depth.approximate / Amount(units: whole).approximate)
        }
        depth = 0
    }

    /// Nil without trades. Throws `amount.out_of_range` when the equity did not fit.
    func drawdown() throws(Failure) -> Drawdown? {
        guard !isOverflowed else { throw .amountOutOfRange }
        guard peakDay != nil else { return nil }
        var ended = self
        if depth > 0 { ended.endStretch(isRecovered: false) }
        guard !ended.isOverflowed else { throw .amountOutOfRange }
        return Drawdown(
            amount: ended.stretches.deepest?.depth ?? .zero, fraction: startBalance == nil ? nil : ended.fraction,
            deepest: ended.stretches.deepest, longest: ended.stretches.longest)
    }
}

/// The deepest and the longest stretch under water, the earliest of equals.
private struct StretchExtremes {
    var deepest: Drawdown.Stretch?
    var longest: Drawdown.Stretch?

    mutating func add(_ stretch: Drawdown.Stretch) {
        if deepest.map({ stretch.depth > $0.depth }) ?? true { deepest = stretch }
        if longest.map({ stretch.dayCount > $0.dayCount }) ?? true { longest = stretch }
    }
}
