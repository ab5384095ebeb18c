import Primitives
import Sync
import Synchronization
import TestSupport

/// A server behind a network that loses, repeats and delays.
final class FaultyNetwork: SyncProtocol {
    struct Lost: Error {}

    private let server: SimulatedServer
    private let state: Mutex<(dice: Dice, held: [(ExchangeRequest, ReplicaID)])>
    private let isFaulty: Bool

    init(_ server: SimulatedServer, seed: UInt64, isFaulty: Bool) {
        self.server = server
        self.isFaulty = isFaulty
        state = Mutex((Dice(seed: seed), []))
    }

    func exchange(_ request: ExchangeRequest, as replica: ReplicaID) async throws -> ExchangeResponse {
        guard isFaulty else { return try await server.exchange(request, as: replica) }
        let (fate, late) = state.withLock { state -> (Int, (ExchangeRequest, ReplicaID)?) in
            let fate = state.dice.roll(12)
            if fate == 3 { state.held.append((request, replica)) }
            return (fate, fate == 4 ? state.held.popLast() : nil)
        }
        // A request that was thought lost arrives after all, long after its sender went on.
        if let late { _ = try? await server.exchange(late.0, as: late.1) }
        switch fate {
        case 0, 3: throw Lost()
        case 1:
            _ = try await server.exchange(request, as: replica)
            throw Lost()
        case 2:
            _ = try await server.exchange(request, as: replica)
            return try await server.exchange(request, as: replica)
        case 5:
            var small = request
            small.answerBytesMax = 200
            return try await server.exchange(small, as: replica)
        default: return try await server.exchange(request, as: replica)
        }
    }

    func snapshot() async throws -> SnapshotManifest? { nil }
    func snapshotChunk(_ chunk: SnapshotManifest.Chunk) async throws -> [UInt8] { throw Lost() }
    func missingBlobs(among names: [BlobName]) async throws -> [BlobName] { [] }
    func blobProgress(_ name: BlobName) async throws -> BlobProgress { .partial(received: 0) }

    func uploadBlob(
        _ name: BlobName, size: Int64, from offset: Int64, bytes: @escaping BlobSource
    ) async throws { throw Lost() }

    func downloadBlob(
        _ name: BlobName, from offset: Int64, receive: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws -> Int64 { throw Lost() }
}
