import Primitives

/// A row that is a fill: what nearly all are.
extension FieldReader {
    /// - Parameter side: where the row does not say it, and its reader knows.
    mutating func fill(_ row: RowFields, side given: Side? = nil) throws(RowRefusal) -> ParsedFill {
        let kind = try kind(row)
        let time = try time(row)
        let symbol = try symbol(row)
        try checkMarket(row)
        let market = marketKind(row, symbol)
        let side = if let given { given } else { try side(row) }
        var isClosing = false
        if case .closes = kind { isClosing = true }
        let quantity = try quantity(row, symbol, market)
        let price = try price(row, symbol, of: quantity, isClosing: isClosing)
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

    /// What the beginning of a foreign file does not show is told row by row.
    private func checkMarket(_ row: RowFields) throws(RowRefusal) {
        guard layout.isForeign, places.has(.marketKind), !row[.marketKind].isBlank else { return }
        guard layout.marketWords.meaning(of: row[.marketKind]) != nil else {
            throw .refuse("The \(name(.marketKind)) \(row[.marketKind].quoted) is no kind of market.")
        }
    }

    /// As the row has it; where it has only the sum, that divided by the quantity.
    private func price(
        _ row: RowFields, _ symbol: SymbolName, of quantity: Amount, isClosing: Bool
    ) throws(RowRefusal) -> Amount {
        guard !places.has(.price), places.has(.total) else {
            return try positive(.price, row, symbol, orZero: isClosing)
        }
        let total = try amount(.total, row, likely: [symbol.quote]).magnitude
        guard let price = total.price(of: quantity) else {
            throw .refuse("The \(name(.total)) \(row[.total].quoted) for \(row[.quantity].quoted) gives no price.")
        }
        return price
    }

    private var orderRole: ColumnLayout.Role { places.has(.orderID) ? .orderID : .tradeID }
}
