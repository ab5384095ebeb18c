import Primitives

/// Where and when a commit stands: what its writer had seen, and its time.
package struct CommitPlace: Hashable, Sendable {
    package let context: VectorClock
    package let time: HybridTime

    package init(context: VectorClock, time: HybridTime) {
        self.context = context
        self.time = time
    }
}

/// Shows the concurrent versions of one long text as one.
package enum ProseRegister {
    /// What is shown of several siblings: their three-way merge over the text that all their writers had seen.
    ///
    /// The result depends on nothing but the dots and texts, so replicas that hold the same versions show the same
    /// text.
    /// - Parameters:
    ///   - siblings: the versions that stand, at least one. An emptied field counts as an empty text.
    ///   - history: versions of the same field that were written over.
    ///   - place: where the commit of a dot stands.
    package static func shown(
        _ siblings: [Sibling], history: [Sibling], place: (Dot) throws -> CommitPlace
    ) rethrows -> (value: Value, overlaps: Bool) {
        guard siblings.count > 1, siblings.contains(where: { $0.value != siblings[0].value }) else {
            return (siblings.first?.value ?? .null, false)
        }
        var ordered: [(sibling: Sibling, place: CommitPlace)] = []
        for sibling in siblings { ordered.append((sibling, try place(sibling.dot))) }
        ordered.sort { ($0.place.time, $0.sibling.dot) < ($1.place.time, $1.sibling.dot) }
        var past = ordered[0].place.context
        for version in ordered.dropFirst() { past = past.met(with: version.place.context) }

        var common: [(sibling: Sibling, place: CommitPlace)] = []
        for version in history where past.covers(version.dot) { common.append((version, try place(version.dot))) }
        let latest = common.filter { candidate in
            !common.contains { $0.place.context.covers(candidate.sibling.dot) }
        }
        // Histories that crossed have several last common versions. They were once siblings of each other, and what
        // their readers saw was their merge.
        let base =
            latest.count > 1
            ? try shown(latest.map(\.sibling), history: history, place: place).value : latest.first?.sibling.value
        let merged = TextMerge.merge(
            base: base?.prose ?? "", versions: ordered.map { $0.sibling.value.prose })
        return (.text(merged.text), merged.hasOverlap)
    }
}

extension Value {
    var prose: String {
        if case .text(let text) = self { text } else { "" }
    }
}
