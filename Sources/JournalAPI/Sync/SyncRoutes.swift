import Primitives
import Storage
import Sync
import Web

/// The sync conversation over HTTP. What it says is decided in `Sync`; here it is only who says it, and how much.
package struct SyncRoutes: Sendable {
    private static let replicaHeader = "daybook-replica"
    static let heeds = [
        RequestHeader(
            "Daybook-Replica", .text(pattern: "^[0-9a-fA-F]{32}$"),
            "The replica that the session writes for. Named the first time, and when it has become another.")
    ]

    private let services: SyncServices

    package init(_ services: SyncServices) { self.services = services }

    func exchange(_ call: Call) async throws -> Answer {
        try await call.inTurn {
            let message = try await message(of: call)
            guard message.count > WebLimits.smallBodyBytesMax else { return try await answer(message, call) }
            return try await services.journals.workshop.run(for: try call.caller.id) {
                try await answer(message, call)
            }
        }
    }

    /// What the body says, unpacked. A few bytes may be many then: they find room before they are made.
    private func message(of call: Call) async throws -> [UInt8] {
        let bytesMax = ExchangeLimits.messageBytesMax
        let bytes = try await SyncMessage.receive(call, bytesMax: bytesMax)
        try call.hold(min(SyncMessage.unpackedSize(bytes, call), bytesMax))
        return try SyncMessage.decompressed(bytes, call, bytesMax: bytesMax)
    }

    func snapshot(_ call: Call) async throws -> Answer {
        let workshop = services.journals.workshop
        let manifest = try await services.withJournal(of: call) { journal in
            try await workshop.run(for: try call.caller.id) { try await journal.file.snapshot() }
        }
        return SyncMessage.answer(try manifest?.encoded() ?? [])
    }

    func snapshotChunk(_ call: Call) async throws -> Answer {
        guard let name = BlobName(call.parameter("sha256")),
            let bytes = try await services.withJournal(of: call, { try await $0.file.snapshotChunk(named: name) })
        else { throw Failure.chunkUnknown }
        return Answer(bytes, type: "application/octet-stream")
    }

    // MARK: One exchange

    private func answer(_ message: [UInt8], _ call: Call) async throws -> Answer {
        try await services.withJournal(of: call) { journal in
            let replica = try await replica(of: call, journal)
            let request = try ExchangeRequest(encoded: message, own: replica)
            let response = try await conversation(with: replica, of: call, journal).answer(request)
            count(request, response)
            if !request.commits.isEmpty, response.standing == nil {
                try services.journals.publishUpdate(of: call)
            }
            return SyncMessage.answer(try response.encoded(own: replica))
        }
    }

    /// The replica that the session writes for. The header names it the first time, and when it has become another.
    ///
    /// A name is for ever, and an extension has no use for one: it may go on with one that it has, and name no other.
    ///
    /// - Throws: `sync.no_replica`, `sync.bad_replica`, `auth.owner_only`, `replica.foreign`, `replica.too_often`,
    ///   `replica.too_many`.
    private func replica(of call: Call, _ journal: OpenJournal) async throws -> ReplicaID {
        let id = try call.caller.session
        guard let session = try await services.control.session(id) else {
            throw Failure.tokenInvalid
        }
        guard let text = call.header(Self.replicaHeader) else {
            guard let replica = session.replica else { throw Failure.noReplica }
            return replica
        }
        // Zero stands for the sender's own replica on the wire.
        guard let replica = Hex.decode(text).flatMap({ ReplicaID(bytes: $0) }), replica.rawValue != 0 else {
            throw Failure.badReplica
        }
        guard replica != session.replica else { return replica }
        guard session.kind != .extension else { throw Failure.ownerOnly }
        let position = try await journal.file.position()
        guard position.replica != replica else { throw Failure.replicaForeign }
        let network = call.network
        let written = Set(position.clock.entries.map(\.replica))
        try await services.control.write { control in
            guard try control.replicas.bind(replica, to: session, written: written) else { return }
            try control.audit.record(
                .replicaNamed, person: session.person, session: session.id, network: network)
        }
        return replica
    }

    private func conversation(with replica: ReplicaID, of call: Call, _ journal: OpenJournal) throws -> SyncAnswer {
        let person = try call.caller.id
        return SyncAnswer(
            journal: journal.file, replica: replica, clocks: journal.clocks,
            mayRelay: { other in try await services.control.read { try $0.replicas.mayRelay(other, for: person) } })
    }

    private func count(_ request: ExchangeRequest, _ response: ExchangeResponse) {
        services.metrics.add(to: .exchanges)
        services.metrics.add(request.commits.count, to: .commitsReceived)
        services.metrics.add(response.commits.count, to: .commitsSent)
        if response.standing != nil, request.asked.isEmpty { services.metrics.add(to: .partings) }
    }
}

extension Failure {
    package static let noReplica = Failure(
        .invalid, "sync.no_replica", "This session has not named its replica: send the header Daybook-Replica.")
    package static let badReplica = Failure(
        .invalid, "sync.bad_replica", "The header Daybook-Replica must have 32 hexadecimal digits, not all of them 0.")
    static let chunkUnknown = Failure(
        .notFound, "snapshot.unknown_chunk", "There is no such chunk: ask for the snapshot again.")
}
