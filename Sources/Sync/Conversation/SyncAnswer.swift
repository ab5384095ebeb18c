import Primitives

/// The server's half of an exchange: applies what came, and answers with what the device lacks.
///
/// Nothing is applied before the device has shown that it speaks of this journal's history: by the digest of heads that
/// the journal had, or by hashes that are the journal's own. What it sends then follows on from what both hold, so a
/// context can never be read as naming another commit than its writer saw.
package struct SyncAnswer: Sendable {
    private let journal: any SyncJournal
    private let replica: ReplicaID
    private let clocks: ClockRing
    private let mayRelay: @Sendable (ReplicaID) async throws -> Bool

    /// - Parameters:
    ///   - replica: the replica of the session that asks.
    ///   - clocks: remembers where the journal stands at the end of each answer.
    ///   - mayRelay: whether the session may bring commits of another replica: one that is nobody else's. The server
    ///     may have lost what it knew of them when it was restored from a backup.
    package init(
        journal: any SyncJournal, replica: ReplicaID, clocks: ClockRing,
        mayRelay: @escaping @Sendable (ReplicaID) async throws -> Bool
    ) {
        self.journal = journal
        self.replica = replica
        self.clocks = clocks
        self.mayRelay = mayRelay
    }

    /// - Throws: `sync.foreign_replica`; a `Failure` that names the commit for whatever is wrong with one.
    package func answer(_ request: ExchangeRequest) async throws -> ExchangeResponse {
        for relayed in Set(request.commits.map(\.dot.replica)) where relayed != replica {
            guard try await mayRelay(relayed) else { throw Failure.foreignReplica(relayed) }
        }
        let before = try await journal.position()
        guard request.asked.isEmpty, before.clock[replica] <= request.ownCounter,
            let told = try await verified(request.claim, at: before)
        else { return try await standing(asked: request.asked) }
        try await leaveOwnName(to: request.commits, at: before)
        do {
            try await journal.receive(request.commits)
        } catch let failure as Failure where failure.isParting {
            return try await standing(asked: [])
        }
        var response = ExchangeResponse()
        let held = request.commits.reduce(into: told) { $0.observe($1.dot) }
        let missing = try await journal.commits(missingFrom: held, bytesMax: request.answerBytesMax)
        response.commits = missing.commits
        response.hasMore = missing.hasMore
        try await close(&response, request: request, held: held)
        return response
    }

    private func close(_ response: inout ExchangeResponse, request: ExchangeRequest, held: VectorClock) async throws {
        var after = try await journal.position()
        if after.clock == held, let theirs = request.content, theirs != after.content, clocks.mayHeal() {
            try await journal.heal()
            after = try await journal.position()
        }
        if after.clock != held { response.clock = after.clock }
        if after.content != request.content, !response.hasMore { response.content = after.content }
        clocks.remember(after.heads)
    }

    private func standing(asked: [Dot]) async throws -> ExchangeResponse {
        let heads = try await journal.position().heads
        clocks.remember(heads)
        var response = ExchangeResponse()
        let hashes = try await journal.hashes(of: asked, bytesMax: ExchangeLimits.hashedBytesMax)
        response.standing = ServerStanding(heads: heads, hashes: hashes)
        return response
    }

    /// The clock that the device claims; nil unless all of it is this journal's history.
    private func verified(_ claim: ClockClaim, at position: SyncPosition) async throws -> VectorClock? {
        switch claim {
        case .digest(let digest):
            return digest == position.heads.digest ? position.clock : clocks.recall(digest)
        case .heads(let heads):
            guard position.clock.covers(heads.clock) else { return nil }
            let ours = try await journal.hashes(
                of: heads.clock.entries, bytesMax: ExchangeLimits.hashedBytesMax)
            // What would take too long to look up is answered with where we stand: the device asks for it in parts.
            guard ours.count == heads.clock.entries.count else { return nil }
            let isOurs = zip(heads.clock.entries, ours).allSatisfy { dot, hash in hash == heads[dot.replica] }
            return isOurs ? heads.clock : nil
        }
    }

    /// A device that brings back commits of ours shows that this journal was restored from a backup: the name belongs to
    /// them.
    private func leaveOwnName(to commits: [EncodedCommit], at position: SyncPosition) async throws {
        guard commits.contains(where: { $0.dot.replica == position.replica && !position.clock.covers($0.dot) }) else {
            return
        }
        try await journal.becomeNewReplica()
    }
}

extension Failure {
    /// Whether commits were refused because they do not follow on from the history that is here.
    var isParting: Bool { ["sync.fork", "sync.gap", "sync.future_context"].contains(code) }

    package static func foreignReplica(_ replica: ReplicaID) -> Failure {
        Failure(
            .forbidden, "sync.foreign_replica",
            "The commits of replica \(replica) are another person's. Sign in with the account they belong to.")
    }
}
