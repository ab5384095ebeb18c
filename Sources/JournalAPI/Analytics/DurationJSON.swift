import Journal
import Primitives

/// Profits beside holding times: a sample of trades to draw, and all of them in buckets.
enum DurationJSON {
    static let sampleMax = 2000

    static func point(_ trade: ClosedTrades.Sampled) -> JSON {
        .object([
            "duration_secs": .ratio(Double(trade.heldMilliseconds) / 1000), "pnl": .amount(trade.net),
            "symbol": .text(trade.symbol), "trade_id": .id(trade.id),
        ])
    }

    static func bucket(_ row: Breakdown.Row) -> JSON {
        var fields = TallyJSON.fields(row.tally)
        fields["total_pnl"] = .amount(row.tally.net)
        fields["avg_pnl"] = .amount(row.tally.expectancy)
        guard case .duration(let bucket) = row.key else { return .object(fields) }
        let next = DurationBucket(rawValue: bucket.rawValue + 1)
        fields["bucket"] = .text(bucket.name)
        fields["from_secs"] = .count(bucket.startMinutes * 60)
        fields["to_secs"] = next.map { .count($0.startMinutes * 60) } ?? .null
        return .object(fields)
    }
}
