import Primitives
import Sync
import Web

/// How bodies of the sync calls travel: Protocol Buffers, compressed from 513 bytes on.
enum SyncMessage {
    private static let mediaType = "application/x-protobuf"
    /// A message in which everything has its default has no bytes.
    static let content = Content.bytes([mediaType], mayBeEmpty: true)
    private static let plainBytesMax = 512
    /// Someone waits for it, and it was hardly compressible more.
    private static let level: Int32 = 1

    /// The body as it came.
    ///
    /// - Throws: `request.too_large`, `request.too_slow`, `sync.not_protobuf`, `bodies.too_many`, `bodies.no_room`.
    static func receive(_ call: Call, bytesMax: Int) async throws -> [UInt8] {
        if let type = call.header("content-type"), type != mediaType { throw Failure.notProtobuf }
        return try await call.body(bytesMax: bytesMax)
    }

    /// How many bytes the body holds when it is unpacked, by what it says itself: no more are made of it.
    static func unpackedSize(_ bytes: [UInt8], _ call: Call) -> Int {
        guard call.header("content-encoding") == "zstd" else { return bytes.count }
        return max(bytes.count, Zstandard.declaredSize(bytes) ?? 0)
    }

    /// What the body holds.
    ///
    /// - Throws: `sync.too_large`, `sync.garbage`, `sync.unknown_encoding`.
    static func decompressed(_ bytes: [UInt8], _ call: Call, bytesMax: Int) throws -> [UInt8] {
        switch call.header("content-encoding") {
        case nil, "identity": bytes
        case "zstd": try Zstandard.decompress(bytes, sizeMax: bytesMax)
        default: throw Failure.unknownEncoding
        }
    }

    /// Nothing to say is an answer without a body.
    static func answer(_ bytes: [UInt8]) -> Answer {
        guard !bytes.isEmpty else { return Answer(status: 204) }
        guard bytes.count > plainBytesMax else { return Answer(bytes, type: mediaType) }
        let compressed = Zstandard.compress(bytes, level: level)
        guard !compressed.isEmpty, compressed.count < bytes.count else { return Answer(bytes, type: mediaType) }
        var answer = Answer(compressed, type: mediaType)
        answer["content-encoding"] = "zstd"
        return answer
    }
}

extension Failure {
    static let notProtobuf = Failure(
        .invalid, "sync.not_protobuf", "Send the body as application/x-protobuf.")
    static let unknownEncoding = Failure(
        .invalid, "sync.unknown_encoding", "A body may be compressed with zstd, and with nothing else.")
}
