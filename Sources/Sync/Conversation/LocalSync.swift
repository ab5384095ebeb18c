import Primitives

/// The server's side of the conversation in this process: the same answers as over HTTP, without the HTTP.
///
/// Messages pass through their encoded form, so that what can be said here can be said there.
package final class LocalSync: SyncProtocol {
    private let journal: any SyncJournal
    private let clocks = ClockRing()
    private let mayRelay: @Sendable (ReplicaID) async throws -> Bool

    package init(
        journal: any SyncJournal, mayRelay: @escaping @Sendable (ReplicaID) async throws -> Bool = { _ in true }
    ) {
        self.journal = journal
        self.mayRelay = mayRelay
    }

    package func exchange(_ request: ExchangeRequest, as replica: ReplicaID) async throws -> ExchangeResponse {
        let heard = try ExchangeRequest(encoded: try request.encoded(own: replica), own: replica)
        let answer = SyncAnswer(
            journal: journal, replica: replica, clocks: clocks, mayRelay: mayRelay)
        let response = try await answer.answer(heard)
        return try ExchangeResponse(encoded: try response.encoded(own: replica), own: replica)
    }

    package func snapshot() async throws -> SnapshotManifest? { nil }

    package func snapshotChunk(_ chunk: SnapshotManifest.Chunk) async throws -> [UInt8] { throw Failure.noBlobsHere }

    package func missingBlobs(among names: [BlobName]) async throws -> [BlobName] { [] }

    package func blobProgress(_ name: BlobName) async throws -> BlobProgress { .partial(received: 0) }

    package func uploadBlob(
        _ name: BlobName, size: Int64, from offset: Int64, bytes: @escaping BlobSource
    ) async throws { throw Failure.noBlobsHere }

    package func downloadBlob(
        _ name: BlobName, from offset: Int64, receive: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws -> Int64 { throw Failure.noBlobsHere }
}

extension Failure {
    fileprivate static let noBlobsHere = Failure(.notFound, "blob.not_found", "There is no such image here.")
}
