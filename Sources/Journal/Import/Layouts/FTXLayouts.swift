// Columns as in BittyTax (conv/parsers/ftx.py).
extension ColumnLayout {
    static let ftx = [ftxFills, ftxPage]

    /// `id,time,market,side,type,size,price,total,fee,feeCurrency`. `type` is the order's: limit or market.
    private static let ftxFills = ColumnLayout(
        format: .ftx, name: "ftx_fills", title: "FTX trades",
        marks: ["market", "side", "type", "size", "total", "feecurrency"], names: ftxNames, dialect: .ftx,
        utcOffsetMinutes: 0,
        isNewestFirst: true)

    /// The same from FTX's page: `ID,Time,Market,Side,Order Type,Size,…`.
    private static let ftxPage = ColumnLayout(
        format: .ftx, name: "ftx_page", title: "FTX trades",
        marks: ["market", "side", "ordertype", "size", "total", "feecurrency"], names: ftxNames, dialect: .ftx,
        isNewestFirst: true)

    private static let ftxNames: [Role: [String]] = [
        .time: ["time"], .symbol: ["market"], .side: ["side"], .price: ["price"], .quantity: ["size"], .fee: ["fee"],
        .feeCoin: ["feecurrency"], .tradeID: ["id"], .orderID: ["orderid"],
    ]
}

extension SymbolName.Dialect {
    /// `BTC-PERP` and `BTC-0930` are in USD; `BTC/USD` is spot.
    static let ftx = SymbolName.Dialect(
        quotes: ["USD", "USDT", "BTC", "EUR", "TRYB", "BRZ"], namedPerpetualQuote: "USD", datedQuote: "USD")
}
