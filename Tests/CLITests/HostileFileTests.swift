import Foundation
import GRDB
import Primitives
import TestSupport
import Testing

/// `daybook` on journals and backups that somebody tampered with: it says what is wrong, and never just ends.
@Suite struct HostileFileTests {
    private func desk() throws -> Daybook {
        let daybook = try Daybook()
        try daybook.ask("trade", "add", "AAPL", "long", "--qty", "1", "--entry", "2", "--note", "alpha")
        try daybook.ask("entry", "add", "--title", "Patience", "beta")
        try daybook.ask("trade", "add", "MSFT", "short", "--qty", "3", "--entry", "4")
        return daybook
    }

    private func tamper(_ path: String, _ sql: String) throws {
        let database = try DatabaseQueue(path: path)
        try database.writeWithoutTransaction { try $0.execute(sql: sql) }
        try database.close()
    }

    /// Ended by itself, with one of the codes that mean it.
    private func expectEnded(
        _ answer: Daybook.Answer, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(!answer.error.contains("Fatal error"), "\(what)", sourceLocation: sourceLocation)
        #expect(!answer.error.contains("internal]"), "\(what): \(answer.error)", sourceLocation: sourceLocation)
        // `verify` has said all there is to say on its output.
        let isNamed = answer.status == 0 ? answer.code == nil : answer.code != nil
        #expect(isNamed, "\(what): \(answer.status) \(answer.error)", sourceLocation: sourceLocation)
    }

    @Test(arguments: [
        "UPDATE replica SET counter = -1", "UPDATE replica SET counter = 9223372036854775807",
        "UPDATE log SET counter = -1 WHERE counter = 2", "UPDATE trade SET counter = 0",
    ]) func `a journal with numbers that cannot be is named as damaged by all who need them`(sql: String) throws {
        let daybook = try desk()
        try tamper(daybook.directory + "/journal/journal.sqlite", sql)
        let verified = try daybook.run("verify")
        #expect(verified.status == 7, "\(verified.output) \(verified.error)")
        #expect(verified.output.contains("damaged"))
        for command in [
            ["log"], ["undo", "a/2"], ["trade", "list"],
            ["trade", "add", "TSLA_USD", "long", "--qty", "1", "--entry", "2"],
            ["entry", "list"], ["tag", "list"], ["stats"], ["conflicts"], ["search", "alpha"], ["whoami"],
            ["export", "--format", "csv", "out"], ["backup", "out.backup", "--force"], ["image", "list"],
        ] {
            expectEnded(try daybook.run(command), "\(sql): \(command)")
        }
        if sql.contains("UPDATE replica") {
            let log = try daybook.run("log")
            #expect(log.status == 7)
            #expect(log.code == "journal.damaged")
        }
    }

    @Test func `whatever becomes of the bytes of a journal, every command ends with a word`() throws {
        let daybook = try desk()
        let path = daybook.directory + "/journal/journal.sqlite"
        let whole = try Data(contentsOf: URL(filePath: path))
        for seed in 0..<12 as Range<UInt64> {
            var dice = Dice(seed: seed)
            var bytes = whole
            for _ in 0..<(1 + dice.roll(30)) { bytes[dice.roll(bytes.count)] = UInt8(dice.roll(256)) }
            try bytes.write(to: URL(filePath: path))
            for command in [
                ["verify"], ["log"], ["undo", "a/2"], ["trade", "list"], ["whoami"], ["search", "alpha"],
            ] {
                let answer = try daybook.run(command)
                #expect(!answer.error.contains("Fatal error"), "\(seed) \(command) \(answer.error.prefix(300))")
                #expect(
                    [0, 2, 4, 6, 7].contains(answer.status),
                    "\(seed) \(command) \(answer.status) \(answer.error.prefix(300))")
            }
        }
    }

    @Test(arguments: [
        ("UPDATE replica SET counter = -1", "backup.damaged", 7), ("CREATE VIEW v AS SELECT 1", "backup.foreign", 7),
        ("CREATE TRIGGER t AFTER INSERT ON log BEGIN DELETE FROM trade; END", "backup.foreign", 7),
        ("PRAGMA user_version = 99", "journal.newer", 2), ("PRAGMA application_id = 1", "backup.not_a_backup", 64),
    ]) func `a backup that somebody tampered with is refused by name, and nothing is changed`(
        sql: String, code: String, status: Int32
    ) throws {
        let daybook = try desk()
        try daybook.ask("backup", "b.backup")
        let before = try daybook.run("trade", "list", "--json").output
        try tamper(daybook.directory + "/b.backup", sql)
        // Beside a journal that is open SQLite keeps files of its own.
        let files = {
            try FileManager.default.contentsOfDirectory(atPath: daybook.directory + "/journal")
                .filter { !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }.sorted()
        }
        let filesBefore = try files()
        let refused = try daybook.run("restore", "b.backup", "--force")
        #expect(refused.code == code)
        #expect(refused.status == status)
        #expect(try daybook.run("trade", "list", "--json").output == before)
        #expect(try files() == filesBefore)
        #expect(try daybook.run("restore", "b.backup", "--journal", "new").code == code)
        #expect(!FileManager.default.fileExists(atPath: daybook.directory + "/new"))
    }

    @Test func `whatever becomes of the bytes of a backup, it is refused or gives a sound journal`() throws {
        let daybook = try desk()
        try daybook.ask("backup", "b.backup")
        let backup = try #require(daybook.contents("b.backup"))
        for seed in 0..<8 as Range<UInt64> {
            var dice = Dice(seed: seed)
            var bytes = backup
            for _ in 0..<(1 + dice.roll(20)) { bytes[dice.roll(bytes.count)] = UInt8(dice.roll(256)) }
            try daybook.file("torn.backup", bytes)
            let restored = try daybook.run("restore", "torn.backup", "--journal", "torn\(seed)")
            expectEnded(restored, "restore \(seed)")
            guard restored.status == 0 else { continue }
            #expect(try daybook.run("verify", "--journal", "torn\(seed)").status == 0)
        }
    }
}
