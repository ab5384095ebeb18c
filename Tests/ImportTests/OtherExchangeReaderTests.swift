import Journal
import Primitives
import Testing

/// Coinbase, KuCoin, Bitget, MEXC, Gate, BitMEX, Deribit, dYdX, FTX and Hyperliquid's API.
@Suite struct OtherExchangeReaderTests {
    @Test func `Coinbase fills have their unit in a column`() throws {
        try expectRows(
            "coinbase_fills", .coinbase,
            [
                "2 2026-11-11T15:40:26.086Z BCH_BTC buy 0.01 @ 0.08336 fee 0 #598831 598831",
                "3 2026-11-13T09:15:06.311Z BAT_ETH sell 1 @ 0.00131511 fee 0.00000657555 #204623 204623",
                "4 2026-11-25T11:29:22.362Z BTC_USDC sell 0.75789 @ 19295 fee 51.182206425 #2985581 2985581",
            ])
        let text = """
            portfolio,trade id,product,side,created at,size,size unit,price,fee,total,price/fee/total unit
            default,1,BTC-USD,BUY,2026-11-11T15:40:26Z,500,USD,60000,1,501,USD
            """
        #expect(
            try importRows(text).map(shown) == [
                "2 refused: The size is in \"USD\" (column “size unit”), and the market is BTC_USD: enter this fill by hand."
            ])
    }

    @Test func `Coinbase's note goes before its columns`() throws {
        try expectRows(
            "coinbase_transactions", .coinbase,
            [
                "5 2026-01-18T14:53:48.000Z BTC_USDC buy 0.00424956 @ 103882.31 fee 5.2974493114032 #0 a1",
                "6 2026-01-17T10:00:00.000Z SOL_EUR sell 0.5 @ 200 fee 0.6 #0 a2",
                "7 2026-01-16T15:19:52.000Z BTC_EUR buy 0.0002 @ 36900 fee 0.5 #0 a3",
                "8 2026-01-15T09:00:00.000Z BTC_USDC sell 0.05 @ 39800 fee 0 #0 a4",
                "9 skipped: A reward is no trade.",
                "10 skipped: It is a transfer.",
            ])
    }

    @Test func `Coinbase has had several names for a trade, and moves that are none`() throws {
        let header =
            "ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Price at Transaction,Subtotal,Total,Fees,Notes"
        let kinds = [
            "Advanced Trade Buy", "Advance Trade Buy", "Advance Trade Sell", "Cash to Savings",
            "Retail Eth2 Deprecation",
            "Retail Staking Transfer", "Inflation Reward",
        ]
        let rows = kinds.map { "a1,2026-01-18 14:53:48 UTC,\($0),ETH,2,EUR,€2000,€4000,€4010,€10," }
        #expect(
            try importRows(([header] + rows).joined(separator: "\n")).map { shown($0).split(separator: "fee")[0] } == [
                "2 2026-01-18T14:53:48.000Z ETH_EUR buy 2 @ 2000 ", "3 2026-01-18T14:53:48.000Z ETH_EUR buy 2 @ 2000 ",
                "4 2026-01-18T14:53:48.000Z ETH_EUR sell 2 @ 2000 ", "5 skipped: It is a transfer.",
                "6 skipped: ETH2 became ETH: that is no trade.", "7 skipped: It is a transfer.",
                "8 skipped: A reward is no trade.",
            ])
    }

    @Test func `KuCoin has the zone in the column's name`() throws {
        try expectRows(
            "kucoin_fills", .kucoin,
            [
                "2 2025-12-07T00:16:13.000Z DOGE_USDT sell 7634.811 @ 0.09542 fee 0.72851366562 #0",
                "3 2025-12-03T22:25:42.000Z KAS_USDT buy 1548.3555 @ 0.14552 fee 0.45063338472 #0",
            ])
        try expectWrongExport(
            "UID,Account Type,Currency,Side,Amount,Fee,Time(UTC+08:00),Remark", "KuCoin account history",
            wants: "Filled Orders")
    }

    @Test func `KuCoin of old has semicolons and decimal commas`() throws {
        let text = """
            tradeCreatedAt;orderId;symbol;side;price;size;funds;fee;liquidity;feeCurrency;orderType
            17.11.2021 10:21:26;;AVAX-USDT;buy;95,317;57,7348;5503,1079316;5,5031079316;taker;USDT;limit
            """
        #expect(
            try importRows(text).map(shown)
                == ["2 2021-11-17T10:21:26.000Z AVAX_USDT buy 57.7348 @ 95.317 fee 5.5031079316 #0"])
    }

    @Test func `Bitget futures name the position, with fees below zero`() throws {
        try expectRows(
            "bitget_futures", .bitget,
            [
                "2 2026-02-01T10:00:00.000Z POPCAT_USDT buy 100 @ 0.7 fee 0.042 #0",
                "3 2026-02-01T08:00:00.000Z POPCAT_USDT sell 100 @ 0.75 fee 0.045 #0",
                "4 2026-02-01T07:00:00.000Z BTC_USDT sell 0.01 @ 60500 fee 0.363 #0",
                "5 2026-02-01T06:00:00.000Z BTC_USDT buy 0.01 @ 60000 fee 0.36 #0",
            ])
        try expectTraits(
            "bitget_futures",
            ["perpetual short closes", "perpetual short opens", "perpetual long closes", "perpetual long opens"])
        try expectWrongExport(
            "Date,Type,Order Id,Trading pair,Base Asset,Quote Asset,Direction,Price,Order amount,Executed,Average Price,"
                + "Trading volume,Status", "Bitget spot order history", wants: "Transaction history")
    }

    @Test func `Bitget spot takes the fee from what is received`() throws {
        try expectRows(
            "bitget_spot", .bitget,
            [
                "2 2026-02-03T10:00:00.000Z BTC_USDT sell 0.00999 @ 61000 fee 0.60939 #0",
                "3 2026-02-02T10:00:00.000Z BTC_USDT buy 0.01 @ 60000 fee 0.00001 BTC #0",
            ])
    }

    @Test func `Bitget wrote the kind of the market behind its name`() throws {
        let spot =
            "Date,Trading pair,Direction,Price,Amount,Total,Fee\n2023-02-03 10:00:00,BTCUSDT_SPBL,Sell,20000,0.1,2000,2\n"
        #expect(
            try importRows(spot).map(shown) == ["2 2023-02-03T10:00:00.000Z BTC_USDT sell 0.1 @ 20000 fee 2 #0"])
        let futures = """
            Date,Direction,Coin,Futures,Transaction amount,Average Price,Realized P/L,NetProfits,Fee
            2023-02-01 10:00:00,Open long,USDT,ETHUSDT_UMCBL,1,1600,0,0,-0.96
            2023-02-01 11:00:00,Open long,USDC,BTCPERP_CMCBL,0.1,20000,0,0,-1.2
            2023-02-01 12:00:00,Open long,BTC,BTCUSD_DMCBL,0.1,20000,0,0,-0.00001
            """
        #expect(
            try importRows(futures).map(shown) == [
                "2 2023-02-01T10:00:00.000Z ETH_USDT buy 1 @ 1600 fee 0.96 #0",
                "3 2023-02-01T11:00:00.000Z BTC_USDC buy 0.1 @ 20000 fee 1.2 #0",
                "4 refused: \"BTCUSD_DMCBL\" \(InverseContractTests.unknown)",
            ])
        #expect(try fills(importRows(spot) + importRows(futures)).map(\.marketKind) == [.spot, .perpetual, .perpetual])
    }

    @Test func `KuCoin's futures tell by their value how large a contract is`() throws {
        let bytes = try Fixture.bytes("kucoin_futures")
        try expectRows(
            "kucoin_futures", .kucoin,
            [
                "2 2026-06-04T12:00:00.500Z BTC_USDT sell 5 @ 61000 fee 0.183 #1700000000003 1700000000003",
                "3 2026-06-03T12:00:00.250Z BTC_USDT buy 5 @ 60000 fee -0.03 #1700000000002 1700000000002",
                "4 2026-06-02T12:00:00.000Z BTC_USD buy 10 @ 60000 fee 0.0000001 BTC #1700000000001 1700000000001",
            ])
        try expectTraits("kucoin_futures", ["perpetual closes", "perpetual", "inverse_perpetual"])
        var reader = try ImportReader(account: .main, nextChunk: chunks(bytes))
        while try reader.nextBatch() != nil {}
        #expect(reader.contracts.map { "\($0.symbol) \($0.size)" } == ["BTC_USDT 0.001"])
    }

    @Test func `Gate's futures sell what has a size below zero, and points are no money`() throws {
        var options = ImportOptions()
        options.contractSize = { symbol, _ in symbol == "BTC_USDT" ? Amount("0.0001") : nil }
        let rows = try importRows(Fixture.bytes("gate_futures"), options)
        #expect(
            rows.map(shown) == [
                "2 2026-06-04T12:00:00.123Z BTC_USDT sell 30 @ 61000 fee 0.0915 #121234233 121234233",
                "3 2026-06-03T12:00:00.500Z BTC_USDT buy 30 @ 60000 fee -0.018 #121234232 121234232",
                "4 refused: The fee was paid in points, whose worth the row does not say: enter this fill by hand.",
            ])
        let unsized = try importRows(Fixture.bytes("gate_futures")).map(shown)
        #expect(unsized[0].hasPrefix("2 refused: \"-30\" is a number of contracts of BTC_USDT, and nobody has said"))
    }

    @Test func `MEXC counts in coins, and buys a short to open it`() throws {
        try expectRows(
            "mexc_spot", .mexc,
            [
                "2 2026-01-15T12:00:00.000Z BTC_USDT sell 0.05 @ 30100 fee 1.505 #0",
                "3 2026-01-15T11:00:00.000Z BTC_USDT buy 0.05 @ 30000 fee 0.3 MX #0",
            ])
        try expectRows(
            "mexc_futures", .mexc,
            [
                "2 2026-01-22T05:45:00.000Z BTC_USDT buy 0.03 @ 29600 fee 0.1776 #0",
                "3 2026-01-22T04:45:00.000Z BTC_USDT sell 0.03 @ 30000 fee 0.18 #0",
                "4 refused: The side (column “Direction”) \"Long\" does not say whether it was bought or sold.",
            ])
        try expectTraits("mexc_futures", ["perpetual short closes", "perpetual short opens"])
    }

    @Test func `Gate has coins behind its amounts and tabs behind its numbers`() throws {
        try expectRows(
            "gate_spot", .gate,
            [
                "2 2026-11-28T10:00:27.000Z NFTX_USDT sell 0.013 @ 98.69 fee 0.00384891 #0",
                "3 2026-04-13T18:29:01.000Z GT_USDT buy 0.259 @ 3.7459 fee 0.0019403762 POINT #0",
            ])
    }

    @Test func `BitMEX counts money in millionths and satoshis`() throws {
        try expectRows(
            "bitmex", .bitmex,
            [
                "2 2026-05-02T12:00:00.000Z BTC_USDT sell 0.1 @ 60500 fee 4.5375 #0",
                "3 skipped: The row is no trade: its kind is \"Funding\".",
                "4 2026-05-01T12:00:00.000Z BTC_USDT buy 0.1 @ 60000 fee -0.6 #0",
                "5 2026-05-01T11:00:00.000Z BTC_USD buy 1000 @ 60000 fee 0.0000125 BTC #0",
            ], .shipped("bitmex"))
    }

    @Test func `Deribit's options are worth what they pay at their end`() throws {
        try expectRows(
            "deribit", .deribit,
            [
                "2 2026-03-27T08:00:00.000Z BTC-27MAR26-60000-C_BTC sell 0.5 @ 0.07692308 fee 0.000075 #1700000009",
                "3 2026-03-27T08:00:00.000Z BTC-27MAR26-90000-C_BTC sell 0.5 @ 0 fee 0 #1700000008",
                "4 skipped: Settlement of the day's profit is no trade.",
                "5 2026-03-12T10:00:00.000Z BTC_USDC sell 0.1 @ 60500 fee 1.5125 #1700000006 T6",
                "6 2026-03-11T10:00:00.000Z BTC_USDC buy 0.1 @ 60000 fee 1.5 #1700000005 T5",
                "7 2026-03-10T10:00:00.000Z BTC-27MAR26-60000-C_BTC buy 0.5 @ 0.05 fee 0.00015 #1700000004 T4",
                "8 2026-03-09T10:00:00.000Z BTC-27MAR26-90000-C_BTC buy 0.5 @ 0.001 fee 0.0000625 #1700000003 T3",
                "9 2026-03-08T10:00:00.000Z BTC_USD buy 100 @ 60000 fee 0.00000083 BTC #1700000002 T2",
                "10 skipped: It is a deposit.",
            ])
        try expectTraits(
            "deribit",
            [
                "option closes", "option closes", "perpetual reduces", "perpetual opens", "option opens",
                "option opens",
                "inverse_perpetual opens",
            ])
    }

    @Test func `dYdX and FTX have perpetuals in dollars`() throws {
        try expectRows(
            "dydx", .dydx,
            [
                "2 2026-04-02T10:00:00.500Z ETH_USD sell 1.5 @ 3100 fee -0.5115 #0",
                "3 2026-04-01T10:00:00.250Z ETH_USD buy 1.5 @ 3000 fee 2.25 #0",
            ])
        try expectRows(
            "ftx_page", .ftx,
            [
                "2 2022-09-01T10:00:00.123Z BTC-PERP_USD buy 0.1 @ 20000 fee 1.4 #1 1",
                "3 2022-09-01T11:00:00.123Z BTC-PERP_USD sell 0.1 @ 20100 fee 1.407 #2 2",
            ])
    }

    @Test func `Hyperliquid's API has ids and the fee's coin`() throws {
        try expectRows(
            "hyperliquid_api", .hyperliquid,
            [
                "2 2026-11-21T09:30:00.000Z ETH_USDC sell 0.5 @ 3010.5 fee 0.677362 #1001 1001",
                "3 2026-11-20T09:30:00.000Z ETH_USDC buy 0.5 @ 3000 fee 0.675 #1000 1000",
                "4 2026-11-19T09:30:00.000Z HYPE_USDC buy 20 @ 42.184 fee 0.01344 HYPE #999 999",
            ])
        try expectTraits("hyperliquid_api", ["perpetual closes", "perpetual opens", "spot"])
    }
}
