import Gateways
import Primitives
import Storage
import Sync

/// A journal's images and their bytes, as the sync of blobs sees them.
struct JournalBlobs: BlobShelf {
    let journal: JournalFile
    let store: BlobStore

    func unsent(after last: BlobName?, countMax: Int) async throws -> [(name: BlobName, size: Int64)] {
        try await journal.read { try BlobLedger($0).unsent(after: last, countMax) }
    }

    func markSent(_ names: [BlobName]) async throws { try await journal.noteBlobsOnServer(names) }

    func lacking(after last: BlobName?, countMax: Int) async throws -> [BlobName] {
        var last = last
        while true {
            let after = last
            let names = try await journal.read { try BlobLedger($0).lacking(after: after, countMax) }
            guard let end = names.last else { return [] }
            last = end
            // Bytes that came whole before a crash could note them are here all the same.
            let here = names.filter { store.has($0) }
            try await markReceived(here.compactMap { name in size(of: name).map { (name, $0) } })
            let lacking = names.filter { !here.contains($0) }
            if !lacking.isEmpty { return lacking }
        }
    }

    func read(_ name: BlobName, offset: Int64, count: Int) async throws -> [UInt8] {
        try await store.read(name, offset: offset, count: count)
    }

    func received(_ name: BlobName) async throws -> Int64 {
        switch store.progress(name) {
        case .complete(let size): size
        case .partial(let received): received
        }
    }

    func append(_ name: BlobName, offset: Int64, bytes: [UInt8]) async throws {
        _ = try await store.append(name, size: BlobLimits.sizeMax, offset: offset, bytes: bytes)
    }

    func finish(_ name: BlobName, size: Int64) async throws { try await store.finish(name, size: size) }

    func markReceived(_ blobs: [(name: BlobName, size: Int64)]) async throws {
        try await journal.noteBlobs(blobs, isOnServer: true)
    }

    private func size(of name: BlobName) -> Int64? {
        if case .complete(let size) = store.progress(name) { size } else { nil }
    }
}
