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
    /// The hashes of some commits, in their order; nil for one that is not here.
    ///
    /// - Parameter bytesMax: how much of the log may be read for it. Where that is not enough, the last ones are missing,
    ///   and the first never is.
    func hashes(of dots: [Dot], bytesMax: Int) async throws -> [CommitHash?]
    /// Writes as a new replica from now on.
    func becomeNewReplica() async throws
    /// Computes the content hash anew; where the tables do not bear it out, rebuilds them from the log.
    func heal() async throws
}

/// Where a journal stands at one moment.
package struct SyncPosition: Hashable, Sendable {
    package let replica: ReplicaID
    package let heads: SyncHeads
    package let content: ContentHash
    /// The server's clock at the end of the last exchange; nil before the first.
    package let serverClock: VectorClock?
    /// The digest of the server's heads then; nil when this copy did not hold all of them.
    package let serverDigest: UInt64?

    package var clock: VectorClock { heads.clock }

    package init(
        replica: ReplicaID, heads: SyncHeads, content: ContentHash, serverClock: VectorClock?, serverDigest: UInt64?
    ) {
        self.replica = replica
        self.heads = heads
        self.content = content
        self.serverClock = serverClock
        self.serverDigest = serverDigest
    }
}

/// The device's side: it also remembers what the server had, and gives way to it where two histories have one name.
package protocol SyncDevice: SyncJournal {
    func remember(serverClock: VectorClock) async throws
    /// Gives the commits of each replica from a counter on, and all that was written after seeing them, names of their
    /// own (see `CommitRename`). Nothing else about them changes.
    ///
    /// - Parameters:
    ///   - forks: the first commit of each replica that the server has otherwise.
    ///   - isNew: whether this copy writes as a new replica from now on, even if none of its own commits is renamed.
    func rename(_ forks: [ReplicaID: UInt64], becomingNew isNew: Bool) async throws
}

extension SyncJournal {
    /// The hashes of some commits, in their order, whatever it takes; nil for one that is not here.
    package func hashes(of dots: [Dot]) async throws -> [CommitHash?] { try await hashes(of: dots, bytesMax: .max) }
}

extension Failure {
    package static func fork(_ dot: Dot) -> Failure {
        Failure(
            .conflict, "sync.fork",
            "Commit \(dot) exists twice with different contents: the journal it came from is a copy. Sync that device "
                + "again; it goes on under a new name and keeps its work.")
    }
}
