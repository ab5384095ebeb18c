import Journal
import Primitives
import Testing

@Suite struct StockBrokerReaderTests {
    @Test func `Schwab's transactions give shares and options in dollars`() throws {
        let rows = try importRows(Fixture.bytes("schwab_transactions"))
        #expect(
            rows.map(shown) == [
                "3 skipped: The row is no trade: its kind is \"Bank Interest\".",
                "4 2026-03-20T00:00:00.000Z AAPL-17APR26-200-C_USD sell 2 @ 6.1 fee 1.33 #0",
                "5 2026-03-18T00:00:00.000Z AAPL-17APR26-200-C_USD buy 2 @ 4.5 fee 1.32 #0",
                "6 2026-03-17T00:00:00.000Z BRK.B_USD sell 10 @ 490.1234 fee 0.16 #0",
                "7 2026-03-16T00:00:00.000Z RCAX_USD sell 1200 @ 5.525 fee 0.2 #0",
                "8 2026-03-13T00:00:00.000Z RCAX_USD buy 1200 @ 5.25 fee 0 #0",
                "9 refused: The row changes how many shares are held: Daybook does not read that.",
                "10 refused: The row does not say which way it changes the position: enter by hand what was closed.",
                "11 skipped: The row is no trade: its kind is \"Qualified Dividend\".",
                "12 skipped: The row is the sum of the others.",
            ])
        #expect(fills(rows).map(\.marketKind) == [.option, .option, .stock, .stock, .stock])
        #expect(fills(rows).map(\.effect) == [.closes, .opens, nil, nil, nil])
    }

    @Test func `what was paid says how many shares a Schwab option is on, or the row is refused`() throws {
        let header = #""Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount""#
        let good = #""03/18/2026","Buy to Open","TNA 04/17/2026 50.00 P","PUT","3","$1.25","$1.95","-$39.45""#
        let bad = #""03/18/2026","Buy to Open","TNA 04/17/2026 60.00 P","PUT","3","$1.25","$1.95","-$41.00""#
        var reader = try ImportReader(account: .main, nextChunk: chunks(Array("\(header)\n\(good)\n\(bad)\n".utf8)))
        let rows = try #require(try reader.nextBatch())
        #expect(shown(rows[0]) == "2 2026-03-18T00:00:00.000Z TNA-17APR26-50-P_USD buy 3 @ 1.25 fee 1.95 #0")
        #expect(shown(rows[1]).hasPrefix("3 refused: The total (column “Amount”) \"-$41.00\" does not tell"))
        // 39.45 - 1.95 = 37.50 = 3 × 1.25 × 10.
        #expect(reader.contracts.map(\.size) == [Amount(whole: 10)])
    }

    @Test func `fees of Schwab's may be more than what an option was sold for`() throws {
        let text = """
            "Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount"
            "03/18/2026","Sell to Close","TNA 04/17/2026 50.00 P","PUT","1","$0.01","$1.32","-$0.32"
            """
        #expect(
            try importRows(text).map(shown) == [
                "2 2026-03-18T00:00:00.000Z TNA-17APR26-50-P_USD sell 1 @ 0.01 fee 1.32 #0"
            ])
    }

    @Test func `Trading 212 has fees in many columns, and pence`() throws {
        #expect(
            try importRows(Fixture.bytes("trading212")).map(shown) == [
                "2 skipped: The row is no trade: its kind is \"Deposit\".",
                "3 2026-01-05T14:30:03.613Z CSCO_USD buy 2.029053 @ 75.96 fee 0.18 GBP #0 EOF7504196256",
                "4 2026-01-06T09:00:00.000Z VOD_GBP buy 1000 @ 0.6954 fee 3.48 #0 EOF7504196257",
                "5 2026-01-07T09:00:00.000Z VOD_GBP sell 1000 @ 0.71 fee 0 #0 EOF7504196258",
                "6 refused: The fees are in GBP and in EUR: Daybook keeps one fee for a fill.",
                "7 skipped: The row is no trade: its kind is \"Dividend (Dividend)\".",
                "8 refused: The row changes how many shares are held: Daybook does not read that.",
            ])
    }

    @Test func `older exports of Trading 212 name the currency in the column`() throws {
        let text = """
            Action,Time,ISIN,Ticker,Name,No. of shares,Price / share,Currency (Price / share),Exchange rate,Total (EUR),ID,\
            Stamp duty (EUR),Currency conversion fee (EUR)
            Market buy,2021-02-03 15:00:00,US1,F,Ford,10,11.5,USD,1.2,95.99,EOF9,0.05,0.14
            Market sell,2021-02-04 15:00:00,US1,F,Ford,10,11.6,USD,1.2,96.5,EOF10,,-0.14
            """
        let rows = try importRows(text).map(shown)
        #expect(rows[0] == "2 2021-02-03T15:00:00.000Z F_USD buy 10 @ 11.5 fee 0.19 EUR #0 EOF9")
        #expect(rows[1].contains("refused: “Currency conversion fee (EUR)” is \"-0.14\""))
    }
}
