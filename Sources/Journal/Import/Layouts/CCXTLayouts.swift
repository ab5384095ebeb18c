/// What ccxt's `fetchMyTrades` gives, as JSON or as a table of it.
///
/// Relied on: the ccxt manual, chapter “Trade structure”.
extension ColumnLayout {
    static let ccxt = [ccxtTrades]

    private static let ccxtTrades = ColumnLayout(
        format: .ccxt, name: "ccxt_trades", title: "ccxt trades",
        marks: ["timestamp", "symbol", "side", "price", "amount", "cost", "takerormaker"],
        names: [
            .time: ["timestamp", "datetime"], .symbol: ["symbol"], .side: ["side"], .price: ["price"],
            .quantity: ["amount"], .total: ["cost"], .fee: ["feecost"], .feeCoin: ["feecurrency"], .tradeID: ["id"],
            .orderID: ["order"],
        ],
        needed: [.time, .symbol, .side, .price, .quantity, .total, .fee, .feeCoin],
        inverseQuantities: .contractsOfRow, utcOffsetMinutes: 0,
        reader: { CCXTRows() })
}
