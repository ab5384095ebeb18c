// Columns as in BittyTax (conv/parsers/coinbase.py, coinbasepro.py) and rotki's tests (test_coinbasepro.py).
extension ColumnLayout {
    static let coinbase = [coinbaseFills, coinbaseAccount, coinbaseTransactions]

    /// Fills of Coinbase Advanced, and of Coinbase Pro before it.
    private static let coinbaseFills = ColumnLayout(
        format: .coinbase, name: "coinbase_fills", title: "Coinbase Advanced fills",
        marks: ["tradeid", "product", "side", "createdat", "size"],
        names: [
            .time: ["createdat"], .symbol: ["product"], .side: ["side"], .price: ["price"], .quantity: ["size"],
            .fee: ["fee"], .feeCoin: ["pricefeetotalunit"], .tradeID: ["tradeid"], .orderID: ["orderid"],
        ],
        dialect: .coinbase, market: .spot, utcOffsetMinutes: 0, reader: { CoinbaseFillRows() })

    private static let coinbaseAccount = ColumnLayout(
        format: .coinbase, name: "coinbase_account", title: "Coinbase account statement",
        marks: ["type", "time", "amount", "balance", "amountbalanceunit", "tradeid"],
        refusal: "It lists changes of balances. On Coinbase export the report “Fills” instead.")

    /// “Transaction history”, with lines about the account above the header.
    private static let coinbaseTransactions = ColumnLayout(
        format: .coinbase, name: "coinbase_transactions", title: "Coinbase transaction history",
        marks: ["timestamp", "transactiontype", "asset", "quantitytransacted"],
        names: [
            .time: ["timestamp"], .base: ["asset"], .currency: ["pricecurrency", "spotpricecurrency"],
            .quantity: ["quantitytransacted"], .total: ["subtotal"], .fee: ["feesandorspread", "feesspread", "fees"],
            .tradeID: ["id"], .kind: ["transactiontype"],
        ],
        needed: [.time, .base, .currency, .quantity, .total, .fee, .kind], market: .spot,
        kinds: [
            .init("buy", .fill), .init("sell", .fill), .init("advanced trade buy", .fill),
            .init("advanced trade sell", .fill),
            .init("advance trade buy", .fill), .init("advance trade sell", .fill), .init("convert", .fill),
            .init("send", .skipped("It is a transfer.")), .init("receive", .skipped("It is a transfer.")),
            .init("transfer", .skipped("It is a transfer."), at: .end),
            .init("deposit", .skipped("It is a deposit."), at: .end),
            .init("withdrawal", .skipped("It is a withdrawal."), at: .end),
            .init("income", .skipped("A reward is no trade."), at: .end),
            .init("reward", .skipped("A reward is no trade."), at: .end),
            .init("coinbase earn", .skipped("A reward is no trade.")),
            .init("interest payout", .skipped("Interest is no trade.")),
            .init("subscription", .skipped("A subscription is no trade."), at: .beginning),
            .init("card spend", .skipped("A payment is no trade.")),
            .init("donation", .skipped("A payment is no trade.")),
            .init("cash to savings", .skipped("It is a transfer.")),
            .init("retail eth2 deprecation", .skipped("ETH2 became ETH: that is no trade.")),
        ],
        utcOffsetMinutes: 0, reader: { CoinbaseTransactionRows() })
}

extension SymbolName.Dialect {
    /// `BTC-USD`: a sign always parts the two.
    static let coinbase = SymbolName.Dialect(quotes: [
        "USD", "USDC", "USDT", "EUR", "GBP", "BTC", "ETH", "DAI", "SGD", "CAD", "AUD", "BRL", "JPY",
    ])
}
