import Storage
import Sync

extension JournalFile {
    func snapshot() async throws -> SnapshotManifest? { nil }
    func snapshotChunk(named name: BlobName) async throws -> [UInt8]? { nil }
}
