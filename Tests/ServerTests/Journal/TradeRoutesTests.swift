import Foundation
import Journal
import Primitives
import Sync
import Testing

@Suite struct TradeRoutesTests {
    @Test func `a trade entered by hand is shown with everything that follows from it`() async throws {
        try await withServer { server in
            let person = try Trader(server)
            let made = try person.trade([
                "exit_price": 110.5, "closed_at": "2026-11-02T11:30:00Z", "fees": "0.5", "stop_price": "95",
                "setup_tag": "Opening range", "rating": 4, "notes": "Late.", "account": "Paper",
                "tags": ["fomo", "a+"],
            ])
            let trade = try person.ask("/trades/\(made["id"].text ?? "")")
            #expect("\(trade)" == "\(made)")
            #expect(trade["side"].text == "LONG")
            #expect(trade["status"].text == "final")
            #expect(trade["entry_price"].text == "100")
            #expect(trade["exit_price"].text == "110.5")
            #expect(trade["realized_pnl"].text == "10.5")
            #expect(trade["realized_pnl_pct"].number == 10.5)
            #expect(trade["fees"].text == "0.5")
            #expect(trade["net_pnl"].text == "10")
            #expect(trade["risk_amount"].text == "5")
            #expect(trade["r_multiple"].number == 2)
            #expect(trade["duration_secs"].count == 5400)
            #expect(trade["opened_at"].text == "2026-11-02T10:00:00.000Z")
            #expect(trade["account"].text == "Paper")
            #expect(trade["source"].text == "manual")
            #expect(trade["notes"].text == "Late.")
            #expect(trade["tags"].list.map { $0["name"].text } == ["a+", "fomo"])
            for name in ["leverage", "trade_group_id", "exchange_fill_id", "close_reason", "target_price"] {
                #expect(trade.has(name) && trade[name].isNull, "\(name)")
            }
        }
    }

