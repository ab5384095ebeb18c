/// A column of whole numbers, kept as multiples of the largest power of ten that divides them all: 64 bits each as long as
/// those fit, 128 from the first one that does not.
///
/// Money has eighteen decimals and uses eight of them, so a column of it is half as wide as its numbers.
struct StepColumn: Sendable {
    private var low: [Int64] = []
    /// The upper halves; empty while the column is narrow.
    private var high: [Int64] = []
    private(set) var step: Int64

    /// - Parameter step: a power of ten; it becomes smaller where a number asks for it.
    init(step: Int64 = 1) { self.step = step }

    /// A column of money in units of an amount.
    static let money = StepColumn(step: 1_000_000_000_000_000_000)

    var count: Int { low.count }

    @inline(__always)
    subscript(index: Int) -> Int128 {
        if high.isEmpty { return Self.product(low[index], step) }
        return (Int128(high[index]) << 64 | Int128(UInt64(bitPattern: low[index]))) &* Int128(step)
    }

    @inline(__always)
    static func product(_ count: Int64, _ step: Int64) -> Int128 {
        let product = count.multipliedFullWidth(by: step)
        return Int128(product.high) << 64 | Int128(product.low)
    }

    /// The numbers as counts of `step`, while those are narrow; nil once one of them is not.
    @inline(__always)
    func withNarrow<Result>(_ body: (UnsafeBufferPointer<Int64>) -> Result) -> Result? {
        guard high.isEmpty else { return nil }
        return low.withUnsafeBufferPointer(body)
    }

    mutating func reserveCapacity(_ count: Int) { low.reserveCapacity(count) }

    mutating func insert(_ value: Int128, at index: Int) {
        if step > 1 { refine(to: value) }
        let count = step > 1 ? value / Int128(step) : value
        if high.isEmpty, let narrow = Int64(exactly: count) {
            low.insert(narrow, at: index)
            return
        }
        if high.isEmpty { high = low.map { $0 < 0 ? -1 : 0 } }
        low.insert(Int64(truncatingIfNeeded: count), at: index)
        high.insert(Int64(truncatingIfNeeded: count >> 64), at: index)
    }

    mutating func remove(at index: Int) {
        low.remove(at: index)
        if !high.isEmpty { high.remove(at: index) }
    }

    /// Makes the step small enough to count the value by.
    private mutating func refine(to value: Int128) {
        var finer = step
        while value % Int128(finer) != 0 { finer /= 10 }
        guard finer != step else { return }
        let values = low.indices.map { self[$0] }
        self = StepColumn(step: finer)
        reserveCapacity(values.count + 1)
        for value in values { insert(value, at: low.count) }
    }
}
