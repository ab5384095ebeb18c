extension ColumnLayout {
    static let bybit = [bybitAccountLog, bybitSpot, bybitContracts]

    private static let bybitSpot = ColumnLayout(
        format: .bybit, name: "bybit_spot", title: "Bybit spot trade history", marks: ["spotpairs"],
        names: [
            .time: ["timestamp", "transactiontime", "time"], .symbol: ["spotpairs"], .side: ["direction", "side"],
            .price: ["filledprice", "execprice"], .quantity: ["filledquantity", "filledqty", "execqty"],
            .fee: ["execfeev2", "fees", "tradingfee"], .otherFee: ["fees", "tradingfee"], .feeCoin: ["feecoin"],
            .tradeID: ["transactionid", "trasactionid", "tradeid", "executionid"], .orderID: ["orderno", "orderid"],
        ],
        dialect: .bybitSpot, market: .spot, feeCoinRule: .receivedOnSpot, isNewestFirst: true)

    private static let bybitContracts = ColumnLayout(
        format: .bybit, name: "bybit_contracts", title: "Bybit derivatives trade history", marks: [],
        absent: ["status", "orderstatus", "cashflow"],
        names: [
            .time: ["transactiontime", "executiontime", "timestamp"],
            .symbol: ["contracts", "contract", "market", "symbol"], .side: ["direction", "side"],
            .price: ["filledprice", "execprice"],
            .quantity: ["filledquantity", "filledqty", "execqty", "execquantity"],
            .fee: ["execfeev2", "tradingfee", "feespaid", "fees", "execfee"],
            .otherFee: ["tradingfee", "feespaid", "fees", "execfee"], .feeCoin: ["feecoin"],
            .tradeID: ["transactionid", "trasactionid", "tradeid", "executionid", "execid"],
            .orderID: ["orderno", "orderid"], .kind: ["filledtype", "tradetype", "exectype"],
        ],
        dialect: .bybitContracts, market: .perpetual, isNewestFirst: true)

    /// `AssetChangeDetails_uta_….csv`, one row for each change of the balance. Fees stand below zero.
    private static let bybitAccountLog = ColumnLayout(
        format: .bybit, name: "bybit_account_log", title: "Bybit unified account log",
        marks: ["contract", "type", "direction", "feepaid", "cashflow", "walletbalance"],
        names: [
            .time: ["time"], .symbol: ["contract"], .side: ["direction"], .price: ["filledprice"],
            .quantity: ["quantity"], .fee: ["feepaid"], .kind: ["type"], .effect: ["action"],
        ],
        dialect: .bybitContracts, market: .perpetual,
        kinds: RowKind.common + [
            .init("transfer_in", .skipped("")), .init("transfer_out", .skipped("")), .init("transfer", .skipped("")),
            .init("interest", .skipped("")), .init("bonus", .skipped("")), .init("fee_refund", .skipped("")),
        ],
        feeSign: .minus, utcOffsetMinutes: 0, isNewestFirst: true)
}

extension SymbolName.Dialect {
    static let bybitSpot = SymbolName.Dialect(quotes: [
        "USDT", "USDC", "BTC", "ETH", "EUR", "DAI", "BRZ", "MNT", "SOL", "USDE", "USDR", "EURQ", "USDQ", "BRL", "TRY",
        "PLN", "RLUSD", "USD1", "XUSD",
    ])

    /// `BTCUSD` is inverse, `BTCPERP` and `BTC-27DEC26` are linear in USDC.
    static let bybitContracts = SymbolName.Dialect(
        quotes: ["USDT", "USDC", "USD", "USDE"], hasInverse: true, perpetualQuote: "USDC", datedQuote: "USDC")
}
