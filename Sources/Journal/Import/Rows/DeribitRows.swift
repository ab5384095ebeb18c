import Primitives

/// Deribit's names say more than those of others: `BTC-PERPETUAL` is counted in dollars and paid in Bitcoin (inverse), an option on
/// `BTC` is priced and paid in Bitcoin, and `BTC_USDC-…` is priced and paid in USDC.
struct DeribitRows: RowReader {
    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        let kind = try fields.kind(row)
        let (symbol, market) = try market(row, fields)
        let side = try side(row, fields)
        var isClosing = false
        if case .closes = kind { isClosing = true }
        var quantity = try fields.positive(.quantity, row, symbol)
        if symbol.isInverse { quantity = try fields.inverseQuantity(quantity, row, symbol, market) }
        var price = Amount.zero
        if isClosing, market == .option {
            // The price of a delivery is that of the coin; the option is worth what it pays.
            guard let cash = fields.amount(at: fields.place(named: "cashflow"), row),
                let worth = try? cash.magnitude / quantity
            else {
                throw .refuse(
                    "The row has nothing in the column “Cash Flow”, which says what the option was worth at its end: enter it by hand."
                )
            }
            price = worth
        } else {
            price = try fields.positive(.price, row, symbol, orZero: isClosing)
        }
        let (fee, coin) = try fields.fee(row, symbol, side, market)
        let id = try fields.identifier(.tradeID, row)
        var fill = ParsedFill(
            symbol: symbol.name, side: side, price: price, quantity: quantity, fee: fee,
            feeCurrency: coin == symbol.quote ? "" : coin, time: try fields.time(row), externalID: id,
            orderID: id.isEmpty ? try fields.identifier(.orderID, row) : "", line: row.line, marketKind: market)
        fill.effect = row[.side].begins(with: "close") && !isClosing ? .reduces : fields.effect(row, kind, side, nil)
        fill.place = Int64(row[fields.place(named: "userseq")].text)
        return [.fill(fill)]
    }

    /// `open buy`, `close sell`, `buy`.
    private func side(_ row: RowFields, _ fields: FieldReader) throws(RowRefusal) -> Side {
        if row[.side].ends(with: " buy") { return .buy }
        if row[.side].ends(with: " sell") { return .sell }
        return try fields.side(row)
    }

    private func market(_ row: RowFields, _ fields: FieldReader) throws(RowRefusal) -> (SymbolName, MarketKind?) {
        let field = row[.symbol]
        let parts = field.count <= 60 ? field.text.uppercased().split(separator: "-").map(String.init) : []
        let pair = parts.first?.split(separator: "_").map(String.init) ?? []
        guard let first = pair.first, pair.count <= 2, parts.count <= 4,
            (pair + parts.dropFirst()).allSatisfy({ Self.isPlain($0) })
        else { throw .refuse("The \(fields.name(.symbol)) \(field.quoted) is no instrument that Daybook knows.") }
        let rest = Array(parts.dropFirst())
        let isOption = rest.count == 3 && ["C", "P"].contains(rest[2])
        let isInverse = pair.count == 1 && rest.count == 1
        let quote = pair.count == 2 ? pair[1] : isOption ? first : isInverse ? "USD" : ""
        guard !quote.isEmpty else {
            throw .refuse("The \(fields.name(.symbol)) \(field.quoted) is no instrument that Daybook knows.")
        }
        switch rest.count {
        case 0: return (SymbolName(base: first, quote: quote), fields.options.market ?? .spot)
        case 1:
            let isPerpetual = rest[0] == "PERPETUAL"
            let base = isPerpetual ? first : first + "-" + rest[0]
            let kind = fields.options.market ?? (isPerpetual ? .perpetual : .future)
            return (SymbolName(base: base, quote: quote, isInverse: isInverse), isInverse ? kind.inverse : kind)
        case 3 where isOption:
            return (
                SymbolName(base: first + "-" + rest.joined(separator: "-"), quote: quote),
                fields.options.market ?? .option
            )
        default: throw .refuse("The \(fields.name(.symbol)) \(field.quoted) is no instrument that Daybook knows.")
        }
    }

    private static func isPlain(_ part: String) -> Bool {
        (1...16).contains(part.utf8.count) && part.utf8.allSatisfy { $0.isDigit || $0.asciiLowercased != $0 }
    }
}
