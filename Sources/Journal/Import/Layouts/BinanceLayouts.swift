extension ColumnLayout {
    static let binance = [
        binanceSpot, binanceSpotOfOld, binanceFutures, binanceStatement, binanceUS, binanceOrders, binancePositions,
    ]

    private static let binanceSpot = ColumnLayout(
        format: .binance, name: "binance_spot", title: "Binance spot trade history", marks: ["executed", "fee"],
        names: [
            .time: ["date", "time"], .symbol: ["pair", "market", "symbol"], .side: ["side", "type"],
            .price: ["price"], .quantity: ["executed"], .total: ["amount", "total"], .fee: ["fee"],
            .feeCoin: ["feecoin", "feeasset"], .tradeID: ["tradeid"], .orderID: ["orderid", "orderno"],
        ],
        dialect: .binanceSpot, market: .spot, feeSign: .byFile, carriesCoins: true, dateOrder: .yearFirst,
        isNewestFirst: true)

    private static let binanceSpotOfOld = ColumnLayout(
        format: .binance, name: "binance_spot_old", title: "Binance spot trade history",
        marks: ["market", "total", "feecoin"],
        names: [
            .time: ["date"], .symbol: ["market"], .side: ["type", "side"], .price: ["price"], .quantity: ["amount"],
            .total: ["total"], .fee: ["fee"], .feeCoin: ["feecoin"],
        ],
        dialect: .binanceSpot, market: .spot, feeSign: .byFile, carriesCoins: true, dateOrder: .yearFirst,
        isNewestFirst: true)

    /// USD-M and COIN-M; with `Position Side` where the account holds a long and a short at once. COIN-M counts contracts;
    /// `Amount` is what they were worth.
    private static let binanceFutures = ColumnLayout(
        format: .binance, name: "binance_futures", title: "Binance futures trade history",
        marks: ["realizedprofit", "fee"],
        names: [
            .time: ["date", "time"], .symbol: ["symbol", "contract"], .side: ["side"], .price: ["price"],
            .quantity: ["quantity", "qty"], .fee: ["fee"], .feeCoin: ["feecoin", "feeasset"], .tradeID: ["tradeid"],
            .orderID: ["orderid"], .leg: ["positionside"], .profit: ["realizedprofit"], .worth: ["amount"],
        ],
        dialect: .binanceFutures, market: .perpetual, inverseQuantities: .contracts, carriesCoins: true,
        dateOrder: .yearFirst, isNewestFirst: true)

    /// “Generate all statements”: one row for each change of a balance. Columns and operations as in BittyTax
    /// (conv/parsers/binance.py) and CoinTaxman (src/book.py).
    private static let binanceStatement = ColumnLayout(
        format: .binance, name: "binance_statement", title: "Binance transaction history",
        marks: ["utctime", "account", "operation", "coin", "change"],
        names: [
            .time: ["utctime"], .base: ["coin"], .quantity: ["change"], .kind: ["operation"], .account: ["account"],
        ],
        needed: [.time, .base, .quantity, .kind, .account], utcOffsetMinutes: 0, dateOrder: .yearFirst,
        reader: { BinanceStatementRows() })

    /// Columns and categories as in BittyTax (conv/parsers/binance_us.py).
    private static let binanceUS = ColumnLayout(
        format: .binance, name: "binance_us", title: "Binance.US transaction history",
        marks: ["category", "operation", "baseasset", "quoteasset", "realizedamountforbaseasset"],
        names: [
            .time: ["time"], .base: ["baseasset"], .currency: ["quoteasset"], .side: ["operation"],
            .quantity: ["realizedamountforbaseasset"], .total: ["realizedamountforquoteasset"],
            .fee: ["realizedamountforfeeasset"], .feeCoin: ["feeasset"], .tradeID: ["transactionid"],
            .orderID: ["orderid"],
            .kind: ["category"],
        ],
        needed: [.time, .base, .currency, .side, .quantity, .total, .fee, .feeCoin, .kind], market: .spot,
        kinds: [
            .init("spot trading", .fill), .init("deposit", .skipped("It is a deposit.")),
            .init("withdrawal", .skipped("It is a withdrawal.")),
            .init("distribution", .skipped("A reward is no trade.")),
            .init("transfer", .skipped("It is a transfer.")),
        ],
        utcOffsetMinutes: 0, dateOrder: .yearFirst, hasTradeIDs: false, reader: { TotalRows() })

    private static let binanceOrders = ColumnLayout(
        format: .binance, name: "binance_orders", title: "Binance order history", marks: ["orderno", "pair", "status"],
        refusal:
            "It lists orders, and has no fees. On Binance export the Trade history of spot orders instead.")

    private static let binancePositions = ColumnLayout(
        format: .binance, name: "binance_positions", title: "Binance position history",
        marks: ["symbol", "marginmode", "entryprice", "closedvol"],
        refusal:
            "It lists positions, and has no fees. On Binance export the Trade history of futures orders instead.")
}

extension SymbolName.Dialect {
    /// Of Binance and Binance US.
    static let binanceSpot = SymbolName.Dialect(quotes: [
        "USDT", "USDC", "FDUSD", "TUSD", "BUSD", "USDP", "USDS", "USD1", "PAX", "DAI", "UST", "VAI", "AEUR", "EURI",
        "USD",
        "EUR", "GBP", "AUD", "TRY", "BRL", "RUB", "UAH", "NGN", "ZAR", "PLN", "RON", "ARS", "MXN", "COP", "CZK", "JPY",
        "IDR", "IDRT", "BIDR", "BVND", "BKRW", "BTC", "ETH", "BNB", "SOL", "TRX", "XRP", "DOGE", "DOT", "XUSD",
    ])

    static let binanceFutures = SymbolName.Dialect(
        quotes: ["USDT", "USDC", "BUSD", "FDUSD", "BTC", "ETH", "USD"], hasInverse: true)
}
