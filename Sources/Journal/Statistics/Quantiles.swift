import Primitives

/// Order statistics of trade results, exact: linear interpolation between the two nearest (type 7 of Hyndman and Fan
/// 1996, as numpy's default and DuckDB's `quantile_cont`).
package struct Quantiles: Hashable, Sendable {
    package let p5: Amount
    package let p25: Amount
    package let median: Amount
    package let p75: Amount
    package let p95: Amount

    /// Nil for an empty list. Throws `amount.out_of_range` when two values lie too far apart.
    package init?(of values: some Sequence<Amount>) throws(Failure) {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return nil }
        p5 = try Self.quantile(5, of: sorted)
        p25 = try Self.quantile(25, of: sorted)
        median = try Self.quantile(50, of: sorted)
        p75 = try Self.quantile(75, of: sorted)
        p95 = try Self.quantile(95, of: sorted)
    }

    private static func quantile(_ percent: Int, of sorted: [Amount]) throws(Failure) -> Amount {
        let (index, hundredths) = ((sorted.count - 1) * percent).quotientAndRemainder(dividingBy: 100)
        guard hundredths > 0 else { return sorted[index] }
        let step = try sorted[index + 1] - sorted[index]
        return try sorted[index] + step.scaled(by: Amount(whole: Int64(hundredths)), over: Amount(whole: 100))
    }
}
