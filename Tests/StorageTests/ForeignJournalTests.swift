import Foundation
import GRDB
import Journal
import Primitives
import Storage
import Sync
import TestSupport
import Testing

/// Backups that somebody tampered with, and the one gate that they have to pass.
@Suite struct ForeignJournalTests {
    static let refusals: Set = [
        "backup.not_a_backup", "backup.foreign", "backup.damaged", "backup.too_large", "journal.newer",
    ]

    /// By hand for longer: `DAYBOOK_FUZZ_RUNS=5000`, and `DAYBOOK_FUZZ_SEED` for what was printed.
    private static let rounds = ProcessInfo.processInfo.environment["DAYBOOK_FUZZ_RUNS"].flatMap { Int($0) } ?? 80
    private static let seed =
        ProcessInfo.processInfo.environment["DAYBOOK_FUZZ_SEED"].flatMap { UInt64($0) }
        ?? UInt64.random(in: 0...UInt64.max)
    /// The first half of the rounds rolls the same numbers every time.
    private static func dice(_ number: Int) -> Dice {
        Dice(seed: number < rounds / 2 ? UInt64(number) : seed &+ UInt64(number))
    }

    @Test func `what has things in it that Daybook has not made is refused by their names`() async throws {
        let backup = try await TamperedBackup()
        for (sql, thing) in [
            ("CREATE TRIGGER spy AFTER INSERT ON log BEGIN DELETE FROM trade; END", "trigger spy"),
            ("CREATE TEMP TRIGGER gone AFTER INSERT ON log BEGIN SELECT 1; END; CREATE VIEW v AS SELECT 1", "view v"),
            ("CREATE TABLE more (a)", "table more"), ("CREATE VIRTUAL TABLE words USING fts5(a)", "table words"),
            ("CREATE INDEX computed ON trade (abs(rating))", "index computed"),
            ("CREATE INDEX part ON trade (symbol) WHERE abs(rating) > 1", "index part"),
            ("ALTER TABLE trade ADD COLUMN made INTEGER AS (abs(rating)) VIRTUAL", "table trade"),
            ("DROP TABLE tag; CREATE VIEW tag AS SELECT * FROM trade", "view tag"),
            ("DROP INDEX entry_day; CREATE INDEX entry_day ON entry (id)", "index entry_day"),
            ("CREATE TABLE \"two\nlines\u{1b}[2J\" (a)", "table two?lines?[2J"),
        ] {
            try backup.tamper(sql)
            let directory = backup.desk.directory + "/restored"
            var found: Failure?
            do {
                _ = try await Backup.restore(backup.path, into: directory, world: .live, replacing: false)
            } catch let failure as Failure {
                found = failure
            }
            #expect(found?.code == "backup.foreign", "\(sql)")
            #expect(found?.message.contains("has not made: \(thing).") == true, "\(found?.message ?? "taken"): \(sql)")
            #expect(!FileManager.default.fileExists(atPath: directory))
        }
    }

    @Test func `numbers, ids and sizes that cannot be are refused, and so is a torn history`() async throws {
        let backup = try await TamperedBackup()
        for sql in [
            "UPDATE replica SET counter = -1", "UPDATE replica SET counter = 9223372036854775807",
            "UPDATE replica SET counter = counter + 1", "UPDATE replica SET hash = x'00'",
            "UPDATE replica SET hash = NULL",
            "UPDATE replica SET number = -number", "UPDATE replica SET id = x'00' WHERE number = 1",
            "UPDATE log SET counter = -1 WHERE counter = 2",
            "UPDATE log SET counter = 9223372036854775807 WHERE counter = 2",
            "UPDATE log SET time = time + 1 WHERE counter = 2", "UPDATE log SET packed = 1 - packed WHERE counter = 2",
            "UPDATE log SET bytes = zeroblob(2000000) WHERE counter = 2",
            "UPDATE log SET context = x'ffffffffffffffff7fffffffffffffffff7f' WHERE counter = 2",
            "UPDATE log SET context = x'01' WHERE counter = 2", "UPDATE log SET context = NULL",
            "UPDATE log SET position = -position", "DELETE FROM log", "DELETE FROM log WHERE counter = 2",
            "DELETE FROM log; DELETE FROM replica", "DROP INDEX log_dot",
            "UPDATE trade SET id = x'00'", "UPDATE trade SET presence = 7", "UPDATE trade SET counter = 99",
            "UPDATE trade SET counter = -1", "UPDATE trade SET replica = 4294967297",
            "UPDATE trade SET notes = CAST(zeroblob(300000) AS TEXT)", "UPDATE fill SET account = x'0102'",
            "UPDATE member SET kind = 4294967297", "UPDATE member SET kind = -1", "UPDATE tombstone SET kind = 0",
            "UPDATE register SET slot = -slot", "UPDATE OR REPLACE register SET counter = 9223372036854775807",
            "UPDATE local SET value = x'00' WHERE key = 'content'",
            "UPDATE local SET value = x'00' WHERE key = 'replica'",
            "UPDATE register SET value = x'09' WHERE value IS NOT NULL", "DELETE FROM local",
            "UPDATE backup_blob SET bytes = x'00'", "UPDATE backup_blob SET sha256 = x'00'",
            "UPDATE backup_blob SET bytes = zeroblob(6000000)", "PRAGMA user_version = 0", "PRAGMA user_version = -1",
        ] {
            try backup.tamper(sql)
            #expect(try await backup.restored() == "backup.damaged", "\(sql)")
        }
        for (sql, code) in [
            ("PRAGMA user_version = 99", "journal.newer"), ("PRAGMA application_id = 0", "backup.not_a_backup"),
            ("PRAGMA user_version = 2147483647", "journal.newer"),
        ] {
            try backup.tamper(sql)
            #expect(try await backup.restored() == code, "\(sql)")
        }
    }

