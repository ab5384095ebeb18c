import Foundation
import Testing

@Suite struct AccountCommandTests {
    @Test func `an account is renamed, and imports under either name go into it`() throws {
        let daybook = try Daybook()
        try daybook.file("fills.csv", ImportCommandTests.fills(4))
        try daybook.ask("import", "fills.csv", "--exchange", "ibkr")
        let id = try daybook.ask("account", "list")[0]["id"].text
        try daybook.ask("trade", "note", "last", "Mine.")
        let before = try daybook.run("trade", "list", "--json").output
        #expect(try daybook.ask("account", "rename", "main", "IB 2026")["label"].text == "IB 2026")
        let after = try daybook.run("trade", "list", "--json").output
        #expect(after == before.replacingOccurrences(of: "\"main\"", with: "\"IB 2026\""))
        for name in ["IB 2026", "main"] {
            let again = try daybook.ask("import", "fills.csv", "--exchange", "ibkr", "--account", name)
            #expect(again["new"].count == 0, "\(name)")
            #expect(again["known"].count == 4, "\(name)")
        }
        let list = try daybook.ask("account", "list").list
        #expect(list.map { $0["id"].text } == [id])
        #expect(try daybook.ask("trade", "list", "--account", "main").list.count == 2)
        #expect(try daybook.run("account", "rename", "nobody", "x").code == "account.not_found")
    }

    @Test func `two accounts become one, which answers to both names`() throws {
        let daybook = try Daybook()
        let fills = ImportCommandTests.fills(3)
        try daybook.file("a.csv", fills)
        try daybook.file("b.csv", fills.replacingOccurrences(of: "BTC_", with: "ETH_"))
        for name in ["a", "b"] { try daybook.ask("import", name + ".csv", "--exchange", "ibkr", "--account", name) }
        #expect(try daybook.ask("account", "list").list.count == 2)
        try daybook.ask("account", "merge", "b", "a")
        #expect(try daybook.ask("account", "list").list.map { $0["label"].text } == ["a"])
        #expect(try daybook.ask("account", "list")[0]["other_names"].list.map(\.text) == ["ibkr/b"])
        let shown = try daybook.run("account", "list").output
        #expect(shown.contains("ibkr/b"))
        #expect(try daybook.run("account", "merge", "a", "a").status == 2)
    }

    @Test func `currency, margin and basis are set and taken away`() throws {
        let daybook = try Daybook()
        try daybook.ask(
            "trade", "add", "AAPL", "long", "--qty", "1", "--entry", "10", "--account", "broker", "--opened",
            "2026-11-20")
        let set = try daybook.ask("account", "set", "broker", "--currency", "usd", "--margin", "yes", "--basis", "fifo")
        #expect(set["currency"].text == "USD")
        #expect(set["margin"].flag == true)
        #expect(set["cost_basis"].text == "fifo")
        #expect(try daybook.ask("account", "set", "broker", "--currency", "none")["currency"].isNull)
        #expect(try daybook.ask("account", "set", "broker", "--margin", "none")["margin"].isNull)
        #expect(try daybook.run("account", "set", "broker").code == "account.nothing_to_set")
        #expect(try daybook.run("account", "set", "broker", "--currency", "US D").code == "account.bad_currency")
        #expect(try daybook.run("account", "set", "broker", "--margin", "maybe").code == "argument.bad_margin")
    }
}
