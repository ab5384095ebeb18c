import Primitives

/// Trades of thinkorswim, as `ThinkorswimStatement` joins them with what they cost.
struct ThinkorswimRows: RowReader {
    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        let said = row[fields.place(named: "description")]
        guard !row[.symbol].isBlank else {
            throw .refuse(
                "\(said.quoted) changed the account, and no row of Account Trade History is the same trade: enter by hand "
                    + "what it was.")
        }
        let spread = row[fields.place(named: "spread")]
        guard !row[.time].isBlank, ["STOCK", "ETF", "SINGLE", "FUTURE", "FUND"].contains(spread.text.uppercased())
        else {
            throw .refuse(
                "The row is a leg of an order of several, whose fees stand in one sum: import the transactions from schwab.com "
                    + "instead (Accounts → Transaction History → Export), which have the fees of each.")
        }
        let time = try fields.time(row)
        let symbol = try symbol(row, fields, time)
        let side = try fields.side(row)
        let price = try fields.positive(.price, row, symbol)
        let signed = try fields.amount(.quantity, row)
        guard !signed.isZero, (signed > .zero) == (side == .buy) else {
            throw .refuse(
                "The \(fields.name(.side)) \(row[.side].quoted) and the \(fields.name(.quantity)) "
                    + "\(row[.quantity].quoted) do not say the same.")
        }
        guard !said.isBlank else {
            throw .refuse(
                "No row of Cash Balance or Futures Statements has this trade's moment, quantity, symbol and price, and with "
                    + "them its fees: export a statement with all of its tables.")
        }
        let quantity = signed.magnitude
        switch symbol.kind {
        case .option: try size(symbol, quantity, price, row, &fields)
        case .future where fields.options.contractSize(symbol.name, .future) == nil:
            throw .refuse(fields.unknownSize(row, symbol))
        default: break
        }
        return [
            .fill(
                ParsedFill(
                    symbol: symbol.name, side: side, price: price, quantity: quantity,
                    fee: try fields.fee(row, symbol, side, symbol.kind).amount, feeCurrency: "", time: time,
                    externalID: "", orderID: "", line: row.line, marketKind: symbol.kind,
                    effect: row[.effect].equals("to open") ? .opens : row[.effect].equals("to close") ? .closes : nil))
        ]
    }

    private func symbol(
        _ row: RowFields, _ fields: FieldReader, _ time: Timestamp
    ) throws(RowRefusal) -> SymbolName {
        let kind = row[.marketKind].text.uppercased()
        let text = row[.symbol].text
        var found: SymbolName?
        switch kind {
        case "STOCK", "ETF", "FUND": found = SchwabRows.symbol(text)
        case "FUTURE", "FUTURES": found = SymbolName.future(text, traded: time.year)
        case "CALL" where !text.hasPrefix("/"), "PUT" where !text.hasPrefix("/"):
            // `8 JUN 26`.
            let day = row[fields.place(named: "exp")].text.split(separator: " ").map(String.init)
            if day.count == 3, let strike = fields.amount(at: fields.place(named: "strike"), row) {
                let date = (day[0].utf8.count == 1 ? "0" : "") + day.joined()
                found = SymbolName.option("\(text) \(date) \(strike) \(kind.prefix(1))", currency: "USD")
            }
        default:
            throw .refuse("Daybook does not read trades of the \(fields.name(.marketKind)) \(row[.marketKind].quoted).")
        }
        guard let found else {
            throw .refuse("The \(fields.name(.symbol)) \(row[.symbol].quoted) is no market that Daybook knows.")
        }
        return found
    }

    /// What was paid or received, which is without the fees, says how many shares one option is on.
    private func size(
        _ symbol: SymbolName, _ quantity: Amount, _ price: Amount, _ row: RowFields, _ fields: inout FieldReader
    ) throws(RowRefusal) {
        if fields.options.contractSize(symbol.name, .option) != nil { return }
        let paid = try fields.amount(.total, row).magnitude
        guard let size = ContractSize.told(by: paid, quantity: quantity, price: price) else {
            throw .refuse(
                "The \(fields.name(.total)) \(row[.total].quoted) does not tell how many shares an option of \(symbol.name) is "
                    + "on: say it by `daybook instrument set \(symbol.name) --multiplier …` and import again.")
        }
        try fields.note(size, of: symbol, .option)
    }
}
