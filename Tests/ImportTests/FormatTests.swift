import Journal
import Primitives
import Testing

/// Each format's fixture, row by row.
@Suite struct FormatTests {
    private func expect(
        _ name: String, is format: ImportFormat, _ expected: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let bytes = try Fixture.bytes(name)
        #expect(try importRows(bytes).map(shown) == expected, sourceLocation: sourceLocation)
        #expect(try importRows(bytes, format: format).map(shown) == expected, sourceLocation: sourceLocation)
        let reader = try ImportReader(account: .main, nextChunk: chunks(bytes))
        #expect(reader.format == format, sourceLocation: sourceLocation)
    }

    @Test func `Binance spot has coins behind its numbers and commas in them`() throws {
        try expect(
            "binance_spot", is: .binance,
            [
                "2 2026-09-14T16:20:11.000Z SHIB_USDT sell 1234500 @ 0.00001342 fee 0.01656699 #0",
                "3 2026-09-12T08:05:40.000Z 1INCH_USDT buy 100 @ 0.2514 fee 0.1 1INCH #0",
                "4 2026-09-10T21:47:03.000Z ETH_BTC sell 1.2 @ 0.03921 fee 0.00003812 BNB #0",
                "5 refused: The side \"HOLD\" is neither buy nor sell.",
                "6 2026-09-09T10:00:05.000Z BTC_USDT sell 0.5 @ 68250.1 fee 0.0451 BNB #0",
                "7 2026-09-09T10:00:00.000Z BTC_USDT sell 0.1 @ 68200 fee 6.82 #2",
                "8 2026-09-09T10:00:00.000Z BTC_USDT buy 0.25 @ 68199.99 fee 0.00025 BTC #1",
                "9 2026-09-09T10:00:00.000Z BTC_USDT buy 0.25 @ 68199.99 fee 0.00025 BTC #0",
                "10 refused: The price \"1,2.5\" is not a number that Daybook can hold exactly.",
                "11 2026-09-08T09:12:33.000Z ARB_USD buy 40 @ 0.52 fee 0.0208 #0",
                "12 2026-09-08T09:12:33.000Z AR_BUSD buy 2 @ 21.9 fee 0.0438 #0",
                "13 refused: The price \"0\" is zero.",
            ])
    }

    @Test func `Binance spot of old has the fee's coin in a column`() throws {
        try expect(
            "binance_spot_old", is: .binance,
            [
                "2 2019-03-02T11:40:02.000Z XLM_ETH buy 120 @ 0.00061 fee 0.12 XLM #0",
                "3 2019-03-02T11:41:10.000Z BNB_USDT sell 4.5 @ 11.32 fee 0.05094 #0",
                "4 2019-03-02T11:41:10.000Z BNB_USDT sell 4.5 @ 11.32 fee 0.003375 BNB #1",
            ])
    }

    @Test func `Binance futures have years of two digits and trade ids`() throws {
        try expect(
            "binance_futures", is: .binance,
            [
                "2 2026-10-06T12:45:18.000Z BTC_USDT sell 0.003 @ 84620.1 fee 0.12693015 #6927444047 6927444047",
                "3 2026-10-06T12:45:18.000Z BTC_USDT sell 0.003 @ 84620.1 fee 0.12693015 #6927444046 6927444046",
                "4 2026-10-05T03:15:00.000Z ETH_USDC buy 0.25 @ 3120.55 fee 0.00021 BNB #419925075 419925075",
                "5 refused: \"10\" is a number of contracts of BTC_USD, and nobody has said how much USD one is: say it by "
                    + "`daybook instrument set BTC_USD --kind inverse_perpetual --multiplier …` and import again.",
                "6 2026-10-04T22:00:00.000Z BTC-261225_USDT buy 0.01 @ 85000 fee 0.34 #5 5",
            ])
    }

    @Test func `Bybit spot takes its fee from what is received`() throws {
        try expect(
            "bybit_spot", is: .bybit,
            [
                "3 2026-10-02T14:35:00.000Z SOL_USDT sell 0.3 @ 142.66666666666666666 fee 0.0428 "
                    + "#2290000000522832994 2290000000522832994",
                "4 2026-10-02T14:35:00.000Z SOL_USDT buy 0.3 @ 142 fee 0.0003 SOL "
                    + "#2290000000522832993 2290000000522832993",
                "5 refused: The trade id (column “Transaction ID”) \"2.29E+18\" was rounded by a spreadsheet: "
                    + "import the file as it came.",
            ])
    }

