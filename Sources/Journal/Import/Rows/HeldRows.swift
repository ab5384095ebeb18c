/// Rows that wait for their partners, each under a key that its partner has too.
///
/// The oldest can be given up, so that a file in which no partner ever comes stays in bounded memory.
struct HeldRows<Row: Sendable>: Sendable {
    private struct Held: Sendable {
        let key: String
        let row: Row
    }

    private var rows: [Int: Held] = [:]
    private var numbers: [String: [Int]] = [:]
    private var oldest = 0
    private var next = 0

    var count: Int { rows.count }

    mutating func hold(_ row: Row, _ key: String) {
        rows[next] = Held(key: key, row: row)
        numbers[key, default: []].append(next)
        next += 1
    }

    /// The first of the rows under this key that fits; it waits no longer.
    mutating func take(_ key: String, where fits: (Row) -> Bool = { _ in true }) -> Row? {
        let found = numbers[key]?.first { number in rows[number].map { fits($0.row) } ?? false }
        return found.flatMap { remove($0) }
    }

    mutating func takeOldest() -> Row? {
        while oldest < next {
            defer { oldest += 1 }
            if let row = remove(oldest) { return row }
        }
        return nil
    }

    /// In the order in which they came.
    mutating func takeAll() -> [Row] {
        var all: [Row] = []
        while let row = takeOldest() { all.append(row) }
        return all
    }

    private mutating func remove(_ number: Int) -> Row? {
        guard let held = rows.removeValue(forKey: number) else { return nil }
        numbers[held.key]?.removeAll { $0 == number }
        if numbers[held.key]?.isEmpty == true { numbers[held.key] = nil }
        return held.row
    }
}
