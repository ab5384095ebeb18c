import Foundation
import Gateways
import Primitives
import Storage
import Sync

/// The images beside a journal.
struct JournalShelf: BlobShelf {
    let journal: JournalFile
    let blobs: BlobStore

    func unsent(after last: BlobName?, countMax: Int) async throws -> [(name: BlobName, size: Int64)] {
        try await journal.read { try BlobLedger($0).unsent(after: last, countMax) }
    }

    func markSent(_ names: [BlobName]) async throws { try await journal.noteBlobsOnServer(names) }

    func lacking(after last: BlobName?, countMax: Int) async throws -> [BlobName] {
        try await journal.read { try BlobLedger($0).lacking(after: last, countMax) }
    }

    func read(_ name: BlobName, offset: Int64, count: Int) async throws -> [UInt8] {
        try await blobs.read(name, offset: offset, count: count)
    }

    func received(_ name: BlobName) async throws -> Int64 {
        switch blobs.progress(name) {
        case .complete(let size): size
        case .partial(let received): received
        }
    }

    func append(_ name: BlobName, offset: Int64, bytes: [UInt8]) async throws {
        _ = try await blobs.append(name, size: BlobLimits.sizeMax, offset: offset, bytes: bytes)
    }

    func finish(_ name: BlobName, size: Int64) async throws { try await blobs.finish(name, size: size) }

    func markReceived(_ received: [(name: BlobName, size: Int64)]) async throws {
        try await journal.noteBlobs(received, isOnServer: true)
    }
}
