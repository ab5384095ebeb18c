import Primitives

/// Trades of Trading 212, whose fees and taxes stand in a column each, with or without one for their currency.
struct Trading212Rows: RowReader {
    private struct FeeColumn {
        let place: Int
        let title: String
        /// Where the row says its currency; -1 where the column's name does.
        let currencyPlace: Int
        let currency: String
    }

    /// Nil until the first row.
    private var columns: [FeeColumn]?

    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        let columns = self.columns ?? Self.feeColumns(fields)
        self.columns = columns
        if row[.kind].isBlank { throw .refuse("The row has no \(fields.name(.kind)).") }
        _ = try fields.kind(row)
        let time = try fields.time(row)
        guard let currency = SymbolName.coin(row[.currency]) else {
            throw .refuse("The \(fields.name(.currency)) \(row[.currency].quoted) is no currency.")
        }
        // Shares in London are priced in pence.
        let isPence = currency == "GBX"
        guard var symbol = SymbolName.ticker(row[.symbol].text, currency: isPence ? "GBP" : currency) else {
            throw .refuse("The \(fields.name(.symbol)) \(row[.symbol].quoted) is no ticker.")
        }
        symbol.kind = .stock
        let side: Side = row[.side].ends(with: " buy") ? .buy : .sell
        var price = try fields.positive(.price, row, symbol)
        if isPence {
            guard let pounds = try? price / Amount(whole: 100), let back = try? pounds * Amount(whole: 100),
                back == price
            else {
                throw .refuse(
                    "The \(fields.name(.price)) \(row[.price].quoted) is not a number that Daybook can hold exactly.")
            }
            price = pounds
        }
        let quantity = try fields.positive(.quantity, row, symbol)
        let (fee, coin) = try fee(columns, row, fields)
        let id = try fields.identifier(.tradeID, row)
        return [
            .fill(
                ParsedFill(
                    symbol: symbol.name, side: side, price: price, quantity: quantity, fee: fee,
                    feeCurrency: fee.isZero || coin == symbol.quote ? "" : coin, time: time, externalID: id,
                    orderID: "",
                    line: row.line, marketKind: .stock))
        ]
    }

    private static let feeNames = [
        "currencyconversionfee", "stampdutyreservetax", "stampduty", "ptmlevy", "transactionfee", "finrafee",
        "secfee", "frenchtransactiontax", "italiantransactiontax", "spanishtransactiontax", "transactiontax",
    ]

    private static func feeColumns(_ fields: FieldReader) -> [FeeColumn] {
        fields.columns.enumerated().compactMap { place, column in
            guard let name = feeNames.first(where: { column.folded.hasPrefix($0) }) else { return nil }
            let rest = column.folded.dropFirst(name.count).uppercased()
            let currencyPlace = fields.place(named: "currency" + column.folded)
            guard rest.isEmpty || rest.utf8.count == 3 else { return nil }
            return FeeColumn(place: place, title: column.title, currencyPlace: currencyPlace, currency: rest)
        }
    }

    private func fee(
        _ columns: [FeeColumn], _ row: RowFields, _ fields: FieldReader
    ) throws(RowRefusal) -> (amount: Amount, coin: String) {
        var (sum, coin) = (Amount.zero, "")
        for column in columns where !row[column.place].isBlank {
            var amount = try fields.number(.fee, row[column.place], likely: []).amount
            if amount.isZero { continue }
            if fields.options.paidFees == .minus { amount = -amount }
            guard amount > .zero else {
                throw .refuse(
                    "“\(column.title)” is \(row[column.place].quoted): if the file writes what was paid so, say it by "
                        + "--paid-fees \(fields.options.paidFees == .minus ? "plus" : "minus").")
            }
            let named = column.currency.isEmpty ? SymbolName.coin(row[column.currencyPlace]) ?? "" : column.currency
            guard !named.isEmpty else { throw .refuse("The currency of the column “\(column.title)” is not said.") }
            guard coin.isEmpty || coin == named else {
                throw .refuse("The fees are in \(coin) and in \(named): Daybook keeps one fee for a fill.")
            }
            coin = named
            guard let total = try? sum + amount else {
                throw .refuse("The fees add up to more than Daybook can hold.")
            }
            sum = total
        }
        return (sum, coin)
    }
}
