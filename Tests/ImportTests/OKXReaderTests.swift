import Journal
import Primitives
import Testing

@Suite struct OKXReaderTests {
    private static let spot = [
        "4 2026-10-20T10:43:59.000Z ADA_EUR sell 149.291 @ 0.5749 fee 0.21456849 #2968045184439836678 "
            + "2968045184439836678",
        "6 2026-10-20T10:43:59.000Z ADA_EUR sell 149.291 @ 0.5749 fee 0.21456849 #2968045184439836680 "
            + "2968045184439836680",
        "8 2026-10-20T10:40:26.000Z BTC_EUR buy 0.06436375 @ 95264.8 fee 0.00016091 BTC #2968046098898771968 "
            + "2968046098898771968",
        "9 skipped: It is a transfer between OKX's accounts.",
    ]
    private static let inverse =
        "13 refused: \"3\" is a number of contracts of BTC_USD, and nobody has said how much USD one is: say it by "
        + "`daybook instrument set BTC_USD --kind inverse_perpetual --multiplier …` and import again."

    @Test func `two rows of spot are one fill, and contracts of unknown size are refused`() throws {
        let unknown = { (line: Int) in
            "\(line) refused: \"98\" is a number of contracts of TAO_USDT, and nobody has said how large one is: say it by "
                + "`daybook instrument set TAO_USDT --multiplier …` and import again."
        }
        try expectRows(
            "okx_trading", .okx,
            Self.spot + [unknown(10), "11 skipped: Funding is no trade.", unknown(12), Self.inverse])
    }

    @Test func `contracts of known size are fills of the position that the action names`() throws {
        var options = ImportOptions()
        options.contractSize = { symbol, kind in
            symbol == "TAO_USDT" && kind == .perpetual ? Amount(units: 10_000_000_000_000_000) : nil
        }
        try expectRows(
            "okx_trading", .okx,
            Self.spot + [
                "10 2026-10-19T04:06:16.000Z TAO_USDT sell 98 @ 205.1 fee 0.100499 #2900000000000000007 "
                    + "2900000000000000007",
                "11 skipped: Funding is no trade.",
                "12 2026-10-18T13:30:21.000Z TAO_USDT buy 98 @ 204 fee 0.09996 #2900000000000000003 2900000000000000003",
                Self.inverse,
            ], options)
        try expectTraits(
            "okx_trading", ["spot", "spot", "spot", "perpetual long closes", "perpetual long opens"], options)
    }

    @Test func `quantities in coins are taken as they are, or counted in contracts where those are known`() throws {
        let text = """
            UID:1,Account Type:Main,Time Zone:UTC+0
            id,Order id,Time,Trade Type,Symbol,Action,Amount,Trading Unit,Filled Price,PnL,Fee,Fee Unit,Position Change,\
            Position Balance,Balance Change,Balance,Balance Unit
            5,6,2026-10-19 12:00:00,Swap,ETH-USDT-SWAP,Buy,0.3,ETH,2000,0,-0.3,USDT,0.3,0.3,-0.3,10,USDT
            """
        let line = { (quantity: String) in ["3 2026-10-19T12:00:00.000Z ETH_USDT buy \(quantity) @ 2000 fee 0.3 #5 5"] }
        #expect(try importRows(text).map(shown) == line("0.3"))
        var options = ImportOptions()
        options.contractSize = { _, _ in Amount(units: 100_000_000_000_000_000) }
        #expect(try importRows(text, options).map(shown) == line("3"))
    }

    @Test func `half a fill is refused, whichever half it is`() throws {
        let text = """
            id,Order id,Time,Trade Type,Symbol,Action,Amount,Trading Unit,Filled Price,PnL,Fee,Fee Unit,Position Change,\
            Position Balance,Balance Change,Balance,Balance Unit
            1,9,2026-10-19 12:00:00,Spot,ETH-USDT,Buy,0.5,ETH,2000,0,-0.0005,ETH,0,0,0.4995,1,ETH
            2,8,2026-10-19 12:00:00,Spot,ETH-USDT,Sell,1000,USDT,2000,0,0,USDT,0,0,-1000,1,USDT
            """
        let only = { (line: Int, coin: String) in
            "\(line) refused: OKX writes two rows for a fill on ETH_USDT, and the file has only that of \(coin): export a period "
                + "that has both."
        }
        #expect(try importRows(text).map(shown) == [only(2, "ETH"), only(3, "USDT")])
    }

    @Test func `the older layout without a price has it from the two amounts`() throws {
        let text = """
            id,Order id,Time,Trade Type,Instrument,Type,Amount,Unit,PL,Fee,Position Change,Position Balance,Balance Change,\
            Balance,Unit
            1,9,2026-10-19 12:00:00,Spot,ETH-USDT,Buy,0.5,ETH,0,-0.0005,0,0,0.4995,1,ETH
            2,9,2026-10-19 12:00:00,Spot,ETH-USDT,Sell,1000,ETH,0,0,0,0,-1000,1,USDT
            """
        #expect(
            try importRows(text).map(shown)
                == ["3 2026-10-19T12:00:00.000Z ETH_USDT buy 0.5 @ 2000 fee 0.0005 ETH #1 1"])
    }

    @Test func `other exports are refused by name`() throws {
        try expectWrongExport(
            "Position Create Time,Instrument Name,Direction,Average Open Price,Average Close Price,Pnl",
            "OKX position history",
            wants: "Trading history")
        try expectWrongExport(
            "id,Time,Type,Amount,Before Balance,After Balance,Symbol", "OKX funding history", wants: "Trading history")
    }
}
