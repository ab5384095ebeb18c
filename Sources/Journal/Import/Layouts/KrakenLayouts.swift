extension ColumnLayout {
    static let kraken = [krakenTrades, krakenLedgers, krakenFutures]

    private static let krakenTrades = ColumnLayout(
        format: .kraken, name: "kraken_trades", title: "Kraken trades", marks: ["ordertxid", "cost"],
        names: [
            .time: ["time"], .symbol: ["pair"], .side: ["type"], .price: ["price"], .quantity: ["vol"],
            .fee: ["fee"], .tradeID: ["txid"], .orderID: ["ordertxid"],
        ],
        dialect: .kraken, market: .spot, feeSign: .byFile, utcOffsetMinutes: 0, isNewestFirst: false,
        reader: { KrakenTradeRows() })

    /// Columns and types as in BittyTax (conv/parsers/kraken.py).
    private static let krakenLedgers = ColumnLayout(
        format: .kraken, name: "kraken_ledgers", title: "Kraken ledgers",
        marks: ["txid", "refid", "asset", "amount", "balance"],
        names: [
            .time: ["time"], .base: ["asset"], .quantity: ["amount"], .fee: ["fee"], .tradeID: ["refid"],
            .kind: ["type"],
        ],
        needed: [.time, .base, .quantity, .fee, .tradeID, .kind],
        kinds: [
            .init("trade", .fill), .init("spend", .fill), .init("receive", .fill),
            .init(
                "margin",
                .refused(
                    "It is a position's on margin, whose fills the ledger does not list: on Kraken export “Trades”.")),
            .init(
                "settled",
                .refused(
                    "It is a position's on margin, whose fills the ledger does not list: on Kraken export “Trades”.")),
            .init("rollover", .skipped("The fee for keeping a position on margin is no trade.")),
            .init("deposit", .skipped("It is a deposit.")), .init("withdrawal", .skipped("It is a withdrawal.")),
            .init("transfer", .skipped("It is a transfer.")), .init("staking", .skipped("A reward is no trade.")),
            .init("earn", .skipped("A reward is no trade.")), .init("reward", .skipped("A reward is no trade.")),
            .init("dividend", .skipped("A reward is no trade.")),
            .init("invite bonus", .skipped("A bonus is no trade.")),
            .init("adjustment", .skipped("An adjustment is no trade.")),
            .init("sale", .skipped("An adjustment is no trade.")),
            .init("credit", .skipped("A loan is no trade.")),
            .init("nft", .skipped("It is no trade in coins."), at: .beginning),
        ],
        utcOffsetMinutes: 0, isNewestFirst: false, reader: { KrakenLedgerRows() })

    /// The account log of Kraken Futures. Its columns stand in Kraken's API (futures/api/history/v3/accountlogcsv).
    private static let krakenFutures = ColumnLayout(
        format: .kraken, name: "kraken_futures", title: "Kraken Futures account log",
        marks: ["datetime", "contract", "change", "newbalance", "tradeprice", "realizedpnl"],
        names: [
            .time: ["datetime"], .symbol: ["contract"], .currency: ["symbol"], .price: ["tradeprice"],
            .quantity: ["change"],
            .fee: ["fee"], .tradeID: ["uid"], .kind: ["type"],
        ],
        needed: [.time, .symbol, .currency, .price, .quantity, .fee, .kind],
        kinds: [
            .init("futures trade", .fill), .init("futures liquidation", .closes),
            .init("futures partial liquidation", .closes),
            .init("futures settlement", .closes), .init("settlement", .closes),
            .init("funding rate change", .skipped("Funding is no trade.")),
            .init("conversion", .skipped("A conversion of collateral is no trade."), at: .beginning),
            .init("transfer", .skipped("It is a transfer."), at: .end),
            .init("interest payment", .skipped("Interest is no trade.")),
            .init("kfee applied", .skipped("Fee credits are no trade.")),
        ],
        inverseQuantities: .money, utcOffsetMinutes: 0, isNewestFirst: true, reader: { KrakenFuturesRows() })
}

extension SymbolName.Dialect {
    /// As Kraken's list of pairs (api.kraken.com/0/public/AssetPairs) has them.
    static let kraken = SymbolName.Dialect(
        quotes: [
            "USD", "EUR", "GBP", "CAD", "JPY", "AUD", "CHF", "AED", "USDT", "USDC", "DAI", "PYUSD", "USDQ", "EURQ",
            "EURR",
            "USDG", "RLUSD", "USDR", "XBT", "BTC", "ETH", "DOT", "SOL", "BRL", "MXN", "ARS", "COP",
        ], hasPrefixes: true)
}
