import Primitives

/// Order statistics of trade results, exact: linear interpolation between the two nearest (type 7 of Hyndman and Fan
/// 1996, as numpy's default and DuckDB's `quantile_cont`).
package struct Quantiles: Hashable, Sendable {
    package let p5: Amount
    package let p25: Amount
    package let median: Amount
    package let p75: Amount
    package let p95: Amount

    /// Nil for an empty list.
    package init?(of values: some Sequence<Amount>) {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return nil }
        p5 = Self.quantile(5, of: sorted)
        p25 = Self.quantile(25, of: sorted)
        median = Self.quantile(50, of: sorted)
        p75 = Self.quantile(75, of: sorted)
        p95 = Self.quantile(95, of: sorted)
    }

    /// Rounded once, half away from zero, so that the quantiles of losses mirror those of equal wins.
    private static func quantile(_ percent: Int, of sorted: [Amount]) -> Amount {
        let (index, hundredths) = ((sorted.count - 1) * percent).quotientAndRemainder(dividingBy: 100)
        let lower = sorted[index]
        guard hundredths > 0 else { return lower }
        var sum = WideInteger(lower.units, times: Int128(100 - hundredths))
        sum += WideInteger(sorted[index + 1].units, times: Int128(hundredths))
        return sum.divided(by: 100).map(Amount.init(units:)) ?? lower
    }
}
