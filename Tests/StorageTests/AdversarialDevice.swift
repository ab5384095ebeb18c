import Foundation
import GRDB
import Journal
import Primitives
import Storage
import Sync
import Synchronization
import Testing

/// A clock that stands where it was set.
final class AdversarialClock: Sendable {
    static let noon: Int64 = 1_777_593_600_000

    private let time: Mutex<Int64>

    init(_ milliseconds: Int64 = noon) { time = Mutex(milliseconds) }

    func set(_ milliseconds: Int64) { time.withLock { $0 = milliseconds } }
    func advance(_ milliseconds: Int64) { time.withLock { $0 += milliseconds } }

    var world: World {
        World(now: { [self] in Timestamp(milliseconds: time.withLock { $0 }) }, random: World.live.random)
    }
}

/// A directory that goes with the test.
final class AdversarialFolder: Sendable {
    let path: String

    init() { path = FileManager.default.temporaryDirectory.path + "/daybook-test-" + Hex.encode(World.live.random(8)) }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A device with a journal on disk.
struct AdversarialDevice: Sendable {
    let folder: AdversarialFolder
    let clock: AdversarialClock
    let journal: JournalFile

    init(_ name: String, at milliseconds: Int64 = AdversarialClock.noon) async throws {
        folder = AdversarialFolder()
        clock = AdversarialClock(milliseconds)
        journal = try await JournalFile.create(in: folder.path, world: clock.world, deviceName: name)
    }

    init(_ folder: AdversarialFolder, _ clock: AdversarialClock, _ journal: JournalFile) {
        self.folder = folder
        self.clock = clock
        self.journal = journal
    }

    /// The file as it lies on the disk, opened by a process of its own: a restored backup, or a clone.
    func copy() async throws -> AdversarialDevice {
        let (folder, clock) = (AdversarialFolder(), AdversarialClock(clock.world.now().milliseconds))
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let path = JournalFile.path(in: folder.path)
        let source = try DatabaseQueue(path: JournalFile.path(in: self.folder.path))
        try await source.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [path]) }
        try source.close()
        return AdversarialDevice(folder, clock, try await JournalFile.open(in: folder.path, world: clock.world))
    }

    func put(_ kind: EntityKind, _ id: EntityID, _ fields: [String: Value]) async throws {
        try await journal.edit("put") { $0.put(kind, id, fields) }
    }

    func delete(_ kind: EntityKind, _ id: EntityID) async throws {
        try await journal.edit("delete") { $0.delete(kind, id) }
    }

    func tag(_ trade: EntityID, _ tag: EntityID) async throws {
        try await journal.edit("tag") { $0.add(Schema.tradeTags, to: trade, tag) }
    }

    func untag(_ trade: EntityID, _ tag: EntityID) async throws {
        try await journal.edit("untag") { $0.remove(Schema.tradeTags, from: trade, tag) }
    }
}

extension JournalFile {
    /// What is shown of a field; null when there is no such row.
    func shown(_ kind: EntityKind, _ id: EntityID, _ field: String) async throws -> Value {
        try await read { db in
            let row = try Row.fetchOne(
                db, sql: "SELECT \(field) FROM \(kind.name) WHERE id = ?", arguments: [Data(id.bytes)])
            switch (row?[0] as DatabaseValue?)?.storage {
            case .int64(let integer): return .integer(integer)
            case .string(let text): return .text(text)
            case .blob(let data): return .bytes(Array(data))
            default: return .null
            }
        }
    }

    /// The values that stand in a field, the shown one and its siblings.
    func standing(_ kind: EntityKind, _ id: EntityID, _ field: String) async throws -> Set<Value> {
        let slot = Slot(kind.kind, kind.number(of: field))
        return Set(
            try await elements().compactMap { element in
                if case .value(id, slot, _, let value) = element { value } else { nil }
            })
    }

    func members(_ set: Kind, of owner: EntityID) async throws -> Set<EntityID> {
        Set(
            try await elements().compactMap { element in
                if case .member(set, owner, let member, _) = element { member } else { nil }
            })
    }

    func isAlive(_ kind: EntityKind, _ id: EntityID) async throws -> Presence? {
        try await read { db in
            try Int64.fetchOne(
                db, sql: "SELECT presence FROM \(kind.name) WHERE id = ?", arguments: [Data(id.bytes)]
            ).flatMap { Presence(rawValue: $0) }
        }
    }

    func count(_ sql: String) async throws -> Int { try await read { try Int.fetchOne($0, sql: sql) ?? 0 } }

    /// What `daybook verify` would call damage.
    func damage() async throws -> [String] {
        let blobs = try BlobStore(directory: directory + "/blobs", world: world)
        return try await verify(blobs).findings.filter(\.isDamage).map(\.text)
    }
}

/// A server in this process with its journal on disk, and whatever the network does.
struct AdversarialServer: Sendable {
    let folder: AdversarialFolder
    let journal: JournalFile
    let endpoint: LocalSync

    init(mayRelay: @escaping @Sendable (ReplicaID) async throws -> Bool = { _ in true }) async throws {
        folder = AdversarialFolder()
        journal = try await JournalFile.open(in: folder.path, world: AdversarialClock().world, role: .server)
        endpoint = LocalSync(journal: journal, mayRelay: mayRelay)
    }

    private init(_ folder: AdversarialFolder, _ journal: JournalFile) {
        self.folder = folder
        self.journal = journal
        endpoint = LocalSync(journal: journal)
    }

    /// A server with the journal as it is now: one restored from a backup, or a clone.
    func copy() async throws -> AdversarialServer {
        let device = AdversarialDevice(folder, AdversarialClock(), journal)
        let copy = try await device.copy()
        return AdversarialServer(copy.folder, copy.journal)
    }

    /// What is written over REST is a commit of the server's own replica.
    func put(_ trade: EntityID, _ fields: [String: Value]) async throws {
        try await journal.edit("put") { $0.put(Schema.trade, trade, fields) }
    }

    @discardableResult
    func sync(_ device: AdversarialDevice) async throws -> SyncSession.Outcome {
        try await SyncSession(device: device.journal, server: endpoint).run()
    }

    /// Syncs until everyone has everything, and expects the journals to be equal, and sound.
    func settle(_ devices: AdversarialDevice..., sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for device in devices + devices {
            // Healing would cover up what the merge did wrong.
            #expect(try await !sync(device).healed, sourceLocation: sourceLocation)
        }
        let expected = try await JournalDump.shared(journal)
        #expect(try await journal.damage() == [], sourceLocation: sourceLocation)
        for device in devices {
            let difference = JournalDump.difference(try await JournalDump.shared(device.journal), expected)
            #expect(difference == "", sourceLocation: sourceLocation)
            #expect(try await device.journal.damage() == [], sourceLocation: sourceLocation)
        }
    }
}
