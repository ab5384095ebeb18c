import Primitives

/// A row that gives a fill, before it has an identity and a place among its neighbours.
struct ParsedFill: Hashable, Sendable {
    let symbol: String
    let side: Side
    let price: Amount
    let quantity: Amount
    let fee: Amount
    let feeCurrency: String
    let time: Timestamp
    let externalID: String
    let orderID: String
    let line: Int
    var marketKind: MarketKind?
    var leg: Direction?
    var effect: Fill.Effect?
    /// Its place within its moment, where neither a trade id nor the order of the rows says it.
    var place: Int64?
}
