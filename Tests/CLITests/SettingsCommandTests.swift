import Foundation
import Testing

@Suite struct SettingsCommandTests {
    @Test func `what is set is shown, and none takes it away`() throws {
        let daybook = try Daybook()
        #expect(try daybook.ask("settings")["zone"].isNull)
        let set = try daybook.ask(
            "settings", "--zone", "Europe/Berlin", "--currency", "usdt", "--start-of-day", "-07:00", "--basis", "gross",
            "--start-balance", "25000")
        #expect(set["zone"].text == "Europe/Berlin")
        #expect(set["base_currency"].text == "USDT")
        #expect(set["start_of_day_minutes"].count == -420)
        #expect(set["basis"].text == "gross")
        #expect(set["start_balance"].text == "25000")
        let cleared = try daybook.ask("settings", "--start-balance", "none", "--start-of-day", "none")
        #expect(cleared["start_balance"].isNull)
        #expect(cleared["start_of_day_minutes"].count == 0)
        #expect(cleared["zone"].text == "Europe/Berlin")
        let before = try daybook.ask("whoami")["commits"].count
        try daybook.run("settings", "--basis", "gross")
        #expect(try daybook.ask("whoami")["commits"].count == before)
    }

    @Test func `the zone UTC is called so`() throws {
        let daybook = try Daybook()
        #expect(try daybook.ask("settings", "--zone", "UTC")["zone"].text == "UTC")
        #expect(try daybook.run("settings").output.contains("zone           UTC\n"))
        #expect(try daybook.ask("stats")["zone"].text == "UTC")
        #expect(try daybook.ask("stats", "--zone", "UTC")["zone"].text == "UTC")
    }

    @Test func `statistics and lists go by them, unless an option says otherwise`() throws {
        let daybook = try Daybook()
        try daybook.run(
            "trade", "add", "SOL_USDT", "long", "--qty", "1", "--entry", "100", "--exit", "110", "--fees", "1",
            "--opened", "2026-11-02T20:00Z", "--closed", "2026-11-03T03:00Z")
        func stats(_ more: String...) throws -> JSONNode {
            let answer = try daybook.run(["stats", "--by", "day", "--json"] + more)
            #expect(answer.status == 0, "\(answer.error)")
            return answer.json
        }
        #expect(try stats()["currencies"][0]["rows"][0]["key"].text == "2026-11-03")
        try daybook.run("settings", "--zone", "America/New_York", "--basis", "gross", "--start-balance", "1000")
        let set = try stats()
        #expect(set["zone"].text == "America/New_York")
        #expect(set["basis"].text == "gross")
        #expect(set["currencies"][0]["rows"][0]["key"].text == "2026-11-02")
        #expect(set["currencies"][0]["overview"]["net"].text == "10")
        let given = try stats("--zone", "UTC", "--net")
        #expect(given["currencies"][0]["rows"][0]["key"].text == "2026-11-03")
        #expect(given["currencies"][0]["overview"]["net"].text == "9")
        #expect(try daybook.run("trade", "list").output.contains("2026-11-02 15:00"))
    }

    @Test(arguments: [
        (["--zone", "Mars/Base"], "settings.bad_zone"), (["--currency", "a b"], "settings.bad_currency"),
        (["--start-of-day", "4"], "argument.bad_start_of_day"), (["--basis", "both"], "settings.bad_basis"),
        (["--start-balance", "0"], "settings.bad_balance"), (["--start-balance", "much"], "argument.bad_amount"),
    ])
    func `nonsense is refused`(options: [String], code: String) throws {
        let daybook = try Daybook()
        #expect(try daybook.run(["settings"] + options).code == code)
    }
}
