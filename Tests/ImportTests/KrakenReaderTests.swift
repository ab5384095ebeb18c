import Journal
import Primitives
import Testing

@Suite struct KrakenReaderTests {
    @Test func `a trade in the ledger is two rows of one reference`() throws {
        try expectRows(
            "kraken_ledgers", .kraken,
            [
                "2 skipped: It is a deposit.",
                "4 2026-08-19T13:34:05.000Z BTC_EUR buy 0.01 @ 58300.1 fee 0.9328 #0 TAAAAA-BBBBB-CCCCC1",
                "6 2026-08-20T10:00:00.000Z ETH_BTC buy 0.125 @ 0.04 fee 0.000325 ETH #0 TAAAAA-BBBBB-CCCCC2",
                "7 skipped: A reward is no trade.",
                "8 refused: It is a position's on margin, whose fills the ledger does not list: on Kraken export “Trades”.",
                "10 2026-08-23T10:00:00.000Z SOL_EUR buy 0.75 @ 130 fee 2.5 #0 RAAAAA-AAAAA-AAAAA3",
                "11 refused: The ledger has two rows for a trade, and the file has only that of ADA with the reference "
                    + "TAAAAA-BBBBB-CCCCC4: export the ledger for all assets.",
            ])
    }

    @Test func `a fill of futures takes its fee from the row of the money`() throws {
        try expectRows(
            "kraken_futures", .kraken,
            [
                "3 2026-06-06T12:07:02.000Z BTC_USD buy 0.021 @ 60997 fee 0.6405 #1 uid-08",
                "5 2026-06-06T12:07:02.000Z BTC_USD buy 0.0002 @ 60994 fee 0.0061 #0 uid-06",
                "6 skipped: Funding is no trade.",
                "8 2026-06-06T10:21:47.000Z BTC_USD sell 0.0212 @ 60505 fee 0.6474 #0 uid-03",
                "9 2026-06-05T10:00:00.000Z BTC_USD buy 100 @ 60500 fee 0 #0 uid-02",
            ])
        try expectTraits(
            "kraken_futures",
            ["perpetual closes", "perpetual reduces", "perpetual opens", "inverse_perpetual opens"])
    }

    @Test func `trades that tie up margin are on margin`() throws {
        let text = """
            "txid","ordertxid","pair","time","type","ordertype","price","cost","fee","vol","margin","misc","ledgers"
            "T1","O1","ETH/USD","2026-08-20 03:00:00","sell","market",2600,260,0.67,0.1,52.00000,"",""
            "T2","O2","ETH/USD","2026-08-20 04:00:00","buy","market",2500,250,0.65,0.1,0.00000,"closing",""
            "T3","O3","ETH/USD","2026-08-20 05:00:00","buy","market",2500,250,0.65,0.1,0.00000,"",""
            """
        let fills = try fills(importRows(text))
        #expect(fills.map(\.marketKind) == [.margin, .margin, .spot])
        #expect(fills.map(\.effect) == [nil, .reduces, nil])
    }
}
