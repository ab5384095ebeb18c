import Foundation
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// REST is one more hand on the journal that devices keep.
@Suite struct RESTTests {
    private struct Answer {
        let status: Int
        let json: [String: Any]
    }

    /// A request in the name of a device's session.
    private func ask(_ device: Device, _ method: String, _ path: String, _ body: [String: Any]? = nil) async throws
        -> Answer
    {
        let session = try JSONSerialization.jsonObject(
            with: try Data(contentsOf: URL(fileURLWithPath: device.journal + "/session.json")))
        let token = try #require((session as? [String: Any])?["access_token"] as? String)
        let url = "http://127.0.0.1:\(device.household.port)/api/v1/journal\(path)"
        var request = URLRequest(url: try #require(URL(string: url)))
        request.httpMethod = method
        request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        if let body {
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
            request.httpBody = try JSONSerialization.data(withJSONObject: body)
        }
        let (data, response) = try await URLSession.shared.data(for: request)
        return Answer(
            status: (response as? HTTPURLResponse)?.statusCode ?? 0,
            json: (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] ?? [:])
    }

    @Test func `an edit over REST reaches a device with its next sync, and its history says who made it`() async throws
    {
        let home = try Household()
        let desk = try home.signedIn("Desk")
        try desk.run("trade", "add", "AAPL", "long", "--qty", "10", "--entry", "189.5", "--exit", "194.2")
        try desk.run("sync")
        let id = try desk.trades()[0]
        #expect(try await ask(desk, "PATCH", "/trades/\(id)", ["rating": 4, "stop_price": "187.5"]).status == 200)
        #expect(try await ask(desk, "PATCH", "/trades/\(id)/notes", ["notes": "From the browser."]).status == 200)
        #expect(try await ask(desk, "POST", "/trades/\(id)/tags", ["names": ["swing"]]).status == 200)
        try desk.run("sync")
        let shown = try desk.run("trade", "show", id, "--json").json
        #expect(shown["rating"] as? Int == 4)
        #expect(shown["notes"] as? String == "From the browser.")
        #expect(shown["tags"] as? [String] == ["swing"])
        #expect(shown["r"] as? Double == 2.35)
        let log = try desk.run("log", id, "--json").output
        #expect(log.contains("\"server\""))
        #expect(log.contains("From the browser."))
        try desk.run("verify")

        // And what REST shows is what the device shows.
        let trade = try await ask(desk, "GET", "/trades/\(id)").json
        #expect(trade["net_pnl"] as? String == shown["net"] as? String)
        #expect(trade["risk_amount"] as? String == shown["risk"] as? String)
        #expect(trade["r_multiple"] as? Double == shown["r"] as? Double)
    }

    @Test func `an edit over REST and one on a device at once are both kept, and settled over REST`() async throws {
        let home = try Household()
        let desk = try home.signedIn("Desk")
        for symbol in ["AAPL", "MSFT"] {
            try desk.run("trade", "add", symbol, "long", "--qty", "1", "--entry", "10", "--exit", "11")
        }
        try desk.run("sync")
        let ids = try desk.trades()
        let (first, second) = (ids[0], ids[1])
        try desk.run("trade", "rate", first, "2")
        try desk.run("trade", "note", first, "Entered late.")
        try desk.run("trade", "tag", first, "fomo")
        try desk.run("trade", "rate", second, "5")
        #expect(try await ask(desk, "PATCH", "/trades/\(first)", ["rating": 5, "setup_tag": "fade"]).status == 200)
        #expect(try await ask(desk, "PATCH", "/trades/\(first)/notes", ["notes": "Good exit."]).status == 200)
        #expect(try await ask(desk, "POST", "/trades/\(first)/tags", ["names": ["scalp"]]).status == 200)
        #expect(try await ask(desk, "DELETE", "/trades/\(second)").status == 200)
        try desk.run("sync")

        let trade = try await ask(desk, "GET", "/trades/\(first)").json
        let notes = trade["notes"] as? String ?? ""
        #expect(notes.contains("Entered late.") && notes.contains("Good exit."))
        #expect((trade["tags"] as? [[String: Any]])?.compactMap { $0["name"] as? String } == ["fomo", "scalp"])
        #expect(trade["setup_tag"] as? String == "fade")
        #expect(trade["is_contested"] as? Bool == true)

        let conflicts = try await ask(desk, "GET", "/conflicts").json
        let fields = conflicts["fields"] as? [[String: Any]] ?? []
        #expect(Set(fields.compactMap { $0["field"] as? String }) == ["notes", "rating"])
        #expect((conflicts["deletions"] as? [[String: Any]])?.count == 1)
        let rating = try #require(fields.first { $0["field"] as? String == "rating" })
        let versions = try #require(rating["versions"] as? [[String: Any]])
        let desks = try #require(versions.first { $0["device"] as? String == "Desk" }?["commit"] as? String)
        #expect(try await ask(desk, "POST", "/conflicts/\(first)/rating", ["keep": 7]).status == 400)
        let kept = try await ask(desk, "POST", "/conflicts/\(first)/rating", ["keep": desks])
        #expect(kept.json["value"] as? Int == 2)
        #expect(
            try await ask(desk, "POST", "/conflicts/\(first)/notes", ["merge": "Entered late, good exit."]).status
                == 200)
        #expect(try await ask(desk, "POST", "/conflicts/\(second)/presence", ["keep": "alive"]).status == 200)
        #expect(try await ask(desk, "POST", "/conflicts/\(second)/presence", ["keep": "alive"]).status == 404)

        try desk.run("sync")
        #expect(try desk.attempt("sync", "--json").number("conflicts") == 0)
        let shown = try desk.run("trade", "show", first, "--json").json
        #expect(shown["rating"] as? Int == 2)
        #expect(shown["notes"] as? String == "Entered late, good exit.")
        #expect(try desk.trades().count == 2)
        try desk.run("verify")
    }

    @Test func `settings that a device made count for REST, and the other way round`() async throws {
        let home = try Household()
        let desk = try home.signedIn("Desk")
        try desk.run("settings", "--zone", "Asia/Tokyo", "--start-of-day", "04:00")
        try desk.run("sync")
        let settings = try await ask(desk, "GET", "/settings").json
        #expect(settings["zone"] as? String == "Asia/Tokyo")
        #expect(settings["start_of_day_minutes"] as? Int == 240)
        #expect(try await ask(desk, "PUT", "/settings", ["basis": "gross", "zone": NSNull()]).status == 200)
        try desk.run("sync")
        let shown = try desk.run("settings", "--json").json
        #expect(shown["basis"] as? String == "gross")
        #expect(shown["zone"] is NSNull)
        #expect(shown["start_of_day_minutes"] as? Int == 240)
    }
}
