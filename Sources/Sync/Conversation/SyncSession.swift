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
        /// The server had lost what this device had seen, and has written something else since. The device goes on under
        /// a new name, and is no copy.
        package var outlivedServer = false
        /// Equal clocks with different contents were found, and mended from the log.
        package var healed = false

        package init() {}
    }

    /// After this many exchanges the two sides do not come together: something writes faster than we sync.
    package static let exchangesMax = 10_000
    /// How often the server may say that it stands elsewhere before a sync gives up. Each time but the first means that
    /// another copy of this journal synced in between.
    package static let partingsMax = 64

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

    /// - Throws: what the server or the journal throws; `sync.diverged` when equal clocks keep different contents;
    ///   `sync.no_progress` when the server goes on without anything new; `sync.too_long`.
    package func run() async throws -> Outcome {
        var outcome = Outcome()
        var partings = 0
        var progress = SyncProgress()
        while outcome.exchanges < Self.exchangesMax, partings < Self.partingsMax {
            let before = try await device.position()
            let request = try await push(from: before)
            outcome.exchanges += 1
            let response = try await server.exchange(request, as: before.replica)
            if let standing = response.standing {
                partings += 1
                try await agree(with: standing, &progress, outcome: &outcome)
                continue
            }
            do {
                try await device.receive(response.commits)
            } catch let failure as Failure where failure.isParting {
                partings += 1
                let standing = try await ask([Dot(before.replica, 1)], &outcome)
                try await agree(with: standing, &progress, outcome: &outcome)
                continue
            }
            outcome.sent += request.commits.count
            let serverClock = response.clock ?? Self.clock(of: request, believed: before)
            let after = try await device.position()
            if serverClock != before.serverClock || after.serverDigest == nil && after.clock.covers(serverClock) {
                try await device.remember(serverClock: serverClock)
            }
            outcome.received += response.commits.count
            report(outcome)
            if try await isDone(response, serverClock: serverClock, outcome: &outcome) { return outcome }
            try progress.note(after.clock, server: serverClock)
        }
        throw Failure(
            .unavailable, "sync.too_long",
            "The sync did not come to an end after \(outcome.exchanges) exchanges: something else writes to this journal "
                + "at the same time. Nothing is lost; sync again.")
    }

    private func push(from position: SyncPosition) async throws -> ExchangeRequest {
        let unsent = try await device.commits(
            missingFrom: position.serverClock ?? VectorClock(), bytesMax: ExchangeLimits.requestBytesMax)
        let claim: ClockClaim
        if let digest = position.serverDigest, let known = position.serverClock, position.clock.covers(known) {
            claim = .digest(digest)
        } else {
            // Commits that are sent, now or later, are not claimed: the server does not have them yet.
            let shared = (position.serverClock ?? VectorClock()).met(with: position.clock).entries
            let hashes = try await device.hashes(of: shared)
            claim = .heads(SyncHeads(zip(shared, hashes).compactMap { dot, hash in hash.map { (dot, $0) } }))
        }
        return ExchangeRequest(
            claim: claim, ownCounter: position.clock[position.replica],
            content: unsent.hasMore ? nil : position.content, commits: unsent.commits)
    }

    // MARK: Where two histories have one name

    /// Finds out what both sides have alike, gives everything else a name of its own, and remembers where the server
    /// stands.
    private func agree(
        with standing: ServerStanding, _ progress: inout SyncProgress, outcome: inout Outcome
    ) async throws {
        var heads = standing.heads
        var search = HistorySearch(standing)
        var restarts = 0
        while outcome.exchanges < Self.exchangesMax {
            let position = try await device.position()
            switch try await search.next(device, at: position) {
            case .ask(let dots):
                let answer = try await ask(dots, &outcome)
                if answer.heads != heads { restarts += 1 }
                guard restarts <= SyncProgress.searchRestartsMax else { throw Failure.syncNoProgress }
                heads = answer.heads
                search.learn(answer, asked: dots)
            case .found(let forks):
                // Whoever wrote more under our name than we have is another copy of us.
                let isNew =
                    forks[position.replica] != nil || heads.clock[position.replica] > position.clock[position.replica]
                guard isNew || !forks.isEmpty else { return try await device.remember(serverClock: heads.clock) }
                try progress.noteRename()
                try await device.rename(forks, becomingNew: isNew)
                if isNew {
                    outcome.becameNewReplica = true
                } else if try await device.position().replica != position.replica {
                    outcome.outlivedServer = true
                }
            }
        }
    }

    private func ask(_ dots: [Dot], _ outcome: inout Outcome) async throws -> ServerStanding {
        let position = try await device.position()
        var request = ExchangeRequest(
            claim: .heads(SyncHeads()), ownCounter: position.clock[position.replica], content: nil, commits: [])
        request.asked = dots
        outcome.exchanges += 1
        guard let standing = try await server.exchange(request, as: position.replica).standing else {
            throw Failure(
                .corrupt, "sync.bad_answer", "The server did not say where it stands. Update Daybook here and there.")
        }
        return standing
    }

    /// The server's clock, when it answers that it has just what the request told.
    private static func clock(of request: ExchangeRequest, believed position: SyncPosition) -> VectorClock {
        var clock: VectorClock
        switch request.claim {
        case .heads(let told): clock = told.clock
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
}
