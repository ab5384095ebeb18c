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
                "11 skipped: The row is no trade: its kind is \"Qualified Dividend\".",
                "12 skipped: The row is the sum of the others.",
                "10 refused: The row closes 1 of AAPL-06MAR26-300-C_USD without a side, and the fills before it in the file "
                    + "leave 0: export from the beginning of the position.",
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

    @Test func `an option of Schwab's that expired closes at zero what stood of it`() throws {
        let header = #""Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount""#
        let rows = [
            #""04/20/2026 as of 04/17/2026","Expired","TNA 04/17/2026 50.00 P","PUT","3","","","""#,
            #""04/20/2026 as of 04/17/2026","Expired","TNA 04/17/2026 60.00 P","PUT","1","","","""#,
            #""04/20/2026 as of 04/17/2026","Assigned","TNA 04/17/2026 60.00 P","PUT","1","","","""#,
            #""04/17/2026","Buy to Open","TNA 04/17/2026 50.00 P","PUT","1","$0.10","$0.65","-$10.65""#,
            #""03/18/2026","Buy to Open","TNA 04/17/2026 50.00 P","PUT","2","$1.25","$1.30","-$251.30""#,
            #""03/18/2026","Sell to Open","TNA 04/17/2026 60.00 P","PUT","1","$1.25","$0.65","$124.35""#,
        ]
        let read = try importRows(([header] + rows).joined(separator: "\n"))
        #expect(
            read.filter { $0.line <= 4 }.map(shown) == [
                "4 refused: An option was assigned or exercised: close it by hand at a price of zero. The shares that changed "
                    + "hands have a row of their own.",
                "2 2026-04-17T00:00:00.000Z TNA-17APR26-50-P_USD sell 3 @ 0 fee 0 #9223372036854775807",
                "3 refused: The file has an assignment or an exercise of TNA-17APR26-60-P_USD too, and may write one closing "
                    + "twice: enter by hand what was closed.",
            ])
        #expect(fills(read).last?.effect == .closes)
    }

    @Test func `a file that begins in the middle of a position does not say what expired`() throws {
        let text = """
            "Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount"
            "04/17/2026","Expired","TNA 04/17/2026 50.00 P","PUT","1","","",""
            "04/10/2026","Buy to Close","TNA 04/17/2026 50.00 P","PUT","1","$0.10","$0.65","-$10.65"
            """
        let rows = try importRows(text)
        #expect(fills(rows).map(\.side) == [.buy])
        #expect(
            rows.last.map(shown)
                == "2 refused: The row closes 1 of TNA-17APR26-50-P_USD without a side, and the fills before it in the file leave "
                + "more closed than opened: export from the beginning of the position.")
    }

    @Test func `thinkorswim's trades are joined with what they cost, and legs of one order are refused`() throws {
        var options = ImportOptions()
        options.contractSize = { symbol, _ in symbol == "ESM26" ? Amount(whole: 50) : nil }
        let legs =
            "The row is a leg of an order of several, whose fees stand in one sum: import the transactions from schwab.com "
            + "instead (Accounts → Transaction History → Export), which have the fees of each."
        let rows = try importRows(Fixture.bytes("thinkorswim_statement"), options)
        #expect(
            rows.map(shown) == [
                "26 2026-06-09T09:45:10.000Z ESM26 buy 1 @ 6010.25 fee 3.63 #0",
                "27 2026-06-05T13:00:00.000Z TMDE_USD sell 100 @ 4.6 fee 0.01 #0",
                "28 refused: \(legs)",
                "29 refused: \(legs)",
                "30 2026-06-04T11:15:00.000Z QQQ-08JUN26-721-C_USD buy 2 @ 0.48 fee 1.33 #0",
                "31 2026-06-03T10:02:11.000Z AIFF_USD sell 2180 @ 1.7117 fee 0.37 #0",
                "32 2026-06-02T09:31:05.000Z TMDE_USD buy 100 @ 4.52 fee 0 #0",
                "9 refused: \"BOT +1 VERTICAL QQQ 100 12 JUN 26 721/72…\" changed the account, and no row of Account "
                    + "Trade History is the same trade: enter by hand what it was.",
                "11 refused: \"REMOVAL OF OPTION DUE TO EXPIRATION (-2.…\" changed the "
                    + "account, and no row of Account Trade History is the same trade: enter by hand what it was.",
            ])
        #expect(fills(rows).map(\.marketKind) == [.future, .stock, .option, .stock, .stock])
        #expect(fills(rows).map(\.effect) == [.opens, .closes, .opens, .opens, .opens])
        #expect(
            try importNotes(String(decoding: Fixture.bytes("thinkorswim_statement"), as: UTF8.self)).contains("--zone"))
    }

    @Test func `a trade of thinkorswim's whose cost is missing is refused`() throws {
        let text = """
            Cash Balance
            DATE,TIME,TYPE,REF #,DESCRIPTION,Misc Fees,Commissions & Fees,AMOUNT,BALANCE
            6/2/26,09:31:05,TRD,="1",BOT +100 TMDE @4.53,,,-453.00,1

            Account Trade History
            ,Exec Time,Spread,Side,Qty,Pos Effect,Symbol,Exp,Strike,Type,Price,Net Price,Order Type
            ,6/2/26 09:31:05,STOCK,BUY,+100,TO OPEN,TMDE,,,STOCK,4.52,4.52,LMT
            """
        let rows = try importRows(text).map { shown($0).prefix(60) }
        #expect(
            rows
                == [
                    "7 refused: No row of Cash Balance or Futures Statements has t",
                    "3 refused: \"BOT +100 TMDE @4.53\" changed the account, and no ",
                ].map { $0.prefix(60) })
    }

    @Test func `of very many rows about money only so many wait for their trades`() throws {
        func rows(before: Int) throws -> [ImportRow] {
            let other = "6/1/26,09:31:05,TRD,,BOT +1 X @1,,,-1.00,1\n"
            return try importRows(
                "Cash Balance\nDATE,TIME,TYPE,REF #,DESCRIPTION,Misc Fees,Commissions & Fees,AMOUNT,BALANCE\n"
                    + String(repeating: other, count: before) + "6/2/26,09:31:05,TRD,,BOT +1 Y @1,,,-1.00,1\n\n"
                    + "Account Trade History\n,Exec Time,Spread,Side,Qty,Pos Effect,Symbol,Exp,Strike,Type,Price\n"
                    + ",6/2/26 09:31:05,STOCK,BUY,+1,TO OPEN,Y,,,STOCK,1\n")
        }
        #expect(try fills(rows(before: ThinkorswimStatement.cashMax - 1)).count == 1)
        let full = try rows(before: ThinkorswimStatement.cashMax)
        #expect(fills(full) == [])
        #expect(full.count == 1 + ThinkorswimStatement.cashMax)
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
