import Foundation
import Testing

/// Entries, tags, search.
@Suite struct WritingCommandTests {
    @Test func `an entry is written, listed, shown, edited and deleted`() throws {
        let daybook = try Daybook()
        let made = try daybook.ask(
            "entry", "add", "--title", "Plan", "--day", "2026-11-20", "--type", "pre_trade", "Only **A** setups.")
        let id = made["id"].text ?? ""
        #expect(made["body"].text == "Only **A** setups.")
        #expect(made["type"].text == "pre_trade")
        try daybook.file("week.md", "# Week 47\n\nCalm.\n")
        try daybook.ask("entry", "add", "--file", "week.md", "--type", "weekly", "--day", "2026-11-22")
        try daybook.ask("entry", "add", "-", "--day", "2026-11-21", input: "From a pipe.")
        let list = try daybook.run("entry", "list").output
        #expect(list.contains("Week 47"))
        #expect(
            try daybook.ask("entry", "list").list.map { $0["day"].text } == ["2026-11-22", "2026-11-21", "2026-11-20"])
        #expect(try daybook.ask("entry", "list", "--type", "weekly").list.count == 1)
        #expect(try daybook.ask("entry", "list", "--from", "2026-11-21", "--to", "2026-11-21").list.count == 1)
        #expect(try daybook.ask("entry", "edit", id, "Nothing today.")["body"].text == "Nothing today.")
        #expect(try daybook.ask("entry", "edit", id, "--title", "Off")["title"].text == "Off")
        let edited = try daybook.run(
            ["entry", "edit", id, "--json"], environment: ["EDITOR": "sed -i s/Nothing/Everything/"])
        #expect(edited.json["body"].text == "Everything today.")
        #expect(try daybook.run("entry", "show", id).output.contains("Everything today."))
        #expect(try daybook.run("entry", "delete", id).status == 0)
        #expect(try daybook.run("entry", "show", id).code == "entry.not_found")
    }

    @Test func `an entry needs a word, and a text that can be read`() throws {
        let daybook = try Daybook()
        #expect(try daybook.run("entry", "add").code == "entry.empty")
        #expect(try daybook.run("entry", "add", "--file", "none.md").code == "file.not_found")
        #expect(try daybook.run("entry", "add", "x", "--day", "2026-02-30").code == "argument.bad_day")
        #expect(try daybook.run("entry", "add", "x", "--type", "poem").status == 64)
        try daybook.file("latin.md", [0x63, 0x61, 0x66, 0xe9])
        #expect(try daybook.run("entry", "add", "--file", "latin.md").code == "text.not_utf8")
        try daybook.file("long.md", String(repeating: "x", count: 300_000))
        #expect(try daybook.run("entry", "add", "--file", "long.md").code == "text.too_long")
    }

    @Test func `an entry about a trade is shown with it`() throws {
        let daybook = try Daybook()
        try daybook.file("fills.csv", ImportCommandTests.fills(2))
        try daybook.ask("import", "fills.csv")
        try daybook.ask("entry", "add", "--title", "Review", "--trade", "last", "--type", "post_trade")
        #expect(try daybook.ask("trade", "show", "last")["entries"][0]["title"].text == "Review")
    }

    @Test func `tags are made, listed, renamed and deleted`() throws {
        let daybook = try Daybook()
        #expect(try daybook.ask("tag", "add", "FOMO", "--color", "#ff0000")["color"].text == "#ff0000")
        #expect(try daybook.run("tag", "add", "fomo").code == "tag.exists")
        #expect(try daybook.run("tag", "add", "fomo").status == 2)
        try daybook.ask("trade", "add", "AAPL", "long", "--qty", "1", "--entry", "1", "--tag", "fomo")
        #expect(try daybook.ask("tag", "list")[0]["trades"].count == 1)
        #expect(try daybook.ask("tag", "rename", "fomo", "chase")["name"].text == "chase")
        #expect(try daybook.ask("trade", "show", "last")["tags"][0].text == "chase")
        #expect(try daybook.run("tag", "delete", "chase").status == 0)
        #expect(try daybook.ask("trade", "show", "last")["tags"].list.isEmpty)
        #expect(try daybook.run("tag", "delete", "chase").code == "tag.not_found")
        #expect(try daybook.run("tag", "add", "").code == "tag.bad_name")
    }

    @Test func `trades are found by what they are called and marked by`() throws {
        let daybook = try Daybook()
        try daybook.file("fills.csv", ImportCommandTests.fills(2))
        try daybook.ask("import", "fills.csv", "--account", "Swing book")
        let derived = try daybook.ask("trade", "tag", "last", "Revenge")["id"].text
        let typed = try daybook.ask(
            "trade", "add", "AAPL", "long", "--qty", "1", "--entry", "1", "--opened", "2026-11-20T10:00Z", "--setup",
            "opening gap", "--note", "Too late.")["id"].text
        func found(_ words: String...) throws -> [String?] {
            try daybook.run(["search"] + words + ["--json"]).json.list.map { $0["id"].text }
        }
        for words in ["btc", "BTC_USDT", "btc/usdt", "btcusdt", "revenge", "swing", "Book"] {
            #expect(try found(words) == [derived], "\(words)")
        }
        for words in ["aapl", "aap", "gap", "opening gap", "\"opening gap\"", "late"] {
            #expect(try found(words) == [typed], "\(words)")
        }
        // Every word must occur, wherever it does.
        #expect(try found("btc", "revenge") == [derived])
        #expect(try found("gap", "late") == [typed])
        for words in ["btc gap", "\"gap opening\"", "tc", "nothing"] { #expect(try found(words).isEmpty, "\(words)") }
        #expect(try daybook.run("search", "gap", "late").output.contains("AAPL · opening gap · Too late."))
        try daybook.run("tag", "delete", "revenge")
        #expect(try found("revenge").isEmpty)
        try daybook.run("trade", "delete", "last")
        #expect(try found("aapl").isEmpty)
    }

    @Test func `notes and entries are found by their words`() throws {
        let daybook = try Daybook()
        try daybook.ask(
            "trade", "add", "AAPL", "long", "--qty", "1", "--entry", "1", "--note", "Chased it, \"late\" again.")
        try daybook.ask("entry", "add", "--title", "Rules", "Never chase.")
        let hits = try daybook.ask("search", "chase").list
        #expect(Set(hits.map { $0["kind"].text }) == ["trade", "entry"])
        #expect(try daybook.run("search", "late", "again").output.contains("Chased it, \"late\" again."))
        #expect(try daybook.run("search", "nothing such").output == "Nothing found.\n")
        #expect(try daybook.ask("search", "--raw", "chased OR never").list.count == 2)
        #expect(try daybook.run("search", "--raw", "AND (").code == "search.bad_query")
        #expect(try daybook.run("search", "(").code == "search.empty")
    }
}
