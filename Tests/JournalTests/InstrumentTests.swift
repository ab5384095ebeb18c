import Foundation
import Journal
import Primitives
import Testing

@Suite struct InstrumentTests {
    @Test(
        arguments: [
            ("ESZ6", "ES", 12, "ESZ6", 2026), ("ESZ26", "ES", 12, "ESZ26", 2026),
            ("mesh2026", "MES", 3, "MESH26", 2026),
            ("/ESZ26:XCME", "ES", 12, "ESZ26", 2026), ("CME_MINI:NQM2027", "NQ", 6, "NQM27", 2027),
            ("ES 12-26", "ES", 12, "ESZ26", 2026), ("MNQ SEP27", "MNQ", 9, "MNQU27", 2027),
            ("6EZ5", "6E", 12, "6EZ5", 2025),
            ("FDAXH27", "FDAX", 3, "FDAXH27", 2027), ("M2KU6", "M2K", 9, "M2KU6", 2026),
            ("CLF0", "CL", 1, "CLF0", 2030),
            ("ZBZ99", "ZB", 12, "ZBZ99", 2099),
        ] as [(String, String, Int, String, Int)])
    func `a future's symbol tells root, month and year`(
        text: String, root: String, month: Int, name: String, year: Int
    ) throws {
        let future = try #require(FuturesSymbol(text))
        #expect(future.root == root)
        #expect(future.month == month)
        #expect(future.name == name)
        #expect(future.year(tradedIn: 2026) == year)
        #expect(try Symbol.canonical(text) == name)
    }

    @Test(
        arguments: [
            "ES", "AAPL", "BTC_USDT", "BTCUSDT", "Z6", "ESZ", "ESA6", "ESZ126", "ES 13-26", "ES 00-26", "ES 12-2026",
            "",
            "/", ":", "12Z6", "TOOLONGZ6", "BTC-27DEC26", "ES DEZ26", "É SZ6",
        ])
    func `what has no month and year behind a root is no future`(text: String) {
        #expect(FuturesSymbol(text) == nil)
    }

    @Test func `a name that only looks like a future's stays as it is`() throws {
        #expect(try Symbol.canonical("QQQZ2026") == "QQQZ2026")
        #expect(try Symbol.canonical("btcusdt") == "BTC_USDT")
    }

    @Test func `every line of the data file is an instrument, and each is there once`() throws {
        let text = try String(decoding: Fixture.source("Sources/Journal/Resources/instruments.csv"), as: UTF8.self)
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.count == KnownInstruments.all.count)
        #expect(lines.count > 100)
        #expect(Set(KnownInstruments.all.map { "\($0.exchange) \($0.symbol) \($0.kind)" }).count == lines.count)
        for one in KnownInstruments.all { #expect(one.exchange == one.exchange.lowercased()) }
    }

    @Test(
        arguments: [
            ("", "ES", .future, "50"), ("tradovate", "ESZ6", .future, "50"), ("", "MESH2026", nil, "5"),
            ("", "M2KU6", nil, "5"), ("", "6JZ26", nil, "12500000"), ("", "MBTF7", nil, "0.1"),
            ("", "FDXSZ26", nil, "1"), ("metatrader", "XAU_USD", .cfd, "100"),
            ("metatrader", "XAG_EUR", .forex, "5000"), ("okx", "BTC_USDT", .perpetual, "0.01"),
            ("okx", "BTC-27DEC26_USDT", .future, "0.01"), ("binance", "ETH_USD", .inversePerpetual, "10"),
            ("binance", "BTC_USD", .inversePerpetual, "100"),
            ("okx", "BTC-25DEC26_USD", .inverseFuture, "100"), ("bitmex", "BTC-Z26_USD", .inverseFuture, "1"),
            ("deribit", "BTC-27MAR26-120000-C", .option, "1"),
        ] as [(String, String, MarketKind?, String)])
    func `what comes with the program is found`(exchange: String, symbol: String, kind: MarketKind?, size: String)
        throws
    {
        let found = try #require(KnownInstruments.find(exchange: exchange, symbol: symbol, kind: kind))
        #expect(found.multiplier.description == size)
    }

    @Test(
        arguments: [
            ("", "ES", nil), ("", "ES", .stock), ("", "CL", nil), ("", "BTC_USDT", nil),
            ("bybit", "BTC_USDT", .perpetual),
            ("okx", "BTC_USDT", .spot), ("okx", "PEPE_USDT", .perpetual), ("", "EUR_USD", .forex), ("", "QQQZ6", nil),
            ("metatrader", "US500", .cfd), ("metatrader", "EUR_USD", .forex), ("", "QQQZ6", .future),
            ("binance", "BTC_USD", .perpetual), ("bitmex", "ETH_USD", .inversePerpetual),
        ] as [(String, String, MarketKind?)])
    func `what is not known is not guessed`(exchange: String, symbol: String, kind: MarketKind?) {
        #expect(KnownInstruments.find(exchange: exchange, symbol: symbol, kind: kind) == nil)
    }
}
