// Columns as in dYdX's own page (dydxprotocol/v4-web, ExportHistoryDropdown.tsx) and in its API (fills).
extension ColumnLayout {
    static let dydx = [dydxTrades, dydxFills]

    /// `Time,Market,Side,Amount,Price,Total,Fee,Type,Liquidity`.
    private static let dydxTrades = ColumnLayout(
        format: .dydx, name: "dydx_trades", title: "dYdX trades",
        marks: ["time", "market", "side", "amount", "price", "total", "fee", "type", "liquidity"], names: dydxNames,
        dialect: .dydx, market: .perpetual, kinds: dydxKinds)

    /// `createdAt,market,side,size,price,fee,…`, of the API.
    private static let dydxFills = ColumnLayout(
        format: .dydx, name: "dydx_fills", title: "dYdX fills",
        marks: ["createdat", "market", "side", "size", "price", "fee", "liquidity"], names: dydxNames, dialect: .dydx,
        market: .perpetual, kinds: dydxKinds, utcOffsetMinutes: 0)

    private static let dydxNames: [Role: [String]] = [
        .time: ["time", "createdat"], .symbol: ["market"], .side: ["side"], .price: ["price"],
        .quantity: ["amount", "size"],
        .fee: ["fee"], .tradeID: ["id", "tradeid"], .orderID: ["orderid"], .kind: ["type"],
    ]

    private static let dydxKinds: [RowWord<RowKind>] = [
        .init("limit", .fill), .init("market", .fill), .init("stop", .fill, at: .beginning),
        .init("take_profit", .fill, at: .beginning), .init("trailing_stop", .fill),
        .init("take profit", .fill, at: .beginning),
        // The trader was the one who took over the position of another.
        .init("liquidation", .fill), .init("offsetting", .fill),
        .init("liquidated", .closes), .init("deleveraged", .closes),
    ]
}

extension SymbolName.Dialect {
    /// `BTC-USD` is a perpetual, paid in USDC.
    static let dydx = SymbolName.Dialect(quotes: ["USD"])
}
