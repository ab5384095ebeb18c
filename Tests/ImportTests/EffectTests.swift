import Journal
import Primitives
import Testing

/// What a row says of its market and of what it did to the position.
@Suite struct EffectTests {
    private func told(_ text: String) throws -> [String] {
        try fills(importRows(text)).map { fill in
            [
                fill.symbol, fill.marketKind?.rawValue ?? "-", fill.side.rawValue, fill.leg?.rawValue ?? "-",
                fill.effect?.rawValue ?? "-",
            ].joined(separator: " ")
        }
    }

    @Test func `Hyperliquid's words tell the market and the effect`() throws {
        let text = """
            time,coin,dir,px,sz,ntl,fee,closedPnl
            2026-05-01 10:00:00,SOL,Open Short,150,2,300,0.1,0
            2026-05-01 11:00:00,SOL,Short > Long,140,3,420,0.1,20
            2026-05-01 12:00:00,SOL,Liquidated Isolated Long,120,1,120,0.1,-20
            2026-05-01 13:00:00,@142,Buy,90000,0.1,9000,0.00007,0
            2026-05-01 14:00:00,PURR/USDC,Sell,0.2,10,2,0.01,0
            2026-05-01 15:00:00,PURR/USDC,Spot Dust Conversion,0.2,0.003,0,0,0
            """
        #expect(
            try told(text) == [
                "SOL_USDC perpetual sell - opens", "SOL_USDC perpetual buy - reduces",
                "SOL_USDC perpetual sell - closes",
                "@142_USDC spot buy - -", "PURR_USDC spot sell - -", "PURR_USDC spot sell - closes",
            ])
        #expect(try fills(importRows(text))[3].feeCurrency == "@142")
    }

    @Test(arguments: [false, true]) func `a settlement closes what stood before it, in either order of the rows`(
        isNewestFirst: Bool
    )
        throws
    {
        var rows = [
            "2026-05-01 10:00:00,OLD,Open Short,2,5,10,0,0", "2026-05-01 11:00:00,OLD,Close Short,1.9,2,3.8,0,0.2",
            "2026-05-03 10:00:00,OLD,Settlement,0,3,0,0,6", "2026-05-04 10:00:00,ETH,Open Long,3000,1,3000,0,0",
            "2026-05-05 10:00:00,ETH,Auto-Deleveraging,3100,0.4,1240,0,40",
            "2026-05-06 10:00:00,GONE,Settlement,1,3,3,0,0",
        ]
        if isNewestFirst { rows.reverse() }
        let text = "time,coin,dir,px,sz,ntl,fee,closedPnl\n" + rows.joined(separator: "\n")
        let found = try fills(importRows(text)).filter {
            $0.effect == .closes && ($0.price.isZero || $0.symbol == "ETH_USDC")
        }
        .sorted { $0.time < $1.time }
        #expect(
            found.map { "\($0.symbol) \($0.side) \($0.quantity) @ \($0.price)" } == [
                "OLD_USDC buy 3 @ 0", "ETH_USDC sell 0.4 @ 3100",
            ])
        let refused = try importRows(text).filter { if case .refused = $0 { true } else { false } }
        #expect(refused.map(shown).allSatisfy { $0.contains("GONE_USDC") })
        #expect(refused.count == 1)
    }

    @Test func `Binance's position side is the leg, and a profit says that something was closed`() throws {
        let text = """
            Time(UTC),Symbol,Side,Position Side,Price,Quantity,Amount,Fee,Realized Profit
            2026-05-01 10:00:00,XRPUSDT,SELL,SHORT,2,100,200,0.1 USDT,0
            2026-05-01 11:00:00,XRPUSDT,BUY,SHORT,1.9,100,190,0.1 USDT,10
            2026-05-01 12:00:00,XRPUSDT,BUY,LONG,1.9,100,190,0.1 USDT,0
            2026-05-01 13:00:00,ADAUSDT,SELL,BOTH,0.7,100,70,0.1 USDT,0
            2026-05-01 14:00:00,ADAUSDT,BUY,BOTH,0.6,150,90,0.1 USDT,10
            2026-05-01 15:00:00,ADAUSDT_261225,BUY,BOTH,0.6,150,90,0.1 USDT,0
            """
        #expect(
            try told(text) == [
                "XRP_USDT perpetual sell short opens", "XRP_USDT perpetual buy short closes",
                "XRP_USDT perpetual buy long opens", "ADA_USDT perpetual sell - -", "ADA_USDT perpetual buy - reduces",
                "ADA-261225_USDT future buy - -",
            ])
    }

    @Test(arguments: ["Delivery", "Liquidation", "AdlTrade", "BustTrade"])
    func `what Bybit closes may have a price of zero, a trade may not`(kind: String) throws {
        let header =
            "Market,Filled Type,Filled Quantity,Filled Price,Trading Fee,feeCoin,ExecFeeV2,Direction,Trasaction ID,Transaction Time(UTC+0)\n"
        let row = ",2,0,0,USDT,0,Sell,o-1,08:00 2026-06-26\n"
        #expect(
            try told(header + "ETH-26JUN26-4000-P-USDT,\(kind)" + row) == [
                "ETH-26JUN26-4000-P_USDT option sell - closes"
            ])
        #expect(try told(header + "ETH-26JUN26-4000-P-USDT,Trade" + row) == [])
    }

    @Test func `Bybit's account log has settlements that are none, and fees below zero that were paid`() throws {
        let text = """
            UID: 1,Company Name: ,Country:
            Uid,Currency,Contract,Type,Direction,Quantity,Position,Filled Price,Funding,Fee Paid,Cash Flow,Change,Wallet Balance,Action,Time(UTC)
            1,USDT,SUIUSDT,SETTLEMENT,SELL,--,-5,--,0.01,0,0,0.01,100,SETTLEMENT,2026-06-02 08:00:00
            1,USDT,SUIUSDT,TRADE,SELL,5,-5,3.2,0,-0.0088,0,-0.0088,100,OPEN,2026-06-02 07:00:00
            """
        #expect(try told(text) == ["SUI_USDT perpetual sell - opens"])
        #expect(try fills(importRows(text)).map(\.fee.description) == ["0.0088"])
        #expect(try importRows(text).count == 2)
    }

    @Test func `a share has a currency from its row, its fee or the option, and is refused without one`() throws {
        let row = "2026-05-01,%,buy,100,3\n"
        func file(_ header: String, _ ticker: String, _ tail: String = "") -> String {
            "time,symbol,side,price,quantity\(header)\n" + row.replacing("%", with: ticker).dropLast() + tail + "\n"
        }
        #expect(try told(file(",currency", "SAP", ",EUR")) == ["SAP_EUR stock buy - -"])
        #expect(try told(file(",fee,fee_currency", "BRK.B", ",1,usd")) == ["BRK.B_USD stock buy - -"])
        // It ends like a pair in bitcoin.
        #expect(try told(file(",currency", "ABTC", ",USD")) == ["ABTC_USD stock buy - -"])
        let bare = file("", "MSFT")
        #expect(try fills(importRows(bare, ImportOptions(currency: "USD"))).map(\.symbol) == ["MSFT_USD"])
        let refused = try importRows(bare).map(shown)
        #expect(refused.count == 1)
        #expect(refused[0].contains("\"MSFT\""))
        #expect(refused[0].contains("--currency"))
    }

    @Test func `FTX's perpetuals keep their name and are in dollars`() throws {
        let text = """
            id,time,market,side,type,size,price,total,fee,feeCurrency
            7,2022-03-01T10:00:00.5+00:00,SOL-PERP,sell,market,3,90,270,0.1,USD
            8,2022-03-01T11:00:00.5+00:00,SOL/USD,buy,limit,3,90,270,0.001,SOL
            9,2022-03-01T11:00:00.5+00:00,SOL-0325,buy,limit,3,90,270,0.1,USD
            """
        #expect(
            try told(text) == ["SOL-PERP_USD perpetual sell - -", "SOL_USD - buy - -", "SOL-0325_USD future buy - -"])
    }

    @Test(arguments: [
        ("STXEUR", "STX_EUR"), ("CVXEUR", "CVX_EUR"), ("XXRPZEUR", "XRP_EUR"), ("FXSUSD", "FXS_USD"),
        ("ABCSUSD", "ABCS_USD"),
        ("KAREUR", "KAR_EUR"), ("PYUSDUSD", "PYUSD_USD"), ("XTZGBP", "XTZ_GBP"), ("XAUTUSD", "XAUT_USD"),
        ("LPTUSD", "LPT_USD"),
    ]) func `Kraken's pairs end in what Kraken prices in`(pair: String, name: String) throws {
        let text =
            "txid,ordertxid,pair,time,type,ordertype,price,cost,fee,vol\nT1,O1,\(pair),2026-05-01 10:00:00,buy,limit,2,4,0,2\n"
        #expect(try fills(importRows(text)).map(\.symbol) == [name])
    }

    @Test func `a name that two quotes could end is refused where nobody knows the exchange`() throws {
        let rows = try importRows("time,symbol,side,price,quantity\n2026-05-01,QQQSUSD,buy,1,1\n").map(shown)
        #expect(rows.count == 1)
        #expect(rows[0].contains("QQQ/SUSD or QQQS/USD"))
    }
}