    @Test func `a refused backup leaves the journal that is there, with all that lies beside it`() async throws {
        let backup = try await TamperedBackup()
        let other = try await TestDevice("Laptop")
        try await other.put(Schema.tag, .numbered(7), ["name": .text("mine")])
        let before = try await JournalDump.everything(other.journal)
        let files = try FileManager.default.subpathsOfDirectory(atPath: other.directory).sorted()
        for sql in [
            "UPDATE replica SET counter = -1", "CREATE VIEW v AS SELECT 1", "PRAGMA user_version = 99",
            "UPDATE backup_blob SET bytes = x'00'",
        ] {
            try backup.tamper(sql)
            let code = await failureCode {
                _ = try await Backup.restore(backup.path, into: other.directory, world: .live, replacing: true)
            }
            #expect(Self.refusals.contains(code ?? ""), "\(sql)")
            #expect(try await JournalDump.everything(other.journal) == before)
            let now = try FileManager.default.subpathsOfDirectory(atPath: other.directory).sorted()
            #expect(now.filter { !$0.hasPrefix("blobs") } == files, "\(sql)")
            #expect(try await other.blobs().list().isEmpty)
        }
    }

    @Test func `what is derived is not believed, and tables that belie the log are made of it`() async throws {
        let backup = try await TamperedBackup()
        for sql in [
            "UPDATE round_trip SET net = '12345'", "DELETE FROM anchor", "UPDATE trade SET rating = 1",
            "INSERT INTO trade_text (rowid, notes) VALUES (99, 'delta')", "DELETE FROM tombstone",
            "UPDATE trade_text_data SET block = x'00'", "DELETE FROM trade_text_data",
            "UPDATE round_trip SET opened_ms = 9223372036854775807, fill_count = -1",
            "UPDATE trade SET row = 9223372036854775807", "UPDATE log SET position = position + 9223372036854775000",
            "DELETE FROM register",
        ] {
            try backup.tamper(sql)
            #expect(try await backup.restored() == nil, "\(sql)")
        }
    }

    @Test(arguments: OlderTables.versions) func `a backup of an older version is taken`(version: Int) async throws {
        let backup = try await TamperedBackup()
        try backup.tamper { db in try OlderTables.restore(db, asOf: version) }
        #expect(try await backup.restored() == nil)
    }

    @Test func `every table of a journal is copied or derived, and every column with it`() async throws {
        let backup = try await TamperedBackup()
        let directory = backup.desk.directory + "/restored"
        _ = try await Backup.restore(backup.path, into: directory, world: .live, replacing: false)
        let restored = try await JournalFile.open(in: directory, world: .live)
        let (ours, theirs) = (try await contents(backup.desk.journal), try await contents(restored))
        #expect(ours.count > 15)
        #expect(ours == theirs)
    }

    /// Every row of every table but those that number themselves, without the numbers of rows.
    private func contents(_ journal: JournalFile) async throws -> [String: [String]] {
        try await journal.read { db in
            let tables = try String.fetchAll(
                db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%\\_text%' ESCAPE '\\'"
            )
            var contents: [String: [String]] = [:]
            for table in tables {
                let columns = try db.columns(in: table).map(\.name).filter { !["row", "position"].contains($0) }
                let rows = try Row.fetchAll(db, sql: "SELECT \(columns.joined(separator: ", ")) FROM \(table)")
                contents[table] = rows.map { $0.databaseValues.map { "\($0)" }.joined(separator: "|") }.sorted()
            }
            return contents
        }
    }

    @Test func `what lies beside a backup is not looked at, and what is no file is no backup`() async throws {
        let backup = try await TamperedBackup()
        for suffix in ["-wal", "-journal", "-shm"] {
            try Data([UInt8](repeating: 7, count: 5000)).write(to: URL(filePath: backup.path + suffix))
        }
        #expect(try await backup.restored() == nil)
        for path in ["/dev/zero", "/", backup.desk.directory] {
            let code = await failureCode {
                _ = try await Backup.restore(
                    path, into: backup.desk.directory + "/restored", world: .live, replacing: false)
            }
            #expect(code == "backup.not_a_backup", "\(path)")
        }
    }

