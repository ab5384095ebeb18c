import Primitives

/// What a sync needs of a journal, on either side.
package protocol SyncJournal: Sendable {
    /// Where this copy stands. Reads nothing that grows with the journal.
    func position() async throws -> SyncPosition
    /// Commits that are not in `clock`, each after everything in its context, at least one if there is one.
    func commits(missingFrom clock: VectorClock, bytesMax: Int) async throws -> (
        commits: [EncodedCommit], hasMore: Bool
    )
    /// Applies commits and what follows from them, in one transaction. Those applied before change nothing.
    ///
    /// - Throws: `sync.fork` for a name used before with other bytes, `sync.gap` when something is missing;
    ///   a `Failure` that names the commit for whatever is wrong with one. Nothing is applied then.
    func receive(_ commits: [EncodedCommit]) async throws
    /// The hashes of a replica's commits, from `first` on.
    func hashes(of replica: ReplicaID, from first: UInt64) async throws -> [CommitHash]
    /// Goes on as a new replica, and takes along the own commits from `first` on, which nobody else has.
    func becomeNewReplica(movingFrom first: UInt64) async throws
    /// Computes the content hash anew; where the tables do not bear it out, rebuilds them from the log.
    func heal() async throws
}

/// Where a journal stands at one moment.
package struct SyncPosition: Hashable, Sendable {
    package let replica: ReplicaID
    package let clock: VectorClock
    package let content: ContentHash
    /// The server's clock at the end of the last exchange; nil before the first.
    package let serverClock: VectorClock?

    package init(replica: ReplicaID, clock: VectorClock, content: ContentHash, serverClock: VectorClock?) {
        self.replica = replica
        self.clock = clock
        self.content = content
        self.serverClock = serverClock
    }
}

/// The device's side: it also remembers what the server had.
package protocol SyncDevice: SyncJournal {
    func remember(serverClock: VectorClock) async throws
}

extension Failure {
    package static func fork(_ dot: Dot) -> Failure {
        Failure(
            .conflict, "sync.fork",
            "Commit \(dot) exists twice with different contents: the journal it came from is a copy. Sync that device "
                + "again; it goes on under a new name and keeps its work.")
    }
}
