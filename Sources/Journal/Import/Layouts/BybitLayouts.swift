extension ColumnLayout {
    static let bybit = [bybitAccountLog, bybitClosedProfit, bybitClosedProfitOfOld, bybitSpot, bybitContracts]

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
        dialect: .bybitContracts, market: .perpetual, inverseQuantities: .money, isNewestFirst: true)

    /// `AssetChangeDetails_uta_….csv`, one row for each change of the balance. Fees stand below zero. The columns are those
    /// of BittyTax (conv/parsers/bybit.py) and of everytrade's tests (BybitEuUtaBeanV1Test).
    private static let bybitAccountLog = ColumnLayout(
        format: .bybit, name: "bybit_account_log", title: "Bybit unified account log",
        marks: ["contract", "type", "direction", "feepaid", "cashflow", "walletbalance"],
        names: [
            .time: ["time"], .symbol: ["contract"], .currency: ["currency"], .side: ["direction"],
            .price: ["filledprice"],
            .quantity: ["quantity"], .fee: ["feepaid"], .tradeID: ["tradeid"], .orderID: ["orderid"], .kind: ["type"],
            .effect: ["action"],
        ],
        needed: [.time, .symbol, .currency, .side, .price, .quantity, .kind], dialect: .bybitContracts,
        market: .perpetual,
        kinds: [
            .init("settlement", .skipped("Funding is no trade.")), .init("funding", .skipped("Funding is no trade.")),
            .init("transfer", .skipped("It is a transfer."), at: .beginning),
            .init("deposit", .skipped("It is a deposit.")),
            .init("withdraw", .skipped("It is a withdrawal."), at: .beginning),
            .init("interest", .skipped("Interest is no trade."), at: .beginning),
            .init("bonus", .skipped("A bonus is no trade."), at: .beginning),
            .init("airdrop", .skipped("An airdrop is no trade.")),
            .init("fee_refund", .skipped("A refund of fees is no trade.")),
            .init("auto_deduction", .skipped("A deduction is no trade.")),
            .init("borrow", .skipped("A loan is no trade."), at: .beginning),
            .init("repay", .skipped("A loan is no trade."), at: .beginning),
            .init("currency_buy", .skipped("Coins were exchanged to cover a debt, which is no trade in a market.")),
            .init("currency_sell", .skipped("Coins were exchanged to cover a debt, which is no trade in a market.")),
        ] + RowKind.common,
        inverseQuantities: .money, feeSign: .minus, utcOffsetMinutes: 0, isNewestFirst: true, reader: { BybitLogRows() }
    )

    private static let bybitClosedProfit = ColumnLayout(
        format: .bybit, name: "bybit_closed_pnl", title: "Bybit closed P&L",
        marks: ["entryprice", "exitprice", "openingfee"],
        refusal: wantsTrades)

    private static let bybitClosedProfitOfOld = ColumnLayout(
        format: .bybit, name: "bybit_closed_pnl_old", title: "Bybit closed P&L",
        marks: ["contracts", "closingdirection", "entryprice", "exitprice"], refusal: wantsTrades)

    private static let wantsTrades: String =
        "It has a closing time for each position and no opening time, and the opening fees of some are missing. On Bybit export "
        + "the Trade history of derivatives instead."
}

extension SymbolName.Dialect {
    static let bybitSpot = SymbolName.Dialect(quotes: [
        "USDT", "USDC", "BTC", "ETH", "EUR", "DAI", "BRZ", "MNT", "SOL", "USDE", "USDR", "EURQ", "USDQ", "BRL", "TRY",
        "PLN", "RLUSD", "USD1", "XUSD",
    ])

    /// `BTCUSD` is inverse and counted in dollars (Bybit's API, “Place order”, qty), `BTCPERP` and `BTC-27DEC26` are linear in USDC.
    static let bybitContracts = SymbolName.Dialect(
        quotes: ["USDT", "USDC", "USD", "USDE"], hasInverse: true, perpetualQuote: "USDC", datedQuote: "USDC")
}