    @Test func `a stop that looks like a slip is refused, unless it is said to be meant`() async throws {
        try await withServer { server in
            let person = try Trader(server)
            let trade: [String: Any] = [
                "symbol": "BTC_USDT", "side": "LONG", "quantity": "1", "entry_price": "100", "stop_price": "950",
            ]
            let refused = try person.send("POST", "/trades", trade)
            #expect(refused.status == 400)
            #expect(refused.tree["error"].text == "trade.doubtful_stop")
            for price in ["950", "100"] { #expect(refused.text.contains(price)) }
            #expect(try person.ask("/trades")["total"].count == 0)
            let meant = try person.send("POST", "/trades", trade.merging(["stop_is_meant": true]) { $1 })
            #expect(meant.status == 201)
            let path = "/trades/\(meant.tree["id"].text ?? "")"
            #expect(try person.send("PATCH", path, ["stop_price": "100"]).status == 400)
            #expect(try person.send("PATCH", path, ["stop_price": "95"]).status == 200)
            #expect(try person.send("PATCH", path, ["side": "SHORT"]).status == 400)
            #expect(try person.send("PATCH", path, ["side": "SHORT", "stop_is_meant": true]).status == 200)
            #expect(try person.send("PATCH", path, ["rating": 3]).status == 200)
        }
    }

    @Test func `a trade with times at the ends of all numbers ends nobody's server`() async throws {
        try await withServer { server in
            let person = try Trader(server)
            var device = TestDevice(person.session)
            let times = [Int64.min, -1, 0, .max]
            try device.write(
                times.enumerated().flatMap { row, opened in
                    times.enumerated().map { column, closed in
                        .put(
                            Schema.trade.kind, EntityID(rawValue: UInt128(100 + row * 10 + column)),
                            [
                                FieldWrite(2, .text("BTC_USDT")), FieldWrite(3, .text("long")),
                                FieldWrite(4, .text("1")), FieldWrite(5, .text("100")), FieldWrite(6, .text("90")),
                                FieldWrite(7, .integer(opened)), FieldWrite(8, .integer(closed)),
                                FieldWrite(10, .text("95")), FieldWrite(13, .text("alpha")),
                            ])
                    }
                })
            try device.exchange(try server.client())
            let views = [
                "overview", "equity-curve", "drawdown", "daily-pnl", "calendar", "symbol-breakdown", "setup-breakdown",
                "duration-profit", "return-distribution", "time-distribution", "rolling", "filter-options",
            ]
            for path in ["/trades", "/search?q=alpha", "/history"] + views.map({ "/analytics/\($0)" }) {
                #expect(try person.get(path).status == 200, "\(path)")
            }
            let trades = try person.ask("/trades")["trades"].list
            // Nobody knows when the others were opened, so they are no trades; those that close beyond all years are open.
            #expect(trades.count == 2 * times.count)
            #expect(trades.count { $0["closed_at"].isNull } == 4)
            for trade in trades {
                #expect(try person.get("/trades/\(trade["id"].text ?? "")").status == 200)
            }
            #expect(try server.client().send("GET", "/health").status == 200)
        }
    }

    @Test func `pages add up to the list, in every order`() async throws {
        try await withServer { server in
            let person = try Trader(server)
            for number in 0..<23 {
                // Results repeat, so that the order among equals matters; some trades are open.
                var trade: [String: Any] = ["opened_at": "2026-11-\(String(10 + number % 7))T10:00:00Z"]
                if number % 5 != 0 {
                    trade["exit_price"] = String(95 + number % 4 * 5)
                    trade["closed_at"] = "2026-11-20T\(String(10 + number % 3)):00:00Z"
                    if number % 2 == 0 { trade["stop_price"] = String(90 + number % 3) }
                }
                try person.trade(trade)
            }
            for sort in ["closed_at", "opened_at", "net_pnl", "r_multiple", "duration_secs", "symbol"] {
                for order in ["asc", "desc"] {
                    let whole = try person.ask("/trades?sort=\(sort)&order=\(order)&limit=100")
                    let ids = whole["trades"].list.compactMap { $0["id"].text }
                    #expect(ids.count == 23)
                    #expect(whole["total"].count == 23)
                    var paged: [String] = []
                    for page in 1...6 {
                        let part = try person.ask("/trades?sort=\(sort)&order=\(order)&limit=5&page=\(page)")
                        #expect(part["page"].count == page)
                        #expect(part["total"].count == 23)
                        paged += part["trades"].list.compactMap { $0["id"].text }
                    }
                    #expect(paged == ids, "\(sort) \(order)")
                    expectSorted(whole["trades"].list, by: sort, isDescending: order == "desc")
                }
            }
        }
    }

    private func expectSorted(_ trades: [Tree], by sort: String, isDescending: Bool) {
        let keys = trades.map { trade -> Double? in
            trade[sort].number
                ?? trade[sort].text.flatMap { text in
                    Double(text) ?? ISO8601DateFormatter.daybook.date(from: text)?.timeIntervalSince1970
                }
        }
        let known = keys.compactMap(\.self)
        #expect(known == known.sorted(by: isDescending ? (>) : (<)), "\(sort)")
        // What is open was closed last, so to say; what has no figure has nothing to be sorted by.
        let isFirst = sort == "closed_at" && isDescending
        let count = keys.count - known.count
        let missing = isFirst ? keys.prefix(count) : keys.suffix(count)
        #expect(missing.allSatisfy { $0 == nil }, "\(sort)")
    }

    @Test func `a change needs only what changes, and null takes away`() async throws {
        try await withServer { server in
            let person = try Trader(server)
            let made = try person.trade(["stop_price": "95", "rating": 2, "setup_tag": "fade"])
            let path = "/trades/\(made["id"].text ?? "")"
            let closed = try person.ask(
                "PATCH", path, ["exit_price": "90", "closed_at": "2026-11-02T12:00:00Z", "rating": NSNull()])
            #expect(closed["net_pnl"].text == "-10")
            #expect(closed["r_multiple"].number == -2)
            #expect(closed["rating"].isNull)
            #expect(closed["setup_tag"].text == "fade")
            let cleared = try person.ask("PATCH", path, ["stop_price": NSNull(), "setup_tag": NSNull()])
            #expect(cleared["r_multiple"].isNull && cleared["setup_tag"].isNull)
            #expect(try person.ask("PATCH", path, [:] as [String: Any])["net_pnl"].text == "-10")
        }
    }

    @Test func `notes and tags come and go`() async throws {
        try await withServer { server in
            let person = try Trader(server)
            let path = "/trades/\(try person.trade()["id"].text ?? "")"
            #expect(try person.ask("PATCH", path + "/notes", ["notes": "Wait."])["notes"].text == "Wait.")
            #expect(try person.ask("PATCH", path + "/notes", ["notes": NSNull()])["notes"].isNull)
            let tag = try person.ask("POST", "/tags", ["name": "Breakout", "color": "#3b82f6"])
            let id = tag["id"].text ?? ""
            let tags = try person.ask("POST", path + "/tags", ["tag_ids": [id], "names": ["late", "breakout"]])
            #expect(tags["tags"].list.map { $0["name"].text } == ["Breakout", "late"])
            #expect(try person.ask("POST", path + "/tags", ["tag_ids": [id]])["tags"].list.count == 2)
            #expect(try person.ask("/tags/\(id)")["trade_count"].count == 1)
            #expect(try person.ask("DELETE", path + "/tags/\(id)")["deleted"].flag == true)
            #expect(try person.ask(path)["tags"].list.map { $0["name"].text } == ["late"])
            #expect(try person.send("DELETE", path + "/tags/\(id)").code == "trade.not_tagged")
            #expect(try person.send("POST", path + "/tags", ["tag_ids": [String]()]).code == "request.bad_field")
        }
    }

    @Test func `a deleted trade is gone, and its commit is named`() async throws {
        try await withServer { server in
            let person = try Trader(server)
            let path = "/trades/\(try person.trade()["id"].text ?? "")"
            let deleted = try person.ask("DELETE", path)
            #expect(deleted["deleted"].flag == true)
            #expect(deleted["commit"].text?.contains("/") == true)
            #expect(try person.send("GET", path).code == "trade.not_found")
            #expect(try person.send("DELETE", path).status == 404)
            #expect(try person.ask("/trades")["total"].count == 0)
        }
    }

    @Test func `nonsense is refused with what is wrong`() async throws {
        let cases: [([String: Any], String)] = [
            (["quantity": "0"], "trade.bad_quantity"), (["entry_price": "-1"], "trade.bad_price"),
            (["entry_price": "1e999"], "request.bad_field"), (["side": "up"], "request.bad_field"),
            (["symbol": "two words"], "symbol.bad_name"), (["rating": 6], "trade.bad_rating"),
            (["opened_at": "yesterday"], "request.bad_field"),
            (["exit_price": "101", "closed_at": "2026-11-01T00:00Z"], "trade.bad_times"),
            (["closed_at": "2026-11-03T00:00:00Z"], "trade.bad_times"), (["rating": "five"], "request.bad_json"),
            (["setup_tag": "two\nlines"], "trade.bad_setup"), (["quantity": NSNull()], "request.bad_field"),
        ]
        try await withServer { server in
            let person = try Trader(server)
            let trade: [String: Any] = [
                "symbol": "AAPL", "side": "LONG", "quantity": "1", "entry_price": "100",
                "opened_at": "2026-11-02T10:00:00Z",
            ]
            for (changes, code) in cases {
                let answer = try person.send("POST", "/trades", trade.merging(changes) { $1 })
                #expect(answer.status == 400, "\(answer.text)")
                #expect(answer.code == code, "\(answer.text)")
            }
            #expect(try person.ask("/trades")["total"].count == 0)
        }
    }

    @Test func `queries that cannot be meant are refused`() async throws {
        try await withServer { server in
            let person = try Trader(server)
            for query in [
                "sort=luck", "order=up", "page=0", "limit=0", "limit=101", "side=up", "rating=6",
                "date_from=2026-02-30",
                "date_to=today", "zone=Atlantis/Main", "status=maybe", "colour=red", "page=1&page=2",
            ] {
                #expect(try person.get("/trades?\(query)").code == "request.bad_query", "\(query)")
            }
        }
    }

    @Test func `another person's trades, tags and entries are not there`() async throws {
        try await withServer { server in
            let (person, stranger) = (try Trader(server), try Trader(server, wallet: 2))
            let trade = try person.trade(["tags": ["mine"], "notes": "Secret."])
            let id = trade["id"].text ?? ""
            let tag = trade["tags"][0]["id"].text ?? ""
            for (method, path, body) in [
                ("GET", "/trades/\(id)", nil), ("PATCH", "/trades/\(id)", ["rating": 5]),
                ("PATCH", "/trades/\(id)/notes", ["notes": "Gone."]), ("DELETE", "/trades/\(id)", nil),
                ("POST", "/trades/\(id)/tags", ["names": ["theirs"]]), ("DELETE", "/trades/\(id)/tags/\(tag)", nil),
                ("GET", "/tags/\(tag)", nil), ("PUT", "/tags/\(tag)", ["name": "theirs"]),
                ("DELETE", "/tags/\(tag)", nil),
            ] as [(String, String, [String: Any]?)] {
                let answer = try stranger.send(method, path, body)
                #expect(answer.status == 404, "\(method) \(path): \(answer.text)")
            }
            #expect(try stranger.ask("/trades")["total"].count == 0)
            #expect(try stranger.ask("/trades?tag=mine")["total"].count == 0)
            #expect(try stranger.ask("/tags")["tags"].list.isEmpty)
            #expect("\(try person.ask("/trades/\(id)"))" == "\(trade)")
        }
    }
}

extension ISO8601DateFormatter {
    static var daybook: ISO8601DateFormatter {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        return formatter
    }
}
