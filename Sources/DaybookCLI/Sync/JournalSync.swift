import Foundation
import Gateways
import Primitives
import Storage
import Sync

/// Everything that one `daybook sync` does: commits, a snapshot for a device that has none yet, and images.
struct JournalSync: Sendable {
    struct Outcome: Sendable {
        var commits = SyncSession.Outcome()
        var images = BlobSync.Outcome()
        /// What the journal calls those images that the server has no room for; the first of them.
        var refusedImages: [String] = []
        var beganFromSnapshot = false
        /// Fields and deletions that wait for a person.
        var conflictCount = 0
    }

    /// What is being done, and how far it is; a total of 0 is not known.
    typealias Progress = @Sendable (_ what: String, _ done: Int, _ total: Int) -> Void

    /// A device that has written more than this by itself takes commits: applying its own to a snapshot costs as much.
    private static let ownCommitsMax: UInt64 = 1000

    private let journal: JournalFile
    private let blobs: BlobStore
    private let server: RemoteSync
    private let progress: Progress

    init(journal: JournalFile, blobs: BlobStore, server: RemoteSync, progress: @escaping Progress = { _, _, _ in }) {
        self.journal = journal
        self.blobs = blobs
        self.server = server
        self.progress = progress
    }

    func run() async throws -> Outcome {
        var outcome = Outcome()
        let device = try await journal.read { try HistoryStore($0).devices().first }
        outcome.beganFromSnapshot = try await beginFromSnapshot()
        outcome.commits = try await exchange()
        if outcome.commits.becameNewReplica || outcome.commits.outlivedServer,
            try await journal.read({ try HistoryStore($0).isUnnamed() })
        {
            try await name(as: device, isCopy: outcome.commits.becameNewReplica)
            let more = try await exchange()
            outcome.commits.sent += more.sent
            outcome.commits.received += more.received
            outcome.commits.exchanges += more.exchanges
        }
        outcome.images = try await BlobSync(
            shelf: JournalBlobs(journal: journal, store: blobs), server: server,
            report: { [progress] in progress("images", $0.sent + $0.received, 0) }
        ).run()
        let refused = outcome.images.refusedNames
        outcome.refusedImages = try await journal.read { db in
            try refused.map { try ImageStore(db).fileName(of: $0) ?? String($0.description.prefix(8)) }
        }
        outcome.conflictCount = try await journal.read { try ConflictStore($0).count() }
        return outcome
    }

    private func exchange() async throws -> SyncSession.Outcome {
        try await SyncSession(device: journal, server: server) { [progress] outcome in
            progress("changes", outcome.sent + outcome.received, 0)
        }.run()
    }

    /// Takes over the server's snapshot when this device is new; commits do for everyone else, and when that fails.
    private func beginFromSnapshot() async throws -> Bool {
        let position = try await journal.position()
        guard position.serverClock == nil, position.clock.entries.allSatisfy({ $0.replica == position.replica }),
            position.clock[position.replica] <= Self.ownCommitsMax, let manifest = try await server.snapshot(),
            manifest.schema == JournalFile.tablesVersion, !manifest.clock.covers(position.clock),
            // Its parts, the file that they make, and our own copy of it lie beside each other for a moment.
            DiskSpace.has(manifest.compressedSize + manifest.size * 2, in: journal.directory)
        else { return false }
        let download = SnapshotDownload(into: journal.directory + "/snapshot.part", from: server) { [progress] in
            progress("snapshot", $0, $1)
        }
        do {
            try await download.fetch(manifest)
            try await journal.adopt(manifest) { try await download.chunk($0) }
            download.discard()
            return true
        } catch let failure as Failure where failure.code.hasPrefix("snapshot.") {
            // The commits tell the same, only slower.
            download.discard()
            return false
        }
    }

    /// A new replica is named as the device was; a copy tells whose copy it is, so that people can tell the two apart.
    private func name(as device: DeviceView?, isCopy: Bool) async throws {
        let name = isCopy ? device?.name.map { "\($0) (copy)" } ?? "copy" : device?.name ?? "device"
        try await journal.nameDevice(String(name.prefix(200)), platform: device?.platform)
    }
}
