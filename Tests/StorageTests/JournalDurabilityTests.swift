import Foundation
import GRDB
import Journal
import Primitives
import Sync
import Testing
import TestSupport

@testable import Storage

/// What a journal promises of its file, and what it says when the file or the disk is not as it should be.
@Suite struct JournalDurabilityTests {
    private static let trade = EntityID.numbered(1)

    private func permissions(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func `an answered write is on the disk, by the settings that read back`() async throws {
        let device = try await AdversarialDevice("Desk")
        func expectSafe(_ journal: JournalFile) async throws {
            let (synchronous, mode) = try await journal.read { db in
                (try Int.fetchOne(db, sql: "PRAGMA synchronous"), try String.fetchOne(db, sql: "PRAGMA journal_mode"))
            }
            #expect(synchronous == 2)
            #expect(mode == "wal")
        }
        try await expectSafe(device.journal)
        try await device.journal.close()
        try await expectSafe(try await JournalFile.open(in: device.folder.path, world: device.clock.world))
    }

    @Test func `a journal is its owner's alone`() async throws {
        let device = try await AdversarialDevice("Desk")
        try await device.put(Schema.trade, Self.trade, ["rating": .integer(1)])
        #expect(try permissions(device.folder.path) == 0o700)
        for name in ["journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"] {
            #expect(try permissions(device.folder.path + "/" + name) == 0o600, "\(name)")
        }
    }

    @Test func `a journal is not made twice`() async throws {
        let device = try await AdversarialDevice("Desk")
        let before = try await JournalDump.everything(device.journal)
        let code = await failureCode {
            _ = try await JournalFile.create(in: device.folder.path, world: device.clock.world, deviceName: "Other")
        }
        #expect(code == "journal.exists")
        #expect(try await JournalDump.everything(device.journal) == before)
    }

    @Test func `a journal that is not there is named so`() async throws {
        let folder = AdversarialFolder()
        let code = await failureCode { _ = try await JournalFile.open(in: folder.path, world: .live) }
        #expect(code == "journal.not_found")
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }

    @Test(arguments: [0, 1, 2]) func `a journal whose making was cut short is made to the end`(step: Int) async throws {
        let folder = AdversarialFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let path = JournalFile.path(in: folder.path)
        // What a kill leaves after each step: an empty file, empty tables, tables and a name but no commit.
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        if step > 0 {
            let database = try DatabaseQueue(path: path)
            try await JournalMigrations.migrate(database, path: path)
            if step > 1 { try await database.write { try LocalFacts($0).setReplica(.numbered(3)) } }
            try database.close()
        }
        let server = try await JournalFile.open(in: folder.path, world: .live, role: .server)
        _ = try await server.position()
        try await server.close()
        let device = try await JournalFile.create(in: folder.path, world: .live, deviceName: "Desk")
        #expect(try await device.count("SELECT count(*) FROM device WHERE name = 'Desk'") == 1)
        #expect(try await device.damage() == [])
    }

    // MARK: Versions

    @Test func `a journal of a newer version is refused and left as it is`() async throws {
        let device = try await AdversarialDevice("Desk")
        let before = try await JournalDump.everything(device.journal)
        try await device.journal.close()
        let path = JournalFile.path(in: device.folder.path)
        try await onFile(path) { try $0.execute(sql: "PRAGMA user_version = 99") }
        for role in [JournalFile.Role.device, .server] {
            let code = await failureCode {
                _ = try await JournalFile.open(in: device.folder.path, world: .live, role: role)
            }
            #expect(code == "journal.newer")
        }
        try await onFile(path) { try $0.execute(sql: "PRAGMA user_version = \(JournalMigrations.latest)") }
        let again = try await JournalFile.open(in: device.folder.path, world: .live)
        #expect(try await JournalDump.everything(again) == before)
    }

    @Test func `an older journal is copied beside itself and then migrated`() async throws {
        let device = try await AdversarialDevice("Desk")
        try await device.put(Schema.trade, Self.trade, ["notes": .text("alpha")])
        try await device.journal.close()
        let path = JournalFile.path(in: device.folder.path)
        let next = JournalMigrations.latest + 1
        let sql = "CREATE TABLE screener (id BLOB PRIMARY KEY) STRICT"
        let later = TableMigrations.journal(with: (next, Array(sql.utf8)))
        let database = try DatabaseQueue(path: path)
        try await JournalMigrations.migrate(database, path: path, by: later)
        #expect(try await database.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == next)
        #expect(try await database.read { try $0.tableExists("screener") })
        #expect(try permissions(path + ".before-\(next)") == 0o600)

        let copy = AdversarialFolder()
        try FileManager.default.createDirectory(atPath: copy.path, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: path + ".before-\(next)", toPath: JournalFile.path(in: copy.path))
        let restored = try await JournalFile.open(in: copy.path, world: .live)
        #expect(try await restored.shown(Schema.trade, Self.trade, "notes") == .text("alpha"))
        #expect(try await restored.damage() == [])
    }

    @Test func `a journal from before the settings gets them, and what a newer device set already`() async throws {
        let device = try await AdversarialDevice("Desk")
        try await device.put(Schema.trade, Self.trade, ["notes": .text("alpha")])
        try await device.journal.close()
        let path = JournalFile.path(in: device.folder.path)
        // As the version before would have left it: no table, and a value of a kind that it does not know beside.
        var first = Schema.current.kinds
        let later = [Schema.settings, Schema.instrument, Schema.fileImport, Schema.mapping]
        first.removeAll { later.map(\.kind).contains($0.kind) }
        let database = try DatabaseQueue(path: path)
        let old = Schema(kinds: first)
        try await database.write { db in
            var draft = Draft()
            draft.put(
                Schema.settings, JournalSettings.id, ["zone": .text("Europe/Berlin"), "start_of_day": .integer(60)])
            var changes = TripChanges.nothing
            try Author(db, old, now: World.live.now()).commit(draft, summary: "as a newer device would", &changes)
        }
        try database.close()
        try await onFile(path) { try OlderTables.restore($0, asOf: 1) }

        let migrated = try await JournalFile.open(in: device.folder.path, world: .live)
        let settings = try await migrated.read { try SettingsStore($0).current() }
        #expect(settings.zone?.identifier == "Europe/Berlin")
        #expect(settings.startOfDayMinutes == 60)
        #expect(try permissions(path + ".before-\(JournalMigrations.latest)") == 0o600)
        #expect(try await migrated.shown(Schema.trade, Self.trade, "notes") == .text("alpha"))
        #expect(try await migrated.damage() == [])
    }

    @Test func `a migration that fails leaves the journal as it was`() async throws {
        let device = try await AdversarialDevice("Desk")
        try await device.put(Schema.trade, Self.trade, ["notes": .text("alpha")])
        let before = try await JournalDump.everything(device.journal)
        try await device.journal.close()
        let path = JournalFile.path(in: device.folder.path)
        let sql = "DELETE FROM trade; CREATE TABLE screener (id BLOB); CREATE TABLE trade (id BLOB)"
        let broken = TableMigrations.journal(with: (JournalMigrations.latest + 1, Array(sql.utf8)))
        let database = try DatabaseQueue(path: path)
        await #expect(throws: DatabaseError.self) {
            try await JournalMigrations.migrate(database, path: path, by: broken)
        }
        try database.close()
        let again = try await JournalFile.open(in: device.folder.path, world: .live)
        #expect(try await JournalDump.everything(again) == before)
    }

