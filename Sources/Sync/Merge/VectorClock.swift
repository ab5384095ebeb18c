import Primitives

/// For each replica, the highest counter seen. As counters have no gaps, that is the set of commits seen.
///
/// Entries are sorted by replica and never zero, so that equal sets are equal values.
package struct VectorClock: Hashable, Sendable {
    package private(set) var entries: [Dot]

    package init() { entries = [] }

    /// The greatest counter counts where a replica stands twice.
    package init(_ entries: some Sequence<Dot>) {
        self.entries = []
        for entry in entries { observe(entry) }
    }

    package var isEmpty: Bool { entries.isEmpty }

    package subscript(replica: ReplicaID) -> UInt64 {
        let index = position(of: replica)
        return index < entries.count && entries[index].replica == replica ? entries[index].counter : 0
    }

    package func covers(_ dot: Dot) -> Bool { dot.counter <= self[dot.replica] }

    package func covers(_ other: VectorClock) -> Bool { other.entries.allSatisfy(covers) }

    /// Adds a commit and all before it of the same replica.
    package mutating func observe(_ dot: Dot) {
        guard dot.counter > 0 else { return }
        let index = position(of: dot.replica)
        if index < entries.count, entries[index].replica == dot.replica {
            if entries[index].counter < dot.counter { entries[index] = dot }
        } else {
            entries.insert(dot, at: index)
        }
    }

    /// The union of what both have seen.
    package func joined(with other: VectorClock) -> VectorClock {
        var result = self
        for entry in other.entries { result.observe(entry) }
        return result
    }

    /// What both have seen.
    package func met(with other: VectorClock) -> VectorClock {
        VectorClock(entries.map { Dot($0.replica, min($0.counter, other[$0.replica])) })
    }

    /// This clock with one replica's entry replaced; 0 removes it.
    package func setting(_ replica: ReplicaID, to counter: UInt64) -> VectorClock {
        var result = self
        result.entries.removeAll { $0.replica == replica }
        result.observe(Dot(replica, counter))
        return result
    }

    /// The entries in which this clock is ahead of an older one.
    package func changes(since older: VectorClock) -> [Dot] { entries.filter { !older.covers($0) } }

    private func position(of replica: ReplicaID) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].replica < replica { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
