import Foundation
import GRDB
import Journal
import Primitives
import Storage
import Sync
import Testing

@Suite struct BackupTests {
    private let entry = EntityID.numbered(1)

    private func desk() async throws -> TestDevice {
        let desk = try await TestDevice("Desk")
        try await desk.put(Schema.entry, entry, ["day": .text("2026-05-01"), "title": .text("Patience")])
        let name = try await desk.blobs().put(Array("a picture".utf8))
        try await desk.put(
            Schema.image, .numbered(2), ["sha256": .bytes(name.bytes), "name": .text("chart.png"), "size": .integer(9)])
        return desk
    }

    private func place() -> String {
        FileManager.default.temporaryDirectory.path + "/daybook-restored-" + Hex.encode(World.live.random(6))
    }

    @Test func `a backup holds the journal and its images, for its owner only`() async throws {
        let desk = try await desk()
        let file = desk.directory + "/my.backup"
        let written = try await Backup.write(desk.journal, desk.blobs(), to: file, replacing: false)
        #expect(written.commitCount == 3)
        #expect(written.blobCount == 1)
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)

        let directory = place()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        _ = try await Backup.restore(file, into: directory, world: desk.world, replacing: false)
        let restored = try await JournalFile.open(in: directory, world: desk.world)
        #expect(try await restored.position() == desk.journal.position())
        let blobs = try BlobStore(directory: directory + "/blobs", world: desk.world)
        #expect(try await blobs.list() == desk.blobs().list())
        #expect(try await restored.verify(blobs).isSound)
        let tables = try await restored.read { try String.fetchAll($0, sql: "SELECT name FROM sqlite_schema") }
        #expect(!tables.contains("backup_blob"))
    }

    @Test func `a copy that a backup made is found out and loses nothing`() async throws {
        let (desk, server) = (try await desk(), try await TestServer())
        let file = desk.directory + "/my.backup"
        try await server.sync(desk)
        _ = try await Backup.write(desk.journal, desk.blobs(), to: file, replacing: false)
        try await desk.put(Schema.entry, entry, ["title": .text("After the backup")])
        try await server.sync(desk)

        let directory = place()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        _ = try await Backup.restore(file, into: directory, world: desk.world, replacing: false)
        let copy = try await JournalFile.open(in: directory, world: desk.world)
        let entry = entry
        try await copy.edit("write on the copy") { $0.put(Schema.entry, entry, ["entry_type": .text("review")]) }
        _ = try await server.run(copy)
        try await server.sync(desk)
        #expect(try await copy.position().replica != desk.journal.position().replica)
        #expect(try await desk.fields(Schema.entry, entry)["title"] == "After the backup")
        #expect(try await desk.fields(Schema.entry, entry)["entry_type"] == "review")
    }

    @Test func `a restore does not write over a journal, unless it may move it aside`() async throws {
        let desk = try await desk()
        let file = desk.directory + "/my.backup"
        _ = try await Backup.write(desk.journal, desk.blobs(), to: file, replacing: false)
        let other = try await TestDevice("Laptop")
        try await other.put(Schema.tag, .numbered(7), ["name": .text("mine")])
        try await other.journal.close()
        #expect(
            await failureCode {
                _ = try await Backup.restore(file, into: other.directory, world: .live, replacing: false)
            } == "journal.exists")
        let outcome = try await Backup.restore(file, into: other.directory, world: .live, replacing: true)
        let aside = try #require(outcome.replaced)
        let former = try await DatabaseQueue(path: aside).read { db in
            try String.fetchOne(db, sql: "SELECT name FROM tag")
        }
        #expect(former == "mine")
    }

    @Test func `what is no backup, or a damaged one, changes nothing`() async throws {
        let desk = try await desk()
        let directory = place()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let garbage = desk.directory + "/garbage"
        try Data("nothing like a database, but long enough to be looked at".utf8).write(to: URL(filePath: garbage))
        for (file, code) in [
            (desk.directory + "/none", "backup.not_found"), (garbage, "backup.not_a_backup"),
            (JournalFile.path(in: desk.directory), "backup.not_a_backup"),
        ] {
            #expect(
                await failureCode {
                    _ = try await Backup.restore(file, into: directory, world: .live, replacing: false)
                }
                    == code)
        }
        let file = desk.directory + "/my.backup"
        _ = try await Backup.write(desk.journal, desk.blobs(), to: file, replacing: false)
        var bytes = try Data(contentsOf: URL(filePath: file))
        for index in stride(from: 4096, to: bytes.count, by: 97) { bytes[index] ^= 0x5a }
        try bytes.write(to: URL(filePath: file))
        let code = await failureCode {
            _ = try await Backup.restore(file, into: directory, world: .live, replacing: false)
        }
        #expect(code == "backup.damaged")
        #expect(!JournalFile.exists(in: directory))
    }

    @Test func `a backup does not write over a file, unless it may`() async throws {
        let desk = try await desk()
        let file = desk.directory + "/my.backup"
        _ = try await Backup.write(desk.journal, desk.blobs(), to: file, replacing: false)
        #expect(
            await failureCode { _ = try await Backup.write(desk.journal, desk.blobs(), to: file, replacing: false) }
                == "backup.exists")
        _ = try await Backup.write(desk.journal, desk.blobs(), to: file, replacing: true)
        let rest = try FileManager.default.contentsOfDirectory(atPath: desk.directory).filter { $0.contains(".part") }
        #expect(rest.isEmpty)
    }
}
