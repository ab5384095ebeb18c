import Foundation
import GRDB
import Journal
import Primitives
import Storage
import Sync
import Testing
import TestSupport

/// A new device begins from the server's state instead of its history.
@Suite struct SnapshotTests {
    /// More than a mebibyte, and hardly to be compressed.
    private static let notes: [String] = {
        var dice = Dice(seed: 9)
        return (0..<8).map { _ in dice.noise(bytes: 160_000) }
    }()

    /// A server with a history long enough to be worth a snapshot, a device that wrote it, and a new one.
    private struct Setting {
        let server: AdversarialServer
        let desk: AdversarialDevice
        let new: AdversarialDevice

        init() async throws {
            server = try await AdversarialServer()
            desk = try await AdversarialDevice("Desk")
            new = try await AdversarialDevice("New")
            for (number, note) in SnapshotTests.notes.enumerated() {
                try await desk.put(
                    Schema.trade, .numbered(UInt64(number)),
                    [
                        "symbol": .text("BTC_USDT"), "direction": .text("long"), "quantity": .text("1"),
                        "entry_price": .text("100"), "opened_ms": .integer(Int64(number)),
                        "notes": .text(note),
                    ])
            }
            try await desk.put(Schema.trade, .numbered(0), ["rating": .integer(5), "notes": .text("alpha\nbeta\n")])
            try await desk.tag(.numbered(1), .numbered(50))
            try await desk.delete(Schema.trade, .numbered(2))
            try await server.sync(desk)
        }

        func manifest() async throws -> SnapshotManifest { try #require(try await server.journal.snapshot()) }

        func chunk(_ chunk: SnapshotManifest.Chunk) async throws -> [UInt8] {
            try #require(try await server.journal.snapshotChunk(named: chunk.name))
        }

        func adopt() async throws { try await new.journal.adopt(try await manifest()) { try await chunk($0) } }

        func expectEqual(sourceLocation: SourceLocation = #_sourceLocation) async throws {
            let difference = JournalDump.difference(
                try await JournalDump.shared(new.journal), try await JournalDump.shared(server.journal))
            #expect(difference == "", sourceLocation: sourceLocation)
            #expect(try await new.journal.damage() == [], sourceLocation: sourceLocation)
        }

        /// The snapshot as a file that can be tampered with, and the manifest of what comes out.
        func tampered(
            schema: Int? = nil, _ body: @Sendable @escaping (Database) throws -> Void
        ) async throws -> (
            manifest: SnapshotManifest, chunk: @Sendable (SnapshotManifest.Chunk) async throws -> [UInt8]
        ) {
            let manifest = try await manifest()
            let folder = AdversarialFolder()
            try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
            let path = folder.path + "/snapshot.sqlite"
            var bytes: [UInt8] = []
            for part in manifest.chunks {
                bytes += try Zstandard.decompress(try await chunk(part), sizeMax: SnapshotManifest.chunkBytes)
            }
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let database = try DatabaseQueue(path: path)
            try await database.writeWithoutTransaction(body)
            try database.close()
            let whole = Array(try #require(FileManager.default.contents(atPath: path)))
            var chunks: [SnapshotManifest.Chunk] = []
            var packed: [BlobName: [UInt8]] = [:]
            for start in stride(from: 0, to: whole.count, by: SnapshotManifest.chunkBytes) {
                let piece = Array(whole[start..<min(whole.count, start + SnapshotManifest.chunkBytes)])
                let name = try #require(BlobName(bytes: [UInt8](repeating: UInt8(chunks.count), count: 32)))
                packed[name] = Zstandard.compress(piece)
                chunks.append(.init(name: name, compressedSize: packed[name]?.count ?? 0, size: piece.count))
            }
            let new = SnapshotManifest(
                schema: schema ?? manifest.schema, clock: manifest.clock, content: manifest.content, chunks: chunks)
            let all = packed
            return (new, { all[$0.name] ?? [] })
        }
    }

    @Test func `a new device with nothing of its own ends up equal, and syncs on`() async throws {
        let all = try await Setting()
        let name = try await all.new.journal.position().replica
        try await all.adopt()
        #expect(try await all.new.journal.position().replica == name)
        #expect(try await all.new.journal.shown(Schema.trade, .numbered(0), "rating") == .integer(5))
        let outcome = try await all.server.sync(all.new)
        #expect(outcome.received == 0)
        try await all.expectEqual()
        // It has a place in the conversation: what it writes arrives, and what others write arrives here.
        try await all.new.put(Schema.trade, .numbered(0), ["rating": .integer(4), "notes": .text("alpha\nBETA\n")])
        try await all.server.sync(all.new)
        try await all.server.sync(all.desk)
        #expect(try await all.desk.journal.shown(Schema.trade, .numbered(0), "rating") == .integer(4))
        try await all.desk.put(Schema.trade, .numbered(0), ["rating": .integer(3)])
        try await all.server.sync(all.desk)
        try await all.server.sync(all.new)
        try await all.expectEqual()
    }

    @Test func `what a device wrote before it took a snapshot is kept and sent`() async throws {
        let all = try await Setting()
        // A commit of its own on what the snapshot has too: neither had seen the other.
        try await all.new.put(Schema.trade, .numbered(0), ["rating": .integer(1)])
        try await all.new.put(Schema.trade, .numbered(90), ["notes": .text("gamma")])
        let own = try await all.new.journal.position()
        try await all.adopt()
        let after = try await all.new.journal.position()
        #expect(after.clock[own.replica] == own.clock[own.replica])
        #expect(try await all.new.journal.standing(Schema.trade, .numbered(0), "rating") == [.integer(5), .integer(1)])
        #expect(try await all.new.journal.shown(Schema.trade, .numbered(90), "notes") == .text("gamma"))
        let outcome = try await all.server.sync(all.new)
        #expect(outcome.sent == 3)
        try await all.expectEqual()
    }

    @Test func `what is this copy's alone stays with it`() async throws {
        let all = try await Setting()
        let name = try #require(BlobName(bytes: [UInt8](repeating: 7, count: 32)))
        try await all.new.journal.noteBlobs([(name, 9)], isOnServer: false)
        try await all.server.journal.noteBlobs(
            [(try #require(BlobName(bytes: [UInt8](repeating: 8, count: 32))), 9)], isOnServer: true)
        try await all.adopt()
        #expect(try await all.new.journal.count("SELECT count(*) FROM blob") == 1)
        #expect(try await all.new.journal.count("SELECT count(*) FROM blob WHERE hex(sha256) LIKE '0707%'") == 1)
        let (synchronous, mode) = try await all.new.journal.read { db in
            (try Int.fetchOne(db, sql: "PRAGMA synchronous"), try String.fetchOne(db, sql: "PRAGMA journal_mode"))
        }
        #expect(synchronous == 2)
        #expect(mode == "wal")
        #expect(!FileManager.default.fileExists(atPath: all.new.folder.path + "/snapshot.sqlite"))
    }

    @Test func `a snapshot that is called off, or costs too much, leaves nothing behind`() async throws {
        let all = try await Setting()
        let snapshots = all.server.folder.path + "/snapshots"
        let little = WorkBudget(stepsMax: 1, bytesMax: 1)
        await #expect(throws: Failure.tooMuchWork) {
            try await WorkBudget.$current.withValue(little) { _ = try await all.server.journal.snapshot() }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: snapshots) == [])
        let gone = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await all.server.journal.snapshot()
        }
        await #expect(throws: CancellationError.self) { try await gone.value }
        #expect(try FileManager.default.contentsOfDirectory(atPath: snapshots) == [])
        // What a process that was killed has left is swept with the next.
        let left = snapshots + "/making-1"
        try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: left)
        _ = try await all.manifest()
        #expect(!FileManager.default.fileExists(atPath: left))
    }

