/// Values by their keys, which can give up the one that was used the longest ago. Every step takes the same time,
/// however many there are.
package struct RecentlyUsed<Key: Hashable, Value> {
    private struct Node {
        var key: Key
        var value: Value
        var newer: Int?
        var older: Int?
    }

    private var places: [Key: Int] = [:]
    /// With gaps, which `free` names.
    private var nodes: [Node?] = []
    private var free: [Int] = []
    private var newest: Int?
    private var oldest: Int?

    package init() {}

    package var count: Int { places.count }
    package var isEmpty: Bool { places.isEmpty }

    /// The value, which is the one that was used last from here on.
    package mutating func use(_ key: Key) -> Value? {
        guard let place = places[key] else { return nil }
        unlink(place)
        link(place)
        return nodes[place]?.value
    }

    /// The value, without using it.
    package func peek(_ key: Key) -> Value? { places[key].flatMap { nodes[$0]?.value } }

    /// - Returns: what stood there before.
    @discardableResult
    package mutating func put(_ value: Value, for key: Key) -> Value? {
        let former = remove(key)
        let node = Node(key: key, value: value)
        let place = free.popLast() ?? nodes.count
        if place < nodes.count { nodes[place] = node } else { nodes.append(node) }
        places[key] = place
        link(place)
        return former
    }

    @discardableResult
    package mutating func remove(_ key: Key) -> Value? {
        guard let place = places.removeValue(forKey: key) else { return nil }
        unlink(place)
        defer { nodes[place] = nil }
        free.append(place)
        return nodes[place]?.value
    }

    /// The key that was used the longest ago.
    package var oldestKey: Key? { oldest.flatMap { nodes[$0]?.key } }

    private mutating func link(_ place: Int) {
        nodes[place]?.older = newest
        nodes[place]?.newer = nil
        if let newest { nodes[newest]?.newer = place } else { oldest = place }
        newest = place
    }

    private mutating func unlink(_ place: Int) {
        guard let node = nodes[place] else { return }
        if let newer = node.newer { nodes[newer]?.older = node.older } else { newest = node.older }
        if let older = node.older { nodes[older]?.newer = node.newer } else { oldest = node.newer }
    }
}
