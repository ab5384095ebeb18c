import Journal

extension LayoutWriter {
    static let otherSpot: [LayoutWriter] = [
        LayoutWriter(
            layout: "kucoin_fills", markets: WrittenMarket.dashed(),
            header:
                "UID,Account Type,Order ID,Symbol,Side,Order Type,Avg. Filled Price,Filled Amount,Filled Volume,Filled Time(UTC{zone}),Fee,Tax,Maker/Taker,Fee Currency",
            zone: .column, fees: .any, hasIDs: false
        ) { row in
            [
                "1|mainAccount|\(row.id)|\(row.symbol)|\(row.side)|MARKET|\(row.price)|\(row.quantity)|\(row.total)|\(row.time)|"
                    + "\(row.fee)||TAKER|\(row.feeCoin)"
            ]
        },
        LayoutWriter(
            layout: "kucoin_orders", markets: WrittenMarket.dashed(),
            header:
                "UID,Account Type,Order ID,Order Time(UTC{zone}),Symbol,Side,Order Type,Avg. Filled Price,Filled Amount,Filled Volume,Filled Time(UTC{zone}),Fee,Fee Currency,Status",
            zone: .column, fees: .any, hasIDs: false
        ) { row in
            [
                "1|mainAccount|\(row.id)|2020-01-01 00:00:00|\(row.symbol)|\(row.side)|LIMIT|\(row.price)|\(row.quantity)|"
                    + "\(row.total)|\(row.time)|\(row.fee)|\(row.feeCoin)|deal"
            ]
        },
        LayoutWriter(
            layout: "kucoin_fills_old", markets: WrittenMarket.dashed(),
            header: "tradeCreatedAt,orderId,symbol,side,price,size,funds,fee,liquidity,feeCurrency,orderType",
            zone: .option, fees: .any, hasIDs: false
        ) { row in
            [
                "\(row.time)|\(row.id)|\(row.symbol)|\(row.side)|\(row.price)|\(row.quantity)|\(row.total)|\(row.fee)|taker|"
                    + "\(row.feeCoin)|limit"
            ]
        },
        LayoutWriter(
            layout: "bitget_spot", markets: WrittenMarket.joined(),
            header: "Date,Trading pair,Direction,Price,Amount,Total,Fee,Fee coin", zone: .option, fees: .any,
            hasIDs: false
        ) { row in
            [
                "\(row.time)|\(row.symbol)|\(row.word)|\(row.price)|\(row.quantity)|\(row.total)|\(row.fee)|\(row.feeCoin)"
            ]
        },
        LayoutWriter(
            layout: "bitget_spot", markets: WrittenMarket.joined(),
            header: "Date,Trading pair,Direction,Price,Amount,Total,Fee", zone: .option, fees: .received, hasIDs: false
        ) { row in
            ["\(row.time)|\(row.symbol)|\(row.word)|\(row.price)|\(row.quantity)|\(row.total)|\(row.fee)"]
        },
        LayoutWriter(
            layout: "mexc_spot", markets: WrittenMarket.pairs { "\($0)_\($1)" },
            header: "UID,Pairs,Time,Side,Filled Price,Executed Amount,Total,Fee,Role", zone: .option, fees: .any,
            hasIDs: false
        ) { row in
            [
                "1|\(row.symbol)|\(row.time)|\(row.word)|\(row.price)|\(row.quantity)|\(row.total)|\(row.fee)\(row.feeCoin)|Taker"
            ]
        },
        LayoutWriter(
            layout: "gate_spot", markets: WrittenMarket.pairs { "\($0)/\($1)" },
            header: "No,Time,Trade type,Role,Market,Deal price,Deal amount,Total,Fee", zone: .option, fees: .any,
            hasIDs: false
        ) { row in
            [
                "\(row.id)\t|\(row.time)|\(row.word)|taker|\(row.symbol)|\(row.price)\t|\(row.quantity) \(row.base)|"
                    + "\(row.total) \(row.quote)|\(row.fee) \(row.feeCoin)"
            ]
        },
        LayoutWriter(
            layout: "ftx_fills",
            markets: WrittenMarket.pairs(quote: "USD") { "\($0)/\($1)" }
                + [
                    WrittenMarket(name: "SOL-PERP_USD", base: "SOL", quote: "USD", written: "SOL-PERP"),
                    WrittenMarket(name: "SOL-0325_USD", base: "SOL", quote: "USD", written: "SOL-0325"),
                ], header: "id,time,market,side,type,size,price,total,fee,feeCurrency", resolution: 1, fees: .any,
            hasRebates: true
        ) { row in
            [
                "\(row.id)|\(row.instant.dropLast())000+00:00|\(row.symbol)|\(row.word)|limit|\(row.quantity)|\(row.price)|"
                    + "\(row.total)|\(row.fee)|\(row.feeCoin)"
            ]
        },
        LayoutWriter(
            layout: "ftx_page", markets: WrittenMarket.pairs(quote: "USD") { "\($0)/\($1)" },
            header: "ID,Time,Market,Side,Order Type,Size,Price,Total,Fee,Fee Currency,TWAP", resolution: 1, fees: .any
        ) { row in
            [
                "\(row.id)|\(row.instant.dropLast())000+00:00|\(row.symbol)|\(row.word)|Limit|\(row.quantity)|\(row.price)|"
                    + "\(row.total)|\(row.fee)|\(row.feeCoin)|"
            ]
        },
        LayoutWriter(
            layout: "ccxt_trades", markets: WrittenMarket.pairs { "\($0)/\($1)" },
            header:
                "timestamp,datetime,symbol,id,order,type,side,takerOrMaker,price,amount,cost,fee.cost,fee.currency",
            resolution: 1, fees: .any, hasRebates: true
        ) { row in
            [
                "\(row.fill.milliseconds)|\(row.instant)|\(row.symbol)|\(row.id)|o|limit|\(row.word)|taker|\(row.price)|"
                    + "\(row.quantity)|\(row.total)|\(row.fee)|\(row.feeCoin)"
            ]
        },
        LayoutWriter(
            layout: "ccxt_trades",
            markets: WrittenMarket.pairs { "\($0)/\($1):\($1)" } + WrittenMarket.pairs(["XRP"]) { "\($0)/\($1)" },
            header: "JSON", resolution: 1, fees: .any, mayHaveComma: false, isJSON: true
        ) { row in
            [
                """
                {"info": {"x": [1]}, "id": "\(row.id)", "timestamp": \(row.fill.milliseconds), "datetime": "\(row.instant)",
                 "symbol": "\(row.symbol)", "order": null, "side": "\(row.word.lowercased())", "takerOrMaker": "maker",
                 "price": \(row.price), "amount": \(row.quantity), "cost": \(row.total),
                 "fee": {"cost": \(row.fee), "currency": "\(row.feeCoin)"}}
                """
            ]
        },
        LayoutWriter(
            layout: "generic", markets: WrittenMarket.pairs { "\($0)/\($1)" },
            header: "Time,Symbol,Side,Price,Quantity,Fee,Fee Currency", zone: .option, fees: .any, hasIDs: false
        ) { row in
            ["\(row.anyTime)|\(row.symbol)|\(row.word)|\(row.price)|\(row.quantity)|\(row.fee)|\(row.feeCoin)"]
        },
    ]
}
