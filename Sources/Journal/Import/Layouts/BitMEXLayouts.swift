// Columns as in the documentation of BitMEX's API (Execution) and in public importers of its `trade history` file.
extension ColumnLayout {
    static let bitmex = [bitmexExecutions]

    /// `transactTime,symbol,execType,side,lastQty,lastPx,execCost,commission,execComm,…`, of the page and of the API.
    private static let bitmexExecutions = ColumnLayout(
        format: .bitmex, name: "bitmex_executions", title: "BitMEX trade history",
        marks: ["symbol", "exectype", "side", "lastqty", "lastpx", "execcomm"],
        names: [
            .time: ["transacttime", "timestamp"], .symbol: ["symbol"], .side: ["side"], .price: ["lastpx"],
            .quantity: ["lastqty"], .fee: ["execcomm"], .tradeID: ["execid"], .orderID: ["orderid"],
            .kind: ["exectype"],
        ],
        dialect: .bitmex, market: .perpetual,
        kinds: RowKind.common + [
            .init("new", .skipped("The order was placed.")), .init("canceled", .skipped("The order was canceled.")),
            .init("replaced", .skipped("The order was changed.")),
            .init("rejected", .skipped("The order was rejected.")),
        ],
        quantities: .contracts, inverseQuantities: .contracts, utcOffsetMinutes: 0, isNewestFirst: true,
        reader: { BitMEXRows() })
}

extension SymbolName.Dialect {
    /// `XBTUSD` is inverse, and so is `XBTZ26`; `XBTUSDT` and `XBT_USDT` are linear.
    static let bitmex = SymbolName.Dialect(quotes: ["USDT", "USDC", "USD"], hasInverse: true)
}
