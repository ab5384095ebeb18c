import Foundation
import Primitives
import SwiftProtobuf

extension SnapshotManifest {
    package func encoded() throws -> [UInt8] {
        var message = Daybook_Sync_V1_SnapshotManifest()
        message.schema = UInt32(schema)
        message.clock = clock.entries.map(\.message)
        message.content = Data(content.bytes)
        message.size = UInt64(size)
        message.chunks = chunks.map { chunk in
            var part = Daybook_Sync_V1_SnapshotManifest.Chunk()
            part.sha256 = Data(chunk.name.bytes)
            part.compressedSize = UInt32(chunk.compressedSize)
            part.size = UInt32(chunk.size)
            return part
        }
        return try message.serializedBytes()
    }

    package init(encoded bytes: [UInt8]) throws(Failure) {
        guard bytes.count <= ExchangeLimits.messageBytesMax else {
            throw .bodyTooLarge(bytesMax: ExchangeLimits.messageBytesMax)
        }
        let message: Daybook_Sync_V1_SnapshotManifest
        do {
            message = try Daybook_Sync_V1_SnapshotManifest(serializedBytes: bytes)
        } catch {
            throw .damagedBody
        }
        guard let content = ContentHash(bytes: message.content), message.chunks.count <= Self.chunksMax else {
            throw .damagedBody
        }
        var chunks: [Chunk] = []
        for part in message.chunks {
            guard let name = BlobName(bytes: part.sha256), part.size <= UInt32(Self.chunkBytes),
                part.compressedSize <= UInt32(2 * Self.chunkBytes)
            else { throw .damagedBody }
            chunks.append(Chunk(name: name, compressedSize: Int(part.compressedSize), size: Int(part.size)))
        }
        self.init(
            schema: Int(message.schema), clock: try VectorClock(checking: message.clock), content: content,
            chunks: chunks)
    }
}

extension BlobName {
    /// The body of `POST /sync/blobs/missing`, both ways.
    package static func encode(_ names: [BlobName]) throws -> [UInt8] {
        var message = Daybook_Sync_V1_MissingBlobs()
        message.names = names.map { Data($0.bytes) }
        return try message.serializedBytes()
    }

    package static func decode(_ bytes: [UInt8]) throws(Failure) -> [BlobName] {
        guard bytes.count <= BlobLimits.namesMax * 34 else { throw .bodyTooLarge(bytesMax: BlobLimits.namesMax * 34) }
        let message: Daybook_Sync_V1_MissingBlobs
        do {
            message = try Daybook_Sync_V1_MissingBlobs(serializedBytes: bytes)
        } catch {
            throw .damagedBody
        }
        guard message.names.count <= BlobLimits.namesMax else {
            throw .bodyTooLarge(bytesMax: BlobLimits.namesMax * 34)
        }
        let names = message.names.compactMap { BlobName(bytes: $0) }
        guard names.count == message.names.count else { throw .damagedBody }
        return names
    }
}