    @Test func `Bybit contracts have funding that is no trade, rebates and liquidations`() throws {
        try expect(
            "bybit_contracts", is: .bybit,
            [
                "2 2026-09-28T19:34:00.000Z BTC_USDT sell 0.02 @ 67010.5 fee 0.7371155 #0 "
                    + "4f6c1c9e-6f0b-5c7a-9d31-0a1b2c3d4e03",
                "3 skipped: The row is no trade: its kind is \"Funding\".",
                "4 2026-09-28T10:00:00.000Z BTC_USDT buy 0.02 @ 66500 fee -0.0665 #0 "
                    + "4f6c1c9e-6f0b-5c7a-9d31-0a1b2c3d4e01",
                "5 2026-09-28T09:59:00.000Z 1000PEPE_USDT sell 5000 @ 0.0112 fee 0.0308 #0 "
                    + "4f6c1c9e-6f0b-5c7a-9d31-0a1b2c3d4e04",
                "6 2026-09-28T09:58:00.000Z BTC_USDC buy 0.01 @ 66400 fee 0.3652 #0 "
                    + "4f6c1c9e-6f0b-5c7a-9d31-0a1b2c3d4e05",
                "7 2026-09-28T09:57:00.000Z BTC_USD buy 1000 @ 66400 fee 0.00000828 BTC #0 "
                    + "4f6c1c9e-6f0b-5c7a-9d31-0a1b2c3d4e06",
            ])
    }

    @Test func `Kraken has coins of its own naming and notes over two lines`() throws {
        try expect(
            "kraken", is: .kraken,
            [
                "2 2026-08-19T13:34:05.485Z BTC_USD buy 0.01 @ 58300.1 fee 0.9328 #0 TAAAAA-BBBBB-CCCCC1",
                "3 2026-08-19T13:34:05.485Z BTC_USD buy 0.01 @ 58300.2 fee 0.9328 #1 TAAAAA-BBBBB-CCCCC2",
                "4 2026-08-20T00:00:00.000Z BTC_USDT sell 0.02 @ 58500 fee 3.042 #0 TAAAAA-BBBBB-CCCCC3",
                "6 2026-08-20T01:00:00.000Z DOGE_EUR buy 100 @ 0.11 fee 0.0286 #0 TAAAAA-BBBBB-CCCCC4",
                "7 2026-08-20T02:00:00.000Z XTZ_USD buy 10 @ 0.8 fee 0.0208 #0 TAAAAA-BBBBB-CCCCC5",
                "8 2026-08-20T03:00:00.000Z ETH_USD sell 0.01 @ 2600.01 fee 0.0676 #0 TAAAAA-BBBBB-CCCCC6",
                "9 2026-08-20T04:00:00.000Z USDT_USD sell 10 @ 0.9998 fee 0.002 #0 TAAAAA-BBBBB-CCCCC7",
                "10 refused: The time \"2006-08-20 03:00:00\" lies before 2009.",
            ])
    }

    @Test func `Hyperliquid says what became of the position`() throws {
        try expect(
            "hyperliquid", is: .hyperliquid,
            [
                "2 2026-11-21T09:30:00.000Z ETH_USDC sell 0.5 @ 3010.5 fee 0.677362 #0",
                "3 2026-11-20T22:15:09.000Z HYPE_USDC buy 20 @ 42.184 fee 0.01344 HYPE #1",
                "4 2026-11-20T22:15:09.000Z HYPE_USDC sell 10 @ 42.2 fee 0.28274 #0",
                "5 2026-11-05T18:00:01.000Z ETH_USDC buy 0.5 @ 3000 fee 0.675 #0",
                "6 2026-11-04T07:00:00.000Z KPEPE_USDC sell 20000 @ 0.0115 fee 0.1035 #0",
                "7 2026-11-03T07:00:00.000Z BTC_USDC sell 0.01 @ 70100 fee 0 #0",
                "9 refused: The time \"25/11/2026 - 07:00:00\" cannot be read. "
                    + "Dates in this file are read month first; --date-order says otherwise.",
                "8 refused: The row closes 0.01 of BTC_USDC without a side, and the fills before it in the file leave 0: "
                    + "export from the beginning of the position.",
            ])
    }

