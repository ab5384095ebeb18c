import Journal
import Primitives
import Testing

@Suite struct FuturesReaderTests {
    /// As an instrument says it.
    private var options: ImportOptions {
        var options = ImportOptions()
        options.contractSize = { symbol, kind in
            guard kind == .future else { return nil }
            return symbol.hasPrefix("ES") ? Amount(whole: 50) : symbol.hasPrefix("MNQ") ? Amount(whole: 2) : nil
        }
        return options
    }

    @Test func `NinjaTrader's executions are fills of dated futures`() throws {
        let rows = try importRows(Fixture.bytes("ninjatrader_executions"), options)
        #expect(
            rows.map(shown) == [
                "2 2026-09-16T15:31:02.000Z ESZ26 buy 2 @ 6950.25 fee 4.5 #0 303363433426_1",
                "3 2026-09-16T15:41:02.000Z ESZ26 sell 1 @ 6960.25 fee 2.25 #0 303363433427_1",
                "4 2026-09-16T16:00:00.000Z MNQZ26 sell 1 @ 25000.5 fee 0 #0 303363433428_1",
                "5 2026-09-16T16:05:00.000Z MNQZ26 buy 1 @ 24990.5 fee 0 #0 303363433429_1",
                "6 refused: \"1\" is a number of contracts of XYZZ26, and nobody has said how large one is: say it by "
                    + "`daybook instrument set XYZZ26 --multiplier …` and import again.",
                "7 refused: The symbol (column “Instrument”) \"AAPL\" is no future with its month and year, as ES 12-26 or "
                    + "ESZ6.",
            ])
        #expect(fills(rows).map(\.effect) == [.opens, .closes, .opens, .closes])
        #expect(fills(rows).allSatisfy { $0.marketKind == .future })
    }

    @Test func `Tradovate's fills have their exact time in UTC and one name with those of others`() throws {
        #expect(
            try importRows(Fixture.bytes("tradovate_fills"), options).map(shown) == [
                "2 2026-06-14T23:03:54.732Z ESM26 buy 1 @ 7494.25 fee 1.29 #540725260010 540725260010",
                "3 2026-06-14T23:04:19.743Z ESM26 sell 1 @ 7494.75 fee 1.29 #540725260021 540725260021",
                "4 refused: \"1\" is a number of contracts of QQM26, and nobody has said how large one is: say it by "
                    + "`daybook instrument set QQM26 --multiplier …` and import again.",
            ])
    }

    @Test(arguments: [
        "symbol,_priceFormat,_priceFormatType,_tickSize,buyFillId,sellFillId,qty,buyPrice,sellPrice,pnl,boughtTimestamp,"
            + "soldTimestamp,duration",
        "Trade number,Instrument,Account,Strategy,Market pos.,Qty,Entry price,Exit price,Entry time,Exit time,Entry name,"
            + "Exit name,Profit,Cum. net profit,Commission,",
        "orderId,Account,Order ID,B/S,Contract,Product,Product Description,avgPrice,filledQty,Fill Time,lastCommandId,Status",
        "Trade #,Type,Date/Time,Signal,Price USD,Position size (qty),Position size (value),Net P&L USD",
    ])
    func `lists of whole trades, orders and tests are refused by name, with the export that is wanted`(header: String)
        throws
    {
        let failure = #expect(throws: Failure.self) { try importRows(header + "\n1,2,3\n") }
        #expect(failure?.code == "import.wrong_export")
    }
}
