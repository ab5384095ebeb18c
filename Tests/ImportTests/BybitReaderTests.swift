import Journal
import Primitives
import Testing

@Suite struct BybitReaderTests {
    @Test func `the unified log has two rows for spot, one for derivatives, and fees below zero`() throws {
        try expectRows(
            "bybit_uta_log", .bybit,
            [
                "4 2026-06-05T08:22:50.000Z BTC_EUR sell 0.00003 @ 53842.9 fee 0.0040382175 #0",
                "6 2026-06-05T08:22:20.000Z BTC_EUR buy 0.00007 @ 53873.6 fee 0.000000175 BTC #0",
                "7 skipped: It is a transfer.",
                "8 skipped: Funding is no trade.",
                "9 2026-06-04T19:11:48.000Z SOL_USDT buy 2 @ 141 fee 0.1551 #0",
                "10 2026-06-04T18:00:00.000Z SOL_USDT sell 2 @ 143 fee -0.0286 #0",
                "11 2026-06-03T18:00:00.000Z BTC_USD sell 100 @ 68000 fee 0.0000008 BTC #0",
            ])
        try expectTraits(
            "bybit_uta_log", ["spot", "spot", "perpetual closes", "perpetual opens", "inverse_perpetual opens"])
    }

    @Test func `the log with ids of trades names the fills by them`() throws {
        let text = """
            Currency,Contract,Type,Direction,Quantity,Position,Filled Price,Funding,Fee Paid,Cash Flow,Change,Wallet Balance,\
            Action,OrderId,TradeId,Time
            USDT,ABCUSDT,TRADE,BUY,2,2,100,0,-0.11,0,-0.11,1000,OPEN,o1,x1,2026-01-10 10:00:00.000
            CCC,CCCUSDT,TRADE,BUY,10,0,2,0,0,10,10,10,--,o5,x5,2026-01-10 11:00:00.000
            USDT,CCCUSDT,TRADE,BUY,-20,0,2,0,-0.02,-20,-20.02,980,--,o5,x5,2026-01-10 11:00:00.000
            USDT,DDDUSDT,TRADE,BUY,-7,0,7,0,0,-7,-7,980,--,o6,x6,2026-01-10 12:00:00.000
            """
        #expect(
            try importRows(text).map(shown) == [
                "2 2026-01-10T10:00:00.000Z ABC_USDT buy 2 @ 100 fee 0.11 #0 x1",
                "4 2026-01-10T11:00:00.000Z CCC_USDT buy 10 @ 2 fee 0.02 #0 x5",
                "5 refused: The log has two rows for a fill of DDDUSDT on spot, one for each coin, and the file has only that of "
                    + "USDT: export the log for all coins.",
            ])
    }

    @Test func `an option is delivered at zero`() throws {
        let text = """
            Market,Filled Type,Filled Quantity,Filled Price,Order Price,Fee Rate,Trading Fee,feeCoin,ExecFeeV2,Direction,\
            Order Type,Trasaction ID,Order No.,Transaction Time(UTC+0)
            ETH-26JUN26-9000-C-USDT,Delivery,3,0,0,0,0,USDT,0,Sell,--, d-2, o-2,08:00 2026-06-26
            ETH-26JUN26-9000-C-USDT,Trade,3,25,25,0.0003,0.09,USDT,0.09,Buy,Limit, d-1, o-1,09:00 2026-06-11
            """
        #expect(
            try importRows(text).map(shown) == [
                "2 2026-06-26T08:00:00.000Z ETH-26JUN26-9000-C_USDT sell 3 @ 0 fee 0 #0 d-2",
                "3 2026-06-11T09:00:00.000Z ETH-26JUN26-9000-C_USDT buy 3 @ 25 fee 0.09 #0 d-1",
            ])
        #expect(try fills(importRows(text)).map(\.effect) == [.closes, nil])
    }

    @Test(arguments: [
        "Contracts,Closing Direction,Qty,Entry Price,Exit Price,Closed P&L,Exit Type,Trade Time(UTC+0)",
        "Market,Order Quantity,Entry Price,Exit Price,Opening Fee,Closing Fee,Funding Fee,Trade Type,Realized P&L,Trade time",
    ])
    func `closed P&L is refused by name`(header: String) throws {
        try expectWrongExport(header, "Bybit closed P&L", wants: "Trade history")
    }
}
