import Primitives

/// The server's half of an exchange: applies what came, and answers with what the device lacks.
package struct SyncAnswer: Sendable {
    private let journal: any SyncJournal
    private let replica: ReplicaID
    private let recall: @Sendable (_ digest: UInt64) -> VectorClock?
    private let mayRelay: @Sendable (ReplicaID) async throws -> Bool

    /// - Parameters:
    ///   - replica: the replica of the session that asks.
    ///   - recall: a clock the server had at the end of an earlier answer.
    ///   - mayRelay: whether the session may bring commits of another replica: one of the same person's, which the
    ///     server lost when it was restored from a backup.
    package init(
        journal: any SyncJournal, replica: ReplicaID, recall: @escaping @Sendable (_ digest: UInt64) -> VectorClock?,
        mayRelay: @escaping @Sendable (ReplicaID) async throws -> Bool
    ) {
        self.journal = journal
        self.replica = replica
        self.recall = recall
        self.mayRelay = mayRelay
    }

    package func answer(_ request: ExchangeRequest) async throws -> ExchangeResponse {
        var response = ExchangeResponse()
        for relayed in Set(request.commits.map(\.dot.replica)) where relayed != replica {
            guard try await mayRelay(relayed) else { throw Failure.foreignReplica(relayed) }
        }
        var before = try await journal.position()
        if case .clock(let told) = request.claim, told[before.replica] > before.clock[before.replica] {
            // The device has commits of ours that we do not: we are the restored copy.
            try await leaveOwnName(told)
            before = try await journal.position()
        }
        if before.clock[replica] > request.ownCounter {
            response.fork = try await fork(at: before)
            return response
        }
        if let theirs = request.ownHash, before.clock[replica] == request.ownCounter,
            let ours = try await journal.hashes(of: replica, from: request.ownCounter).first, ours != theirs
        {
            response.fork = try await fork(at: before)
            return response
        }
        do {
            try await journal.receive(request.commits)
        } catch let failure as Failure where failure.code == "sync.fork" {
            response.fork = try await fork(at: before)
            return response
        }
        guard let told = claimedClock(request.claim, current: before.clock) else {
            response.wantsClock = true
            return response
        }
        let held = request.commits.reduce(into: told) { $0.observe($1.dot) }
        let missing = try await journal.commits(missingFrom: held, bytesMax: request.answerBytesMax)
        response.commits = missing.commits
        response.hasMore = missing.hasMore
        try await close(&response, request: request, held: held)
        return response
    }

    private func close(_ response: inout ExchangeResponse, request: ExchangeRequest, held: VectorClock) async throws {
        var after = try await journal.position()
        if after.clock == held, let theirs = request.content, theirs != after.content {
            try await journal.heal()
            after = try await journal.position()
        }
        if after.clock != held { response.clock = after.clock }
        if after.content != request.content, !response.hasMore { response.content = after.content }
    }

    private func claimedClock(_ claim: ClockClaim, current: VectorClock) -> VectorClock? {
        switch claim {
        case .clock(let clock): clock
        case .digest(let digest): digest == current.digest ? current : recall(digest)
        }
    }

    /// Nobody can tell where two histories parted but by comparing them from the beginning.
    private func fork(at position: SyncPosition) async throws -> Fork {
        let last = position.clock[replica]
        let window = UInt64(ExchangeLimits.forkHashesMax)
        let first = last > window ? last - window + 1 : 1
        return Fork(counter: last, first: first, hashes: try await journal.hashes(of: replica, from: first))
    }

    private func leaveOwnName(_ told: VectorClock) async throws {
        let position = try await journal.position()
        // What this copy wrote since it was restored is what the device's clock cannot mean: move it all but the
        // commits that stood before. Commits both have are the same bytes, and moving none of them is safe.
        try await journal.becomeNewReplica(movingFrom: position.clock[position.replica] + 1)
    }
}

extension Failure {
    package static func foreignReplica(_ replica: ReplicaID) -> Failure {
        Failure(
            .forbidden, "sync.foreign_replica",
            "The commits of replica \(replica) are not this device's to send. Sign in on the device that wrote them.")
    }
}