    @Test func `a snapshot is kept for its clock, and a new one made for another`() async throws {
        let all = try await Setting()
        let first = try await all.manifest()
        #expect(try await all.manifest() == first)
        try await all.desk.put(Schema.trade, .numbered(0), ["rating": .integer(2)])
        try await all.server.sync(all.desk)
        let second = try await all.manifest()
        #expect(second.clock != first.clock)
        // Who is in the middle of the first can go on.
        for chunk in first.chunks { _ = try await all.chunk(chunk) }
    }

    @Test func `a device that began from a snapshot gives a server back all that it lost`() async throws {
        let all = try await Setting()
        try await all.adopt()
        let empty = try await AdversarialServer()
        try await empty.settle(all.new)
        // All of it, and the device's own name.
        let lost = try await Set(JournalDump.shared(all.server.journal))
        #expect(lost.count > SnapshotTests.notes.count)
        #expect(try await lost.subtracting(JournalDump.shared(empty.journal)).isEmpty)
    }

    @Test func `a snapshot of another history at the same clock is not given`() async throws {
        let all = try await Setting()
        let restored = try await all.server.copy()
        try await all.server.put(.numbered(0), ["setup": .text("lost")])
        let lost = try await all.manifest()
        try FileManager.default.copyItem(
            atPath: all.server.folder.path + "/snapshots", toPath: restored.folder.path + "/snapshots")
        try await restored.put(.numbered(0), ["setup": .text("written instead")])
        let given = try #require(try await restored.journal.snapshot())
        #expect(given.clock == lost.clock && given.content != lost.content)
    }

