import Journal

// Exports of coins on spot. Each has what the fixture of its layout has.
extension LayoutWriter {
    static let spot: [LayoutWriter] = [
        LayoutWriter(
            layout: "binance_spot", markets: WrittenMarket.joined(),
            header: "Date(UTC{zone}),Pair,Side,Price,Executed,Amount,Fee", zone: .column, fees: .any, hasIDs: false
        ) { row in
            [
                "\(row.time)|\(row.symbol)|\(row.side)|\(row.price)|\(row.quantity)\(row.base)|\(row.total)\(row.quote)|"
                    + "\(row.fee)\(row.feeCoin)"
            ]
        },
        LayoutWriter(
            layout: "binance_spot_old", markets: WrittenMarket.joined(),
            header: "Date(UTC{zone}),Market,Type,Price,Amount,Total,Fee,Fee Coin", zone: .column, fees: .any,
            hasIDs: false
        ) { row in
            [
                "\(row.time)|\(row.symbol)|\(row.side)|\(row.price)|\(row.quantity)|\(row.total)|\(row.fee)|\(row.feeCoin)"
            ]
        },
        LayoutWriter(
            layout: "binance_statement", markets: WrittenMarket.joined(),
            header: "User_ID,UTC_Time,Account,Operation,Coin,Change,Remark", fees: .any, hasIDs: false,
            isOneForMoment: true
        ) { row in
            let words = row.fill.side == .buy ? ["Buy", "Spend"] : ["Sold", "Revenue"]
            return [
                "1|\(row.time)|Spot|Transaction \(words[0])|\(row.base)|\(row.signedQuantity)|",
                "1|\(row.time)|Spot|Transaction \(words[1])|\(row.quote)|\(row.cash)|",
                "1|\(row.time)|Spot|Transaction Fee|\(row.feeCoin)|\(row.minusFee)|",
            ]
        },
        LayoutWriter(
            layout: "binance_us", markets: WrittenMarket.joined("USD"),
            header:
                "User ID,Time,Category,Operation,Order ID,Transaction ID,Base Asset,Realized Amount For Base Asset,Quote Asset,Realized Amount for Quote Asset,Fee Asset,Realized Amount for Fee Asset",
            resolution: 1, fees: .any
        ) { row in
            [
                "1|\(row.time).\(row.thousandths)|Spot Trading|\(row.word)|7|t\(row.id)|\(row.base)|\(row.quantity)|"
                    + "\(row.quote)|\(row.total)|\(row.feeCoin)|\(row.fee)"
            ]
        },
        LayoutWriter(
            layout: "bybit_spot", markets: WrittenMarket.joined(),
            header:
                "Uid,Spot Pairs,Order Type,Direction,feeCoin,ExecFeeV2,Filled Value,Filled Price,Filled Quantity,Fees,Transaction ID,Order No.,Timestamp (UTC{zone})",
            zone: .column, resolution: 60_000, fees: .received
        ) { row in
            // The newer column for the fee says its coin, the older one is in what was received.
            let fees = row.fill.side == .buy ? ["|", row.fee] : ["\(row.feeCoin)|\(row.fee)", "--"]
            return [
                "1|\(row.symbol)|LIMIT|\(row.side)|\(fees[0])|\(row.total)|\(row.price)|\(row.quantity)|\(fees[1])|t\(row.id)|o|"
                    + "\(row.clock.prefix(5)) \(row.date)"
            ]
        },
        LayoutWriter(
            layout: "bybit_account_log", markets: WrittenMarket.joined("EUR"), header: bybitLog, zone: .column,
            fees: .received, hasIDs: false
        ) { row in
            let isBuy = row.fill.side == .buy
            func half(_ coin: String, _ amount: String, _ fee: String) -> String {
                "1|\(coin)|\(row.symbol)|TRADE|\(row.side)|\(amount)|0|\(row.price)|0|\(fee)|\(amount)|0|0|--|\(row.time)"
            }
            return [
                half(row.base, row.signedQuantity, isBuy ? row.minusFee : "0"),
                half(row.quote, row.cash, isBuy ? "0" : row.minusFee),
            ]
        },
        LayoutWriter(
            layout: "okx_trading", markets: WrittenMarket.dashed("EUR"), header: okxTrading,
            above: "UID:1,Account Type:Main,Time Zone:UTC{zone}\n", zone: .line, fees: .received
        ) { row in
            let isBuy = row.fill.side == .buy
            func half(_ id: Int, _ side: String, _ amount: String, _ fee: String, _ coin: String) -> String {
                "\(id)|77|\(row.time)|Spot|\(row.symbol)|\(side)|\(amount)|\(row.quote)|\(row.price)|0|\(fee)|\(coin)|0|0|0|0|\(coin)"
            }
            return [
                half(2 * row.id, row.word, row.quantity, isBuy ? row.minusFee : "0", row.base),
                half(2 * row.id + 1, isBuy ? "Sell" : "Buy", row.total, isBuy ? "0" : row.minusFee, row.quote),
            ]
        },
        LayoutWriter(
            layout: "kraken_trades",
            markets: [
                WrittenMarket(name: "BTC_USD", base: "BTC", quote: "USD", written: "XXBTZUSD"),
                WrittenMarket(name: "DOGE_EUR", base: "DOGE", quote: "EUR", written: "XDGEUR"),
                WrittenMarket(name: "ETH_USDT", base: "ETH", quote: "USDT", written: "ETHUSDT"),
            ], header: "txid,ordertxid,pair,time,type,ordertype,price,cost,fee,vol,margin,misc,ledgers", resolution: 1
        ) { row in
            [
                "T\(row.id)|O|\(row.symbol)|\(row.time).\(row.thousandths)4|\(row.word)|limit|\(row.price)|\(row.total)|\(row.fee)|"
                    + "\(row.quantity)|0||L"
            ]
        },
        LayoutWriter(
            layout: "kraken_ledgers", markets: WrittenMarket.joined("EUR"),
            header: "txid,refid,time,type,subtype,aclass,asset,wallet,amount,fee,balance", fees: .received
        ) { row in
            let isBuy = row.fill.side == .buy
            let coins = ["BTC": "XXBT", "ETH": "XETH", "DOGE": "XXDG"]
            func half(_ asset: String, _ amount: String, _ fee: String) -> String {
                "L|T\(row.id)|\(row.time)|trade|tradespot|currency|\(asset)|spot / main|\(amount)|\(fee)|0"
            }
            return [
                half(coins[row.base] ?? row.base, row.signedQuantity, isBuy ? row.fee : "0"),
                half("ZEUR", row.cash, isBuy ? "0" : row.fee),
            ]
        },
        LayoutWriter(
            layout: "coinbase_fills", markets: WrittenMarket.dashed("USDC"),
            header: "portfolio,trade id,product,side,created at,size,size unit,price,fee,total,price/fee/total unit",
            resolution: 1
        ) { row in
            [
                "default|\(row.id)|\(row.symbol)|\(row.side)|\(row.instant)|\(row.quantity)|\(row.base)|\(row.price)|\(row.fee)|0|"
                    + row.quote
            ]
        },
        LayoutWriter(
            layout: "coinbase_transactions", markets: WrittenMarket.dashed("USDC"), header: coinbaseTransactions,
            above: "\nTransactions\nUser,Somebody,1\n", mayHaveComma: false
        ) { row in
            [
                "a\(row.id)|\(row.time) UTC|Advanced Trade \(row.word)|\(row.base)|\(row.signedQuantity)|EUR|€1|€1|€1|€1|"
                    + "\(row.fill.side == .buy ? "Bought" : "Sold") \(row.quantity) \(row.base) for \(row.net()) \(row.quote) on "
                    + "\(row.symbol) at \(row.price) \(row.quote)/\(row.base)"
            ]
        },
        LayoutWriter(
            layout: "coinbase_transactions", markets: WrittenMarket.dashed("EUR"), header: coinbaseTransactions,
            above: "\nTransactions\nUser,Somebody,1\n", mayHaveComma: false
        ) { row in
            [
                "a\(row.id)|\(row.time) UTC|\(row.word)|\(row.base)|\(row.signedQuantity)|EUR|€\(row.price)|€\(row.total)|€1|€\(row.fee)|"
                    + "\(row.fill.side == .buy ? "Bought" : "Sold") \(row.quantity) \(row.base) for 1 EUR"
            ]
        },
    ]

    private static let coinbaseTransactions =
        "ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Price at Transaction,Subtotal,Total (inclusive of fees and/or spread),Fees and/or Spread,Notes"

    static let bybitLog =
        "Uid,Currency,Contract,Type,Direction,Quantity,Position,Filled Price,Funding,Fee Paid,Cash Flow,Change,Wallet Balance,Action,Time(UTC{zone})"

    static let okxTrading =
        "id,Order id,Time,Trade Type,Symbol,Action,Amount,Trading Unit,Filled Price,PnL,Fee,Fee Unit,Position Change,Position Balance,Balance Change,Balance,Balance Unit"
}
