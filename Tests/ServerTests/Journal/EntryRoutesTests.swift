import Foundation
import Primitives
import Testing

@Suite struct EntryRoutesTests {
    @Test func `an entry is written, read, changed and deleted`() async throws {
        try await withServer { server in
            let trader = try Trader(server)
            let trade = try trader.trade()["id"].text ?? ""
            let made = try trader.ask(
                "POST", "/entries",
                [
                    "title": "Patience", "body": "Only A setups.", "entry_date": "2026-11-20",
                    "entry_type": "pre_trade", "trade_id": trade,
                ])
            let path = "/entries/\(made["id"].text ?? "")"
            #expect(try trader.ask(path).description == made.description)
            #expect(made["entry_date"].text == "2026-11-20")
            #expect(made["entry_type"].text == "pre_trade")
            #expect(made["trade_id"].text == trade)
            #expect(made["images"].list.isEmpty)
            #expect(try trader.ask("/trades/\(trade)")["entries"].list.map { $0["title"].text } == ["Patience"])

            let changed = try trader.ask("PUT", path, ["body": "Wait for it.", "trade_id": NSNull()])
            #expect(changed["title"].text == "Patience")
            #expect(changed["body"].text == "Wait for it.")
            #expect(changed["trade_id"].isNull)
            let deleted = try trader.ask("DELETE", path)
            #expect(deleted["commit"].text?.contains("/") == true)
            #expect(try trader.get(path).code == "entry.not_found")
        }
    }

    @Test func `answers show no marks that turn a text, and say them all the same`() async throws {
        try await withServer { server in
            let trader = try Trader(server)
            let title = "a\u{202e}b\u{2028}c\u{85}d é 😀"
            let made = try trader.ask("POST", "/entries", ["title": title])
            #expect(made["title"].text == title)
            for path in ["/entries/\(made["id"].text ?? "")", "/entries", "/search?q=%C3%A9"] {
                let answer = try trader.get(path)
                #expect(answer.status == 200)
                #expect(!answer.text.unicodeScalars.contains { $0.misleads }, "\(path)")
                #expect(answer.text.contains(#"a\u202eb\u2028c\u0085d é 😀"#), "\(path)")
            }
        }
    }

    @Test func `what is left out has its default`() async throws {
        try await withServer { server in
            let trader = try Trader(server)
            try trader.ask("PUT", "/settings", ["zone": "Pacific/Kiritimati"])
            let made = try trader.ask("POST", "/entries", ["title": "Now"])
            #expect(made["entry_type"].text == "daily")
            // It is a day ahead of Greenwich for most of the day.
            let formatter = DateFormatter()
            formatter.dateFormat = "yyyy-MM-dd"
            formatter.timeZone = TimeZone(identifier: "Pacific/Kiritimati")
            let days = [Date().addingTimeInterval(-60), Date()].map(formatter.string)
            #expect(days.contains(made["entry_date"].text ?? ""))
        }
    }

    @Test func `pages add up, and filters combine`() async throws {
        try await withServer { server in
            let trader = try Trader(server)
            let trade = try trader.trade()["id"].text ?? ""
            for number in 0..<17 {
                var entry: [String: Any] = [
                    "title": "Entry \(number)", "entry_date": "2026-11-\(String(10 + number / 2))",
                    "entry_type": ["daily", "idea", "weekly"][number % 3],
                ]
                if number % 4 == 0 { entry["trade_id"] = trade }
                try trader.ask("POST", "/entries", entry)
            }
            let whole = try trader.ask("/entries?limit=100")
            #expect(whole["total"].count == 17)
            #expect(whole["entries"].list.compactMap { $0["title"].text } == (0..<17).reversed().map { "Entry \($0)" })
            let paged = try (1...4).flatMap { page in
                try trader.ask("/entries?limit=5&page=\(page)")["entries"].list.compactMap { $0["title"].text }
            }
            #expect(paged == (0..<17).reversed().map { "Entry \($0)" })
            func count(_ query: String) throws -> Int? {
                let answer = try trader.ask("/entries?\(query)")
                #expect(answer["entries"].list.count == answer["total"].count)
                return answer["total"].count
            }
            #expect(try count("type=idea") == 6)
            #expect(try count("type=idea&type=weekly") == 11)
            #expect(try count("trade_id=\(trade)") == 5)
            #expect(try count("date_from=2026-11-12&date_to=2026-11-13") == 4)
            #expect(try count("date_from=2026-11-12&date_to=2026-11-13&type=daily&trade_id=\(trade)") == 0)
            #expect(try count("date_from=2026-11-14&type=daily") == 3)
        }
    }

    @Test func `nonsense is refused, and strangers' entries are not there`() async throws {
        try await withServer { server in
            let (trader, stranger) = (try Trader(server), try Trader(server, wallet: 2))
            for (entry, code) in [
                ([:], "entry.empty"), (["title": "two\nlines"], "entry.bad_title"),
                (["title": "A", "entry_type": "poem"], "request.bad_field"),
                (["title": "A", "entry_date": "2026-02-30"], "request.bad_field"),
                (["title": "A", "trade_id": "last"], "request.bad_field"),
                (["title": "A", "trade_id": "00000000-0000-0000-0000-000000000001"], "trade.not_found"),
            ] as [([String: Any], String)] {
                #expect(try trader.send("POST", "/entries", entry).code == code)
            }
            let made = try trader.ask("POST", "/entries", ["title": "Mine"])
            let path = "/entries/\(made["id"].text ?? "")"
            #expect(try trader.send("PUT", path, ["title": "", "body": ""]).code == "entry.empty")
            for (method, body) in [("GET", nil), ("PUT", ["title": "Theirs"]), ("DELETE", nil)] {
                #expect(try stranger.send(method, path, body).status == 404)
            }
            let theirs = try trader.trade()["id"].text ?? ""
            #expect(try stranger.send("POST", "/entries", ["title": "A", "trade_id": theirs]).status == 404)
            #expect(try trader.ask(path).description == made.description)
        }
    }
}