    // MARK: Damage

    @Test func `a file that is no journal is called damaged and left as it is`() async throws {
        let folder = AdversarialFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let garbage = Data("This is not a database. ".utf8 + [UInt8](repeating: 7, count: 8192))
        try garbage.write(to: URL(fileURLWithPath: JournalFile.path(in: folder.path)))
        for role in [JournalFile.Role.device, .server] {
            let code = await failureCode { _ = try await JournalFile.open(in: folder.path, world: .live, role: role) }
            #expect(code == "journal.damaged")
        }
        #expect(FileManager.default.contents(atPath: JournalFile.path(in: folder.path)) == garbage)
    }

    @Test func `wherever a file is damaged, the answer is a failure or a finding and never a crash`() async throws {
        let device = try await AdversarialDevice("Desk")
        for number in 0..<20 {
            try await device.put(
                Schema.trade, .numbered(UInt64(number)),
                ["notes": .text(String(repeating: "alpha \(number) ", count: 50)), "rating": .integer(1)])
        }
        try await device.journal.close()
        let whole = try #require(FileManager.default.contents(atPath: JournalFile.path(in: device.folder.path)))
        let pages = whole.count / 4096
        #expect(pages > 20)
        for page in 0..<pages {
            let folder = AdversarialFolder()
            try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
            var bytes = whole
            bytes.replaceSubrange(page * 4096 + 8..<(page + 1) * 4096, with: [UInt8](repeating: 0xa5, count: 4088))
            try bytes.write(to: URL(fileURLWithPath: JournalFile.path(in: folder.path)))
            let outcome = await failureCode {
                let journal = try await JournalFile.open(in: folder.path, world: .live)
                if try await !journal.damage().isEmpty { throw Failure(.corrupt, "journal.damaged", "") }
            }
            // A page that says it has no cells, as that of an empty table, has nothing to be damaged.
            let isEmpty = whole[page * 4096 + 3...page * 4096 + 4] == Data([0, 0])
            #expect(outcome == (isEmpty ? nil : "journal.damaged"), "page \(page)")
        }
    }

