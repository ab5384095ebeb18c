import Primitives

/// Tells whether a sync gets anywhere. A server that never comes to an end, by mistake or on purpose, is left by what it
/// does, and not by the time it takes: a slow one that brings something new with every answer is followed to the end.
struct SyncProgress {
    /// Answers in a row that bring neither a commit nor the news that one of ours has arrived. Another device that writes
    /// at the same time costs one or two.
    static let idleAnswersMax = 8
    /// How often commits are given other names in one sync: once for a copy, once more for each other copy that syncs at
    /// the same moment. Each time the journal is built anew.
    static let renamesMax = 8
    /// How often a search for where two histories part begins anew, because the server stands elsewhere than it said.
    static let searchRestartsMax = 16

    /// The most that both sides were seen to hold.
    private var best: (held: UInt64, shared: UInt64)?
    private var idleAnswers = 0
    private var renames = 0

    /// Takes note of where both sides stand after an answer.
    ///
    /// - Parameter server: as it says. What it claims to have and this device has not counts for nothing.
    /// - Throws: `sync.no_progress`.
    mutating func note(_ device: VectorClock, server: VectorClock) throws(Failure) {
        let held = Self.count(device)
        let shared = Self.count(device.met(with: server))
        if let best, held <= best.held, shared <= best.shared {
            idleAnswers += 1
            guard idleAnswers < Self.idleAnswersMax else { throw .syncNoProgress }
        } else {
            idleAnswers = 0
        }
        best = (max(held, best?.held ?? 0), max(shared, best?.shared ?? 0))
    }

    /// - Throws: `sync.no_progress`.
    mutating func noteRename() throws(Failure) {
        renames += 1
        guard renames <= Self.renamesMax else { throw .syncNoProgress }
    }

    private static func count(_ clock: VectorClock) -> UInt64 {
        clock.entries.reduce(0) { sum, entry in
            let (next, isTooMuch) = sum.addingReportingOverflow(entry.counter)
            return isTooMuch ? .max : next
        }
    }
}

extension Failure {
    static let syncNoProgress = Failure(
        .unavailable, "sync.no_progress",
        "The server goes on without anything new, so the sync was ended. Nothing is lost; sync again, and if it stays so, "
            + "ask whoever runs the server to look at its log.")
}
