import Primitives

/// Order statistics of trade results, exact: linear interpolation between the two nearest (type 7 of Hyndman and Fan
/// 1996, as numpy's default and DuckDB's `quantile_cont`).
package struct Quantiles: Hashable, Sendable {
    package let p5: Amount
    package let p25: Amount
    package let median: Amount
    package let p75: Amount
    package let p95: Amount
    /// The lowest and the highest.
    let least: Amount
    let most: Amount

    private static let percents = [5, 25, 50, 75, 95]

    /// Nil for no trades.
    ///
    /// - Parameter count: of the trades.
    init?(of closed: ClosedTrades, _ walk: ClosedTrades.Walk, count: Int) {
        guard count > 0 else { return nil }
        let spots = Self.percents.map { ((count - 1) * $0).quotientAndRemainder(dividingBy: 100) }
        let places = [0] + spots.flatMap { [$0.quotient, min($0.quotient + 1, count - 1)] } + [count - 1]
        // Neighbouring spots of few trades may overlap; the places are asked for in order all the same.
        let order = places.indices.sorted { places[$0] < places[$1] }
        let found = closed.nets(at: order.map { places[$0] }, walk)
        var values = [Int128](repeating: 0, count: places.count)
        for (place, value) in zip(order, found) { values[place] = value }
        least = Amount(units: values[0])
        most = Amount(units: values[places.count - 1])
        let figures = spots.indices.map {
            Self.between(values[1 + 2 * $0], values[2 + 2 * $0], hundredths: spots[$0].remainder)
        }
        (p5, p25, median, p75, p95) = (figures[0], figures[1], figures[2], figures[3], figures[4])
    }

    /// Rounded once, half away from zero, so that the quantiles of losses mirror those of equal wins.
    private static func between(_ lower: Int128, _ upper: Int128, hundredths: Int) -> Amount {
        guard hundredths > 0 else { return Amount(units: lower) }
        var sum = WideInteger(lower, times: Int128(100 - hundredths))
        sum += WideInteger(upper, times: Int128(hundredths))
        return Amount(units: sum.divided(by: 100) ?? lower)
    }
}
