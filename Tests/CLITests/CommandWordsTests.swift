import ArgumentParser
import Foundation
import Testing

@testable import DaybookCLI

/// What a person types, before the parser sees it.
@Suite struct CommandWordsTests {
    private func added(_ daybook: Daybook, _ more: String...) throws -> JSONNode {
        let answer = try daybook.run(
            ["trade", "add", "AAPL", "long", "--qty", "10", "--entry", "100", "--exit", "101"] + more + ["--json"])
        #expect(answer.status == 0, "\(more): \(answer.error)")
        return answer.json
    }

    @Test func `a negative value is a value, behind a blank and behind an equals sign`() throws {
        let daybook = try Daybook()
        #expect(try added(daybook, "--fees", "-0.4")["fees"].text == "-0.4")
        #expect(try added(daybook, "--fees=-0.4")["net"].text == "10.4")
        #expect(try added(daybook, "--note", "- a point\n- another")["notes"].text == "- a point\n- another")
        #expect(try daybook.ask("settings", "--start-of-day", "-07:00")["start_of_day_minutes"].count == -420)
        try daybook.file("fills.csv", "time,symbol,side,price,quantity\n2026-11-01 10:00,BTC_USDT,buy,1,1\n")
        try daybook.ask("import", "fills.csv", "--utc-offset", "-04:00")
        #expect(try daybook.ask("trade", "list", "--symbol", "BTC_USDT")[0]["opened"].text?.contains("T14:00") == true)
    }

    @Test(arguments: [
        (["trade", "list", "--limit", "-3"], "argument.bad_number"),
        (["trade", "add", "AAPL", "long", "--qty", "-1", "--entry", "1"], "trade.bad_quantity"),
        (["trade", "stop", "last", "-1"], "trade.bad_price"), (["trade", "rate", "last", "-1"], "trade.bad_rating"),
        (["settings", "--start-balance", "-5"], "settings.bad_balance"),
        (["trade", "list", "--from", "-7d"], "argument.bad_time"),
    ])
    func `a negative value that cannot be is judged as a value`(arguments: [String], code: String) throws {
        let daybook = try Daybook()
        _ = try added(daybook)
        #expect(try daybook.run(arguments).code == code)
    }

    @Test func `a text may begin with a dash`() throws {
        let daybook = try Daybook()
        _ = try added(daybook)
        #expect(try daybook.ask("trade", "note", "last", "-5 % too early")["notes"].text == "-5 % too early")
        #expect(
            try daybook.ask("trade", "note", "--append", "- late", "last")["notes"].text?.hasSuffix("- late") == true)
        #expect(try daybook.ask("entry", "add", "- one\n- two")["body"].text == "- one\n- two")
        #expect(try daybook.ask("trade", "tag", "last", "-2R")["tags"][0].text == "-2R")
    }

    @Test func `what all commands share may stand before the command`() throws {
        let daybook = try Daybook()
        try daybook.run("init", "--journal", "other")
        let place = try daybook.run("--journal", "other", "--json", "whoami")
        #expect(place.json["journal"].text?.hasSuffix("/other") == true)
        #expect(try daybook.run("--journal=other", "trade", "list").output.hasPrefix("No trades."))
        #expect(try daybook.run("conflicts", "--journal", "none", "list").code == "journal.not_found")
        #expect(try daybook.run("--journal", "none", "conflicts").code == "journal.not_found")
        #expect(try daybook.run("--journal", "other", "trade").output.contains("SUBCOMMANDS"))
        #expect(try daybook.run("--json", "--version").status == 0)
        #expect(try daybook.run("--json", "frob").status == 64)
    }

    @Test(arguments: [
        (["trade", "list", "--limit", "5"], ["trade", "list", "--limit", "5"]),
        (["log", "-n", "-5"], ["log", "-n=-5"]),
        (["trade", "note", "-1", "--json", "text"], ["trade", "note", "--json", "--", "-1", "text"]),
        (["trade", "note", "-1", "-"], ["trade", "note", "--", "-1", "-"]),
        (["trade", "note", "last", "--", "-x"], ["trade", "note", "last", "--", "-x"]),
        (["trade", "list", "--open", "-x"], ["trade", "list", "--open", "-x"]),
        (["---completion", "trade", "show", "--", "-1"], ["---completion", "trade", "show", "--", "-1"]),
    ])
    func `the parser is given what it can read`(typed: [String], read: [String]) {
        #expect(CommandWords.arranged(typed, for: DaybookCommand.self) == read)
    }
}
