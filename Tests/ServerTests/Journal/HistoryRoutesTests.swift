import Foundation
import Testing

/// What was done over REST can be read, searched and taken back.
@Suite struct HistoryRoutesTests {
    @Test func `what was deleted comes back as it was`() async throws {
        try await withServer { server in
            let trader = try Trader(server)
            let trade = try trader.trade([
                "exit_price": "110", "closed_at": "2026-11-03T10:00:00Z", "notes": "Good.", "tags": ["a"], "rating": 5,
            ])
            let tag = trade["tags"][0]["id"].text ?? ""
            let entry = try trader.ask("POST", "/entries", ["title": "Plan", "body": "Wait."])
            for (path, before) in [
                ("/trades/\(trade["id"].text ?? "")", trade), ("/entries/\(entry["id"].text ?? "")", entry),
                ("/tags/\(tag)", try trader.ask("/tags/\(tag)")),
            ] {
                let commit = try #require(try trader.ask("DELETE", path)["commit"].text)
                #expect(try trader.get(path).status == 404)
                let undone = try trader.ask("POST", "/undo", ["commit": commit])
                #expect(undone["undone"].text == commit)
                #expect(undone["left_alone"].list.isEmpty)
                #expect(try trader.ask(path).description == before.description)
                // An undo is a commit, too.
                let again = try #require(undone["commit"].text)
                try trader.ask("POST", "/undo", ["commit": again])
                #expect(try trader.get(path).status == 404)
                try trader.ask("POST", "/undo", ["commit": try #require(try lastCommit(trader))])
                #expect(try trader.ask(path).description == before.description)
            }
        }
    }

    private func lastCommit(_ trader: Trader) throws -> String? {
        try trader.ask("/history?limit=1")["commits"][0]["commit"].text
    }

    @Test func `every answer to a write names its commit, by which it is undone`() async throws {
        try await withServer { server in
            let trader = try Trader(server)
            let path = "/trades/\(try trader.trade(["rating": 2])["id"].text ?? "")"
            let edited = try trader.send("PATCH", path, ["rating": 5])
            let commit = try #require(edited["daybook-commit"])
            #expect(try lastCommit(trader) == commit)
            try trader.ask("POST", "/undo", ["commit": commit])
            #expect(try trader.ask(path)["rating"].count == 2)
            let twice = try trader.send("POST", "/undo", ["commit": commit])
            #expect(twice.status == 409)
            #expect(twice.code == "undo.nothing_left")
            // What changes nothing is no commit.
            #expect(try trader.send("PATCH", path, [String: Any]())["daybook-commit"] == nil)
            for (name, code) in [("17", "commit.bad_name"), ("ffff/1", "commit.not_found")] {
                #expect(try trader.send("POST", "/undo", ["commit": name]).code == code)
            }
        }
    }

    @Test func `the history tells who wrote, and each thing's changes`() async throws {
        try await withServer { server in
            let trader = try Trader(server)
            let id = try trader.trade()["id"].text ?? ""
            try trader.ask("PATCH", "/trades/\(id)", ["rating": 4])
            try trader.ask("PATCH", "/trades/\(id)/notes", ["notes": "Late."])
            try trader.ask("POST", "/trades/\(id)/tags", ["names": ["fomo"]])
            let all = try trader.ask("/history")["commits"].list
            let words = all.map { $0["summary"].text?.split(separator: " ").first }
            #expect(words == ["tag", "note", "edit", "add", "name"])
            #expect(all.allSatisfy { $0["device"].text == "server" })
            let changes = try trader.ask("/history/\(id)")
            #expect(changes["is_whole"].flag == true)
            let last = changes["commits"].list.map { $0["changes"][0] }
            #expect(last[0]["act"].text == "add")
            #expect(last[0]["label"].text == "fomo")
            #expect(last[1]["field"].text == "notes")
            #expect(last[1]["after"].text == "Late.")
            #expect(last[2]["field"].text == "rating")
            #expect(last[2]["before"].isNull)
            #expect(last[2]["after"].count == 4)
            #expect(try trader.ask("/history?limit=2")["commits"].list.count == 2)
            #expect(try Trader(server, wallet: 2).get("/history/\(id)").status == 404)
        }
    }

    @Test func `notes and entries are found by their words`() async throws {
        try await withServer { server in
            let trader = try Trader(server)
            let trade = try trader.trade(["notes": "Entered too late, out of boredom."])
            let entry = try trader.ask("POST", "/entries", ["title": "Boredom", "body": "Go for a walk."])
            let found = try trader.ask("/search?q=bored")["results"].list
            #expect(Set(found.compactMap { $0["id"].text }) == [trade["id"].text ?? "", entry["id"].text ?? ""])
            let hit = try #require(found.first { $0["kind"].text == "trade" })
            #expect(hit["symbol"].text == "AAPL")
            #expect(hit["matches"].list.map(\.text) == ["boredom"])
            #expect(hit["snippet"].text?.contains("out of boredom.") == true)
            #expect(try trader.ask("/search?q=\("\"for a walk\"".escaped)")["results"].list.count == 1)
            #expect(try trader.ask("/search?q=revenge")["results"].list.isEmpty)
            #expect(try trader.get("/search?q=\("—".escaped)").code == "search.empty")
            #expect(try trader.get("/search").status == 400)
            #expect(try Trader(server, wallet: 2).ask("/search?q=bored")["results"].list.isEmpty)
        }
    }

    @Test func `a write is told at once to the person's other sessions, and to nobody else`() async throws {
        try await withServer { server in
            let trader = try Trader(server)
            let watching = try Wallet().session(at: server)
            let live = try LiveTests.connect(server, watching.bearer)
            let own = try LiveTests.connect(server, trader.session.bearer)
            let stranger = try LiveTests.connect(server, try Wallet(2).session(at: server).bearer)
            for socket in [live, own, stranger] { _ = try socket.ask("SUBSCRIBE", ["journal"]) }
            try trader.trade()
            guard case .text(let text) = try live.receive() else { throw ConnectionLost() }
            #expect(text.contains("journal_update"))
            for socket in [own, stranger] {
                try socket.send(opcode: 9, [])
                #expect(try socket.receive() == .pong)
            }
        }
    }
}
