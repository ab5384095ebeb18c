/// What TradingView exports: the orders of its paper account and the trades of a strategy test.
///
/// Relied on: GeneBO98/tradetally (backend/src/utils/csv/parsers/tradingview.js), and headers and rows in tests of several
/// public importers.
extension ColumnLayout {
    static let tradingView = [tradingViewOrders, tradingViewTest]

    private static let tradingViewOrders = ColumnLayout(
        format: .tradingview, name: "tradingview_orders", title: "TradingView order history",
        marks: ["symbol", "side", "qty", "status", "closingtime"],
        names: [
            .time: ["closingtime"], .symbol: ["symbol"], .side: ["side"], .price: ["avgfillprice", "fillprice"],
            .quantity: ["filledqty", "qty"], .fee: ["commission"], .feeCoin: ["margin"], .status: ["status"],
            .tradeID: ["orderid"],
        ],
        statuses: [
            .init("filled", .fill), .init("cancelled", .skipped(unfilled)), .init("canceled", .skipped(unfilled)),
            .init("rejected", .skipped(unfilled)), .init("working", .skipped(unfilled)),
            .init("inactive", .skipped(unfilled)), .init("expired", .skipped(unfilled)),
            .init("placing", .skipped(unfilled)),
        ],
        isNewestFirst: true, reader: { TradingViewRows() })

    private static let unfilled: StaticString = "The order was not filled."

    private static let tradingViewTest = ColumnLayout(
        format: .tradingview, name: "tradingview_strategy", title: "TradingView list of trades of a strategy",
        marks: ["trade", "type", "signal"],
        refusal:
            "It is of a strategy's test, and does not say what was traded. Export the order history of the account instead."
    )
}
