extension ColumnLayout {
    static let binance = [binanceSpot, binanceSpotOfOld, binanceFutures]

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

    /// USD-M; with `Position Side` where the account holds a long and a short at once.
    private static let binanceFutures = ColumnLayout(
        format: .binance, name: "binance_futures", title: "Binance futures trade history",
        marks: ["realizedprofit", "fee"],
        names: [
            .time: ["date", "time"], .symbol: ["symbol", "contract"], .side: ["side"], .price: ["price"],
            .quantity: ["quantity"], .fee: ["fee"], .feeCoin: ["feecoin", "feeasset"], .tradeID: ["tradeid"],
            .orderID: ["orderid"], .leg: ["positionside"], .profit: ["realizedprofit"],
        ],
        dialect: .binanceFutures, market: .perpetual, carriesCoins: true, dateOrder: .yearFirst, isNewestFirst: true)
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
