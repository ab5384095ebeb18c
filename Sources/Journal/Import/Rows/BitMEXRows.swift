import Primitives

/// BitMEX counts money in millionths of a USDT or in satoshis, and quantities in contracts; its API also gives them in
/// coins. Contracts on Bitcoin that pay in Bitcoin are inverse; those on other coins pay in Bitcoin at a fixed rate.
struct BitMEXRows: RowReader {
    private static let millionths = Amount(whole: 1_000_000)
    private static let satoshis = Amount(whole: 100_000_000)

    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        let kind = try fields.kind(row)
        let symbol = try symbol(row, &fields)
        let isLinear = symbol.quote == "USDT" || symbol.quote == "USDC"
        guard isLinear || (symbol.isInverse && symbol.settlement == "BTC") else {
            throw .refuse(
                "\(row[.symbol].quoted) pays in Bitcoin at a fixed rate: Daybook does not import such contracts.")
        }
        let market: MarketKind? =
            row[.symbol].text.contains("_") && fields.options.market == nil ? .spot : fields.marketKind(row, symbol)
        let side = try fields.side(row)
        var isClosing = false
        if case .closes = kind { isClosing = true }
        let price = try fields.positive(.price, row, symbol, orZero: isClosing)
        let quantity = try quantity(row, &fields, symbol, market)
        if symbol.isInverse { try checkCost(row, fields, quantity, price) }
        let fee = try fee(row, fields, in: isLinear ? Self.millionths : Self.satoshis)
        let id = try fields.identifier(.tradeID, row)
        return [
            .fill(
                ParsedFill(
                    symbol: symbol.name, side: side, price: price, quantity: quantity, fee: fee,
                    feeCurrency: isLinear ? "" : symbol.settlement, time: try fields.time(row), externalID: id,
                    orderID: id.isEmpty ? try fields.identifier(.orderID, row) : "", line: row.line, marketKind: market,
                    effect: fields.effect(row, kind, side, nil)))
        ]
    }

    /// `XBTUSD`, or with a month behind it, `XBTZ26`.
    private func symbol(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> SymbolName {
        guard let future = FuturesSymbol(row[.symbol].text), future.root == "XBT" else { return try fields.symbol(row) }
        var symbol = SymbolName(base: "BTC-" + future.name.dropFirst(3), quote: "USD", isInverse: true)
        symbol.kind = .future
        return symbol
    }

    private func quantity(
        _ row: RowFields, _ fields: inout FieldReader, _ symbol: SymbolName, _ kind: MarketKind?
    ) throws(RowRefusal) -> Amount {
        guard !symbol.isInverse, fields.options.contractSize(symbol.name, kind) == nil,
            let coins = fields.amount(at: fields.place(named: "homenotional"), row), !coins.isZero
        else { return try fields.quantity(row, symbol, kind) }
        return coins.magnitude
    }

    private func fee(_ row: RowFields, _ fields: FieldReader, in unit: Amount) throws(RowRefusal) -> Amount {
        let paid = row[.fee].isBlank ? Amount.zero : try fields.amount(.fee, row)
        guard let fee = try? paid / unit, (try? fee * unit) == paid else {
            throw .refuse("The \(fields.name(.fee)) \(row[.fee].quoted) is not a number that Daybook can hold exactly.")
        }
        return fee
    }

    /// BitMEX rounds what one contract is worth to a satoshi, and multiplies that.
    private func checkCost(
        _ row: RowFields, _ fields: FieldReader, _ contracts: Amount, _ price: Amount
    ) throws(RowRefusal) {
        let place = fields.place(named: "execcost")
        guard let cost = fields.amount(at: place, row)?.magnitude, !cost.isZero else { return }
        guard let worth = ContractTerms(isInverse: true).notional(contracts, at: price),
            let said = try? cost / Self.satoshis, let difference = try? worth - said,
            let allowed = try? worth / Amount(whole: 500), difference.magnitude <= allowed
        else {
            throw .refuse(
                "\(contracts) contracts of 1 USD at \(price) do not make the cost (column “execCost”) \(row[place].quoted) "
                    + "satoshis.")
        }
    }
}
