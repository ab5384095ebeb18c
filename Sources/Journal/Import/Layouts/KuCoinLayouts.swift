// Columns as in BittyTax (conv/parsers/kucoin.py) and everytrade's tests (KuCoinBuySellTest).
extension ColumnLayout {
    static let kucoin = [
        kucoinFutures, kucoinFills, kucoinOrders, kucoinFillsOfOld, kucoinOrdersOfOld, kucoinAccount, kucoinPositions,
        kucoinFuturesProfit,
    ]

    /// “Order splitting”: one row for each fill. The zone stands in the column's name: `Filled Time(UTC+08:00)`.
    private static let kucoinFills = ColumnLayout(
        format: .kucoin, name: "kucoin_fills", title: "KuCoin filled orders (order splitting)",
        marks: ["accounttype", "avgfilledprice", "filledamount", "filledtime", "makertaker"], names: kucoinNames,
        dialect: .kucoin, market: .spot, marketWords: kucoinMarkets, hasTradeIDs: false)

    /// “Filled orders”: one row for each order, as one fill at its average price.
    private static let kucoinOrders = ColumnLayout(
        format: .kucoin, name: "kucoin_orders", title: "KuCoin filled orders",
        marks: ["accounttype", "avgfilledprice", "filledamount", "filledtime", "ordertime", "status"],
        names: kucoinNames.merging([.status: ["status"]]) { one, _ in one }, dialect: .kucoin, market: .spot,
        marketWords: kucoinMarkets,
        statuses: RowKind.filled + [
            .init("deal", .fill), .init("part_deal", .fill), .init("partially filled", .fill),
            .init("cancel", .skipped("The order was canceled."), at: .beginning),
        ],
        hasTradeIDs: false)

    private static let kucoinNames: [Role: [String]] = [
        .time: ["filledtime"], .symbol: ["symbol"], .side: ["side"], .price: ["avgfilledprice"],
        .quantity: ["filledamount"],
        .total: ["filledvolume"], .fee: ["fee"], .secondFee: ["tax"], .feeCoin: ["feecurrency"], .orderID: ["orderid"],
        .marketKind: ["accounttype"],
    ]

    private static let kucoinMarkets: [RowWord<MarketKind>] = [
        .init("margin", .margin, at: .beginning), .init("cross", .margin, at: .beginning),
        .init("isolated", .margin, at: .beginning),
    ]

    private static let kucoinFillsOfOld = ColumnLayout(
        format: .kucoin, name: "kucoin_fills_old", title: "KuCoin trades",
        marks: ["tradecreatedat", "symbol", "side", "price", "size", "funds"],
        names: [
            .time: ["tradecreatedat"], .symbol: ["symbol"], .side: ["side"], .price: ["price"], .quantity: ["size"],
            .total: ["funds"], .fee: ["fee"], .feeCoin: ["feecurrency"], .orderID: ["orderid"],
        ],
        dialect: .kucoin, market: .spot, hasTradeIDs: false)

    private static let kucoinOrdersOfOld = ColumnLayout(
        format: .kucoin, name: "kucoin_orders_old", title: "KuCoin order history",
        marks: ["ordercreatedat", "dealsize", "dealfunds"],
        refusal: wantsFills)

    private static let kucoinAccount = ColumnLayout(
        format: .kucoin, name: "kucoin_account", title: "KuCoin account history",
        marks: ["uid", "accounttype", "currency", "side", "amount", "remark"], refusal: wantsFills)

    /// Fills of futures as the API has them (kucoin.com/docs, futures-trading/fills/get-filled-list).
    private static let kucoinFutures = ColumnLayout(
        format: .kucoin, name: "kucoin_futures", title: "KuCoin futures fills",
        marks: ["symbol", "tradeid", "side", "price", "size", "value", "settlecurrency", "tradetype"],
        names: [
            .time: ["tradetime", "createdat"], .symbol: ["symbol"], .side: ["side"], .price: ["price"],
            .quantity: ["size"], .total: ["value"], .fee: ["fee"], .feeCoin: ["feecurrency"], .tradeID: ["tradeid"],
            .orderID: ["orderid"], .kind: ["tradetype"],
        ],
        dialect: .kucoinFutures, market: .perpetual, kinds: [.init("settlement", .closes)] + RowKind.common,
        quantities: .contracts, inverseQuantities: .contractsOfRow, utcOffsetMinutes: 0, isNewestFirst: true,
        reader: { ContractFillRows() })

    private static let kucoinPositions = ColumnLayout(
        format: .kucoin, name: "kucoin_positions", title: "KuCoin futures positions",
        marks: ["realizedpnl", "totalrealizedpnl", "positionopeningtime"], refusal: wantsFutures)

    private static let kucoinFuturesProfit = ColumnLayout(
        format: .kucoin, name: "kucoin_futures_pnl", title: "KuCoin futures P&L",
        marks: ["contract", "realizedpnl", "closetime"],
        absent: ["symbol", "price"], refusal: wantsFutures)

    private static let wantsFills =
        "It has no prices of fills. On KuCoin export “Filled Orders (Show Order-Splitting)” instead."
    private static let wantsFutures =
        "It has no fills. Daybook reads KuCoin's futures as its interface gives them (GET /api/v1/fills), saved as a CSV."
}

extension SymbolName.Dialect {
    /// `XBTUSDTM` is perpetual and linear; `XBTUSDM` is inverse.
    static let kucoinFutures = SymbolName.Dialect(
        quotes: ["USDT", "USDC", "USD"], hasInverse: true, suffixes: ["M"])
    /// `KAS-USDT`: a sign always parts the two.
    static let kucoin = SymbolName.Dialect(quotes: [
        "USDT", "USDC", "BTC", "ETH", "KCS", "EUR", "BRL", "TRX", "DOGE", "DAI", "TUSD", "USDE", "USD1", "BUSD", "USDD",
        "UST",
    ])
}
