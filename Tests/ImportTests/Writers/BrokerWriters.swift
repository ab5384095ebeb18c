import Journal
import Primitives

// Statements of brokers and of the platforms that trade through them.
extension LayoutWriter {
    static let brokers: [LayoutWriter] = [
        LayoutWriter(
            layout: "ibkr_flex", markets: shares + [option("AAPL  260417C00200000"), future("ESH6")],
            header:
                "HEADER,TRNT,CurrencyPrimary,AssetClass,Multiplier,Symbol,TradeID,DateTime,Quantity,TradePrice,Taxes,IBCommission,IBCommissionCurrency,Open/CloseIndicator,Buy/Sell,LevelOfDetail,TransactionType",
            above: "BOF,U1,Trades,2,20260105,20260109\nBOA,U1\n", zone: .option, countsWhole: true, mayHaveComma: false
        ) { row in
            [
                "DATA|TRNT|USD|\(row.fill.market.note)|\(row.symbol)|\(row.id)|\(row.date.replacing("-", with: ""));"
                    + "\(row.clock.replacing(":", with: ""))|\(row.signedQuantity)|\(row.price)|0|\(row.minusFee)|USD|"
                    + "\(row.effect.prefix(1))|\(row.side)|EXECUTION|ExchTrade"
            ]
        },
        LayoutWriter(
            layout: "ibkr_activity",
            markets: ["AMC", "AAPL"].map {
                WrittenMarket(name: $0 + "_USD", base: $0, quote: "USD", written: $0, note: "Stocks")
            },
            header:
                "Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,C. Price,Proceeds,Comm/Fee,Basis,Realized P/L,MTM P/L,Code",
            above: "Statement,Header,Field Name,Field Value\n", zone: .option, hasIDs: false, mayHaveComma: false
        ) { row in
            [
                "Trades|Data|Order|\(row.fill.market.note)|USD|\(row.symbol)|\(row.date), \(row.clock)|\(row.signedQuantity)|"
                    + "\(row.price)|1|\(row.cash)|\(row.minusFee)|0|0|0|\(row.effect.prefix(1))"
            ]
        },
        LayoutWriter(
            layout: "metatrader5_positions", markets: forex,
            header: "Time,Position,Symbol,Type,Volume,Price,S / L,T / P,Time,Price,Commission,Swap,Profit",
            zone: .option,
            fees: .account, lotSize: 100_000, isPositions: true, options: ImportOptions(currency: "USD")
        ) { row in
            [
                "\(row.time.replacing("-", with: "."))|\(row.id)|\(row.symbol)|\(row.word.lowercased())|\(row.quantity)|"
                    + "\(row.price)|||\(row.endTime.replacing("-", with: "."))|\(row.endPrice)|\(row.endFees[0])|"
                    + "\(row.endFees[1])|\(row.zero)"
            ]
        },
        LayoutWriter(
            layout: "metatrader4_history", markets: forex,
            header: "Ticket,Open Time,Type,Size,Item,Price,S / L,T / P,Close Time,Price,Commission,Taxes,Swap,Profit",
            zone: .option, fees: .account, lotSize: 100_000, isPositions: true,
            options: ImportOptions(currency: "USD")
        ) { row in
            [
                "\(row.id)|\(row.time.replacing("-", with: "."))|\(row.word.lowercased())|\(row.quantity)|\(row.symbol)|"
                    + "\(row.price)|||\(row.endTime.replacing("-", with: "."))|\(row.endPrice)|\(row.endFees[0])|\(row.zero)|"
                    + "\(row.endFees[1])|\(row.zero)"
            ]
        },
        LayoutWriter(
            layout: "metatrader5_deals", markets: forex,
            header: "Time,Deal,Symbol,Type,Direction,Volume,Price,Order,Commission,Fee,Swap,Profit,Balance,Comment",
            zone: .option, fees: .account, lotSize: 100_000, options: ImportOptions(currency: "USD")
        ) { row in
            [
                "\(row.time.replacing("-", with: "."))|\(row.id)|\(row.symbol)|\(row.word.lowercased())|"
                    + "\(row.fill.isOpening ? "in" : "out")|\(row.quantity)|\(row.price)|7|\(row.minusFee)|\(row.zero)|\(row.zero)|\(row.zero)|\(row.zero)|"
            ]
        },
        LayoutWriter(
            layout: "ninjatrader_executions",
            markets: [
                WrittenMarket(name: "ESH26", base: "ESH26", quote: "", written: "ES 03-26"),
                WrittenMarket(name: "NQZ25", base: "NQZ25", quote: "", written: "NQ DEC25"),
            ],
            header:
                "Instrument,Action,Quantity,Price,Time,ID,E/X,Position,Order ID,Name,Commission,Rate,Account,Connection,",
            zone: .option, countsWhole: true, options: sized(Amount(whole: 50))
        ) { row in
            let short = row.fill.side == .sell && row.fill.isOpening ? "SellShort" : row.word
            return [
                "\(row.symbol)|\(short)|\(row.quantity)|\(row.price)|\(row.slashed) \(row.halfDayClock)|\(row.id)_1|"
                    + "\(row.fill.isOpening ? "Entry" : "Exit")|-|9|Name|$\(row.fee)|1|Sim101|Rithmic|"
            ]
        },
        LayoutWriter(
            layout: "tradovate_fills", markets: [future("ESH6"), future("MNQH6")],
            header:
                "_id,_timestamp,Fill ID,Order ID,Timestamp,Date,Account,B/S,Quantity,Price,Contract,Product,commission",
            resolution: 1, countsWhole: true, options: sized(Amount(whole: 50))
        ) { row in
            [
                "\(row.id)|\(row.date) \(row.clock).\(row.thousandths)Z|\(row.id)|9|\(row.slashed) 00:00:00|1/1/26|DEMO| \(row.word)|"
                    + "\(row.quantity)|\(row.price)|\(row.symbol)|X|\(row.fee)"
            ]
        },
        LayoutWriter(
            layout: "schwab_transactions",
            markets: [
                WrittenMarket(name: "AAPL_USD", base: "AAPL", quote: "USD", written: "AAPL"),
                WrittenMarket(name: "BRK.B_USD", base: "BRK.B", quote: "USD", written: "BRK/B"),
                WrittenMarket(
                    name: "AAPL-17APR26-200-C_USD", base: "", quote: "USD", written: "AAPL 04/17/2026 200.00 C",
                    note: "100"),
            ], header: "Date,Action,Symbol,Description,Quantity,Price,Fees & Comm,Amount",
            above: "\"Transactions  for account Individual ...123 as of 03/31/2026 21:16:49 ET\"\n",
            resolution: 86_400_000, hasIDs: false, countsWhole: true, mayHaveComma: false
        ) { row in
            let isOption = !row.fill.market.note.isEmpty
            let net = row.net(isOption ? 100 : 1)
            let sign = (row.fill.side == .buy) == net.hasPrefix("-") ? "" : "-"
            return [
                "\(row.slashed)|\(row.word)\(isOption ? " to \(row.effect)" : "")|\(row.symbol)|TEXT|\(row.quantity)|"
                    + "$\(row.price)|$\(row.fee)|\(sign)$\(net.filter { $0 != "-" })"
            ]
        },
        LayoutWriter(
            layout: "thinkorswim_statement",
            markets: [
                WrittenMarket(name: "TMDE_USD", base: "TMDE", quote: "USD", written: "TMDE", note: ","),
                WrittenMarket(
                    name: "QQQ-08JUN26-721-C_USD", base: "QQQ", quote: "USD", written: "QQQ",
                    note: "8 JUN 26"),
            ], header: ",Exec Time,Spread,Side,Qty,Pos Effect,Symbol,Exp,Strike,Type,Price,Net Price,Order Type",
            above:
                "Account Statement for 1 (margin) since 6/1/26 through 6/12/26\n\nCash Balance\nDATE,TIME,TYPE,REF #,DESCRIPTION,Misc Fees,Commissions & Fees,AMOUNT,BALANCE\n{table}\n\nAccount Trade History\n",
            zone: .option, hasIDs: false, countsWhole: true, mayHaveComma: false,
            isAlwaysNewestFirst: true,
            tableAbove: { row in
                let option = row.fill.market.note.hasPrefix(",") ? "" : " 100 (Weeklys) 8 JUN 26 721 CALL"
                let amount = row.number(
                    row.fill.price * row.fill.quantity * (option.isEmpty ? 1 : 100), row.fill.scale.price)
                let bot = row.fill.side == .buy ? "BOT +" : "SOLD -"
                return
                    "\(row.shortSlashed),\(row.clock),TRD,=\"\(row.id)\",\(bot)\(row.quantity) \(row.symbol)\(option) @\(row.price),"
                    + "\(row.fill.fee % 2 == 0 ? "" : row.minusFee),\(row.fill.fee % 2 == 0 ? row.minusFee : ""),\(amount),1"
            }
        ) { row in
            let isStock = row.fill.market.note.hasPrefix(",")
            let sign = row.fill.side == .buy ? "+" : "-"
            return [
                "|\(row.shortSlashed) \(row.clock)|SINGLE|\(row.side)|\(sign)\(row.quantity)|TO \(row.effect.uppercased())|"
                    + "\(row.symbol)|\(isStock ? "||STOCK" : "8 JUN 26|721|CALL")|\(row.price)|\(row.price)|LMT"
            ]
        },
        LayoutWriter(
            layout: "trading212_history",
            markets: ["CSCO", "AAPL"].map { WrittenMarket(name: $0 + "_USD", base: $0, quote: "USD", written: $0) },
            header:
                "Action,Time,ISIN,Ticker,Name,No. of shares,Price / share,Currency (Price / share),Exchange rate,Total,Currency (Total),Notes,ID,Transaction fee,Currency (Transaction fee)",
            resolution: 1
        ) { row in
            [
                "Market \(row.word.lowercased())|\(row.time).\(row.thousandths)|US1|\(row.symbol)|Name|\(row.quantity)|\(row.price)|"
                    + "USD|1|1|GBP||EOF\(row.id)|\(row.fee)|USD"
            ]
        },
        LayoutWriter(
            layout: "tradingview_orders",
            markets: WrittenMarket.pairs(["TRX", "BTC"]) { "BINANCE:\($0)\($1).P" }
                + [WrittenMarket(name: "AAPL_USD", base: "AAPL", quote: "USD", written: "NASDAQ:AAPL")],
            header:
                "Symbol,Side,Type,Qty,Limit Price,Stop Price,Fill Price,Status,Commission,Leverage,Margin,Placing Time,Closing Time,Order ID",
            zone: .option, fees: .account, mayHaveComma: false
        ) { row in
            [
                "\(row.symbol)|\(row.word)|Market|\(row.quantity)|||\(row.price)|Filled|\(row.fee)|50:1|1,420.13 USD|\(row.time)|"
                    + "\(row.time)|\(row.id)"
            ]
        },
    ]

