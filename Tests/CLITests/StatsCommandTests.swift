import Foundation
import Testing

@Suite struct StatsCommandTests {
    private func add(_ daybook: Daybook, _ symbol: String, exit: String, closed: String, _ more: String...) throws {
        let arguments = [
            "trade", "add", symbol, "long", "--qty", "1", "--entry", "100", "--exit", exit, "--opened",
            "2026-11-01T00:00Z", "--closed", closed,
        ]
        let answer = try daybook.run(arguments + more)
        #expect(answer.status == 0, "\(answer.error)")
    }

    private func filled() throws -> Daybook {
        let daybook = try Daybook()
        try add(daybook, "SOL_USDT", exit: "130", closed: "2026-11-02T23:30Z", "--tag", "swing", "--stop", "90")
        try add(daybook, "SOL_USDT", exit: "90", closed: "2026-11-03T10:00Z", "--tag", "late", "--fees", "0.5")
        try add(daybook, "ETH_USDT", exit: "100", closed: "2026-11-04T10:00Z")
        return daybook
    }

    @Test func `the figures are those of the closed trades`() throws {
        let stats = try filled().ask("stats", "--zone", "UTC")["currencies"][0]
        let overview = stats["overview"]
        #expect(stats["quote"].text == "USDT")
        #expect(overview["trades"].count == 3)
        #expect(overview["net"].text == "19.5")
        #expect(overview["profit_factor"].number == 30 / 10.5)
        #expect(overview["total_r"].number == 3)
        #expect(overview["r_trades"].count == 1)
        #expect(overview["drawdown"]["amount"].text == "10.5")
        #expect(overview["returns"].isNull)
    }

    @Test func `a breakdown has a row for each symbol, tag or day`() throws {
        let daybook = try filled()
        func keys(_ dimension: String, _ more: String...) throws -> [String?] {
            let answer = try daybook.run(["stats", "--by", dimension, "--json"] + more)
            #expect(answer.status == 0, "\(answer.error)")
            return answer.json["currencies"][0]["rows"].list.map { $0["key"].text }
        }
        #expect(try keys("symbol") == ["SOL_USDT", "ETH_USDT"])
        #expect(try keys("tag") == ["swing", nil, "late"])
        #expect(try keys("day", "--zone", "UTC") == ["2026-11-02", "2026-11-03", "2026-11-04"])
        #expect(try keys("day", "--zone", "Asia/Tokyo") == ["2026-11-03", "2026-11-04"])
        let page = try daybook.run("stats", "--by", "tag").output
        #expect(page.contains("(untagged)"))
        #expect(page.hasPrefix("3 closed trades in USDT: net +19.50, 33.3 % won, profit factor 2.86\nTAG "))
        #expect(!page.contains("expectancy"))
    }

    @Test func `filters and a start balance are heeded`() throws {
        let daybook = try filled()
        func trades(_ arguments: String...) throws -> Int? {
            try daybook.run(["stats", "--json", "--zone", "UTC"] + arguments).json["currencies"][0]["overview"][
                "trades"
            ].count
        }
        #expect(try trades("--from", "2026-11-03") == 2)
        #expect(try trades("--to", "2026-11-02") == 1)
        #expect(try trades("--symbol", "solusdt") == 2)
        #expect(try trades("--tag", "SWING") == 1)
        let balanced = try daybook.ask("stats", "--start-balance", "1000", "--zone", "UTC")
        #expect(!balanced["currencies"][0]["overview"]["returns"].isNull)
        #expect(try daybook.ask("stats", "--gross")["currencies"][0]["overview"]["net"].text == "20")
    }

    @Test func `currencies are kept apart, and a balance belongs to one`() throws {
        let daybook = try filled()
        try add(daybook, "AAPL", exit: "110", closed: "2026-11-05T10:00Z")
        #expect(try daybook.ask("stats")["currencies"].list.map { $0["quote"].text } == ["USDT", ""])
        #expect(try daybook.run("stats", "--start-balance", "1000").code == "stats.which_currency")
        #expect(try daybook.run("stats", "--start-balance", "1000", "--quote", "usdt").status == 0)
        #expect(try daybook.run("stats", "--quote", "EUR").code == "stats.no_such_currency")
    }

    @Test func `a journal without trades has no figures and no failure`() throws {
        let daybook = try Daybook()
        #expect(try daybook.run("stats").output == "No closed trades.\n")
        #expect(try daybook.ask("stats", "--by", "day")["currencies"].list.isEmpty)
    }
}
