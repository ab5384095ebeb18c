import Foundation
import Testing

/// What a shell is told that asks for completions.
@Suite struct CompletionTests {
    /// Asks as the completion script does.
    private func offered(
        _ daybook: Daybook, _ command: [String], _ place: String, _ words: [String], for beginning: String = ""
    ) throws -> [String] {
        let words = ["daybook"] + words + [beginning]
        let answer = try daybook.run(
            ["---completion"] + command + ["--", place, "\(words.count - 1)", "\(beginning.count)"] + words,
            environment: ["SAP_SHELL": "bash"])
        #expect(answer.status == 0, "\(answer.error)")
        return answer.output.split(separator: "\n").map(String.init)
    }

    @Test func `ids, tags, accounts, symbols and zones are offered`() throws {
        let daybook = try Daybook()
        let id = try daybook.ask(
            "trade", "add", "AAPL", "long", "--qty", "1", "--entry", "1", "--tag", "breakout", "--account", "broker")[
                "id"
            ].text
        let short = String(try #require(id).suffix(8))
        #expect(try offered(daybook, ["trade", "show"], "positional@0", ["trade", "show"]) == ["last", short])
        #expect(
            try offered(daybook, ["trade", "rate"], "positional@0", ["trade", "rate"], for: String(short.prefix(2)))
                == [short])
        #expect(
            try offered(daybook, ["trade", "list"], "--tag", ["trade", "list", "--tag"], for: "B") == ["breakout"])
        #expect(try offered(daybook, ["stats"], "--account", ["stats", "--account"]) == ["manual/broker"])
        #expect(try offered(daybook, ["stats"], "--symbol", ["stats", "--symbol"]) == ["AAPL"])
        #expect(
            try offered(daybook, ["settings"], "--zone", ["settings", "--zone"], for: "Europe/Berl") == [
                "Europe/Berlin"
            ])
        let entry = try daybook.ask("entry", "add", "x")["id"].text ?? ""
        #expect(
            try offered(daybook, ["entry", "show"], "positional@0", ["entry", "show"]) == [
                "last", String(entry.suffix(8)),
            ])
    }

    @Test func `mappings are offered by name`() throws {
        let daybook = try Daybook()
        try daybook.file("fills.csv", "Wann,Symbol,Side,Price,Qty\n2026-03-02,BTC/EUR,buy,1,1\n")
        #expect(try daybook.run("mapping", "save", "degiro", "fills.csv", "--map", "time=Wann").status == 0)
        #expect(
            try offered(daybook, ["mapping", "delete"], "positional@0", ["mapping", "delete"], for: "D") == ["degiro"])
    }

    @Test func `the journal that the line names is asked, and one that is not there offers nothing`() throws {
        let daybook = try Daybook()
        try daybook.run("init", "--journal", "other")
        try daybook.run("tag", "add", "there", "--journal", "other")
        try daybook.run("tag", "add", "here")
        let words = ["tag", "delete", "--journal"]
        #expect(try offered(daybook, ["tag", "delete"], "positional@0", words + ["other"]) == ["there"])
        #expect(try offered(daybook, ["tag", "delete"], "positional@0", words + ["none"]) == [])
        #expect(try daybook.run("--generate-completion-script", "bash").output.contains("---completion trade show"))
    }
}
