import Journal
import Primitives
import Testing

@Suite struct PlatformReaderTests {
    @Test func `TradingView's filled orders are fills, with commissions in the currency of their margin`() throws {
        var options = ImportOptions()
        options.contractSize = { symbol, _ in symbol == "ES" ? Amount(whole: 50) : nil }
        let rows = try importRows(Fixture.bytes("tradingview_orders"), options)
        #expect(
            rows.map(shown) == [
                "2 2026-08-26T05:16:49.000Z TRX_USDT sell 207118.5 @ 0.34283 fee 42.5 USD #2240149873 2240149873",
                "3 2026-08-26T04:31:18.000Z TRX_USDT buy 207118.5 @ 0.34174 fee 42.5 USD #2240088365 2240088365",
                "4 2026-08-25T15:00:00.000Z AAPL_USD buy 100 @ 188 fee 0 #1005 1005",
                "5 skipped: The order was not filled.",
                "6 2026-08-24T16:24:28.000Z ES sell 5 @ 6934.75 fee 0 #1003 1003",
                "7 refused: \"1\" is a number of contracts of GC, and nobody has said how large one is: say it by "
                    + "`daybook instrument set GC --multiplier …` and import again.",
                "8 refused: The fee (column “Commission”) \"0.5\" is in the account's currency, which the row does not say: "
                    + "say it by --currency USD, or whatever it is.",
            ])
        #expect(fills(rows).map(\.marketKind) == [.perpetual, .perpetual, .stock, .future])
    }

    @Test func `ccxt's trades are read from JSON, with the size of a contract that the cost tells`() throws {
        let bytes = try Fixture.bytes("ccxt_trades.json")
        let rows = try importRows(bytes)
        #expect(
            rows.map(shown) == [
                "1 2026-01-05T08:00:00.123Z ETH_BTC buy 1.5 @ 0.03921 fee 0.0015 ETH #28457 28457",
                "2 2026-01-05T09:00:00.000Z BTC_USDT sell 98 @ 90000.5 fee 17.6 #28458 28458",
                "3 2026-01-05T09:00:00.001Z BTC_USD sell 100 @ 90000 fee 0.0000001 BTC #28459 28459",
                "4 refused: The trade has several fees: Daybook keeps one fee for a fill.",
                "5 refused: The trade is no JSON that can be read.",
            ])
        #expect(fills(rows).map(\.marketKind) == [.spot, .perpetual, .inversePerpetual])
        #expect(try importRows(bytes, size: { 1 }).map(shown) == rows.map(shown))
        var reader = try ImportReader(account: .main, nextChunk: chunks(bytes))
        while try reader.nextBatch() != nil {}
        #expect(reader.contracts.map { "\($0.symbol) \($0.size)" } == ["BTC_USDT 0.01"])
    }

    @Test func `ccxt's trades are read as a table`() throws {
        let text = """
            timestamp,datetime,symbol,id,order,type,side,takerOrMaker,price,amount,cost,fee.cost,fee.currency
            1767600000123,2026-01-05T08:00:00.123Z,ETH/BTC,28457,o,limit,buy,taker,0.03921,1.5,0.058815,0.0015,ETH
            """
        #expect(
            try importRows(text).map(shown) == [
                "2 2026-01-05T08:00:00.123Z ETH_BTC buy 1.5 @ 0.03921 fee 0.0015 ETH #28457 28457"
            ])
    }

    @Test func `a list in JSON that is cut off says so`() throws {
        let rows = try importRows(#"[{"id": "1", "symbol": "BTC/USDT", "fee": {"cost": 1"#).map(shown)
        #expect(rows == ["1 refused: The trade is not closed: perhaps the file is cut off."])
    }
}