    @Test func `a directory that cannot be is called unwritable`() async throws {
        let folder = AdversarialFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let file = folder.path + "/file"
        try Data().write(to: URL(fileURLWithPath: file))
        let create = await failureCode {
            _ = try await JournalFile.create(in: file + "/journal", world: .live, deviceName: "Desk")
        }
        #expect(create == "journal.unwritable")
        let open = await failureCode {
            _ = try await JournalFile.open(in: file + "/journal", world: .live, role: .server)
        }
        #expect(open == "journal.unwritable")
    }

    // MARK: Full disks

    @Test func `a journal that cannot grow says that the disk is full, and goes on when it can`() async throws {
        let device = try await AdversarialDevice("Desk")
        let pages = try await device.journal.write { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
        try await device.journal.write { try $0.execute(sql: "PRAGMA max_page_count = \(pages + 40)") }
        let written = try await fill(device.journal, expecting: ["journal.disk_full"])
        try await device.journal.write { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        try await expectIntact(device.journal, written)
    }

    @Test(.enabled(if: AdversarialDisk.isPossible, "needs the right to mount"))
    func `a full disk loses nothing that was answered`()
        async throws
    {
        let disk = try AdversarialDisk(kilobytes: 2048)
        let directory = disk.path + "/journal"
        try Data(count: 512 << 10).write(to: URL(fileURLWithPath: disk.path + "/ballast"))
        let journal = try await JournalFile.create(in: directory, world: AdversarialClock().world, deviceName: "Desk")
        let written = try await fill(journal, expecting: ["journal.disk_full", "journal.io"])
        #expect(written > 0)
        // Reading goes on, and so does finding out what is wrong.
        #expect(try await journal.count("SELECT count(*) FROM trade") == written)
        try FileManager.default.removeItem(atPath: disk.path + "/ballast")
        try await expectIntact(journal, written)
        try await journal.close()

        let again = try await JournalFile.open(in: directory, world: AdversarialClock().world)
        #expect(try await again.count("SELECT count(*) FROM trade") == written + 1)
        try await again.close()
    }

    @Test(.enabled(if: AdversarialDisk.isPossible, "needs the right to mount"))
    func `a disk that cannot be written is named so`()
        async throws
    {
        let disk = try AdversarialDisk(kilobytes: 4096)
        let journal = try await JournalFile.create(in: disk.path, world: .live, deviceName: "Desk")
        try await journal.close()
        try disk.remount("ro")
        let code = await failureCode {
            let journal = try await JournalFile.open(in: disk.path, world: .live)
            try await journal.edit("put") { $0.put(Schema.trade, Self.trade, ["rating": .integer(1)]) }
        }
        #expect(code == "journal.unwritable")
        try disk.remount("rw")
        let again = try await JournalFile.open(in: disk.path, world: .live)
        #expect(try await again.damage() == [])
        try await again.close()
    }

    /// Writes notes until it is refused.
    ///
    /// - Returns: how many were answered.
    private func fill(_ journal: JournalFile, expecting codes: Set<String>) async throws -> Int {
        var dice = Dice(seed: 5)
        for number in 0..<500 {
            let before = try await journal.position()
            let note = dice.noise(bytes: 30_000)
            let code = await failureCode {
                try await journal.edit("put") {
                    $0.put(Schema.trade, EntityID.numbered(UInt64(number)), ["notes": .text(note)])
                }
            }
            guard let code else { continue }
            #expect(codes.contains(code))
            #expect(try await journal.position() == before)
            return number
        }
        Issue.record("the disk was never full")
        return 0
    }

    private func expectIntact(_ journal: JournalFile, _ written: Int) async throws {
        #expect(try await journal.damage() == [])
        try await journal.edit("put") { $0.put(Schema.trade, EntityID.numbered(1000), ["rating": .integer(1)]) }
        #expect(try await journal.count("SELECT count(*) FROM trade") == written + 1)
        #expect(try await journal.damage() == [])
    }

    private func onFile(_ path: String, _ body: @Sendable @escaping (Database) throws -> Void) async throws {
        let database = try DatabaseQueue(path: path)
        try await database.writeWithoutTransaction(body)
        try database.close()
    }
}

extension TableMigrations {
    /// The journal's, and one that is still to come.
    fileprivate static func journal(with step: Step) -> TableMigrations {
        TableMigrations(steps: JournalMigrations.released.steps + [step], newer: JournalMigrations.released.newer)
    }
}
