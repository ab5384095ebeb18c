// Columns as in BittyTax (conv/parsers/mexc.py).
extension ColumnLayout {
    static let mexc = [mexcSpot, mexcFutures, mexcFuturesOrders, mexcSpotOrders, mexcPositions]

    /// `Pairs,Time,Side,Filled Price,Executed Amount,Total,Fee,Role`; the fee with its coin behind it, or in the quote.
    private static let mexcSpot = ColumnLayout(
        format: .mexc, name: "mexc_spot", title: "MEXC spot trade history",
        marks: ["pairs", "filledprice", "executedamount", "role"],
        names: [
            .time: ["time"], .symbol: ["pairs"], .side: ["side"], .price: ["filledprice"],
            .quantity: ["executedamount"],
            .total: ["total"], .fee: ["fee"],
        ],
        dialect: .mexc, market: .spot, carriesCoins: true)

    /// The quantity is wanted in coins; beside it stand contracts and money.
    private static let mexcFutures = ColumnLayout(
        format: .mexc, name: "mexc_futures", title: "MEXC futures trade history",
        marks: ["futurestradingpair", "direction", "filledqtycrypto", "filledprice", "role"],
        names: [
            .time: ["time"], .symbol: ["futurestradingpair"], .side: ["direction"], .price: ["filledprice"],
            .quantity: ["filledqtycrypto"], .fee: ["tradingfee"], .feeCoin: ["feepaymentcrypto"],
            .profit: ["closingpnl"],
        ],
        dialect: .mexcFutures, market: .perpetual, reader: { LegWords() })

    private static let mexcFuturesOrders = ColumnLayout(
        format: .mexc, name: "mexc_futures_orders", title: "MEXC futures order history",
        marks: ["futurestradingpair", "averagefilledprice", "orderprice", "status"],
        refusal: "It lists orders. On MEXC export the Trade history of futures orders instead.")

    private static let mexcSpotOrders = ColumnLayout(
        format: .mexc, name: "mexc_spot_orders", title: "MEXC spot order history",
        marks: ["pairs", "averagefilledprice", "filledquantity", "status"],
        refusal:
            "It lists orders, and has no fees. On MEXC export the Trade history of spot orders instead.")

    private static let mexcPositions = ColumnLayout(
        format: .mexc, name: "mexc_positions", title: "MEXC futures position history",
        marks: ["futures", "opentime", "closetime", "avgentryprice", "avgcloseprice"],
        refusal:
            "It lists closed positions. On MEXC export the Trade history of futures orders instead."
    )
}

extension SymbolName.Dialect {
    static let mexc = SymbolName.Dialect(quotes: [
        "USDT", "USDC", "BTC", "ETH", "EUR", "BRL", "USDE", "USDF", "USD1", "MX",
    ])
    static let mexcFutures = SymbolName.Dialect(quotes: ["USDT", "USDC", "USD"], hasInverse: true)
}