    @Test func `a file that is too large is refused before it is opened`() async throws {
        let folder = AdversarialFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let path = folder.path + "/large.backup"
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        // It has a length, and takes no room.
        #expect(truncate(path, off_t(64 << 30) + 1) == 0)
        let code = await failureCode {
            _ = try await Backup.restore(path, into: folder.path + "/restored", world: .live, replacing: false)
        }
        #expect(code == "backup.too_large")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/restored"))
    }

    @Test(.enabled(if: AdversarialDisk.isPossible, "needs the right to mount"))
    func `what a server sends leaves room on the disk`() async throws {
        let disk = try AdversarialDisk(kilobytes: 4096)
        let clock = AdversarialClock()
        let journal = try await JournalFile.create(in: disk.path + "/journal", world: clock.world, deviceName: "New")
        let other = try await JournalFile.inMemory(world: clock.world)
        for number in 1...12 {
            let note = String(repeating: "a", count: 150_000)
            try await other.edit("put") {
                $0.put(Schema.trade, EntityID.numbered(UInt64(number)), ["notes": .text(note)])
            }
        }
        let commits = try await other.commits(missingFrom: VectorClock(), bytesMax: .max).commits
        let before = try await JournalDump.everything(journal)
        #expect(await failureCode { try await journal.receive(commits) } == "file.disk_full")
        #expect(try await JournalDump.everything(journal) == before)
        try await journal.receive(Array(commits.prefix(1)))
        #expect(try await journal.position().clock.entries.count == 2)
        try await journal.close()
    }

    @Test func `whatever becomes of its bytes, a backup is refused or gives a sound journal`() async throws {
        let backup = try await TamperedBackup()
        var codes: [String: Int] = [:]
        for number in 0..<Self.rounds {
            var dice = Self.dice(number)
            try backup.flip(&dice)
            let code = try await backup.restored()
            codes[code ?? "sound", default: 0] += 1
            let isExpected = code.map { Self.refusals.contains($0) } ?? true
            #expect(isExpected, "seed \(Self.seed), number \(number): \(code ?? "")")
        }
        // Both happen, or the test tries nothing.
        #expect(codes["sound", default: 0] > 0 && codes["backup.damaged", default: 0] > 0, "\(codes)")
    }

    @Test func `the journal that was there stays whole beside the new one, also while somebody has it open`()
        async throws
    {
        let backup = try await TamperedBackup()
        for isOpen in [false, true] {
            let other = try await TestDevice("Laptop")
            try await other.put(Schema.tag, .numbered(7), ["name": .text("mine")])
            let before = try await JournalDump.everything(other.journal)
            if !isOpen { try await other.journal.close() }
            let outcome = try await Backup.restore(
                backup.path, into: other.directory, world: other.world, replacing: true)
            let aside = other.directory + "/aside"
            try FileManager.default.createDirectory(atPath: aside, withIntermediateDirectories: true)
            let name = try #require(outcome.replaced)
            for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: name + suffix) {
                try FileManager.default.copyItem(atPath: name + suffix, toPath: JournalFile.path(in: aside) + suffix)
            }
            let former = try await JournalFile.open(in: aside, world: other.world)
            #expect(try await JournalDump.everything(former) == before)
            let restored = try await JournalFile.open(in: other.directory, world: other.world)
            #expect(try await restored.position().clock == backup.desk.journal.position().clock)
            #expect(try await restored.verify(other.blobs()).isSound)
        }
    }

    @Test func `whatever stands in one of its cells, a backup is refused or gives a sound journal`() async throws {
        let backup = try await TamperedBackup()
        let columns = try await backup.desk.journal.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT name FROM sqlite_schema
                    WHERE type = 'table' AND sql LIKE 'CREATE TABLE%' AND name NOT LIKE '%\\_text%' ESCAPE '\\'
                    """
            ).flatMap { table in try db.columns(in: table).map { (table, $0.name) } }
        }
        let values: [DatabaseValue] = [
            .null, (-1).databaseValue, 0.databaseValue, Int64.max.databaseValue, Int64.min.databaseValue,
            4_294_967_297.databaseValue, "".databaseValue, "x".databaseValue, "=1+1\u{0}".databaseValue,
            1e300.databaseValue, Double.infinity.databaseValue, Data().databaseValue, Data([0]).databaseValue,
            Data([UInt8](repeating: 255, count: 16)).databaseValue,
            Data([UInt8](repeating: 1, count: 32)).databaseValue,
            Data([0x28, 0xb5, 0x2f, 0xfd, 0xff, 0xff, 0xff, 0xff]).databaseValue,
        ]
        for number in 0..<2 * Self.rounds {
            var dice = Self.dice(number)
            let (table, column) = dice.pick(columns)
            let value = dice.pick(values)
            try backup.tamper(table, column, value, row: dice.roll(3))
            let code = try await backup.restored()
            let isExpected = code.map { Self.refusals.contains($0) } ?? true
            #expect(isExpected, "seed \(Self.seed), number \(number): \(table).\(column) = \(value): \(code ?? "")")
        }
    }
}
