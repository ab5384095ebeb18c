import Journal
import Primitives

// Exports of perpetuals and other contracts of crypto exchanges.
extension LayoutWriter {
    static let contracts: [LayoutWriter] = [
        LayoutWriter(
            layout: "binance_futures", markets: WrittenMarket.joined(),
            header:
                "Uid,Time,Symbol,Side,Price,Quantity,Amount,Fee,Realized Profit,Buyer,Maker,Trade ID,Order ID",
            zone: .option, fees: .any, hasRebates: true, mayTurn: true
        ) { row in
            [
                "1|\(row.date.dropFirst(2)) \(row.clock)|\(row.symbol)|\(row.side)|\(row.price)|\(row.quantity)|\(row.total)|"
                    + "\(row.fee) \(row.feeCoin)|\(row.fill.isOpening ? 0 : 1)|true|true|\(row.id)|9"
            ]
        },
        LayoutWriter(
            layout: "binance_futures", markets: WrittenMarket.joined("USDC"),
            header:
                "Time(UTC{zone}),Symbol,Side,Position Side,Order Type,Price,Quantity,Amount,Fee,Realized Profit",
            zone: .column, fees: .any, hasIDs: false
        ) { row in
            [
                "\(row.time)|\(row.symbol)|\(row.side)|\(row.leg.uppercased())|LIMIT|\(row.price)|\(row.quantity)|\(row.total)|"
                    + "\(row.fee) \(row.feeCoin)|0"
            ]
        },
        LayoutWriter(
            layout: "bybit_contracts", markets: WrittenMarket.joined(),
            header:
                "Contracts,Filled Type,Filled Quantity,Filled Price,Fees,Direction,Transaction ID,Transaction Time(UTC{zone})",
            zone: .column, resolution: 60_000, hasRebates: true, mayTurn: true
        ) { row in
            [
                "\(row.symbol)|Trade|\(row.quantity)|\(row.price)|\(row.fee)|\(row.word)|id-\(row.id)|"
                    + "\(row.clock.prefix(5)) \(row.date)"
            ]
        },
        LayoutWriter(
            layout: "bybit_account_log", markets: WrittenMarket.joined(), header: bybitLog, zone: .column,
            hasRebates: true, hasIDs: false
        ) { row in
            [
                "1|\(row.quote)|\(row.symbol)|TRADE|\(row.side)|\(row.quantity)|0|\(row.price)|0|\(row.minusFee)|0|0|0|"
                    + "\(row.effect.uppercased())|\(row.time)"
            ]
        },
        LayoutWriter(
            layout: "okx_trading", markets: WrittenMarket.pairs { "\($0)-\($1)-SWAP" }, header: okxTrading,
            above: "UID:1,Account Type:Main,Time Zone:UTC{zone}\n", zone: .line, hasRebates: true, countsWhole: true,
            options: sized(Amount(units: 10_000_000_000_000_000))
        ) { row in
            [
                "\(row.id)|77|\(row.time)|Perpetual swap|\(row.symbol)|\(row.effect) \(row.leg)|\(row.quantity)|cont|"
                    + "\(row.price)|0|\(row.minusFee)|\(row.quote)|0|0|0|0|\(row.quote)"
            ]
        },
        LayoutWriter(
            layout: "okx_trading", markets: WrittenMarket.pairs { "\($0)-\($1)-SWAP" }, header: okxTrading,
            above: "UID:1,Account Type:Main,Time Zone:UTC{zone}\n", zone: .line
        ) { row in
            [
                "\(row.id)|77|\(row.time)|Swap|\(row.symbol)|\(row.word)|\(row.quantity)|\(row.base)|\(row.price)|0|"
                    + "\(row.minusFee)|\(row.quote)|0|0|0|0|\(row.quote)"
            ]
        },
        LayoutWriter(
            layout: "kraken_futures",
            markets: [
                WrittenMarket(name: "BTC_USD", base: "BTC", quote: "USD", written: "pf_xbtusd"),
                WrittenMarket(name: "ETH_USD", base: "ETH", quote: "USD", written: "pf_ethusd"),
            ],
            header:
                "uid,dateTime,account,type,symbol,contract,change,new balance,new average entry price,trade price,mark price,funding rate,realized pnl,fee,realized funding,collateral",
            hasRebates: true, mayTurn: true
        ) { row in
            let after = row.fill.held + (row.fill.side == .buy ? row.fill.quantity : -row.fill.quantity)
            return [
                "u\(row.id)|\(row.time)|flex|futures trade|\(row.symbol)|\(row.symbol)|\(row.signedQuantity)|"
                    + "\(row.number(after, row.fill.scale.quantity))|1|\(row.price)|1||||||",
                "m\(row.id)|\(row.time)|flex|futures trade|usd|\(row.symbol)|-1|500||\(row.price)|1||0|\(row.fee)||",
            ]
        },
        LayoutWriter(
            layout: "hyperliquid_trades",
            markets: WrittenMarket.pairs(quote: "USDC") { coin, _ in coin },
            header: "time,coin,dir,px,sz,ntl,fee,closedPnl",
            zone: .option, hasRebates: true, hasIDs: false, mayTurn: true
        ) { row in
            let turns = row.fill.side == .buy ? "Short > Long" : "Long > Short"
            let direction = "\(row.effect) \(row.fill.leg == .long ? "Long" : "Short")"
            return [
                "\(row.slashed) - \(row.clock)|\(row.symbol)|\(row.fill.isTurning ? turns : direction)|\(row.price)|"
                    + "\(row.quantity)|\(row.total)|\(row.fee)|0"
            ]
        },
        LayoutWriter(
            layout: "hyperliquid_trades",
            markets: WrittenMarket.pairs(quote: "USDC") { "\($0)/\($1)" },
            header: "coin,px,sz,side,time,startPosition,dir,closedPnl,hash,oid,crossed,fee,tid,feeToken", resolution: 1,
            fees: .any
        ) { row in
            [
                "\(row.symbol)|\(row.price)|\(row.quantity)|\(row.fill.side == .buy ? "B" : "A")|\(row.fill.milliseconds)|0|"
                    + "\(row.word)|0|0xaa|11|true|\(row.fee)|\(row.id)|\(row.feeCoin)"
            ]
        },
        LayoutWriter(
            layout: "bitget_futures", markets: WrittenMarket.joined(),
            header: "Date,Direction,Coin,Futures,Transaction amount,Average Price,Realized P/L,NetProfits,Fee",
            zone: .option, hasIDs: false
        ) { row in
            [
                "\(row.time)|\(row.effect) \(row.leg)|\(row.quote)|\(row.symbol)|\(row.quantity)|\(row.price)|0|0|\(row.minusFee)"
            ]
        },
        LayoutWriter(
            layout: "mexc_futures", markets: WrittenMarket.pairs { "\($0)_\($1)" },
            header:
                "UID,Time(UTC{zone}),Futures Trading Pair,Direction,Order Type,Filled Qty (Cont.),Filled Qty (Crypto),Filled Qty (Amount),Filled Price,Trading Fee,Fee-payment Crypto,Role,Closing PNL",
            zone: .column, fees: .any, hasIDs: false
        ) { row in
            [
                "1|\(row.time)|\(row.symbol)|\(row.fill.isOpening ? "buy" : "sell") \(row.leg)|Market|7|\(row.quantity)|"
                    + "\(row.total)|\(row.price)|\(row.fee)|\(row.feeCoin)|Taker|0"
            ]
        },
        LayoutWriter(
            layout: "bitmex_executions",
            markets: [
                WrittenMarket(name: "BTC_USDT", base: "BTC", quote: "USDT", written: "XBTUSDT"),
                WrittenMarket(name: "ETH_USDT", base: "ETH", quote: "USDT", written: "ETHUSDT"),
            ],
            header:
                "transactTime,symbol,execType,side,lastQty,lastPx,execCost,commission,execComm,ordType,text,orderID,homeNotional",
            resolution: 1, hasRebates: true, hasIDs: false, isCoarse: true
        ) { row in
            [
                "\(row.instant)|\(row.symbol)|Trade|\(row.word)|\(row.fill.quantity * 1000)|\(row.price)|0|0|"
                    + "\(row.fill.fee * 100)|Limit|Submission|o-\(row.id)|\(row.signedQuantity)"
            ]
        },
        LayoutWriter(
            layout: "deribit_log", markets: WrittenMarket.pairs(quote: "USDC") { "\($0)_\($1)-PERPETUAL" },
            header:
                "ID,UserSeq,Date,Instrument,Type,Side,Base Amount,Position,Price,Mark Price,Index Price,Cash Flow,Funding,Fee Rate,Fee Charged,Trade ID,Order ID",
            hasRebates: true
        ) { row in
            [
                "\(row.id)|17\(row.id + 1000)|\(row.time)|\(row.symbol)|trade|\(row.effect.lowercased()) \(row.word.lowercased())|"
                    + "\(row.quantity)|0|\(row.price)|0|0|0|0|0|\(row.fee)|T\(row.id)|O"
            ]
        },
        LayoutWriter(
            layout: "dydx_trades", markets: WrittenMarket.dashed("USD"),
            header: "Time,Market,Side,Amount,Price,Total,Fee,Type,Liquidity", resolution: 1, hasRebates: true,
            hasIDs: false
        ) { row in
            [
                "\(row.instant)|\(row.symbol)|\(row.word)|\(row.quantity)|\(row.price)|\(row.total)|\(row.fee)|LIMIT|MAKER"
            ]
        },
        LayoutWriter(
            layout: "dydx_fills", markets: WrittenMarket.dashed("USD"),
            header: "id,side,liquidity,type,market,price,size,fee,createdAt,orderId", resolution: 1, hasRebates: true
        ) { row in
            [
                "f-\(row.id)|\(row.side)|TAKER|LIMIT|\(row.symbol)|\(row.price)|\(row.quantity)|\(row.fee)|\(row.instant)|o"
            ]
        },
        LayoutWriter(
            layout: "kucoin_futures", markets: WrittenMarket.joinedM(),
            header:
                "symbol,tradeId,orderId,side,liquidity,price,size,value,feeCurrency,fee,orderType,tradeType,createdAt,settleCurrency,tradeTime",
            resolution: 1, hasRebates: true, countsWhole: true, isCoarse: true
        ) { row in
            [
                "\(row.symbol)|\(row.id)|9|\(row.word.lowercased())|taker|\(row.price)|\(row.quantity)|"
                    + "\(row.number(row.fill.price * row.fill.quantity, 5))|USDT|\(row.fee)|market|trade|0|USDT|"
                    + "\(row.fill.milliseconds)000000"
            ]
        },
        LayoutWriter(
            layout: "gate_futures", markets: WrittenMarket.pairs { "\($0)_\($1)" },
            header: "id,create_time,contract,order_id,size,close_size,price,role,text,fee,point_fee", resolution: 1,
            hasRebates: true, countsWhole: true, mayHaveComma: false,
            options: sized(Amount(units: 100_000_000_000_000))
        ) { row in
            [
                "\(row.id)|\(row.number(row.fill.milliseconds, 3))|\(row.symbol)|9|\(row.signedQuantity)|0|\(row.price)|taker|web|"
                    + "\(row.fee)|0"
            ]
        },
    ]
}
