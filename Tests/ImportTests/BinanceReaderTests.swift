import Journal
import Primitives
import Testing

@Suite struct BinanceReaderTests {
    @Test func `the transaction history gives one fill for a moment, or none where it would be a guess`() throws {
        let refused = { (line: Int) in
            "\(line) refused: The rows of this moment (lines 12 to 15) are not one coin for one other (ETH, SOL, USDT), and "
                + "nothing tells which belong together: on Binance export the Trade history instead."
        }
        try expectRows(
            "binance_statement", .binance,
            [
                "2 skipped: The row is no trade: its kind is \"Deposit\".",
                "3 2026-01-03T10:00:00.000Z BTC_USDT buy 0.004 @ 95100 fee 0.0004 BNB #0",
                "9 2026-01-04T10:00:00.000Z BTC_USDT sell 0.002 @ 96000 fee 0.192 #0",
                refused(12), refused(13), refused(14), refused(15),
                "16 2026-01-06T09:30:00.000Z ETH_USDC sell 0.5 @ 3300 fee 0 #0",
                "18 skipped: The row is no trade: its kind is \"Realized Profit and Loss\".",
                "19 skipped: The row is of the account \"USDT-Futures\", whose fills are not in this export: export its own "
                    + "trade history.",
            ])
        try expectTraits("binance_statement", ["spot", "spot", "spot"])
    }

    @Test func `fees in two coins in one moment are refused`() throws {
        let text = """
            User_ID,UTC_Time,Account,Operation,Coin,Change,Remark
            1,2026-01-03 10:00:00,Spot,Transaction Buy,BTC,0.001,
            1,2026-01-03 10:00:00,Spot,Transaction Spend,USDT,-95,
            1,2026-01-03 10:00:00,Spot,Transaction Fee,BNB,-0.0001,
            1,2026-01-03 10:00:00,Spot,Transaction Fee,BTC,-0.000001,
            """
        let rows = try importRows(text)
        #expect(fills(rows).isEmpty)
        #expect(rows.count == 4)
    }

    @Test func `Binance US says what was exchanged for what`() throws {
        try expectRows(
            "binance_us", .binance,
            [
                "2 skipped: It is a deposit.",
                "3 2026-02-02T12:00:00.456Z SOL_USD buy 2.5 @ 140 fee 0.35 #0",
                "4 2026-02-03T12:00:00.789Z SOL_USD sell 1.25 @ 144 fee 0.0002 BNB #0",
            ])
    }

    @Test func `orders and positions are refused by name`() throws {
        try expectWrongExport(
            "Time,OrderNo,Pair,Type¹,Side,Order Price,Order Amount,Time,Executed²,Average Price,Trading total³,Status",
            "Binance order history", wants: "Trade history")
        try expectWrongExport(
            "Symbol,Margin Mode,Position Side,Entry Price,Avg. Close Price,Max Open Interest,Closed Vol.,Closing PNL,Opened,"
                + "Closed,Status", "Binance position history", wants: "Trade history")
    }

    @Test func `older layouts of USD-M futures have the fee's coin in a column, or none`() throws {
        let named = """
            Date(UTC),Symbol,Side,Price,Quantity,Amount,Fee,Fee Coin,Realized Profit,Quote Asset
            2023-09-11 11:00:00,BTCUSDT,SELL,61000,0.1,6100,2.44,USDT,100,USDT
            2023-09-10 10:00:00,BTCUSDT,BUY,60000,0.1,6000,0.0075,BNB,0,USDT
            """
        #expect(
            try importRows(named).map(shown) == [
                "2 2023-09-11T11:00:00.000Z BTC_USDT sell 0.1 @ 61000 fee 2.44 #0",
                "3 2023-09-10T10:00:00.000Z BTC_USDT buy 0.1 @ 60000 fee 0.0075 BNB #0",
            ])
        let short = """
            Date(UTC),Symbol,Side,Price,Qty,Realized Profit,Quote Asset,Base Asset,Fee,Fee Coin
            2023-01-10 15:00:00,BTCUSDT,SELL,16500,0.01,25.00,USDT,BTC,0.48,USDT
            """
        #expect(
            try importRows(short).map(shown) == ["2 2023-01-10T15:00:00.000Z BTC_USDT sell 0.01 @ 16500 fee 0.48 #0"])
    }
}
