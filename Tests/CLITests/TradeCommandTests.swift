import Foundation
import Testing

@Suite struct TradeCommandTests {
    private func add(_ daybook: Daybook, _ symbol: String = "AAPL", _ more: String...) throws -> String {
        let answer = try daybook.run(
            ["trade", "add", symbol, "long", "--qty", "10", "--entry", "100", "--opened", "2026-11-20T09:30Z"] + more
                + ["--json"])
        #expect(answer.status == 0, "\(answer.error)")
        return answer.json["id"].text ?? ""
    }

    @Test func `a trade entered by hand is figured to the last decimal`() throws {
        let daybook = try Daybook()
        let id = try add(
            daybook, "aapl", "--exit", "100.123456789", "--closed", "2026-11-20T10:00Z", "--fees", "0.1", "--stop",
            "99.5",
            "--tag", "swing", "--tag", "news day", "--note", "Fine.", "--setup", "pullback", "--rating", "4",
            "--account", "broker")
        let trade = try daybook.ask("trade", "show", id)
        #expect(trade["symbol"].text == "AAPL")
        #expect(trade["gross"].text == "1.23456789")
        #expect(trade["net"].text == "1.13456789")
        #expect(trade["risk"].text == "5")
        #expect(trade["tags"].list.map(\.text) == ["news day", "swing"])
        #expect(trade["notes"].text == "Fine.")
        #expect(trade["rating"].count == 4)
        #expect(trade["account_label"].text == "broker")
        #expect(trade["closed"].text == "2026-11-20T10:00:00.000Z")
        let page = try daybook.run("trade", "show", "last").output
        for piece in ["AAPL long", "pullback", "news day, swing", "Fine.", "0.23R", "manual/broker"] {
            #expect(page.contains(piece), "\(piece)")
        }
    }

    @Test func `times without an offset are by the clock of the zone`() throws {
        let daybook = try Daybook()
        let answer = try daybook.ask(
            "trade", "add", "AAPL", "long", "--qty", "1", "--entry", "1", "--opened", "2026-07-01T09:30", "--zone",
            "America/New_York")
        #expect(answer["opened"].text == "2026-07-01T13:30:00.000Z")
        let list = try daybook.run("trade", "list", "--zone", "Asia/Tokyo").output
        #expect(list.contains("2026-07-01 22:30"))
    }

    @Test func `any four digits of an id will do`() throws {
        let daybook = try Daybook()
        let id = try add(daybook)
        for piece in [String(id.suffix(4)), String(id.suffix(8)), id, id.uppercased(), "last"] {
            #expect(try daybook.ask("trade", "show", piece)["id"].text == id)
        }
        #expect(try daybook.run("trade", "show", "123").code == "id.too_short")
        #expect(try daybook.run("trade", "show", "hello").code == "id.not_hexadecimal")
    }

