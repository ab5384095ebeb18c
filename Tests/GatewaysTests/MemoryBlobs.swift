import Crypto
import Foundation
import Gateways
import Primitives
import Sync
import Synchronization

/// The images of a device, in memory.
final class MemoryShelf: BlobShelf {
    private struct State {
        var blobs: [BlobName: [UInt8]] = [:]
        var sent: Set<BlobName> = []
        var expected: [BlobName] = []
        var parts: [BlobName: [UInt8]] = [:]
    }

    private let state = Mutex(State())

    /// Adds bytes that no other image has.
    func add(_ count: Int) -> BlobName {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* count &+ $0 >> 8) }
        let name = BlobName.of(bytes)
        state.withLock { $0.blobs[name] = bytes }
        return name
    }

    func expect(_ name: BlobName) { state.withLock { $0.expected.append(name) } }
    func bytes(_ name: BlobName) -> [UInt8] { state.withLock { $0.blobs[name] ?? [] } }
    var unsentCount: Int { state.withLock { state in state.blobs.keys.count { !state.sent.contains($0) } } }

    func unsent(after last: BlobName?, countMax: Int) async throws -> [(name: BlobName, size: Int64)] {
        state.withLock { state in
            Array(
                state.blobs.filter { blob in
                    !state.sent.contains(blob.key) && (last.map { $0 < blob.key } ?? true)
                }.map { (name: $0.key, size: Int64($0.value.count)) }.sorted { $0.name < $1.name }.prefix(countMax))
        }
    }

    func markSent(_ names: [BlobName]) async throws { state.withLock { $0.sent.formUnion(names) } }

    func lacking(after last: BlobName?, countMax: Int) async throws -> [BlobName] {
        state.withLock { state in
            state.expected.filter { name in state.blobs[name] == nil && (last.map { $0 < name } ?? true) }.sorted()
        }
    }

    func read(_ name: BlobName, offset: Int64, count: Int) async throws -> [UInt8] {
        Array(bytes(name).dropFirst(Int(offset)).prefix(count))
    }

    func received(_ name: BlobName) async throws -> Int64 { state.withLock { Int64($0.parts[name]?.count ?? 0) } }

    func append(_ name: BlobName, offset: Int64, bytes: [UInt8]) async throws {
        state.withLock { $0.parts[name, default: []] = Array(($0.parts[name] ?? []).prefix(Int(offset))) + bytes }
    }

    func finish(_ name: BlobName, size: Int64) async throws {
        let bytes = state.withLock { $0.parts[name] ?? [] }
        guard BlobName.of(bytes) == name else { throw Failure(.invalid, "blob.wrong_content", "") }
        state.withLock { $0.blobs[name] = bytes }
    }

    func markReceived(_ blobs: [(name: BlobName, size: Int64)]) async throws {
        state.withLock { $0.sent.formUnion(blobs.map(\.name)) }
    }
}

/// A server with nothing but bytes, whose line is cut where it was told to.
final class MemoryBlobServer: SyncProtocol {
    private struct State {
        var blobs: [BlobName: [UInt8]] = [:]
        var parts: [BlobName: [UInt8]] = [:]
        var uploadCuts: [Int] = []
        var roomBytes = Int.max
        var downloadCuts: [Int] = []
        var uploaded = 0
        var downloaded = 0
        var calls = 0
        var questions = 0
        var chunks = 0
        var chunksMax = Int.max
    }

    private static let cut = Failure(.unavailable, "server.unreachable", "")
    private let state = Mutex(State())

    @discardableResult func keep(_ bytes: [UInt8]) -> BlobName {
        state.withLock { $0.blobs[.of(bytes)] = bytes }
        return .of(bytes)
    }

    func hasRoom(for bytes: Int) { state.withLock { $0.roomBytes = bytes } }
    func cutsUploads(after counts: [Int]) { state.withLock { $0.uploadCuts = counts } }
    func cutsDownloads(after counts: [Int]) { state.withLock { $0.downloadCuts = counts } }
    func failsChunks(after count: Int) { state.withLock { $0.chunksMax = count == .max ? .max : $0.chunks + count } }
    func bytes(_ name: BlobName) -> [UInt8]? { state.withLock { $0.blobs[name] } }
    var uploadedBytes: Int { state.withLock { $0.uploaded } }
    var downloadedBytes: Int { state.withLock { $0.downloaded } }
    var callCount: Int { state.withLock { $0.calls } }
    var questionCount: Int { state.withLock { $0.questions } }
    var chunkCount: Int { state.withLock { $0.chunks } }

    func exchange(_ request: ExchangeRequest, as replica: ReplicaID) async throws -> ExchangeResponse { throw Self.cut }
    func snapshot() async throws -> SnapshotManifest? { nil }

    func snapshotChunk(_ chunk: SnapshotManifest.Chunk) async throws -> [UInt8] {
        try state.withLock { state in
            guard state.chunks < state.chunksMax else { throw Self.cut }
            state.chunks += 1
            return state.blobs[chunk.name] ?? []
        }
    }

    func missingBlobs(among names: [BlobName]) async throws -> [BlobName] {
        state.withLock { state in
            state.calls += 1
            state.questions += 1
            return names.filter { state.blobs[$0] == nil }
        }
    }

    func blobProgress(_ name: BlobName) async throws -> BlobProgress {
        state.withLock { state in
            state.calls += 1
            if let bytes = state.blobs[name] { return .complete(size: Int64(bytes.count)) }
            return .partial(received: Int64(state.parts[name]?.count ?? 0))
        }
    }

    func uploadBlob(_ name: BlobName, size: Int64, from offset: Int64, bytes: @escaping BlobSource) async throws {
        let limit = try state.withLock { state in
            state.calls += 1
            guard state.blobs.values.reduce(0, { $0 + $1.count }) + Int(size) <= state.roomBytes else {
                throw Failure(.tooLarge, "image.quota_exceeded", "There is no room.")
            }
            return state.uploadCuts.isEmpty ? Int.max : state.uploadCuts.removeFirst()
        }
        let wanted = try await bytes(offset, Int(size - offset))
        let part = Array(wanted.prefix(limit))
        state.withLock { state in
            state.uploaded += part.count
            state.parts[name] = Array((state.parts[name] ?? []).prefix(Int(offset))) + part
            if state.parts[name]?.count == Int(size) { state.blobs[name] = state.parts[name] }
        }
        if part.count < wanted.count { throw Self.cut }
    }

    func downloadBlob(
        _ name: BlobName, from offset: Int64, receive: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws -> Int64 {
        let (whole, limit) = state.withLock { state in
            state.calls += 1
            return (state.blobs[name], state.downloadCuts.isEmpty ? Int.max : state.downloadCuts.removeFirst())
        }
        guard let whole else { throw Failure(.notFound, "blob.not_found", "") }
        let part = Array(whole.dropFirst(Int(offset)).prefix(limit))
        state.withLock { $0.downloaded += part.count }
        try await receive(part)
        if Int(offset) + part.count < whole.count { throw Self.cut }
        return Int64(whole.count)
    }
}

extension BlobName {
    static func of(_ bytes: [UInt8]) -> BlobName {
        guard let name = BlobName(bytes: Array(SHA256.hash(data: bytes))) else { preconditionFailure("32 bytes") }
        return name
    }
}
