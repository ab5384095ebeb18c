import Primitives

/// What a journal knows of one long text, as much of it as a merge asks for: the versions that stand, and those that were
/// written over. A text may have thousands of them, and a merge needs a few.
package protocol ProseVersions {
    associatedtype Trouble: Error

    /// When a version was written.
    func time(of dot: Dot) throws(Trouble) -> HybridTime
    /// What the writer of a version had seen.
    func context(of dot: Dot) throws(Trouble) -> VectorClock
    /// An emptied field counts as an empty text.
    func value(of dot: Dot) throws(Trouble) -> Value
    /// Of each replica, the last version that was written over and that `clock` covers.
    func last(within clock: VectorClock) throws(Trouble) -> [Dot]
}

/// The versions of a text that are all in memory.
package struct KnownVersions: ProseVersions {
    private let values: [Dot: Value]
    private let replaced: [Dot]
    private let place: @Sendable (Dot) -> CommitPlace

    /// - Parameters:
    ///   - siblings: the versions that stand.
    ///   - history: those that were written over.
    package init(_ siblings: [Sibling], history: [Sibling], place: @escaping @Sendable (Dot) -> CommitPlace) {
        values = Dictionary((history + siblings).map { ($0.dot, $0.value) }, uniquingKeysWith: { _, last in last })
        replaced = history.map(\.dot)
        self.place = place
    }

    package func time(of dot: Dot) -> HybridTime { place(dot).time }
    package func context(of dot: Dot) -> VectorClock { place(dot).context }
    package func value(of dot: Dot) -> Value { values[dot] ?? .null }

    package func last(within clock: VectorClock) -> [Dot] {
        VectorClock(replaced.filter(clock.covers)).entries
    }
}
