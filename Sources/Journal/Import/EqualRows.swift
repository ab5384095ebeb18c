import Primitives

/// Tells equal rows of a file apart by how many of them stand before.
///
/// Only so many rows are remembered, so that memory does not grow with the file: those that were passed last. Equal rows
/// are of one moment, and files go by time, so that those that are forgotten do not come again. What does come again out of
/// order may have been there before: nobody can say any more.
struct EqualRows {
    /// Rows that are remembered at least; twice as many at most, at some 25 bytes.
    static let rememberedMin = 500_000
    /// Of more symbols than this what was forgotten is known of all together.
    private static let symbolsMax = 10_000
    /// No symbol is empty.
    private static let others = ""

    private let rememberedMin: Int
    private var recent: [UInt64: UInt32] = [:]
    private var older: [UInt64: UInt32] = [:]
    /// When rows were that are in `recent` and in `older`, and those that were forgotten: by symbol.
    private var recentTimes: [String: ClosedRange<Timestamp>] = [:]
    private var olderTimes: [String: ClosedRange<Timestamp>] = [:]
    private var forgotten: [String: ClosedRange<Timestamp>] = [:]

    init(rememberedMin: Int = Self.rememberedMin) { self.rememberedMin = rememberedMin }

    /// How many rows with this key stand before; nil where that was forgotten.
    ///
    /// - Parameter key: of all that the row says.
    mutating func count(_ key: UInt64, symbol: String, time: Timestamp) -> UInt32? {
        if let count = recent[key] {
            recent[key] = count + 1
            return count
        }
        let count = older[key]
        // Where nothing like it is remembered, it may have been forgotten.
        if count == nil, wasForgotten(symbol, time) { return nil }
        if recent.count >= rememberedMin { forget() }
        recent[key] = (count ?? 0) + 1
        Self.add(time...time, symbol, to: &recentTimes)
        return count ?? 0
    }

    /// How many rows are remembered.
    var rememberedCount: Int { recent.count + older.count }

    private func wasForgotten(_ symbol: String, _ time: Timestamp) -> Bool {
        if forgotten.isEmpty { return false }
        return forgotten[symbol]?.contains(time) ?? false || forgotten[Self.others]?.contains(time) ?? false
    }

    private mutating func forget() {
        for (symbol, span) in olderTimes { Self.add(span, symbol, to: &forgotten) }
        (older, olderTimes) = (recent, recentTimes)
        recent = [:]
        recentTimes = [:]
    }

    private static func add(
        _ span: ClosedRange<Timestamp>, _ symbol: String, to spans: inout [String: ClosedRange<Timestamp>]
    ) {
        let name = name(symbol, in: spans)
        guard let known = spans[name] else {
            spans[name] = span
            return
        }
        spans[name] = min(known.lowerBound, span.lowerBound)...max(known.upperBound, span.upperBound)
    }

    private static func name(_ symbol: String, in spans: [String: ClosedRange<Timestamp>]) -> String {
        spans[symbol] != nil || spans.count < symbolsMax ? symbol : others
    }
}
