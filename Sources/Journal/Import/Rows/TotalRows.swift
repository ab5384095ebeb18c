import Primitives

/// Rows that say what was exchanged for what, and leave the price to be figured.
struct TotalRows: RowReader {
    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        _ = try fields.kind(row)
        let symbol = try fields.symbol(row)
        let side = try fields.side(row)
        let kind = fields.marketKind(row, symbol)
        let quantity = try fields.amount(.quantity, row).magnitude
        let total = try fields.amount(.total, row).magnitude
        guard let price = total.price(of: quantity) else {
            throw .refuse(
                "The \(fields.name(.total)) \(row[.total].quoted) for \(row[.quantity].quoted) gives no price.")
        }
        let (fee, coin) = try fields.fee(row, symbol, side, kind)
        let id = fields.layout.hasTradeIDs ? try fields.identifier(.tradeID, row) : ""
        let order = try fields.identifier(fields.places.has(.tradeID) ? .tradeID : .orderID, row)
        return [
            .fill(
                ParsedFill(
                    symbol: symbol.name, side: side, price: price, quantity: quantity, fee: fee,
                    feeCurrency: coin == symbol.quote ? "" : coin, time: try fields.time(row), externalID: id,
                    orderID: id.isEmpty ? order : "", line: row.line, marketKind: kind))
        ]
    }
}