    @Test func `a short history is not worth a snapshot`() async throws {
        let server = try await AdversarialServer()
        #expect(try await server.journal.snapshot() == nil)
        #expect(
            try await server.journal.snapshotChunk(
                named: try #require(BlobName(bytes: [UInt8](repeating: 1, count: 32)))) == nil)
    }

    // MARK: What is refused

    private func expectRefused(
        _ code: String, _ all: Setting, _ manifest: SnapshotManifest,
        sourceLocation: SourceLocation = #_sourceLocation,
        chunk: (SnapshotManifest.Chunk) async throws -> [UInt8]
    ) async throws {
        try await all.new.put(Schema.trade, .numbered(90), ["notes": .text("gamma")])
        let before = try await JournalDump.everything(all.new.journal)
        let result = await failureCode { try await all.new.journal.adopt(manifest, chunk: chunk) }
        #expect(result == code, sourceLocation: sourceLocation)
        #expect(try await JournalDump.everything(all.new.journal) == before, sourceLocation: sourceLocation)
        let files = try FileManager.default.contentsOfDirectory(atPath: all.new.folder.path)
        #expect(!files.contains { $0.hasPrefix("snapshot.sqlite") }, sourceLocation: sourceLocation)
    }

    /// Another process still gets in, and the true snapshot is taken.
    private func expectUsable(_ all: Setting, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        #expect(try await all.new.journal.damage() == [], sourceLocation: sourceLocation)
        let other = try await JournalFile.open(in: all.new.folder.path, world: .live)
        try await other.edit("put") { $0.put(Schema.trade, EntityID.numbered(91), ["rating": .integer(1)]) }
        try await other.close()
        try await all.adopt()
        try await all.server.sync(all.new)
        try await all.expectEqual(sourceLocation: sourceLocation)
    }

    @Test func `chunks that are not what was told are refused`() async throws {
        let all = try await Setting()
        let manifest = try await all.manifest()
        try await expectRefused("sync.garbage", all, manifest) { Array(try await all.chunk($0).dropLast(5)) }
        try await expectRefused("snapshot.damaged", all, manifest) { chunk in
            Zstandard.compress([UInt8](repeating: 0, count: chunk.size - 1))
        }
        try await expectRefused("sync.too_large", all, manifest) { _ in
            Zstandard.compress([UInt8](repeating: 0, count: 16 << 20))
        }
        try await expectRefused("blob.not_found", all, manifest) { _ in throw Failure(.notFound, "blob.not_found", "") }
        try await expectUsable(all)
    }

    @Test func `a snapshot that is no database or a damaged one is refused`() async throws {
        let all = try await Setting()
        let manifest = try await all.manifest()
        try await expectRefused("snapshot.damaged", all, manifest) { chunk in
            Zstandard.compress([UInt8](repeating: 7, count: chunk.size))
        }
        for first in [1, 3] {
            try await expectRefused("snapshot.damaged", all, manifest) { chunk in
                guard chunk.name == manifest.chunks[0].name else { return try await all.chunk(chunk) }
                var bytes = try Zstandard.decompress(try await all.chunk(chunk), sizeMax: SnapshotManifest.chunkBytes)
                for page in first..<bytes.count / 4096 {
                    bytes.replaceSubrange(page * 4096..<page * 4096 + 200, with: [UInt8](repeating: 0xa5, count: 200))
                }
                return Zstandard.compress(bytes)
            }
        }
        try await expectUsable(all)
    }

    @Test func `tables of another version are refused before anything is fetched`() async throws {
        let all = try await Setting()
        let (manifest, _) = try await all.tampered(schema: JournalFile.tablesVersion + 1) { _ in }
        try await expectRefused("snapshot.other_schema", all, manifest) { _ in
            Issue.record("a chunk was fetched")
            return []
        }
    }

    @Test func `a snapshot with anything but our own tables and triggers is refused`() async throws {
        let all = try await Setting()
        for sql in [
            "CREATE TRIGGER spy AFTER INSERT ON trade BEGIN DELETE FROM log; END", "CREATE TABLE extra (id BLOB)",
            "CREATE TRIGGER spy AFTER UPDATE ON local BEGIN DELETE FROM log; END", "DROP INDEX log_context",
            "CREATE VIEW shadow AS SELECT * FROM trade", "ALTER TABLE trade ADD COLUMN extra TEXT",
            "DROP TABLE trade; CREATE VIEW trade AS SELECT 1 AS id",
            "CREATE UNIQUE INDEX one ON trade (symbol) WHERE rating > 100",
        ] {
            let (manifest, chunk) = try await all.tampered { try $0.execute(sql: sql) }
            try await expectRefused("snapshot.damaged", all, manifest, chunk: chunk)
        }
        try await expectUsable(all)
    }

    @Test func `a snapshot that is not what its manifest tells is refused`() async throws {
        let all = try await Setting()
        for sql in [
            "UPDATE replica SET counter = counter + 1", "UPDATE local SET value = x'00' WHERE key = 'content'",
            "DELETE FROM local", "DELETE FROM replica", "UPDATE replica SET counter = -1",
            "UPDATE replica SET counter = 9223372036854775807", "DELETE FROM log", "PRAGMA user_version = 99",
            "PRAGMA user_version = 0", "DELETE FROM log; DELETE FROM replica",
            "UPDATE trade SET rating = 1 WHERE rating = 5", "DELETE FROM tombstone", "DELETE FROM member",
        ] {
            let (manifest, chunk) = try await all.tampered { try $0.execute(sql: sql) }
            try await expectRefused("snapshot.damaged", all, manifest, chunk: chunk)
        }
        try await expectUsable(all)
    }

    @Test(.enabled(if: AdversarialDisk.isPossible, "needs the right to mount"), arguments: [1024, 2700])
    func `a snapshot that the disk has no room for leaves the journal as it was`(kilobytes: Int) async throws {
        let all = try await Setting()
        let disk = try AdversarialDisk(kilobytes: kilobytes)
        let clock = AdversarialClock()
        let journal = try await JournalFile.create(in: disk.path + "/journal", world: clock.world, deviceName: "New")
        try await journal.edit("put") { $0.put(Schema.trade, EntityID.numbered(90), ["notes": .text("gamma")]) }
        let before = try await JournalDump.everything(journal)
        let code = await failureCode { try await journal.adopt(try await all.manifest()) { try await all.chunk($0) } }
        #expect(["journal.disk_full", "journal.unwritable", "journal.io"].contains(code))
        #expect(try await JournalDump.everything(journal) == before)
        try await journal.edit("put") { $0.put(Schema.trade, EntityID.numbered(91), ["rating": .integer(1)]) }
        #expect(try await journal.damage() == [])
        try await journal.close()
    }

    // MARK: Others who write meanwhile

    @Test func `what another process writes while the snapshot comes in is not lost`() async throws {
        let all = try await Setting()
        try await all.new.journal.adopt(try await all.manifest()) { chunk in
            let other = try await JournalFile.open(in: all.new.folder.path, world: .live)
            try await other.edit("put") {
                $0.put(Schema.trade, EntityID.new(in: .live), ["setup": .text("written meanwhile")])
            }
            try await other.close()
            return try await all.chunk(chunk)
        }
        let written = try await all.new.journal.count("SELECT count(*) FROM trade WHERE setup = 'written meanwhile'")
        #expect(written == (try await all.manifest().chunks.count))
        try await all.server.sync(all.new)
        try await all.expectEqual()
    }

    @Test func `what another process writes at any moment is kept or refused, and never lost`() async throws {
        let all = try await Setting()
        let manifest = try await all.manifest()
        let directory = all.new.folder.path
        let written = try await withThrowingTaskGroup(of: Int.self) { group in
            let (moments, done) = AsyncStream<Void>.makeStream()
            group.addTask {
                var count = 0
                for await _ in moments {
                    // Each time a process of its own: it opens the journal, writes, and goes.
                    let code = await failureCode {
                        let other = try await JournalFile.open(in: directory, world: .live)
                        try await other.edit("put") {
                            $0.put(Schema.trade, EntityID.new(in: .live), ["setup": .text("written meanwhile")])
                        }
                        try await other.close()
                    }
                    if code == nil { count += 1 } else { #expect(code == "journal.busy") }
                }
                return count
            }
            for _ in 0..<30 { done.yield() }
            done.finish()
            let adopted = await failureCode { try await all.new.journal.adopt(manifest) { try await all.chunk($0) } }
            #expect([nil, "journal.busy"].contains(adopted))
            return try await group.reduce(0, +)
        }
        #expect(
            try await all.new.journal.count("SELECT count(*) FROM trade WHERE setup = 'written meanwhile'") == written)
        try await all.server.sync(all.new)
        try await all.expectEqual()
    }

    @Test func `while another process holds the journal open, the snapshot waits and then says so`() async throws {
        let all = try await Setting()
        let other = try await JournalFile.open(in: all.new.folder.path, world: .live)
        let code = await failureCode {
            try await all.new.journal.adopt(try await all.manifest()) { try await all.chunk($0) }
        }
        // What the other writes now is there afterwards.
        #expect(code == "journal.busy")
        try await other.edit("put") { $0.put(Schema.trade, EntityID.numbered(91), ["rating": .integer(1)]) }
        try await other.close()
        #expect(try await all.new.journal.shown(Schema.trade, .numbered(91), "rating") == .integer(1))
        try await all.server.sync(all.new)
        try await all.expectEqual()
    }
}
