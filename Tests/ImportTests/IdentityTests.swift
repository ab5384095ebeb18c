import Journal
import Primitives
import Sync
import Testing

@Suite struct IdentityTests {
    /// The header and the rows of a fixture, each with its line break.
    private func lines(_ name: String) throws -> (header: String, rows: [String]) {
        let text = String(decoding: try Fixture.bytes(name), as: UTF8.self)
        let all = text.split(whereSeparator: \.isNewline).map { $0 + "\n" }
        return (String(all[0]), all.dropFirst().map(String.init))
    }

    @Test func `an account is named by its exchange, its environment and its label`() {
        let account = Account.named(exchange: "Binance", environment: .live, label: "main")
        #expect(account.exchange == "binance")
        #expect(account.id == .derived("account", ["binance", "live", "main"]))
        #expect(account == .named(exchange: "binance", environment: .live, label: "main"))
        #expect(account.id != Account.named(exchange: "binance", environment: .paper, label: "main").id)
    }

    private static let account = Account.main.id.description

    @Test func `a fill with an exchange's trade id is named by it, its side, price and quantity`() throws {
        let header = "Uid,Time,Symbol,Side,Price,Quantity,Amount,Fee,Realized Profit,Buyer,Maker,Trade ID,Order ID\n"
        let found = try fills(
            importRows(
                header + "1,2026-05-01 00:00:00,BTCUSDT,BUY,1.50,2,3,0USDT,0,true,false,77,1\n"
                    + "1,2026-05-01 00:00:00,BTCUSDT,SELL,1.50,2,3,0USDT,0,true,false,77,1\n"
                    + "1,2026-05-01 03:00:00,BTCUSDT,BUY,1.5,2.0,3,0.1USDT,0,true,false,77,1\n"))
        let parts = [Self.account, "trade", "BTC_USDT", "77"]
        #expect(found[0].id == .derived("fill", parts + ["buy", "1.5", "2"]))
        #expect(found[1].id == .derived("fill", parts + ["sell", "1.5", "2"]))
        #expect(found[2].id == found[0].id)
        #expect(found[0].externalID == "77" && found[0].account == Account.main.id)
    }

    @Test func `in a generic file an id may be an order's, so the time and the place among equal rows count too`()
        throws
    {
        let rows = ["2026-05-01,BTCUSDT,buy,1,2,0,,77", "2026-05-02,BTCUSDT,buy,1,2,0,,77"]
        let text = ([ImportFormat.genericHeader] + rows + rows).joined(separator: "\n")
        let found = try fills(importRows(text))
        #expect(Set(found.map(\.id)).count == 4)
        let parts = ["BTC_USDT", "buy", "1", "2", "id", "77"]
        #expect(found[0].id == .derived("fill", [Self.account, "row", "1777593600000"] + parts + ["0"]))
        #expect(found[2].id == .derived("fill", [Self.account, "row", "1777593600000"] + parts + ["1"]))
    }

    @Test func `a fill without a trade id is named by all that is said of it`() throws {
        let text = "time,symbol,side,price,quantity,fee,order id\n2026-05-01,BTCUSDT,buy,1.50,2,0.10,o-1\n"
        let parts = [Self.account, "row", "1777593600000", "BTC_USDT", "buy", "1.5", "2", "0.1"]
        #expect(try fills(importRows(text)).map(\.id) == [.derived("fill", parts + ["o-1", "0"])])
        let withoutOrder = text.split(separator: "\n").map {
            $0.split(separator: ",").dropLast().joined(separator: ",")
        }
        #expect(
            try fills(importRows(withoutOrder.joined(separator: "\n"))).map(\.id) == [.derived("fill", parts + ["0"])])
    }

    @Test func `two equal rows are two fills, and the same two each time`() throws {
        let row = "2026-05-01,BTCUSDT,buy,1,2\n"
        let other = "2026-05-01,BTCUSDT,buy,1,3\n"
        let once = try fills(importRows("time,symbol,side,price,quantity\n" + row + other + row))
        #expect(Set(once.map(\.id)).count == 3)
        #expect(once.map(\.sequence) == [0, 1, 2])
        let parts = [Self.account, "row", "1777593600000", "BTC_USDT", "buy", "1", "2", "0"]
        #expect(once[0].id == .derived("fill", parts + ["0"]))
        #expect(once[2].id == .derived("fill", parts + ["1"]))
    }

    @Test func `equal rows count however far apart they stand`() throws {
        let row = "2026-05-01,BTCUSDT,buy,1,2\n"
        let text = "time,symbol,side,price,quantity\n\(row)2026-05-02,BTCUSDT,sell,1,2\n\(row)"
        #expect(Set(try fills(importRows(text)).map(\.id)).count == 3)
    }

    @Test(arguments: Fixture.names) func `the same file twice gives the same ids, and no two alike`(name: String) throws
    {
        let first = try importRows(Fixture.bytes(name))
        #expect(try importRows(Fixture.bytes(name)) == first)
        #expect(Set(fills(first).map(\.id)).count == fills(first).count)
    }

    @Test func `another account has other fills`() throws {
        let other = Account.named(exchange: "binance", environment: .live, label: "second")
        let mine = try Set(fills(importRows(Fixture.bytes("demo_binance"))).map(\.id))
        let theirs = try Set(fills(importRows(Fixture.bytes("demo_binance"), account: other)).map(\.id))
        #expect(mine.isDisjoint(with: theirs))
    }

    @Test(arguments: ["demo_binance", "demo_bybit", "binance_spot", "kraken", "hyperliquid"])
    func `an ascending and a descending export agree on everything`(name: String) throws {
        var (header, rows) = try lines(name)
        // A note over two lines cannot be turned around line by line.
        rows.removeAll { $0.contains("quoted") || $0.hasPrefix("note") }
        let forwards = try fills(importRows(header + rows.joined()))
        let backwards = try fills(importRows(header + rows.reversed().joined()))
        #expect(forwards.count > 5)
        #expect(Set(forwards) == Set(backwards))
        #expect(Array(forwards.reversed()) == backwards)
    }

    @Test func `two exports that overlap agree on the rows that both have`() throws {
        let (header, rows) = try lines("demo_binance")
        let all = try fills(importRows(header + rows.joined())).map(\.id)
        for (upper, lower) in [(120, 90), (57, 56), (200, 3)] {
            let newer = try fills(importRows(header + rows[..<upper].joined())).map(\.id)
            let older = try fills(importRows(header + rows[lower...].joined())).map(\.id)
            #expect(Set(newer).intersection(older) == Set(all[lower..<upper]))
            #expect(Set(newer).union(older) == Set(all))
        }
    }

    @Test(arguments: [false, true]) func `a moment of very many rows keeps its order`(isDescending: Bool) throws {
        let count = 17_000
        var rows = (0..<count).map { "1777593600000,BTCUSDT,buy,1,1,f-\($0)\n" }
        rows.insert("1777593599000,BTCUSDT,buy,1,1,first\n", at: 0)
        rows.append("1777593601000,BTCUSDT,buy,1,1,last\n")
        if isDescending { rows.reverse() }
        let found = try fills(importRows("time,symbol,side,price,quantity,id\n" + rows.joined()))
        #expect(found.count == count + 2)
        let inTime = found.sorted { ($0.time, $0.sequence) < ($1.time, $1.sequence) }
        #expect(inTime.dropFirst().dropLast().map(\.externalID) == (0..<count).map { "f-\($0)" })
    }
}
