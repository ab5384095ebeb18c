import Journal
import Primitives

/// A histogram of returns, in buckets as wide as the caller wants them.
struct ReturnJSON {
    private let distribution: ReturnDistribution
    /// In tenths.
    private let width: Int

    init(_ distribution: ReturnDistribution, width: Int) {
        self.distribution = distribution
        self.width = width
    }

    /// Half-open buckets: from `from` up to, not including, `to`.
    func json(_ scope: AnalyticsScope) -> JSON {
        var counts: [Int: Int] = [:]
        for bucket in distribution.buckets {
            counts[bucket.index.flooredDivision(by: width).quotient, default: 0] += bucket.count
        }
        let rows = counts.sorted { $0.key < $1.key }.map { index, count in
            JSON.object([
                "bucket": .text(tenths(index * width) + (distribution.unit == .risk ? "R" : "%")),
                "from": .ratio(Double(index * width) / 10), "to": .ratio(Double((index + 1) * width) / 10),
                "count": .count(count),
            ])
        }
        return scope.data(
            rows,
            [
                "unit": .text(distribution.unit == .risk ? "r" : "percent"), "width": .ratio(Double(width) / 10),
                "unknown_count": .count(distribution.unknownCount),
            ])
    }

    /// `-0.5`, `2`.
    private func tenths(_ number: Int) -> String {
        let (whole, rest) = number.magnitude.quotientAndRemainder(dividingBy: 10)
        return (number < 0 ? "-" : "") + String(whole) + (rest == 0 ? "" : ".\(rest)")
    }
}
