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
///
/// What is shown depends on nothing but the dots, times and texts, so replicas that hold the same versions show the same
/// text. So do its limits: where one is exceeded, the latest version is shown as it is, on every replica alike, and all
/// of them stay, are listed, and can be kept.
package enum ProseRegister {
    /// How many versions are merged. A person has a handful of devices.
    package static let versionsMax = 16
    /// How often the writers of the versions may have merged before, each time without a common last version.
    package static let crossingsMax = 16
    /// The size of a merged text, in bytes: that of four texts as long as can be.
    package static let mergedBytesMax = 4 * CommitLimits.textBytesMax

    package struct Shown: Sendable {
        package let value: Value
        /// Whether there is something for a person to settle: versions that change the same words, or too many of them.
        package let overlaps: Bool
        /// What was compared for it, in steps of `DiffWork`.
        package let steps: Int

        /// The same, in what it takes to read a row.
        package var rows: Int { steps >> 9 }
    }

    /// What is shown of several siblings: their three-way merge over the text that all their writers had seen.
    ///
    /// - Parameter siblings: the versions that stand.
    package static func shown<Versions: ProseVersions>(
        _ siblings: [Dot], of versions: Versions
    ) throws(Versions.Trouble) -> Shown {
        try shown(siblings, of: versions, crossings: crossingsMax)
    }

    private static func shown<Versions: ProseVersions>(
        _ siblings: [Dot], of versions: Versions, crossings: Int
    ) throws(Versions.Trouble) -> Shown {
        var ordered: [(dot: Dot, time: HybridTime)] = []
        for dot in siblings { ordered.append((dot, try versions.time(of: dot))) }
        ordered.sort { ($0.time, $0.dot) < ($1.time, $1.dot) }
        guard let latest = ordered.last?.dot else { return Shown(value: .null, overlaps: false, steps: 0) }
        guard ordered.count > 1, ordered.count <= versionsMax else {
            return Shown(value: try versions.value(of: latest), overlaps: ordered.count > 1, steps: 0)
        }
        var values: [Value] = []
        for version in ordered { values.append(try versions.value(of: version.dot)) }
        guard values.contains(where: { $0 != values[0] }) else {
            return Shown(value: values[0], overlaps: false, steps: 0)
        }

        let base = try base(of: ordered.map(\.dot), versions, crossings: crossings)
        let texts = values.map(\.prose)
        var work = DiffWork(bytes: texts.reduce(base.text.utf8.count) { $0 + $1.utf8.count })
        let merged = TextMerge.merge(base: base.text, versions: texts, bytesMax: mergedBytesMax, work: &work)
        return Shown(
            value: merged.map { .text($0.text) } ?? values[values.count - 1], overlaps: merged?.hasOverlap ?? true,
            steps: base.steps + work.steps)
    }

    /// The last text that all writers of some versions had seen.
    private static func base<Versions: ProseVersions>(
        of siblings: [Dot], _ versions: Versions, crossings: Int
    ) throws(Versions.Trouble) -> (text: String, steps: Int) {
        var past: VectorClock?
        for dot in siblings {
            let context = try versions.context(of: dot)
            past = past?.met(with: context) ?? context
        }
        // Of each replica only the last one can be among the last of all: its writer had seen all before it.
        let candidates = try versions.last(within: past ?? VectorClock())
        var writtenOver = VectorClock()
        if candidates.count > 1 {
            for dot in candidates { writtenOver = writtenOver.joined(with: try versions.context(of: dot)) }
        }
        let latest = candidates.filter { !writtenOver.covers($0) }
        guard let only = latest.first else { return ("", 0) }
        guard latest.count > 1 else { return (try versions.value(of: only).prose, 0) }
        // Histories that crossed have several last common versions. They were once siblings of each other, and what
        // their readers saw was their merge.
        let shown =
            crossings > 0
            ? try shown(latest, of: versions, crossings: crossings - 1) : try latestAlone(of: latest, versions)
        return (shown.value.prose, shown.steps)
    }

    private static func latestAlone<Versions: ProseVersions>(
        of dots: [Dot], _ versions: Versions
    ) throws(Versions.Trouble) -> Shown {
        var last: (dot: Dot, time: HybridTime)?
        for dot in dots {
            let time = try versions.time(of: dot)
            if let known = last, (known.time, known.dot) >= (time, dot) { continue }
            last = (dot, time)
        }
        guard let last else { return Shown(value: .null, overlaps: false, steps: 0) }
        return Shown(value: try versions.value(of: last.dot), overlaps: true, steps: 0)
    }
}

extension Value {
    var prose: String {
        if case .text(let text) = self { text } else { "" }
    }
}
