import Crypto
import Foundation
import Primitives
import Sync

/// Fetches the chunks of a snapshot into a directory, several at a time, and keeps those that came whole: a device
/// whose first sync is cut goes on where it stopped.
package struct SnapshotDownload: Sendable {
    private static let parallelCount = 4

    private let directory: String
    private let server: any SyncProtocol
    private let report: @Sendable (_ done: Int, _ count: Int) -> Void

    /// - Parameter directory: is made when it is missing, and removed by `discard`.
    package init(
        into directory: String, from server: any SyncProtocol,
        report: @escaping @Sendable (_ done: Int, _ count: Int) -> Void = { _, _ in }
    ) {
        self.directory = directory
        self.server = server
        self.report = report
    }

    /// Brings all chunks here.
    package func fetch(_ manifest: SnapshotManifest) async throws {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        discardOthers(than: manifest)
        var done = 0
        try await withThrowingTaskGroup(of: Void.self) { group in
            var rest = manifest.chunks.makeIterator()
            for _ in 0..<Self.parallelCount {
                if let chunk = rest.next() { group.addTask { _ = try await self.chunk(chunk) } }
            }
            while try await group.next() != nil {
                done += 1
                report(done, manifest.chunks.count)
                if let chunk = rest.next() { group.addTask { _ = try await self.chunk(chunk) } }
            }
        }
    }

    /// The compressed bytes of one chunk: from the directory when they are there and whole, else from the server.
    package func chunk(_ chunk: SnapshotManifest.Chunk) async throws -> [UInt8] {
        let path = "\(directory)/\(chunk.name)"
        if let kept = FileManager.default.contents(atPath: path), Array(SHA256.hash(data: kept)) == chunk.name.bytes {
            return Array(kept)
        }
        let bytes = try await server.snapshotChunk(chunk)
        guard
            FileManager.default.createFile(atPath: path, contents: Data(bytes), attributes: [.posixPermissions: 0o600])
        else {
            throw Failure(
                .unavailable, "snapshot.unwritable",
                "A part of the snapshot cannot be kept in \(directory). Check the free space and the permissions.")
        }
        return bytes
    }

    package func discard() { try? FileManager.default.removeItem(atPath: directory) }

    /// Parts of an older snapshot would never be asked for again.
    private func discardOthers(than manifest: SnapshotManifest) {
        let wanted = Set(manifest.chunks.map(\.name.description))
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] where !wanted.contains(name)
        {
            try? FileManager.default.removeItem(atPath: "\(directory)/\(name)")
        }
    }
}