    @Test func `the generic format takes times of any kind and refuses what is not exact`() throws {
        try expect(
            "generic", is: .generic,
            [
                "2 2026-05-01T12:00:00.250Z BTC_USDT buy 0.1 @ 60000 fee 6 #101 101",
                "3 2026-05-01T12:00:00.000Z BTC_USDT sell 0.1 @ 60100.5 fee 0.01 BNB #102 102",
                "4 2026-05-01T13:00:00.000Z ETH_USDC buy 1 @ 3000 fee 0 #0",
                "5 2026-05-01T13:00:00.123Z ETH_USDC sell 1 @ 3001 fee -0.3 #0 x-2",
                "6 2026-05-01T13:00:00.123Z ETH_USDC sell 0.000000000000000001 @ 3001 fee 0 #1 x-3",
                "7 refused: The quantity \"0.0000000000000000001\" is not a number that Daybook can hold exactly.",
                "8 refused: The price \"three\" is not a number that Daybook can hold exactly.",
                "9 refused: The row has 5 of 8 fields: perhaps the file is cut off.",
                "10 refused: The row has no time.",
                "11 skipped: The row is the header once more.",
                "12 refused: There is text between a closing quotation mark and the next comma.",
                "13 2026-05-01T13:00:01.000Z ETH_USDC sell 1 @ 3002 fee 1.5 #0 x-7",
            ])
    }

    @Test func `Bybit's account log has settlements and transfers that are no fills`() throws {
        try expect(
            "bybit_account_log", is: .bybit,
            [
                "3 skipped: Funding is no trade.",
                "4 2026-06-02T07:30:00.000Z SUI_USDT buy 5 @ 3.1 fee 0.008525 #0",
                "5 2026-06-02T07:00:00.000Z SUI_USDT sell 5 @ 3.2 fee 0.0088 #0",
                "6 skipped: It is a transfer.",
            ])
    }

    @Test func `FTX's files of old are read`() throws {
        try expect(
            "ftx", is: .ftx,
            [
                "2 2022-03-01T12:00:00.500Z SOL-0325_USD buy 3 @ 91 fee 0.12 #7001 7001",
                "3 2022-03-01T11:00:00.500Z SOL_USD buy 3 @ 90 fee 0.0012 SOL #7000 7000",
                "4 2022-03-01T10:00:00.500Z SOL-PERP_USD sell 3 @ 90.5 fee 0.11 #6999 6999",
            ])
    }

    @Test func `Binance futures in hedge mode are read`() throws {
        try expect(
            "binance_hedge", is: .binance,
            [
                "2 2026-05-01T13:00:00.000Z ADA_USDT buy 150 @ 0.6 fee 0.036 #0",
                "3 2026-05-01T12:00:00.000Z XRP_USDT buy 100 @ 1.92 fee 0.0768 #0",
                "4 2026-05-01T11:00:00.000Z XRP_USDT buy 100 @ 1.9 fee 0.076 #0",
                "5 2026-05-01T10:00:00.000Z XRP_USDT sell 100 @ 2 fee 0.08 #0",
            ])
    }

    @Test func `a broker's file with semicolons, decimal commas, two fees and date and time apart is read`() throws {
        try expect(
            "generic_european", is: .generic,
            [
                "3 2026-02-28T15:30:05.000Z SAP_EUR buy 10 @ 1234.5 fee 5.25 #0",
                "4 2026-03-02T16:01:00.000Z SAP_EUR sell 10 @ 1251 fee 5.25 #0",
                "5 2026-03-02T16:01:00.000Z BTC_EUR buy 0.5 @ 61000 fee 12.2 #0",
            ])
    }

    @Test(arguments: ["demo_binance", "demo_bybit"])
    func `the demo's statements leave no position open`(name: String) throws {
        let rows = try importRows(Fixture.bytes(name))
        #expect(!rows.contains { if case .refused = $0 { true } else { false } })
        var positions: [String: Amount] = [:]
        for fill in fills(rows) {
            let change = fill.side == .buy ? fill.quantity : -fill.quantity
            positions[fill.symbol] = try positions[fill.symbol, default: .zero] + change
        }
        #expect(positions.count >= 4)
        #expect(positions.values.allSatisfy { $0.isZero })
    }
}
