/// Reports of Tradovate, and of the firms that trade through it. Beside the columns for people there are some that begin
/// with `_`; among them `_timestamp` is in UTC and exact.
///
/// Relied on: headers and rows in tests of several public importers, and GeneBO98/tradetally
/// (backend/src/utils/csv/parsers/tradovate.js).
extension ColumnLayout {
    static let tradovate = [tradovateFills, tradovatePairs, tradovateOrders]

    private static let tradovateFills = ColumnLayout(
        format: .tradovate, name: "tradovate_fills", title: "Tradovate fills", marks: ["fillid", "bs", "contract"],
        names: [
            // The first of two columns of a folded name: `_timestamp` stands before `Timestamp`.
            .time: ["timestamp"], .symbol: ["contract"], .side: ["bs"], .price: ["price"], .quantity: ["quantity"],
            .fee: ["commission"], .tradeID: ["fillid", "id"], .orderID: ["orderid"],
        ],
        market: .future, quantities: .contracts, dateOrder: .monthFirst, reader: { FuturesRows() })

    /// The reports Performance and Position History.
    private static let tradovatePairs = ColumnLayout(
        format: .tradovate, name: "tradovate_performance", title: "Tradovate performance",
        marks: ["buyfillid", "sellfillid"],
        refusal:
            "It lists pairs of fills without their commissions. Download the report Fills instead.")

    private static let tradovateOrders = ColumnLayout(
        format: .tradovate, name: "tradovate_orders", title: "Tradovate orders",
        marks: ["bs", "contract", "avgprice", "filledqty"], absent: ["fillid"],
        refusal: "It lists orders. Download the report Fills instead.")
}
