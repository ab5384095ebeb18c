import Primitives

/// The server's side of a sync, wherever it is: in this process, or behind a URL. One method for each call.
///
/// Every call may be repeated after a lost answer.
package protocol SyncProtocol: Sendable {
    /// Gives the server commits and takes those it has for us.
    func exchange(_ request: ExchangeRequest, as replica: ReplicaID) async throws -> ExchangeResponse

    /// What a new device starts from; nil when the server would rather send the commits.
    func snapshot() async throws -> SnapshotManifest?
    /// The compressed bytes of one chunk, already checked against their name.
    func snapshotChunk(_ chunk: SnapshotManifest.Chunk) async throws -> [UInt8]

    /// Which of these the server lacks. At most `BlobLimits.namesMax` at once.
    func missingBlobs(among names: [BlobName]) async throws -> [BlobName]
    /// How much of a blob the server has: all of it, some from the beginning, or nothing.
    func blobProgress(_ name: BlobName) async throws -> BlobProgress
    /// Sends the bytes of a blob from `offset` on.
    func uploadBlob(
        _ name: BlobName, size: Int64, from offset: Int64, bytes: @escaping BlobSource
    ) async throws
    /// Receives the bytes of a blob from `offset` on, piece by piece.
    ///
    /// - Returns: the blob's whole size.
    func downloadBlob(
        _ name: BlobName, from offset: Int64, receive: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws -> Int64
}

/// Reads up to `count` bytes of a blob at an offset; fewer only at its end.
package typealias BlobSource = @Sendable (_ offset: Int64, _ count: Int) async throws -> [UInt8]

/// The SHA-256 of some bytes, which is also their name.
package struct BlobName: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let bytes: [UInt8]

    /// Nil unless there are 32.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        self.bytes = Array(bytes)
    }

    /// Reads 64 lower-case hexadecimal digits: one spelling, so that one blob is one path.
    package init?(_ text: String) {
        guard text.utf8.count == 64, text == text.lowercased(), let bytes = Hex.decode(text) else { return nil }
        self.bytes = bytes
    }

    package var description: String { Hex.encode(bytes) }

    package static func < (left: Self, right: Self) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }
}

package enum BlobProgress: Hashable, Sendable {
    case complete(size: Int64)
    /// The first `received` bytes wait for the rest; 0 when there are none.
    case partial(received: Int64)
}

package enum BlobLimits {
    package static let namesMax = 4096
    /// As the API reference allows for one image.
    package static let sizeMax: Int64 = 5 << 20
    package static let chunkBytes = 64 << 10
}

/// A journal as one file, cut into compressed chunks.
package struct SnapshotManifest: Hashable, Sendable {
    package struct Chunk: Hashable, Sendable {
        /// Of the compressed bytes.
        package let name: BlobName
        package let compressedSize: Int
        package let size: Int

        package init(name: BlobName, compressedSize: Int, size: Int) {
            self.name = name
            self.compressedSize = compressedSize
            self.size = size
        }
    }

    package static let chunkBytes = 1 << 20
    package static let chunksMax = 65_536

    /// The version of the tables in it. A device with another version takes commits instead.
    package let schema: Int
    package let clock: VectorClock
    package let content: ContentHash
    package let chunks: [Chunk]

    package init(schema: Int, clock: VectorClock, content: ContentHash, chunks: [Chunk]) {
        self.schema = schema
        self.clock = clock
        self.content = content
        self.chunks = chunks
    }

    package var size: Int64 { chunks.reduce(0) { $0 + Int64($1.size) } }
    /// Of what is sent.
    package var compressedSize: Int64 { chunks.reduce(0) { $0 + Int64($1.compressedSize) } }
}
