import Primitives

/// Finds, for each replica, the first commit that a device and the server have under one name but not alike.
///
/// A commit's hash holds that of its predecessor, so where two hashes are equal everything before them is; each round of
/// questions narrows all searches at once.
struct HistorySearch {
    /// How many parts each question cuts what is left into.
    private static let partsMax: UInt64 = 32

    private struct Interval {
        /// Up to here both are known to be alike.
        var same: UInt64
        /// From here on they differ.
        var different: UInt64
    }

    private var theirs: [Dot: CommitHash?] = [:]
    private var heads: SyncHeads

    init(_ standing: ServerStanding) { heads = standing.heads }

    /// Takes in an answer. What was learned of another history than the server has now is forgotten; what is missing at
    /// the end of an answer is asked for again, unless everything is.
    mutating func learn(_ standing: ServerStanding, asked: [Dot]) {
        if standing.heads != heads { theirs = [:] }
        heads = standing.heads
        let hashes = standing.hashes.isEmpty ? asked.map { _ in nil } : standing.hashes
        for (dot, hash) in zip(asked, hashes) { theirs.updateValue(hash, forKey: dot) }
    }

    enum Step {
        case ask([Dot])
        /// The first commit of each replica that the server has otherwise.
        case found([ReplicaID: UInt64])
    }

    func next(_ device: any SyncJournal, at position: SyncPosition) async throws -> Step {
        let common = position.clock.met(with: heads.clock).entries
        let ours = try await device.hashes(of: common)
        var questions: [Dot] = []
        var forks: [ReplicaID: UInt64] = [:]
        for (dot, ours) in zip(common, ours) {
            guard let their = hash(of: dot) else {
                questions.append(dot)
                continue
            }
            // Of what only the state is here, nothing can be said, and nothing is sent.
            guard let ours, let their, ours != their else { continue }
            let interval = try await narrowed(dot, device)
            // Nothing is asked twice: what the server cannot tell counts as parted.
            let cuts = Self.cuts(interval, of: dot.replica).filter { theirs[$0] == nil }
            if cuts.isEmpty { forks[dot.replica] = interval.same + 1 } else { questions += cuts }
        }
        return questions.isEmpty ? .found(forks) : .ask(Array(questions.prefix(ExchangeLimits.askedMax)))
    }

    /// Nil when it has to be asked; a hash that is nil when the server cannot tell.
    private func hash(of dot: Dot) -> CommitHash?? {
        if heads.clock[dot.replica] == dot.counter { return .some(heads[dot.replica]) }
        return theirs[dot]
    }

    private func narrowed(_ head: Dot, _ device: any SyncJournal) async throws -> Interval {
        let known = theirs.compactMap { dot, hash in
            dot.replica == head.replica && dot.counter < head.counter ? hash.map { (dot, $0) } : nil
        }
        let ours = try await device.hashes(of: known.map(\.0))
        var interval = Interval(same: 0, different: head.counter)
        for ((dot, their), our) in zip(known, ours) {
            if our == their {
                interval.same = max(interval.same, dot.counter)
            } else {
                interval.different = min(interval.different, dot.counter)
            }
        }
        // A server may say of a later commit that it is alike, and of one before it that it is not. The first word that
        // parts the two counts.
        interval.same = min(interval.same, interval.different - 1)
        return interval
    }

    private static func cuts(_ interval: Interval, of replica: ReplicaID) -> [Dot] {
        let width = interval.different - interval.same
        let parts = min(partsMax, width)
        return (1..<parts).map { Dot(replica, interval.same + width / parts * $0) }
    }
}