    private static let shares = ["IBM", "AAPL"].map {
        WrittenMarket(name: $0 + "_USD", base: $0, quote: "USD", written: $0, note: "STK|1")
    }

    private static func option(_ written: String) -> WrittenMarket {
        WrittenMarket(name: "AAPL-17APR26-200-C_USD", base: "", quote: "USD", written: written, note: "OPT|100")
    }

    /// `ESH6`, which from 2022 on is that of 2026.
    private static func future(_ written: String) -> WrittenMarket {
        let name = written.dropLast() + "2" + written.suffix(1)
        return WrittenMarket(name: String(name), base: "", quote: "USD", written: written, note: "FUT|50")
    }

    private static let forex = [
        WrittenMarket(name: "EUR_USD", base: "EUR", quote: "USD", written: "EURUSD"),
        WrittenMarket(name: "USD_JPY", base: "USD", quote: "JPY", written: "USDJPY.pro"),
    ]
}

extension WrittenRow {
    fileprivate var zero: String { number(0, 2) }
    fileprivate var endPrice: String { number(end?.price ?? 0, fill.scale.price) }

    /// The costs of a position in two parts, as commission and swap.
    fileprivate var endFees: [String] {
        let fee = end?.fee ?? 0
        return [number(-(fee / 3), fill.scale.fee), number(fee / 3 - fee, fill.scale.fee)]
    }
}
