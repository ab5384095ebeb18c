import Foundation
import TestSupport
import Testing

/// Every condition of `GET /journal/trades`, alone and with others, against asking each trade in turn.
@Suite struct TradeFilterTests {
    private typealias Condition = (query: String, admits: @Sendable (Tree) -> Bool)

    private static func names(_ trade: Tree) -> Set<String> { Set(trade["tags"].list.compactMap { $0["name"].text }) }

    /// The local day of the close; nil for an open trade.
    private static func day(_ trade: Tree, _ zone: String) -> String? {
        guard let text = trade["closed_at"].text, let date = ISO8601DateFormatter.daybook.date(from: text) else {
            return nil
        }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyy-MM-dd"
        formatter.timeZone = TimeZone(identifier: zone)
        return formatter.string(from: date)
    }

    private static let conditions: [Condition] = [
        ("symbol=BTC_USDT", { $0["symbol"].text == "BTC_USDT" }),
        ("symbol=btcusdt&symbol=AAPL", { ["BTC_USDT", "AAPL"].contains($0["symbol"].text) }),
        ("side=short", { $0["side"].text == "SHORT" }),
        ("side=LONG&side=short", { _ in true }),
        ("account=Paper", { $0["account"].text == "Paper" }),
        ("account=binance%2Fmain&account=swing", { ["main", "Swing"].contains($0["account"].text) }),
        ("account=nobody", { _ in false }),
        ("exchange=Binance", { $0["exchange"].text == "binance" }),
        ("exchange=manual&exchange=binance", { $0["exchange"].text != nil }),
        ("tag=A", { names($0).contains("a") }),
        ("tag=b&tag=c", { !names($0).isDisjoint(with: ["b", "c"]) }),
        ("tag=never", { _ in false }),
        ("setup_tag=BREAKOUT", { $0["setup_tag"].text?.lowercased() == "breakout" }),
        ("setup_tag=%28untagged%29&setup_tag=fade", { ["", "fade"].contains($0["setup_tag"].text ?? "") }),
        ("setup_tag=%C3%9CBER", { $0["setup_tag"].text == "über" }),
        ("source=import", { $0["source"].text == "import" }),
        ("source=manual", { $0["source"].text == "manual" }),
        ("status=open", { $0["closed_at"].isNull }),
        ("status=closed", { !$0["closed_at"].isNull }),
        ("status=final&status=open", { _ in true }),
        ("rating=5&rating=1", { [1, 5].contains($0["rating"].count) }),
        ("q=patience", { $0["has_notes"].flag == true }),
        ("date_from=2026-03-29&zone=Europe%2FBerlin", { day($0, "Europe/Berlin").map { $0 >= "2026-03-29" } ?? false }),
        ("date_to=2026-03-29&zone=Europe%2FBerlin", { day($0, "Europe/Berlin").map { $0 <= "2026-03-29" } ?? false }),
        (
            "date_from=2026-03-29&date_to=2026-03-29&zone=Europe%2FBerlin",
            { day($0, "Europe/Berlin") == "2026-03-29" }
        ),
        (
            "date_from=2026-03-28&date_to=2026-03-29&zone=America%2FNew_York",
            { day($0, "America/New_York").map { ("2026-03-28"..."2026-03-29").contains($0) } ?? false }
        ),
        ("date_from=2026-03-30&date_to=2026-03-29", { _ in false }),
    ]

    /// Trades that differ in everything that can be asked for, closed around the night in which Berlin's clock jumps.
    private func fill(_ trader: Trader) async throws {
        var dice = Dice(seed: 4)
        for _ in 0..<60 {
            var trade: [String: Any] = [
                "symbol": dice.pick(["BTC_USDT", "AAPL", "ETH_USDT"]), "side": dice.pick(["LONG", "SHORT"]),
                "opened_at": "2026-03-01T00:00:00Z", "tags": ["a", "b", "c"].filter { _ in dice.roll(3) == 0 },
            ]
            if dice.roll(5) > 0 {
                trade["exit_price"] = String(90 + dice.roll(21))
                let minutes = dice.roll(4 * 1440)
                let close = Date(timeIntervalSince1970: 1_774_656_000 - 86_400 + Double(minutes) * 60)
                trade["closed_at"] = ISO8601DateFormatter.daybook.string(from: close)
            }
            if let account = dice.pick(["Paper", "Swing", nil]) { trade["account"] = account }
            if let setup = dice.pick(["Breakout", "breakout", "fade", "über", nil]) {
                trade["setup_tag"] = setup
            }
            if dice.roll(2) == 0 { trade["rating"] = 1 + dice.roll(5) }
            if dice.roll(4) == 0 { trade["notes"] = "Patience pays." }
            try trader.trade(trade)
        }
        try await trader.importFile(
            """
            Date(UTC),Pair,Side,Price,Executed,Amount,Fee
            2026-03-28 22:30:00,BTCUSDT,BUY,100,1BTC,100USDT,0.1USDT
            2026-03-28 23:30:00,BTCUSDT,SELL,110,1BTC,110USDT,0.1USDT
            2026-03-29 21:30:00,ETHUSDT,BUY,100,1ETH,100USDT,0.1USDT
            2026-03-29 22:30:00,ETHUSDT,SELL,90,1ETH,90USDT,0.1USDT

            """)
    }

    @Test func `conditions admit what they say, alone and together`() async throws {
        try await withServer { server in
            let trader = try Trader(server)
            try await fill(trader)
            let all = try trader.ask("/trades?limit=100&sort=opened_at")["trades"].list
            #expect(all.count == 62)
            func check(_ chosen: [Condition]) throws {
                let query = chosen.map(\.query).joined(separator: "&")
                let expected = all.filter { trade in chosen.allSatisfy { $0.admits(trade) } }
                let found = try trader.ask("/trades?limit=100&sort=opened_at&\(query)")
                #expect(found["trades"].list.map { $0["id"].text } == expected.map { $0["id"].text }, "\(query)")
                #expect(found["total"].count == expected.count, "\(query)")
            }
            for condition in Self.conditions { try check([condition]) }
            var dice = Dice(seed: 5)
            for _ in 0..<60 {
                let chosen = (0..<2 + dice.roll(3)).map { _ in dice.pick(Self.conditions) }
                // Conditions of one kind combine otherwise.
                let kinds = chosen.flatMap { $0.query.split(separator: "&").map { $0.prefix { $0 != "=" } } }
                let isApart = chosen.map { Set($0.query.split(separator: "&").map { $0.prefix { $0 != "=" } }).count }
                guard Set(kinds).count == isApart.reduce(0, +) else { continue }
                try check(chosen)
            }
        }
    }

    @Test func `the settings' zone and start of day decide the day, unless another zone is given`() async throws {
        try await withServer { server in
            let trader = try Trader(server)
            try trader.trade(["exit_price": "101", "closed_at": "2026-11-10T02:00:00Z"])
            func count(_ query: String) throws -> Int? { try trader.ask("/trades?\(query)")["total"].count }
            #expect(try count("date_from=2026-11-10") == 1)
            try trader.ask("PUT", "/settings", ["zone": "America/New_York"])
            #expect(try count("date_from=2026-11-10") == 0)
            #expect(try count("date_to=2026-11-09") == 1)
            #expect(try count("date_from=2026-11-10&zone=UTC") == 1)
            try trader.ask("PUT", "/settings", ["zone": "UTC", "start_of_day_minutes": 180])
            #expect(try count("date_from=2026-11-10") == 0)
        }
    }
}
