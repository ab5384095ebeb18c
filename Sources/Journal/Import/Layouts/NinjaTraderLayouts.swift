/// The grids of NinjaTrader 8, which have a comma behind the last column, times of the trader's own clock and amounts with
/// a dollar sign.
///
/// Relied on: headers and rows in tests of several public importers (`Instrument,Action,Quantity,Price,Time,ID,E/X,…`), and
/// GeneBO98/tradetally.
extension ColumnLayout {
    static let ninjaTrader = [ninjaTraderExecutions, ninjaTraderTrades, ninjaTraderOrders]

    private static let ninjaTraderExecutions = ColumnLayout(
        format: .ninjatrader, name: "ninjatrader_executions", title: "NinjaTrader executions",
        marks: ["instrument", "action", "quantity", "price", "ex"],
        names: [
            .time: ["time"], .symbol: ["instrument"], .side: ["action"], .price: ["price"], .quantity: ["quantity"],
            .fee: ["commission"], .tradeID: ["id"], .orderID: ["orderid"], .effect: ["ex"],
        ],
        market: .future, quantities: .contracts, reader: { FuturesRows() })

    private static let ninjaTraderTrades = ColumnLayout(
        format: .ninjatrader, name: "ninjatrader_trades", title: "NinjaTrader trades",
        marks: ["instrument", "marketpos", "entryprice", "exitprice"],
        refusal:
            "It lists whole trades and parts their fees among several columns. Open the tab Executions, and export that "
            + "grid instead.")

    private static let ninjaTraderOrders = ColumnLayout(
        format: .ninjatrader, name: "ninjatrader_orders", title: "NinjaTrader orders",
        marks: ["instrument", "action", "filled", "remaining", "oco"],
        refusal: "It lists orders. Open the tab Executions, and export that grid instead.")
}
