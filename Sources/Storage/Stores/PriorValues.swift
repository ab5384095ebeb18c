import Journal
import Primitives
import Sync

/// One field of one entity.
struct FieldPlace: Hashable {
    let key: JournalState.Key
    let field: UInt32

    init(_ key: JournalState.Key, _ field: UInt32) {
        self.key = key
        self.field = field
    }
}

/// Which commits wrote a few fields.
struct FieldWrites {
    /// Of each replica the counters, the lowest first: commits come in the order of each replica.
    private var counters: [FieldPlace: [ReplicaID: [UInt64]]] = [:]

    mutating func note(_ dot: Dot, at place: FieldPlace) {
        counters[place, default: [:]][dot.replica, default: []].append(dot.counter)
    }

    /// Of each replica the last write that a clock covers.
    func last(at place: FieldPlace, within clock: VectorClock) -> [Dot] {
        (counters[place] ?? [:]).compactMap { replica, counters in
            var (low, high) = (0, counters.count)
            while low < high {
                let middle = (low + high) / 2
                if counters[middle] <= clock[replica] { low = middle + 1 } else { high = middle }
            }
            return low > 0 ? Dot(replica, counters[low - 1]) : nil
        }
    }
}

/// What each writer of a few fields had before its eyes.
///
/// What stood in this copy of the journal just before is something else: another device's write may have come in between
/// that the writer knew nothing of.
struct PriorValues {
    /// So many entries of a clock take as long as a row.
    private static let entriesPerStep = 16

    private let reader: LogReader
    private let writes: FieldWrites
    private let state: JournalState

    /// - Parameters:
    ///   - writes: every write of these fields.
    ///   - state: knows where each of their commits stands.
    init(_ reader: LogReader, _ writes: FieldWrites, _ state: JournalState) {
        self.reader = reader
        self.writes = writes
        self.state = state
    }

    /// What the writer of a commit had seen in a field; null where it saw nothing.
    func value(_ place: FieldPlace, before dot: Dot) throws -> Value {
        let seen = writes.last(at: place, within: context(of: dot))
        // Of each replica only the last write can stand: its writer had seen all before it.
        var writtenOver = VectorClock()
        if seen.count > 1 {
            for write in seen {
                let context = context(of: write)
                try WorkBudget.spend(steps: 1 + context.entries.count / Self.entriesPerStep)
                writtenOver = writtenOver.joined(with: context)
            }
        }
        let standing = seen.filter { !writtenOver.covers($0) }
        if standing.count > 1, Schema.isProse(Slot(place.key.kind, place.field)) {
            let shown = try ProseRegister.shown(standing, of: WrittenVersions(prior: self, place: place))
            try WorkBudget.spend(steps: shown.rows)
            return shown.value
        }
        let latest = standing.max { (state.time($0), $0) < (state.time($1), $1) }
        return try latest.map { try value(place, writtenBy: $0) } ?? .null
    }

    private func context(of dot: Dot) -> VectorClock { state.places[dot]?.context ?? VectorClock() }

    private func value(_ place: FieldPlace, writtenBy dot: Dot) throws -> Value {
        try reader.value(place.key, place.field, writtenBy: dot)
    }

    /// The versions of one long text in the log.
    private struct WrittenVersions: ProseVersions {
        let prior: PriorValues
        let place: FieldPlace

        func time(of dot: Dot) throws -> HybridTime { prior.state.time(dot) }
        func context(of dot: Dot) throws -> VectorClock { prior.context(of: dot) }
        func value(of dot: Dot) throws -> Value { try prior.value(place, writtenBy: dot) }
        func last(within clock: VectorClock) throws -> [Dot] { prior.writes.last(at: place, within: clock) }
    }
}
