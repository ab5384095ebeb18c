import Primitives

/// A row that is a fill: what nearly all are.
extension FieldReader {
    /// - Parameter side: where the row does not say it, and its reader knows.
    mutating func fill(_ row: RowFields, side given: Side? = nil) throws(RowRefusal) -> ParsedFill {
        let kind = try kind(row)
        let time = try time(row)
        let symbol = try symbol(row)
        let market = marketKind(row, symbol)
        let side = if let given { given } else { try side(row) }
        var isClosing = false
        if case .closes = kind { isClosing = true }
        let price = try positive(.price, row, symbol, orZero: isClosing)
        let quantity = try quantity(row, symbol, market)
        let (fee, coin) = try fee(row, symbol, side, market)
        let externalID = layout.hasTradeIDs ? try identifier(.tradeID, row) : ""
        // Only a fill without a name of its own is told apart by its order.
        let orderID =
            externalID.isEmpty ? try identifier(layout.hasTradeIDs ? .orderID : orderRole, row) : ""
        let leg = try leg(row)
        return ParsedFill(
            symbol: symbol.name, side: side, price: price, quantity: quantity, fee: fee,
            feeCurrency: coin == symbol.quote ? "" : coin, time: time, externalID: externalID, orderID: orderID,
            line: row.line, marketKind: market, leg: leg, effect: effect(row, kind, side, leg))
    }

    private var orderRole: ColumnLayout.Role { places.has(.orderID) ? .orderID : .tradeID }
}
