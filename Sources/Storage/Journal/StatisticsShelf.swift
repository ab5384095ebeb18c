import Primitives
import Synchronization

/// What the figures of all open journals take in memory: when it is too much, the journal that was asked the longest ago
/// gives its own up, and reads them again when it is asked.
package final class StatisticsShelf: Sendable {
    /// Of all journals, in bytes: some 500,000 trades.
    package static let bytesMax = 128 << 20
    /// That of this process.
    package static let shared = StatisticsShelf(bytesMax: bytesMax)

    private struct Entry {
        weak var figures: LiveStatistics?
        var bytes: Int
        /// Grows with every use.
        var used: UInt64
    }

    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        var bytes = 0
        var uses: UInt64 = 0
    }

    private let bytesMax: Int
    private let state = Mutex(State())

    package init(bytesMax: Int) { self.bytesMax = bytesMax }

    /// What all figures take, about, in bytes.
    package var bytesUsed: Int { state.withLock { $0.bytes } }

    /// To be told after each use, without holding on to what it may give up.
    func note(_ figures: LiveStatistics, bytes: Int) {
        state.withLock { state in
            state.uses += 1
            Self.put(Entry(figures: figures, bytes: bytes, used: state.uses), for: ObjectIdentifier(figures), &state)
        }
        // One that is in use stays, and is told of again when its use ends.
        var busy: Set<ObjectIdentifier> = []
        while let (victim, used) = oldest(except: busy) {
            let id = ObjectIdentifier(victim)
            guard victim.drop() else {
                busy.insert(id)
                continue
            }
            state.withLock { state in
                // Unless it was asked again meanwhile.
                if state.entries[id]?.used == used { Self.put(nil, for: id, &state) }
            }
        }
    }

    func forget(_ figures: LiveStatistics) {
        state.withLock { Self.put(nil, for: ObjectIdentifier(figures), &$0) }
    }

    /// Nil while all is within bounds, and when there is nothing to give up.
    private func oldest(except busy: Set<ObjectIdentifier>) -> (LiveStatistics, used: UInt64)? {
        state.withLock { state in
            guard state.bytes > bytesMax else { return nil }
            let kept = state.entries.filter { !busy.contains($0.key) && $0.value.bytes > 0 }
            guard let oldest = kept.min(by: { $0.value.used < $1.value.used }) else { return nil }
            return oldest.value.figures.map { ($0, oldest.value.used) }
        }
    }

    private static func put(_ entry: Entry?, for id: ObjectIdentifier, _ state: inout State) {
        state.bytes += (entry?.bytes ?? 0) - (state.entries[id]?.bytes ?? 0)
        state.entries[id] = entry
    }
}