    @Test func `notes are written, added to, read from a pipe and edited`() throws {
        let daybook = try Daybook()
        let id = try add(daybook)
        try daybook.ask("trade", "note", id, "One.")
        #expect(try daybook.ask("trade", "note", id, "--append", "Two.")["notes"].text == "One.\n\nTwo.")
        #expect(try daybook.ask("trade", "note", id, "-", input: "Piped.\n")["notes"].text == "Piped.\n")
        let edited = try daybook.run(
            ["trade", "note", id, "--editor", "--json"], environment: ["EDITOR": "sed -i s/Piped/Edited/"])
        #expect(edited.json["notes"].text == "Edited.")
        #expect(
            try daybook.run(["trade", "note", id, "--editor"], environment: ["EDITOR": "false"]).code == "editor.failed"
        )
        #expect(try daybook.run("trade", "note", id, "--editor").code == "editor.missing")
        #expect(try daybook.run("trade", "note", id).status == 64)
        #expect(try daybook.run("trade", "note", id, "x", "--append", "y").status == 64)
    }

    @Test func `a trade is tagged, untagged, rated and given a stop`() throws {
        let daybook = try Daybook()
        let id = try add(daybook, "AAPL", "--exit", "110", "--closed", "2026-11-20T10:00Z")
        #expect(try daybook.ask("trade", "tag", id, "swing", "late")["tags"].list.count == 2)
        #expect(try daybook.ask("trade", "untag", id, "LATE")["tags"].list.map(\.text) == ["swing"])
        #expect(try daybook.run("trade", "untag", id, "late").code == "trade.not_tagged")
        #expect(try daybook.ask("trade", "rate", id, "5")["rating"].count == 5)
        #expect(try daybook.ask("trade", "rate", id, "none")["rating"].isNull)
        #expect(try daybook.run("trade", "rate", id, "6").code == "trade.bad_rating")
        #expect(try daybook.ask("trade", "stop", id, "95")["r"].number == 2)
        #expect(try daybook.ask("trade", "stop", id, "none")["r"].isNull)
        #expect(try daybook.run("trade", "stop", id, "-1").status == 64)
        #expect(try daybook.run("trade", "stop", id, "low").code == "argument.bad_amount")
    }

    @Test func `a word that looks like another trade's id is no tag and no text`() throws {
        let daybook = try Daybook()
        let (first, second) = (try add(daybook), try add(daybook, "MSFT"))
        for word in [String(second.suffix(4)), String(second.suffix(8)), second, "d781", "2026", "last"] {
            for arguments in [["tag", first, word, "breakout"], ["untag", first, word]] {
                let answer = try daybook.run(["trade"] + arguments)
                #expect(answer.code == "trade.one_at_a_time", "\(arguments)")
            }
            let answer = try daybook.run("trade", "note", first, word)
            #expect(answer.code == "text.like_id")
        }
        #expect(try daybook.ask("tag", "list").list.isEmpty)
        #expect(try daybook.ask("trade", "show", first)["notes"].text == "")
        // A word of a person is a tag, and so is what somebody made one.
        #expect(try daybook.ask("trade", "tag", first, "news")["tags"].list.count == 1)
        try daybook.run("tag", "add", "2026")
        #expect(try daybook.ask("trade", "tag", first, "2026")["tags"].list.count == 2)
        #expect(try daybook.ask("trade", "untag", first, "2026")["tags"].list.count == 1)
        #expect(try daybook.ask("trade", "note", first, "-", input: "2026")["notes"].text == "2026")
        let entry = try daybook.ask("entry", "add", "Patience.")["id"].text ?? ""
        #expect(try daybook.run("entry", "edit", entry, "d781").code == "text.like_id")
    }

    @Test func `an open trade is closed by an edit`() throws {
        let daybook = try Daybook()
        let id = try add(daybook)
        #expect(try daybook.ask("trade", "show", id)["is_open"].flag == true)
        let closed = try daybook.ask(
            "trade", "edit", id, "--exit", "101", "--closed", "2026-11-20T11:00Z", "--fees", "1")
        #expect(closed["net"].text == "9")
        #expect(try daybook.run("trade", "edit", id, "--closed", "2026-11-20T09:00Z").code == "trade.bad_times")
        #expect(try daybook.run("trade", "edit", id).code == "trade.nothing_to_edit")
        #expect(try daybook.run("trade", "edit", id, "--qty", "0").code == "trade.bad_quantity")
    }

    @Test func `a derived trade shows its fills, and its facts cannot be edited`() throws {
        let daybook = try Daybook()
        try daybook.file("fills.csv", ImportCommandTests.fills(2))
        try daybook.ask("import", "fills.csv")
        let trade = try daybook.ask("trade", "show", "last")
        #expect(trade["fills"].list.map { $0["side"].text } == ["buy", "sell"])
        #expect(trade["is_derived"].flag == true)
        let answer = try daybook.run("trade", "edit", "last", "--exit", "5")
        #expect(answer.status == 2)
        #expect(answer.code == "trade.derived")
        #expect(try daybook.ask("trade", "edit", "last", "--target", "130")["target_price"].text == "130")
        #expect(try daybook.run("trade", "show", "last").output.contains("EXCHANGE ID"))
    }

    @Test func `a deleted trade is gone, of a derived one the fills are set aside`() throws {
        let daybook = try Daybook()
        try daybook.file("fills.csv", ImportCommandTests.fills(2))
        try daybook.ask("import", "fills.csv")
        let answer = try daybook.run("trade", "delete", "last")
        #expect(answer.output.contains("2 fills set aside"))
        #expect(try daybook.ask("import", "fills.csv")["known"].count == 2)
        #expect(try daybook.ask("trade", "list").list.isEmpty)
        let id = try add(daybook)
        #expect(try daybook.ask("trade", "delete", id)["fills_set_aside"].count == 0)
        #expect(try daybook.run("trade", "show", id).status == 4)
    }

    @Test func `undo brings back a derived trade with what was said of it`() throws {
        let daybook = try Daybook()
        try daybook.file("fills.csv", ImportCommandTests.fills(2))
        try daybook.ask("import", "fills.csv")
        let id = try daybook.ask("trade", "note", "last", "Keep me.")["id"].text ?? ""
        let before = try daybook.run("trade", "show", id, "--json").output
        try daybook.ask("trade", "delete", id)
        let commit = try daybook.ask("log")[0]["commit"].text ?? ""
        #expect(try daybook.run("undo", commit).status == 0)
        #expect(try daybook.run("trade", "show", id, "--json").output == before)
    }

    @Test func `a list is filtered and sorted`() throws {
        let daybook = try Daybook()
        _ = try add(daybook, "AAPL", "--exit", "90", "--closed", "2026-11-20T10:00Z")
        let tagged = try add(daybook, "BTC/USDT", "--exit", "190", "--closed", "2026-11-20T10:00Z", "--tag", "Swing")
        _ = try add(daybook, "MSFT")
        func symbols(_ arguments: String...) throws -> [String?] {
            let answer = try daybook.run(["trade", "list"] + arguments + ["--json"])
            #expect(answer.status == 0, "\(answer.error)")
            return answer.json.list.map { $0["symbol"].text }
        }
        #expect(try symbols("--sort", "symbol") == ["AAPL", "BTC_USDT", "MSFT"])
        #expect(try symbols("--sort", "net") == ["BTC_USDT", "AAPL", "MSFT"])
        #expect(try symbols("--open") == ["MSFT"])
        #expect(try symbols("--closed", "--symbol", "btcusdt") == ["BTC_USDT"])
        #expect(try symbols("--tag", "swing") == ["BTC_USDT"])
        #expect(try symbols("--from", "2026-11-21").isEmpty)
        #expect(try symbols("--to", "2026-11-20", "--limit", "1").count == 1)
        #expect(try daybook.run("trade", "list", "--tag", "nope").code == "tag.not_found")
        #expect(try daybook.run("trade", "list", "--limit", "2").error.contains("2 of 3 trades"))
        #expect(try daybook.run("trade", "list").output.contains(String(tagged.suffix(8))))
    }

    @Test func `what another device wrote does not move the cursor here`() throws {
        let daybook = try Daybook()
        let id = try add(daybook, "AAPL", "--note", "a\u{1b}[2Jb", "--setup", "c\u{1b}]0;x\u{7}d")
        let page = try daybook.run("trade", "show", id).output
        #expect(!page.contains("\u{1b}"))
        #expect(!page.contains("\u{7}"))
    }
}
