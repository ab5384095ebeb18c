import Primitives

/// The device's half of a sync: exchanges until both sides hold the same commits.
package struct SyncSession: Sendable {
    /// What one sync did.
    package struct Outcome: Hashable, Sendable {
        package var sent = 0
        package var received = 0
        package var exchanges = 0
        /// The journal was a copy of another and goes on as a replica of its own.
        package var becameNewReplica = false
        /// Equal clocks with different contents were found, and mended from the log.
        package var healed = false

        package init() {}
    }

    /// After this many exchanges the two sides do not come together: something writes faster than we sync.
    package static let exchangesMax = 10_000

    private let device: any SyncDevice
    private let server: any SyncProtocol
    private let report: @Sendable (Outcome) -> Void

    /// - Parameter report: is told of the progress after each exchange.
    package init(
        device: any SyncDevice, server: any SyncProtocol, report: @escaping @Sendable (Outcome) -> Void = { _ in }
    ) {
        self.device = device
        self.server = server
        self.report = report
    }

    /// - Throws: what the server or the journal throws; `sync.diverged` when equal clocks keep different contents.
    package func run() async throws -> Outcome {
        var outcome = Outcome()
        // Asks the server where it stands, instead of sending on a guess.
        var isProbing = false
        while outcome.exchanges < Self.exchangesMax {
            let before = try await device.position()
            let request = isProbing ? try await probe(from: before) : try await push(from: before)
            outcome.exchanges += 1
            let response: ExchangeResponse
            do {
                response = try await server.exchange(request, as: before.replica)
            } catch let failure as Failure where failure.code == "sync.gap" && !isProbing {
                isProbing = true
                continue
            }
            if let fork = response.fork {
                try await leave(fork, from: before)
                outcome.becameNewReplica = true
                isProbing = true
                continue
            }
            outcome.sent += request.commits.count
            guard !response.wantsClock else {
                isProbing = true
                continue
            }
            isProbing = false
            try await device.receive(response.commits)
            let serverClock = response.clock ?? Self.clock(of: request, believed: before)
            if serverClock != before.serverClock { try await device.remember(serverClock: serverClock) }
            outcome.received += response.commits.count
            report(outcome)
            if try await isDone(response, serverClock: serverClock, outcome: &outcome) { return outcome }
        }
        throw Failure(
            .unavailable, "sync.too_long", "The sync did not come to an end after \(Self.exchangesMax) exchanges.")
    }

    private func probe(from position: SyncPosition) async throws -> ExchangeRequest {
        let own = position.clock[position.replica]
        return ExchangeRequest(
            claim: .clock(position.clock), ownCounter: own,
            ownHash: try await device.hashes(of: position.replica, from: own).first, content: nil, commits: [])
    }

    private func push(from position: SyncPosition) async throws -> ExchangeRequest {
        let unsent = try await device.commits(
            missingFrom: position.serverClock ?? VectorClock(), bytesMax: ExchangeLimits.requestBytesMax)
        let claim: ClockClaim
        if let known = position.serverClock, position.clock.covers(known) {
            claim = .digest(known.digest)
        } else {
            // Commits that are sent, now or later, are not claimed: the server does not have them yet.
            claim = .clock((position.serverClock ?? VectorClock()).met(with: position.clock))
        }
        return ExchangeRequest(
            claim: claim, ownCounter: position.clock[position.replica], ownHash: nil,
            content: unsent.hasMore ? nil : position.content, commits: unsent.commits)
    }

    /// The server's clock, when it answers that it has just what the request told.
    private static func clock(of request: ExchangeRequest, believed position: SyncPosition) -> VectorClock {
        var clock: VectorClock
        switch request.claim {
        case .clock(let told): clock = told
        case .digest: clock = position.serverClock ?? VectorClock()
        }
        for commit in request.commits { clock.observe(commit.dot) }
        return clock
    }

    private func isDone(
        _ response: ExchangeResponse, serverClock: VectorClock, outcome: inout Outcome
    ) async throws -> Bool {
        guard !response.hasMore else { return false }
        let after = try await device.position()
        guard after.clock == serverClock else { return false }
        guard let theirs = response.content, theirs != after.content else { return true }
        guard !outcome.healed else {
            throw Failure(
                .corrupt, "sync.diverged",
                "This journal and the server's differ although both have the same commits. Nothing is lost: run "
                    + "`daybook verify` here, and ask for the server's to be checked.")
        }
        outcome.healed = true
        try await device.heal()
        return try await device.position().content == theirs
    }

    private func leave(_ fork: Fork, from position: SyncPosition) async throws {
        let own = position.clock[position.replica]
        let mine = try await device.hashes(of: position.replica, from: fork.first)
        let same = zip(mine, fork.hashes).prefix { $0 == $1 }.count
        // With nothing of ours at odds it is a third device's history, and no new name of ours would mend that.
        guard own < fork.counter || same < fork.hashes.count else { throw Failure.forkElsewhere }
        try await device.becomeNewReplica(movingFrom: min(own + 1, fork.first + UInt64(same)))
    }
}

extension Failure {
    fileprivate static let forkElsewhere = Failure(
        .conflict, "sync.fork",
        "The server has taken other commits under the name of one of your devices: both were restored from old copies. "
            + "Nothing is lost here; export what the server lacks, and begin a journal on this device anew.")
}
