import Primitives

/// Fills of dated futures, counted in contracts whose size the instrument says.
struct FuturesRows: RowReader {
    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        let time = try fields.time(row)
        let field = row[.symbol]
        guard let symbol = SymbolName.future(field.text, traded: time.year) else {
            throw .refuse(
                field.isEmpty
                    ? "The row has no \(fields.name(.symbol))."
                    : "The \(fields.name(.symbol)) \(field.quoted) is no future with its month and year, as ES 12-26 or ESZ6."
            )
        }
        let side = try Self.side(row, fields)
        let price = try Self.price(row, fields)
        let quantity = try fields.quantity(row, symbol, .future)
        let fee = try fields.fee(row, symbol, side, .future).amount
        let id = try fields.identifier(.tradeID, row)
        return [
            .fill(
                ParsedFill(
                    symbol: symbol.name, side: side, price: price, quantity: quantity, fee: fee, feeCurrency: "",
                    time: time,
                    externalID: id, orderID: id.isEmpty ? try fields.identifier(.orderID, row) : "", line: row.line,
                    marketKind: .future, effect: Self.effect(row[.effect])))
        ]
    }

    /// Also `SellShort` and `BuyToCover`.
    private static func side(_ row: RowFields, _ fields: FieldReader) throws(RowRefusal) -> Side {
        if row[.side].equals("sellshort") { return .sell }
        if row[.side].equals("buytocover") { return .buy }
        return try fields.side(row)
    }

    /// Oil was sold below zero once, and spreads often are; what a journal holds is not.
    private static func price(_ row: RowFields, _ fields: FieldReader) throws(RowRefusal) -> Amount {
        let price = try fields.amount(.price, row)
        guard price > .zero else {
            throw .refuse("The \(fields.name(.price)) \(row[.price].quoted) is not above zero.")
        }
        return price
    }

    private static func effect(_ field: FieldBytes) -> Fill.Effect? {
        if field.equals("entry") { return .opens }
        if field.equals("exit") { return .closes }
        return nil
    }
}
