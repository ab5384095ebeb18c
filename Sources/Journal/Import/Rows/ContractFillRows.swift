import Primitives

/// Fills of contracts in the words of an exchange's interface: KuCoin's futures, `XBTUSDTM`, with the value that tells how
/// large a contract is; Gate's, `BTC_USDT`, with the side as the sign of the size.
struct ContractFillRows: RowReader {
    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        if let points = fields.amount(at: fields.place(named: "pointfee"), row), !points.isZero {
            throw .refuse("The fee was paid in points, whose worth the row does not say: enter this fill by hand.")
        }
        let symbol = try fields.symbol(row)
        let market = fields.marketKind(row, symbol)
        if !row[.total].isBlank, fields.options.contractSize(symbol.name, market) == nil {
            let quantity = try fields.positive(.quantity, row, symbol)
            let price = try fields.positive(.price, row, symbol)
            let worth = try fields.amount(.total, row).magnitude
            guard
                let size = ContractSize.told(
                    by: worth, quantity: quantity, price: price, isInverse: symbol.isInverse)
            else {
                throw .refuse(fields.unknownSize(row, symbol))
            }
            if size != ContractTerms.one { try fields.note(size, of: symbol, market) }
        }
        return [.fill(try fields.fill(row))]
    }
}
