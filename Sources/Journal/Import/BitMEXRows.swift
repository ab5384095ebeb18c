import Primitives

/// BitMEX counts money in millionths of a USDT, and quantities in contracts; its API also gives them in coins.
struct BitMEXRows: RowReader {
    private static let unitsOfMoney = Amount(whole: 1_000_000)

    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        let kind = try fields.kind(row)
        let symbol = try fields.symbol(row)
        guard symbol.quote == "USDT" || symbol.quote == "USDC" else {
            throw .refuse("\(row[.symbol].quoted) pays in Bitcoin: Daybook does not import such contracts.")
        }
        let market: MarketKind? =
            row[.symbol].text.contains("_") && fields.options.market == nil ? .spot : fields.marketKind(row, symbol)
        let side = try fields.side(row)
        var isClosing = false
        if case .closes = kind { isClosing = true }
        let price = try fields.positive(.price, row, symbol, orZero: isClosing)
        let quantity = try quantity(row, &fields, symbol, market)
        let paid = row[.fee].isBlank ? Amount.zero : try fields.amount(.fee, row)
        guard let fee = try? paid / Self.unitsOfMoney, (try? fee * Self.unitsOfMoney) == paid else {
            throw .refuse("The \(fields.name(.fee)) \(row[.fee].quoted) is not a number that Daybook can hold exactly.")
        }
        let id = try fields.identifier(.tradeID, row)
        return [
            .fill(
                ParsedFill(
                    symbol: symbol.name, side: side, price: price, quantity: quantity, fee: fee, feeCurrency: "",
                    time: try fields.time(row), externalID: id,
                    orderID: id.isEmpty ? try fields.identifier(.orderID, row) : "", line: row.line, marketKind: market,
                    effect: fields.effect(row, kind, side, nil)))
        ]
    }

    private func quantity(
        _ row: RowFields, _ fields: inout FieldReader, _ symbol: SymbolName, _ kind: MarketKind?
    ) throws(RowRefusal) -> Amount {
        guard fields.options.contractSize(symbol.name, kind) == nil,
            let coins = fields.amount(at: fields.place(named: "homenotional"), row), !coins.isZero
        else { return try fields.quantity(row, symbol, kind) }
        return coins.magnitude
    }
}
