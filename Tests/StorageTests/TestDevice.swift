import Foundation
import GRDB
import Journal
import Primitives
import Storage
import Sync
import Synchronization

/// A device with a journal in a directory of its own, and a clock that is a minute later with every look.
final class TestDevice: Sendable {
    let directory: String
    let world: World
    let journal: JournalFile

    init(_ name: String, milliseconds: Int64 = 1_777_593_600_000) async throws {
        directory = FileManager.default.temporaryDirectory.path + "/daybook-\(name)-" + Hex.encode(World.live.random(6))
        let clock = Mutex(milliseconds)
        world = World(
            now: {
                clock.withLock { time in
                    time += 60_000
                    return Timestamp(milliseconds: time)
                }
            }, random: World.live.random)
        journal = try await JournalFile.create(in: directory, world: world, deviceName: name)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    func blobs() throws -> BlobStore { try BlobStore(directory: directory + "/blobs", world: world) }

    /// Writes fields of one thing, as a commit of its own.
    @discardableResult
    func put(
        _ kind: EntityKind, _ id: EntityID, _ fields: [String: Value], _ summary: String = "write"
    ) async throws -> String {
        try await journal.edit(summary) { $0.put(kind, id, fields) }
        return try await lastCommit()
    }

    static let mainAccount = EntityID.numbered(9)

    /// An account with one round trip: the fills 1 and 2.
    func putRoundTrip() async throws {
        try await put(
            Schema.account, Self.mainAccount,
            ["exchange": .text("binance"), "environment": .text("live"), "label": .text("main")])
        for (number, side, price) in [(1, "buy", "100"), (2, "sell", "110")] as [(UInt64, String, String)] {
            try await put(
                Schema.fill, .numbered(number),
                [
                    "account": .id(Self.mainAccount), "symbol": .text("BTC_USDT"), "side": .text(side),
                    "price": .text(price), "quantity": .text("1"), "fee": .text("0"), "fee_currency": .text("USDT"),
                    "time_ms": .integer(1_777_593_600_000 + Int64(number)), "sequence": .integer(Int64(number)),
                    "external_id": .text("\(number)"), "aside": .integer(0),
                ])
        }
    }

    /// An image whose bytes are here, and not on the server.
    func putPicture(_ id: EntityID) async throws {
        let name = try await blobs().put(Array("a picture".utf8))
        try await put(
            Schema.image, id, ["sha256": .bytes(name.bytes), "name": .text("chart.png"), "size": .integer(9)])
        try await journal.noteBlobs([(name, 9)], isOnServer: false)
    }

    func delete(_ kind: EntityKind, _ id: EntityID) async throws -> String {
        try await journal.edit("delete") { $0.delete(kind, id) }
        return try await lastCommit()
    }

    /// The name of this device's last commit.
    func lastCommit() async throws -> String {
        let position = try await journal.position()
        return try await journal.read { db in
            try CommitNames(db).short(Dot(position.replica, position.clock[position.replica]))
        }
    }

    func fields(_ kind: EntityKind, _ id: EntityID) async throws -> [String: String] {
        try await journal.read { db in
            (try EntityFinder(db).fields(.init(kind.kind, id)) ?? [:]).compactMapValues { value in
                String.fromDatabaseValue(value) ?? Int64.fromDatabaseValue(value).map { String($0) }
            }
        }
    }

    func presence(_ kind: EntityKind, _ id: EntityID) async throws -> Presence? {
        try await journal.read { try EntityFinder($0).presence(.init(kind.kind, id)) }
    }
}

/// A server in this process, with a journal in memory.
struct TestServer: Sendable {
    private let sync: LocalSync

    init() async throws { sync = LocalSync(journal: try await JournalFile.inMemory(world: .live)) }

    func run(_ journal: JournalFile) async throws -> SyncSession.Outcome {
        try await SyncSession(device: journal, server: sync).run()
    }

    /// Syncs each device, and the first ones again, so that all have everything.
    func sync(_ devices: TestDevice...) async throws {
        for device in devices + devices { _ = try await run(device.journal) }
    }
}

extension ID {
    /// The id of a thing whose value does not matter.
    static func numbered(_ number: UInt64) -> Self { Self(rawValue: UInt128(number) + 0xabcd << 64) }
}

/// The code of the failure that a body ends with; nil when it does not.
func failureCode(_ body: () async throws -> Void) async -> String? {
    do {
        try await body()
        return nil
    } catch let failure as Failure {
        return failure.code
    } catch {
        return "\(error)"
    }
}
