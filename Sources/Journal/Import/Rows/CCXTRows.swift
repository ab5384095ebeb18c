import Primitives

/// Trades as ccxt names things: a symbol with a colon is a contract, whose size the cost tells: in the quote currency, or
/// in the coin of an inverse contract.
struct CCXTRows: RowReader {
    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        if row[.fee].isBlank, !row[fields.place(named: "fees")].isBlank {
            throw .refuse("The trade has several fees: Daybook keeps one fee for a fill.")
        }
        let symbol = try fields.symbol(row)
        let isContract = row[.symbol].contains(UInt8(ascii: ":"))
        var fill = try fields.fill(row)
        if !isContract, fields.options.market == nil { fill.marketKind = .spot }
        if !fill.fee.isZero, row[.feeCoin].isBlank { throw .refuse("The fee \(row[.fee].quoted) has no currency.") }
        guard isContract, fields.options.contractSize(symbol.name, fill.marketKind) == nil else { return [.fill(fill)] }
        let cost = try fields.amount(.total, row).magnitude
        guard
            let size = ContractSize.told(
                by: cost, quantity: fill.quantity, price: fill.price, isInverse: symbol.isInverse)
        else {
            throw .refuse(
                "The \(fields.name(.total)) \(row[.total].quoted) does not tell how large a contract of \(symbol.name) is: say "
                    + "it by `daybook instrument set \(symbol.name) --multiplier …` and import again.")
        }
        if size != Amount(whole: 1) { try fields.note(size, of: symbol, fill.marketKind) }
        return [.fill(fill)]
    }
}
