import Crypto
import Foundation
import NIOHTTP1
import Primitives
import Sync

/// The server's side of a sync, behind a URL.
///
/// Every call may be repeated after a lost answer, and is, so a connection that is cut costs one piece and no more.
package struct RemoteSync: SyncProtocol {
    /// Bodies up to here are sent as they are: compressed they would hardly be smaller.
    static let plainBytesMax = 512
    private static let protobuf = ("Content-Type", "application/x-protobuf")
    private static let octets = ("Content-Type", "application/octet-stream")
    /// A manifest names at most `SnapshotManifest.chunksMax` chunks.
    private static let manifestBytesMax = 4 << 20

    private let connection: ServerConnection
    private let keeper: any SessionKeeper

    package init(_ connection: ServerConnection, keeper: any SessionKeeper) {
        self.connection = connection
        self.keeper = keeper
    }

    // MARK: Commits

    package func exchange(_ request: ExchangeRequest, as replica: ReplicaID) async throws -> ExchangeResponse {
        let encoded = try request.encoded(own: replica)
        let isNamed = try await keeper.namedReplica() == replica
        do {
            return try await exchange(encoded, as: replica, naming: !isNamed)
        } catch let failure as Failure where isNamed && failure.code == "sync.no_replica" {
            // The server has forgotten which replica this session is: it was restored from a backup.
            return try await exchange(encoded, as: replica, naming: true)
        }
    }

    private func exchange(
        _ encoded: [UInt8], as replica: ReplicaID, naming: Bool
    ) async throws -> ExchangeResponse {
        var call = message("/sync/exchange", encoded)
        if naming { call.headers.append(("Daybook-Replica", Hex.encode(replica.bytes))) }
        call.answerBytesMax = ExchangeLimits.messageBytesMax
        let answer = try await connection.send(call)
        let response = try ExchangeResponse(
            encoded: try body(of: answer, sizeMax: ExchangeLimits.messageBytesMax), own: replica)
        if naming { try await keeper.remember(namedReplica: replica) }
        return response
    }

    /// A message of ours, compressed where that helps.
    private func message(_ path: String, _ encoded: [UInt8]) -> ServerCall {
        var call = ServerCall(method: .POST, path: path, headers: [Self.protobuf], body: encoded)
        if encoded.count > Self.plainBytesMax {
            call.body = Zstandard.compress(encoded)
            call.headers.append(("Content-Encoding", "zstd"))
        }
        return call
    }

    private func body(of answer: ServerAnswer, sizeMax: Int) throws -> [UInt8] {
        switch answer.headers.first(name: "Content-Encoding") {
        case nil, "identity": return answer.body
        case "zstd": return try Zstandard.decompress(answer.body, sizeMax: sizeMax)
        default: throw Failure.serverBadAnswer(connection.server)
        }
    }

    // MARK: Snapshots

    package func snapshot() async throws -> SnapshotManifest? {
        let call = ServerCall(method: .GET, path: "/sync/snapshot", answerBytesMax: Self.manifestBytesMax)
        let answer = try await connection.answer(call)
        if answer.status == 404 || answer.status == 204 { return nil }
        guard answer.isSuccess else { throw ServerFailure.of(answer, from: connection.server) }
        return try SnapshotManifest(encoded: try body(of: answer, sizeMax: Self.manifestBytesMax))
    }

    package func snapshotChunk(_ chunk: SnapshotManifest.Chunk) async throws -> [UInt8] {
        let answer = try await connection.send(
            ServerCall(method: .GET, path: "/sync/snapshot/\(chunk.name)", answerBytesMax: chunk.compressedSize))
        guard answer.body.count == chunk.compressedSize, Array(SHA256.hash(data: answer.body)) == chunk.name.bytes
        else { throw Failure.damagedChunk }
        return answer.body
    }

    // MARK: Blobs

    package func missingBlobs(among names: [BlobName]) async throws -> [BlobName] {
        var call = message("/sync/blobs/missing", try BlobName.encode(names))
        call.answerBytesMax = BlobLimits.namesMax * 40
        let answer = try await connection.send(call)
        return try BlobName.decode(try body(of: answer, sizeMax: call.answerBytesMax))
    }

    package func blobProgress(_ name: BlobName) async throws -> BlobProgress {
        let answer = try await connection.answer(ServerCall(method: .HEAD, path: "/sync/blobs/\(name)"))
        switch answer.status {
        case 200:
            guard let size = answer.headers.first(name: "Content-Length").flatMap({ Int64($0) }) else {
                throw Failure.serverBadAnswer(connection.server)
            }
            return .complete(size: size)
        case 404: return .partial(received: answer.uploadOffset ?? 0)
        default: throw ServerFailure.of(answer, from: connection.server)
        }
    }

    /// Piece by piece, each answered before the next is sent: when the connection is cut, at most one piece goes twice.
    package func uploadBlob(
        _ name: BlobName, size: Int64, from offset: Int64, bytes: @escaping BlobSource
    ) async throws {
        var offset = offset
        var correctionCount = 0
        repeat {
            let piece = try await bytes(offset, Int(min(Int64(BlobLimits.chunkBytes), size - offset)))
            guard !piece.isEmpty || size == 0 else { throw Failure.blobShrank }
            let end = offset + Int64(piece.count)
            let range = size == 0 ? "bytes */0" : "bytes \(offset)-\(end - 1)/\(size)"
            var call = ServerCall(
                method: .PUT, path: "/sync/blobs/\(name)", headers: [Self.octets, ("Content-Range", range)], body: piece
            )
            // Whether a piece whose answer was lost has arrived is asked, not guessed.
            call.isRepeatable = false
            do {
                let answer = try await connection.send(call)
                offset = min(size, max(end, answer.uploadOffset ?? end))
            } catch let failure as Failure where Self.asksForPlace(failure) && correctionCount < 3 {
                correctionCount += 1
                switch try await blobProgress(name) {
                case .complete: return
                case .partial(let received): offset = min(received, size)
                }
            }
        } while offset < size
    }

    /// Whether a failure means that the two sides disagree on how much has arrived, or cannot tell.
    private static func asksForPlace(_ failure: Failure) -> Bool {
        ["blob.wrong_offset", "blob.busy", "blob.cut", "server.unreachable"].contains(failure.code)
            || failure.kind == .tooMany || failure.kind == .unavailable
    }

    /// Piece by piece like an upload, and for the same reason.
    package func downloadBlob(
        _ name: BlobName, from offset: Int64, receive: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws -> Int64 {
        var offset = offset
        while true {
            let range = "bytes=\(offset)-\(offset + Int64(BlobLimits.chunkBytes) - 1)"
            let answer = try await connection.answer(
                ServerCall(
                    method: .GET, path: "/sync/blobs/\(name)", headers: [("Range", range)],
                    answerBytesMax: Int(BlobLimits.sizeMax)))
            // Nothing lies beyond the end of what is here already.
            if answer.status == 416, let size = answer.rangeTotal, size <= offset { return size }
            guard answer.isSuccess else { throw ServerFailure.of(answer, from: connection.server) }
            // A server may send the whole of it instead of a range.
            let isPart = answer.status == 206
            let size = isPart ? answer.rangeTotal : Int64(answer.body.count)
            guard let size, size <= BlobLimits.sizeMax, !isPart || answer.rangeStart == offset else {
                throw Failure.serverBadAnswer(connection.server)
            }
            let piece = isPart ? answer.body : Array(answer.body.dropFirst(Int(offset)))
            // A server that hands out a byte at a time would keep a device for days.
            guard Int64(piece.count) >= min(size - offset, Int64(BlobLimits.chunkBytes)) else {
                throw Failure.serverBadAnswer(connection.server)
            }
            if !piece.isEmpty { try await receive(piece) }
            offset += Int64(piece.count)
            if offset >= size { return size }
        }
    }
}

extension ServerAnswer {
    fileprivate var uploadOffset: Int64? {
        headers.first(name: "Upload-Offset").flatMap { Int64($0) }.map { max(0, $0) }
    }

    /// `bytes 0-65535/200000`
    private var contentRange: Substring? {
        guard let text = headers.first(name: "Content-Range"), text.hasPrefix("bytes ") else { return nil }
        return text.dropFirst(6)
    }

    fileprivate var rangeTotal: Int64? {
        contentRange.flatMap { $0.split(separator: "/").last }.flatMap { Int64($0) }.map { max(0, $0) }
    }

    fileprivate var rangeStart: Int64? { contentRange.flatMap { $0.split(separator: "-").first }.flatMap { Int64($0) } }
}

extension Failure {
    static let damagedChunk = Failure(
        .invalid, "snapshot.damaged", "A part of the snapshot came damaged. Sync again: what came whole is kept.")
    static let blobShrank = Failure(
        .corrupt, "blob.incomplete", "An image in this journal has lost bytes. Run `daybook verify` to see which.")
}
