import Ethereum
import Foundation
import Gateways
import Primitives
import Storage
import Sync

/// A journal, signed in to a server.
struct Device: Sendable {
    let journal: JournalFile
    let blobs: BlobStore
    private let connection: ServerConnection
    private let remote: RemoteSync

    /// Signs in at the server itself, and syncs by way of `door`.
    init(_ journal: JournalFile, _ key: PrivateKey, server: ServerURL, by door: ServerURL) async throws {
        self.journal = journal
        blobs = try BlobStore(directory: journal.directory + "/blobs", world: .live)
        let entrance = ServerConnection(server, keeper: nil, world: .live)
        let begun = try await SignIn(entrance, world: .live).begin(with: key, device: "bench")
        await entrance.close()
        let keeper = MemoryKeeper(begun.tokens)
        connection = ServerConnection(door, keeper: keeper, world: .live)
        remote = RemoteSync(connection, keeper: keeper)
    }

    @discardableResult
    func sync() async throws -> SyncSession.Outcome {
        try await SyncSession(device: journal, server: remote).run()
    }

    /// The first sync of a new device: the state, then what came since.
    func syncFirst() async throws {
        if let manifest = try await remote.snapshot() {
            let download = SnapshotDownload(into: journal.directory + "/snapshot", from: remote)
            try await download.fetch(manifest)
            try await journal.adopt(manifest) { try await download.chunk($0) }
            download.discard()
        }
        try await sync()
    }

    func syncImages() async throws {
        try await sync()
        _ = try await BlobSync(shelf: JournalShelf(journal: journal, blobs: blobs), server: remote).run()
    }

    func close() async throws {
        await connection.close()
        try await journal.close()
    }
}
