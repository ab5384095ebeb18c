import Journal
import Primitives
import Testing

/// Contracts that are counted in dollars and pay in their coin.
@Suite struct InverseContractTests {
    static let unknown =
        "is an inverse contract, which pays in its coin. Whether this export counts such contracts in coins, contracts or "
        + "money is not known, so the row is left out."

    private static func rows(_ text: String, _ exchange: String) throws -> [String] {
        try importRows(text, .shipped(exchange)).map(shown)
    }

    @Test func `Binance counts contracts, and what they were worth says whether it did`() throws {
        let text = """
            Date(UTC),Symbol,Side,Price,Quantity,Amount,Fee,Realized Profit,Trade ID
            2026-02-01 10:00:00,BTCUSD_PERP,BUY,80000,40,0.05BTC,0.000025BTC,0,11
            2026-02-01 11:00:00,ETHUSD_260327,SELL,2500,7,70,0.000014ETH,0,12
            2026-02-01 12:00:00,BTCUSD_PERP,SELL,80000,0.05,0.05BTC,0.000025BTC,0,13
            2026-02-01 13:00:00,BTCUSD_PERP,SELL,80000,4000,0.05BTC,0.000025BTC,0,14
            """
        #expect(
            try Self.rows(text, "binance") == [
                "2 2026-02-01T10:00:00.000Z BTC_USD buy 40 @ 80000 fee 0.000025 BTC #11 11",
                "3 2026-02-01T11:00:00.000Z ETH-260327_USD sell 7 @ 2500 fee 0.000014 ETH #12 12",
                "4 refused: The quantity \"0.05\" is no whole number of contracts of 100 USD: export the quantities in "
                    + "contracts, not in BTC.",
                "5 refused: 4000 contracts of 100 USD at 80000 do not make the value (column “Amount”) \"0.05BTC\": export "
                    + "the quantities in contracts, not in BTC.",
            ])
    }

    @Test func `OKX counts contracts, and refuses what is counted otherwise`() throws {
        let text = """
            id,Order id,Time,Trade Type,Symbol,Action,Amount,Trading Unit,Filled Price,PnL,Fee,Fee Unit,Position Change,\
            Position Balance,Balance Change,Balance,Balance Unit
            31,1,2026-02-01 10:00:00,Swap,BTC-USD-SWAP,Open long,5,cont,80000,0,-0.000003,BTC,5,5,-0.000003,1,BTC
            32,2,2026-02-01 11:00:00,Futures,ETH-USD-260327,Sell,4,cont,2500,0,-0.00001,ETH,-4,-4,-0.00001,1,ETH
            33,3,2026-02-01 12:00:00,Swap,BTC-USD-SWAP,Close long,500,USD,81000,0,-0.000003,BTC,-5,0,0,1,BTC
            34,4,2026-02-01 13:00:00,Option,BTC-USD-260327-90000-C,Buy,1,cont,0.05,0,-0.0003,BTC,1,1,0,1,BTC
            """
        #expect(
            try Self.rows(text, "okx") == [
                "2 2026-02-01T10:00:00.000Z BTC_USD buy 5 @ 80000 fee 0.000003 BTC #31 31",
                "3 2026-02-01T11:00:00.000Z ETH-260327_USD sell 4 @ 2500 fee 0.00001 ETH #32 32",
                "4 refused: The quantity \"500\" is in \"USD\": export those of inverse contracts in contracts.",
                "5 refused: \"BTC-USD-260327-90000-C\" \(Self.unknown)",
            ])
    }

    @Test func `BitMEX has dated contracts on Bitcoin, and others that pay at a fixed rate`() throws {
        let text = """
            "transactTime","symbol","execType","side","lastQty","lastPx","execCost","commission","execComm"
            "2026-02-01T10:00:00.000Z","XBTH26","Trade","Sell",400,80000,500000,0.0005,250
            "2026-02-01T11:00:00.000Z","ETHUSD","Trade","Buy",10,2500,-2500000,0.0005,1250
            "2026-02-01T12:00:00.000Z","XBTUSD","Trade","Buy",400,80000,-100000,0.0005,50
            """
        #expect(
            try Self.rows(text, "bitmex") == [
                "2 2026-02-01T10:00:00.000Z BTC-H26_USD sell 400 @ 80000 fee 0.0000025 BTC #0",
                "3 refused: \"ETHUSD\" pays in Bitcoin at a fixed rate: Daybook does not import such contracts.",
                "4 refused: 400 contracts of 1 USD at 80000 do not make the cost (column “execCost”) \"-100000\" satoshis.",
            ])
    }

    @Test func `Deribit counts dollars, and futures have their day`() throws {
        let text = """
            ID,UserSeq,Date,Instrument,Type,Side,Base Amount,Position,Price,Cash Flow,Fee Charged,Trade ID,Order ID
            2,20,2026-03-27 08:00:00,ETH-27MAR26,delivery,close sell,2500,0,2600,0.0384,0.0001,,
            1,10,2026-03-08 10:00:00,ETH-27MAR26,trade,open buy,2500,2500,2500,0,0.0005,T2,O2
            """
        let rows = try importRows(text, .shipped("deribit"))
        #expect(
            rows.map(shown) == [
                "2 2026-03-27T08:00:00.000Z ETH-27MAR26_USD sell 2500 @ 2600 fee 0.0001 ETH #20",
                "3 2026-03-08T10:00:00.000Z ETH-27MAR26_USD buy 2500 @ 2500 fee 0.0005 ETH #10 T2",
            ])
        let trips = fills(rows).sorted { $0.time < $1.time }
        #expect(trips.map(\.marketKind) == [.inverseFuture, .inverseFuture])
        let figures = try #require(try RoundTrip.derive(from: trips).first?.figures)
        // 2500/2500 − 2500/2600 coins, less the fees.
        #expect(figures.gross.description == "0.038461538461538462")
        #expect(figures.net.description == "0.037861538461538462")
        #expect(figures.entryPrice.description == "2500")
        #expect(figures.exitPrice?.description == "2600")
    }

    @Test func `an export of which nobody knows how it counts inverse contracts refuses them`() throws {
        let text = """
            Date,Direction,Coin,Futures,Transaction amount,Average Price,Realized P/L,NetProfits,Fee
            2026-02-01 10:00:00,Open long,BTC,BTCUSD,0.5,80000,0,0,-0.0003
            """
        #expect(
            try importRows(text).map(shown) == [
                "2 refused: \"BTCUSD\" \(Self.unknown)"
            ])
    }
}
