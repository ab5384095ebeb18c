import Primitives

/// Rows that are whole positions: each becomes the fill that opened it and the one that closed it, which bears the fees.
struct PositionRows: RowReader {
    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        var opening = try fields.fill(row)
        opening.effect = .opens
        let closed = try fields.time(row, .closeTime)
        guard closed >= opening.time else {
            throw .refuse(
                "The \(fields.name(.closeTime)) \(row[.closeTime].quoted) lies before the position was opened.")
        }
        let price = try fields.amount(.closePrice, row)
        guard price >= .zero else {
            throw .refuse("The \(fields.name(.closePrice)) \(row[.closePrice].quoted) is below zero.")
        }
        let id = opening.externalID
        // A position is closed before the next of its moment is opened.
        var first = ParsedFill(
            symbol: opening.symbol, side: opening.side, price: opening.price, quantity: opening.quantity, fee: .zero,
            feeCurrency: "", time: opening.time, externalID: id.isEmpty ? "" : id + "-open", orderID: opening.orderID,
            line: row.line, marketKind: opening.marketKind, leg: opening.leg, effect: .opens)
        first.place = 1 << 32 + Int64(row.line)
        var last = ParsedFill(
            symbol: opening.symbol, side: opening.side == .buy ? .sell : .buy, price: price, quantity: opening.quantity,
            fee: opening.fee, feeCurrency: opening.feeCurrency, time: closed,
            externalID: id.isEmpty ? "" : id + "-close",
            orderID: opening.orderID, line: row.line, marketKind: opening.marketKind, leg: opening.leg, effect: .closes)
        last.place = closed == opening.time ? 1 << 33 + Int64(row.line) : Int64(row.line)
        return [.fill(first), .fill(last)]
    }
}
