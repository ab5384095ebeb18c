/// A table of bounded size: whoever comes beyond its bound pushes out what was asked for longest ago.
struct RecentlyUsed<Key: Hashable, Value> {
    private struct Use {
        let key: Key
        let number: UInt64
    }

    private let countMax: Int
    private var values: [Key: (value: Value, lastUse: UInt64)] = [:]
    /// In the order they happened; of each key only the last one counts.
    private var uses: [Use] = []
    /// Uses before this one are over.
    private var first = 0
    private var useCount: UInt64 = 0

    init(countMax: Int) { self.countMax = countMax }

    var count: Int { values.count }

    mutating func find(_ key: Key) -> Value? {
        guard let found = values[key] else { return nil }
        use(key, found.value)
        return found.value
    }

    /// - Returns: the key and value that had to go for it.
    mutating func keep(_ key: Key, _ value: Value) -> (key: Key, value: Value)? {
        use(key, value)
        guard values.count > countMax else { return nil }
        while first < uses.count {
            let use = uses[first]
            first += 1
            guard let oldest = values[use.key], oldest.lastUse == use.number else { continue }
            values[use.key] = nil
            return (use.key, oldest.value)
        }
        return nil
    }

    @discardableResult
    mutating func remove(_ key: Key) -> Value? { values.removeValue(forKey: key)?.value }

    private mutating func use(_ key: Key, _ value: Value) {
        useCount += 1
        values[key] = (value, useCount)
        uses.append(Use(key: key, number: useCount))
        // Uses that were overtaken are let go of once they are most of the list.
        guard uses.count > 2 * countMax + 64 else { return }
        uses = uses[first...].filter { values[$0.key]?.lastUse == $0.number }
        first = 0
    }
}
