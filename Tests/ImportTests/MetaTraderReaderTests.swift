import Journal
import Primitives
import Testing

@Suite struct MetaTraderReaderTests {
    @Test func `a position is the fill that opened it and the one that closed it, with its commission and swap`() throws
    {
        let rows = try importRows(Fixture.bytes("mt5_positions"))
        #expect(
            rows.map(shown) == [
                "6 2026-03-02T09:00:00.000Z EUR_USD buy 50000 @ 1.17 fee 0 #4294967302 2001-open",
                "6 2026-03-02T15:30:10.000Z EUR_USD sell 50000 @ 1.1725 fee 3.5 #6 2001-close",
                "7 2026-03-03T10:00:00.000Z USD_JPY sell 100000 @ 150 fee 0 #4294967303 2002-open",
                "7 2026-03-04T11:00:00.000Z USD_JPY buy 100000 @ 149.4 fee 9.1 USD #7 2002-close",
                "8 2026-03-05T08:15:00.000Z GBP_USD sell 1000 @ 1.35 fee 0 #4294967304 2003-open",
                "8 2026-03-05T08:15:00.000Z GBP_USD buy 1000 @ 1.351 fee 0 #8589934600 2003-close",
                "9 refused: \"0.10\" is a number of lots of XAU_USD, and nobody has said how large one is: say it by "
                    + "`daybook instrument set XAU_USD --multiplier …` and import again.",
                "10 refused: \"1.00\" is a number of lots of US30, and nobody has said how large one is: say it by "
                    + "`daybook instrument set US30 --multiplier …` and import again.",
            ])
        #expect(fills(rows).map(\.marketKind) == Array(repeating: .forex, count: 6))
        #expect(fills(rows).map(\.effect) == [.opens, .closes, .opens, .closes, .opens, .closes])
        #expect(fills(rows).map(\.leg) == [.long, .long, .short, .short, .short, .short])
    }

    @Test func `a lot whose size is said is counted in lots`() throws {
        var options = ImportOptions()
        options.contractSize = { symbol, _ in symbol == "XAU_USD" ? Amount(whole: 100) : nil }
        let rows = try importRows(Fixture.bytes("mt5_positions"), options)
        #expect(
            rows.map(shown)[6...7] == [
                "9 2026-03-06T08:15:00.000Z XAU_USD buy 0.1 @ 4182.78 fee 0 #4294967305 2004-open",
                "9 2026-03-06T09:15:00.000Z XAU_USD sell 0.1 @ 4192.78 fee 0.4 #9 2004-close",
            ])
    }

    @Test func `deals wait for the profit that shows the account's currency`() throws {
        let rows = try importRows(Fixture.bytes("mt5_deals"))
        #expect(
            rows.map(shown) == [
                "2 skipped: The row is no trade: its kind is \"balance\".",
                "3 2026-03-02T09:00:00.000Z EUR_USD buy 20000 @ 1.17 fee 0.7 #9001 9001",
                "4 2026-03-02T09:30:00.000Z EUR_USD buy 20000 @ 1.171 fee 0.7 #9002 9002",
                "5 2026-03-02T12:00:00.000Z EUR_USD sell 40000 @ 1.172 fee 1.75 #9003 9003",
                "6 2026-03-03T12:00:00.000Z USD_JPY sell 10000 @ 150 fee 0.35 USD #9004 9004",
                "7 refused: The effect (column “Direction”) \"up\" is neither in nor out.",
            ])
        #expect(fills(rows).map(\.effect) == [.opens, .opens, .closes, .opens])
    }

    @Test func `a commission in a currency that nothing shows is refused, and read when it is said`() throws {
        let text = """
            Time,Deal,Symbol,Type,Direction,Volume,Price,Order,Commission,Fee,Swap,Profit,Balance,Comment
            2026.03.03 12:00:00,1,USDJPY,sell,in,0.10,150.000,1,-0.35,0.00,0.00,0.00,100,
            2026.03.03 13:00:00,2,USDJPY,buy,out,0.10,149.000,2,-0.35,0.00,0.00,67.11,166,
            2026.03.03 14:00:00,3,EURCHF,buy,in,0.10,0.94000,3,0.00,0.00,0.00,0.00,166,
            """
        #expect(
            try importRows(text).map(shown) == [
                "2 refused: Commission and swap are in the account's currency, which neither the file nor a profit in it says: "
                    + "say it by --currency USD, or whatever it is.",
                "3 refused: Commission and swap are in the account's currency, which neither the file nor a profit in it says: "
                    + "say it by --currency USD, or whatever it is.",
                "4 2026-03-03T14:00:00.000Z EUR_CHF buy 10000 @ 0.94 fee 0 #3 3",
            ])
        #expect(
            try importRows(text, ImportOptions(currency: "EUR")).map(shown).first
                == "2 2026-03-03T12:00:00.000Z USD_JPY sell 10000 @ 150 fee 0.35 EUR #1 1")
    }

    @Test func `an account that hedges holds both directions at once, and says its currency`() throws {
        let rows = try importRows(Fixture.bytes("mt5_hedge_deals"))
        #expect(
            rows.map(shown) == [
                "5 2026-04-01T09:00:00.000Z USD_JPY buy 20000 @ 150 fee 0.7 USD #8001 8001",
                "6 2026-04-01T10:00:00.000Z USD_JPY sell 10000 @ 150.5 fee 0.35 USD #8002 8002",
                "7 2026-04-02T09:00:00.000Z USD_JPY sell 20000 @ 151 fee 1.9 USD #8003 8003",
                "8 2026-04-02T10:00:00.000Z USD_JPY buy 10000 @ 150.2 fee -0.05 USD #8004 8004",
            ])
        #expect(fills(rows).map(\.leg) == [.long, .short, .long, .short])
        #expect(fills(rows).map(\.effect) == [.opens, .opens, .closes, .closes])
        let netting = String(decoding: try Fixture.bytes("mt5_hedge_deals"), as: UTF8.self)
            .replacing("Hedge", with: "Netting")
        #expect(try fills(importRows(netting)).map(\.leg) == [nil, nil, nil, nil])
    }

    @Test func `the history of version 4 is read, without orders that waited`() throws {
        #expect(
            try importRows(Fixture.bytes("mt4_history")).map(shown) == [
                "2 skipped: The row is no trade: its kind is \"balance\".",
                "3 2026-02-03T09:00:00.000Z EUR_USD buy 10000 @ 1.18 fee 0 #4294967299 50002-open",
                "3 2026-02-03T17:00:00.000Z EUR_USD sell 10000 @ 1.179 fee 1 #3 50002-close",
                "4 skipped: An order that waited is no trade.",
                "5 2026-02-05T09:00:00.000Z AUD_CAD sell 30000 @ 0.91 fee 0 #4294967301 50004-open",
                "5 2026-02-05T10:00:00.000Z AUD_CAD buy 30000 @ 0.909 fee 2.1 USD #5 50004-close",
            ])
    }

    @Test func `a list of orders is refused by its name`() {
        #expect(throws: Failure.self) {
            try importRows("Open Time,Order,Symbol,Type,Volume,Price,S / L,T / P,Time,State,,Comment\n")
        }
    }
}
