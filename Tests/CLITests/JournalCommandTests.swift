import Foundation
import Testing

@Suite struct JournalCommandTests {
    @Test func `a journal begins once`() throws {
        let daybook = try Daybook(begun: false)
        #expect(try daybook.run("whoami").status == 4)
        #expect(try daybook.run("whoami").code == "journal.not_found")
        let made = try daybook.ask("init", "--device", "Desk")
        #expect(made["device"].text == "Desk")
        let again = try daybook.run("init")
        #expect(again.status == 2)
        #expect(again.code == "journal.exists")
    }

    @Test func `only its owner can read a journal`() throws {
        let daybook = try Daybook()
        let attributes = try FileManager.default.attributesOfItem(atPath: daybook.directory + "/journal")
        #expect((attributes[.posixPermissions] as? Int) == 0o700)
    }

    @Test func `whoami tells the device, the place and what is in the journal`() throws {
        let daybook = try Daybook()
        try daybook.ask("trade", "add", "AAPL", "long", "--qty", "1", "--entry", "2")
        let who = try daybook.ask("whoami")
        #expect(who["device"].text == "desk")
        #expect(who["journal"].text?.hasSuffix("/journal") == true)
        #expect(who["trades"].count == 1)
        #expect(who["unsynced_commits"].count == 2)
        #expect(try daybook.run("whoami").output.contains("1 trade (1 open)"))
    }

    @Test func `--journal chooses another journal than the environment`() throws {
        let daybook = try Daybook()
        #expect(try daybook.run("init", "--journal", "other").status == 0)
        #expect(try daybook.ask("whoami", "--journal", "other")["journal"].text?.hasSuffix("/other") == true)
    }

    @Test func `without a word of where, the journal is under the data directory`() throws {
        let daybook = try Daybook(begun: false)
        let environment = ["DAYBOOK_JOURNAL": "", "XDG_DATA_HOME": daybook.directory + "/data"]
        #expect(try daybook.run("init", environment: environment).status == 0)
        #expect(FileManager.default.fileExists(atPath: daybook.directory + "/data/daybook/journal.sqlite"))
    }

    @Test func `help lists every command and the exit codes`() throws {
        let daybook = try Daybook(begun: false)
        for arguments in [[], ["--help"], ["help"]] {
            let help = try daybook.run(arguments)
            #expect(help.status == 0)
            for command in [
                "init", "whoami", "devices", "login", "pair", "logout", "import", "mapping", "trade", "entry", "tag",
                "image",
                "search", "stats",
                "sync", "conflicts", "log", "undo", "export", "backup", "restore", "verify",
            ] {
                #expect(help.output.contains("\n  \(command) "), "\(command)")
            }
            #expect(help.output.contains("EXIT CODES"))
        }
        for command in ["trade", "entry", "tag", "image", "devices"] {
            let help = try daybook.run(command, "--help")
            #expect(help.status == 0)
            #expect(help.output.contains("list"))
        }
    }

    @Test func `what is misunderstood exits with 64`() throws {
        let daybook = try Daybook()
        for arguments in [
            ["frob"], ["trade", "list", "--limit", "x"], ["trade", "list", "--open", "--closed"], ["trade", "rate"],
            ["trade", "list", "--limit", "0"], ["trade", "list", "--from", "soon"],
            ["trade", "list", "--zone", "Mars"],
            ["stats", "--by", "mood"], ["import", "x.csv", "--utc-offset", "2"],
        ] {
            #expect(try daybook.run(arguments).status == 64, "\(arguments)")
        }
    }

    @Test func `with --json a failure is JSON too`() throws {
        let daybook = try Daybook()
        let answer = try daybook.run("trade", "show", "abcdef", "--json")
        #expect(answer.status == 4)
        #expect(answer.output.isEmpty)
        #expect(JSONNode(Data(answer.error.utf8))["error"]["code"].text == "trade.not_found")
    }

    @Test func `a pipe gets no colour, no bar and no cursor`() throws {
        let daybook = try Daybook()
        try daybook.file("fills.csv", ImportCommandTests.fills(50))
        for arguments in [["import", "fills.csv"], ["trade", "list"], ["stats"], ["trade", "show", "last"]] {
            let answer = try daybook.run(arguments)
            #expect(!answer.output.contains("\u{1b}"))
            #expect(!answer.error.contains("\u{1b}"))
        }
    }
}
