import Journal
import Primitives
import Testing

@Suite struct InteractiveBrokersReaderTests {
    @Test func `a Flex query with several sections gives its trades`() throws {
        let rows = try importRows(Fixture.bytes("ibkr_flex"))
        #expect(
            rows.map(shown) == [
                "5 2026-01-05T09:30:00.000Z BRK.B_USD buy 10 @ 490.5 fee 1 #7001 7001",
                "6 skipped: The row sums up executions: Daybook reads those themselves.",
                "7 2026-01-05T10:15:00.000Z AAPL-20MAR26-202.5-C_USD sell 2 @ 4.5 fee 1.3 #7002 7002",
                "8 2026-03-20T16:20:00.000Z AAPL-20MAR26-202.5-C_USD buy 2 @ 0 fee 0 #7003 7003",
                "9 2026-01-06T15:45:01.000Z ESH26 buy 1 @ 6950.25 fee 2.25 #7004 7004",
                "10 2026-01-07T08:00:00.000Z EUR_USD sell 20000 @ 1.1712 fee 1.7 CHF #7005 7005",
                "11 refused: Daybook does not read trades of the market (column “AssetClass”) \"BOND\".",
                "12 refused: The side (column “Buy/Sell”) \"SELL\" and the quantity \"5\" do not say the same.",
            ])
        #expect(fills(rows).map(\.marketKind) == [.stock, .option, .option, .future, .forex])
        #expect(fills(rows).map(\.effect) == [.opens, .opens, .closes, .reduces, nil])
    }

    @Test func `rows say how large their contracts are`() throws {
        var reader = try ImportReader(account: .main, nextChunk: chunks(try Fixture.bytes("ibkr_flex")))
        while try reader.nextBatch() != nil {}
        #expect(
            reader.contracts.map { "\($0.symbol) \($0.size)" } == ["AAPL-20MAR26-202.5-C_USD 100", "ESH26 50"])
    }

    @Test func `the marks HEADER and DATA are read as well, and day and time apart`() throws {
        let text = """
            BOF,U1,ACTIVITY,20260131,20260101,20260131
            HEADER,CTRN,ClientAccountID,CurrencyPrimary,Amount
            DATA,CTRN,U1,USD,5
            HEADER,TRNT,AssetClass,CurrencyPrimary,Symbol,TradeDate,TradeTime,Quantity,TradePrice,IBCommission
            DATA,TRNT,STK,EUR,SAP,20260115,103000,7,201.5,-1.25
            DATA,TRNT,STK,EUR,SAP,20260115,110000,-7,202.5,-1.25
            EOF,U1
            """
        #expect(
            try importRows(text).map(shown) == [
                "5 2026-01-15T10:30:00.000Z SAP_EUR buy 7 @ 201.5 fee 1.25 #0",
                "6 2026-01-15T11:00:00.000Z SAP_EUR sell 7 @ 202.5 fee 1.25 #0",
            ])
    }

    @Test func `an activity statement gives executions, or the orders that have none`() throws {
        let rows = try importRows(Fixture.bytes("ibkr_activity"))
        #expect(
            rows.map(shown) == [
                "7 2026-01-23T12:46:38.000Z AMC_USD buy 50 @ 39.83 fee 1 #0",
                "8 skipped: The order's executions follow it.",
                "9 2026-01-30T11:55:26.000Z AMC_USD sell 20 @ 33.8 fee 0.4 #0",
                "10 2026-01-30T11:55:27.000Z AMC_USD sell 30 @ 33.8 fee 0.614569 #0",
                "13 2026-02-02T10:00:00.000Z SPY-20MAR26-700-P_USD sell 3 @ 4.115 fee 2.1 #0",
                "14 2026-03-20T16:20:00.000Z SPY-20MAR26-700-P_USD buy 3 @ 0 fee 0 #0",
                "16 2026-04-01T09:31:00.000Z MESM26 buy 2 @ 6000.25 fee 1.24 #0",
                "18 2026-04-02T10:00:00.000Z USD_CAD buy 25000 @ 1.38 fee 2 USD #0",
            ])
        var reader = try ImportReader(account: .main, nextChunk: chunks(try Fixture.bytes("ibkr_activity")))
        while try reader.nextBatch() != nil {}
        #expect(reader.contracts.map { "\($0.symbol) \($0.size)" } == ["MESM26 5", "SPY-20MAR26-700-P_USD 100"])
    }

    @Test func `an option whose size nothing tells is refused`() throws {
        let text = """
            CurrencyPrimary,AssetClass,Symbol,TradeID,DateTime,Quantity,TradePrice,IBCommission
            USD,OPT,AAPL  260320C00200000,1,20260105;093000,1,4.5,-1
            """
        let row = try #require(try importRows(text).first)
        #expect(shown(row).contains("refused") && shown(row).contains("daybook instrument set AAPL-20MAR26-200-C_USD"))
    }
}
