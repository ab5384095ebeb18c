// Columns, words, the line above the header and the two rows of a spot fill as in public importers' tests: everytrade
// (OkxBeanV2Test, OkxBeanV2_2Test), BittyTax (conv/parsers/okx.py).
extension ColumnLayout {
    static let okx = [okxTrading, okxPositions, okxOrders, okxBillsOfOld, okxFunding]

    /// “OKX Trading History”, also with `Instrument`, `Type`, `Unit` and `PL`, which have no price.
    private static let okxTrading = ColumnLayout(
        format: .okx, name: "okx_trading", title: "OKX trading history",
        marks: ["orderid", "tradetype", "balancechange", "positionchange"],
        names: [
            .time: ["time"], .symbol: ["symbol", "instrument"], .side: ["action", "type"],
            .price: ["filledprice", "price"], .quantity: ["amount"], .fee: ["fee"], .feeCoin: ["feeunit"],
            .tradeID: ["id"], .orderID: ["orderid"], .kind: ["tradetype"], .effect: ["action", "type"],
            .profit: ["pnl", "pl"], .marketKind: ["tradetype"],
        ],
        needed: [.time, .symbol, .side, .quantity, .kind], dialect: .okx,
        marketWords: [
            .init("spot", .spot), .init("margin", .margin), .init("swap", .perpetual),
            .init("perpetual", .perpetual, at: .beginning),
            .init("futures", .future), .init("expiry futures", .future), .init("delivery", .future),
            .init("option", .option, at: .beginning),
        ],
        kinds: [
            .init("spot", .fill), .init("margin", .fill), .init("swap", .fill),
            .init("perpetual", .fill, at: .beginning),
            .init("futures", .fill), .init("expiry futures", .fill), .init("delivery", .fill),
            .init("option", .fill, at: .beginning),
            .init("transfer", .skipped("It is a transfer between OKX's accounts.")),
        ],
        quantities: .contracts, inverseQuantities: .contracts, feeSign: .minus, isNewestFirst: true,
        reader: { OKXRows() })

    private static let okxPositions = ColumnLayout(
        format: .okx, name: "okx_positions", title: "OKX position history",
        marks: ["averageopenprice", "averagecloseprice", "instrumentname"],
        refusal:
            "It lists closed positions, without their fills. On OKX choose Assets → Order center → Trading history, and "
            + "export that.")

    private static let okxOrders = ColumnLayout(
        format: .okx, name: "okx_orders", title: "OKX order history",
        marks: ["instrument", "avgfillprice", "ordertime"],
        refusal:
            "It lists orders, without their fills. On OKX choose Assets → Order center → Trading history, and export that."
    )

    private static let okxBillsOfOld = ColumnLayout(
        format: .okx, name: "okx_bills_old", title: "OKX bills",
        marks: ["time", "type", "size", "balance", "fee", "currency"],
        absent: ["price", "symbol", "market", "side"],
        refusal:
            "It names no market and no price. On OKX choose Assets → Order center → Trading history, and export that.")

    private static let okxFunding = ColumnLayout(
        format: .okx, name: "okx_funding", title: "OKX funding history",
        marks: ["time", "type", "amount", "beforebalance", "afterbalance"],
        refusal:
            "It lists deposits and withdrawals. On OKX choose Assets → Order center → Trading history, and export that."
    )
}

extension SymbolName.Dialect {
    /// `BTC-USDT`, `BTC-USDT-SWAP`, `BTC-USDT-261225`; those in USD that are no spot markets are inverse.
    static let okx = SymbolName.Dialect(quotes: [
        "USDT", "USDC", "USD", "EUR", "BTC", "ETH", "OKB", "DAI", "BRL", "AUD", "AED", "SGD", "TRY", "USDG", "USDE",
        "EURC",
    ])
}
