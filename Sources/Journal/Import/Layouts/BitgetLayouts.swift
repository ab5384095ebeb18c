// Columns as public importers of Bitget's files have them: fills in two layouts, with commas or semicolons; order
// histories and lists of changes of balances beside them.
extension ColumnLayout {
    static let bitget = [
        bitgetFutures, bitgetFuturesOrders, bitgetSpotOrders, bitgetSpot, bitgetFuturesBalance, bitgetBalance,
        bitgetPositions,
    ]

    /// `Date,Direction,Coin,Futures,Transaction amount,Average Price,Realized P/L,NetProfits,Fee`; amounts in coins.
    private static let bitgetFutures = ColumnLayout(
        format: .bitget, name: "bitget_futures", title: "Bitget futures transaction history",
        marks: ["direction", "coin", "futures", "transactionamount", "averageprice"],
        names: [
            .time: ["date"], .symbol: ["futures"], .currency: ["coin"], .side: ["direction"], .price: ["averageprice"],
            .quantity: ["transactionamount"], .fee: ["fee"], .tradeID: ["tradeid"], .orderID: ["orderid"],
            .effect: ["direction"], .profit: ["realizedpl"],
        ],
        dialect: .bitgetFutures, market: .perpetual, feeSign: .byFile, reader: { LegWords() })

    /// `Date,Trading pair,Direction,Price,Amount,Total,Fee`, sometimes with the fee's coin. Bitget takes the fee from what
    /// is received.
    private static let bitgetSpot = ColumnLayout(
        format: .bitget, name: "bitget_spot", title: "Bitget spot transaction history",
        marks: ["date", "tradingpair", "direction", "price", "amount", "total", "fee"],
        names: [
            .time: ["date"], .symbol: ["tradingpair"], .side: ["direction"], .price: ["price"], .quantity: ["amount"],
            .total: ["total"], .fee: ["fee"], .feeCoin: ["feecoin", "feecurrency"], .tradeID: ["tradeid"],
            .orderID: ["orderid"],
        ],
        dialect: .bitgetSpot, market: .spot, feeCoinRule: .receivedOnSpot, feeSign: .byFile, carriesCoins: true)

    private static let bitgetSpotOrders = ColumnLayout(
        format: .bitget, name: "bitget_spot_orders", title: "Bitget spot order history",
        marks: ["tradingpair", "baseasset", "quoteasset", "executed", "status"],
        refusal:
            "It lists orders, and has no fees. On Bitget export the Transaction history of spot orders instead.")

    private static let bitgetFuturesOrders = ColumnLayout(
        format: .bitget, name: "bitget_futures_orders", title: "Bitget futures order history",
        marks: ["futures", "direction", "executed", "netprofits", "status"],
        refusal:
            "It lists orders, and has no fees. On Bitget export the Transaction history of futures orders instead."
    )

    private static let bitgetFuturesBalance = ColumnLayout(
        format: .bitget, name: "bitget_futures_balance", title: "Bitget futures balance history",
        marks: ["order", "date", "coin", "futures", "amount", "walletbalance"],
        refusal:
            "It lists changes of the balance. On Bitget export the Transaction history of futures orders instead.")

    private static let bitgetBalance = ColumnLayout(
        format: .bitget, name: "bitget_balance", title: "Bitget spot balance history",
        marks: ["order", "date", "coin", "type", "amount", "fee", "available"],
        refusal:
            "It lists changes of the balance. On Bitget export the Transaction history of spot orders instead.")

    private static let bitgetPositions = ColumnLayout(
        format: .bitget, name: "bitget_positions", title: "Bitget position history",
        marks: ["futures", "openingtime", "closedamount", "closedtime"],
        refusal: "It lists closed positions. On Bitget export the Transaction history of futures orders instead.")
}

extension SymbolName.Dialect {
    /// Also `BTCUSDT_SPBL`, as Bitget wrote its markets before 2024 (Bitget's API v1).
    static let bitgetSpot = SymbolName.Dialect(
        quotes: ["USDT", "USDC", "BTC", "ETH", "EUR", "BRL", "BGB", "USDE", "TRY"], suffixes: ["_SPBL"])
    /// `BTCUSD` is inverse. Also `BTCUSDT_UMCBL`, `BTCPERP_CMCBL` in USDC, `BTCUSD_DMCBL`.
    static let bitgetFutures = SymbolName.Dialect(
        quotes: ["USDT", "USDC", "USD"], hasInverse: true, perpetualQuote: "USDC",
        suffixes: ["_UMCBL", "_CMCBL", "_DMCBL"])
}
