import Primitives

/// Transactions of Charles Schwab: shares and options, in dollars.
///
/// An option that expired closes at zero what the rows before it left of it. An assignment is refused, and with it an
/// expiry of the same option: Schwab may write both for one position.
struct SchwabRows: RowReader {
    private var closings = HeldClosings(Self.heldMax)
    /// Options that were assigned or exercised.
    private var assigned: Set<String> = []

    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        if row[.time].equals("transactions total") { throw .skip("The row is the sum of the others.") }
        if row[.kind].isBlank { throw .refuse("The row has no \(fields.name(.kind)).") }
        if Self.isAssignment(row[.kind]), let symbol = Self.symbol(row[.symbol].text) {
            if assigned.count < Self.heldMax { assigned.insert(symbol.name) }
        }
        let kind = try fields.kind(row)
        let time = try Self.time(row, &fields)
        let field = row[.symbol]
        guard !field.isEmpty else { throw .refuse("The row has no \(fields.name(.symbol)).") }
        guard let symbol = Self.symbol(field.text) else {
            throw .refuse("The \(fields.name(.symbol)) \(field.quoted) is neither a share nor an option.")
        }
        // Sales have a quantity above zero, and in some exports one below.
        let quantity = try fields.amount(.quantity, row).magnitude
        guard quantity > .zero else { throw .refuse("The \(fields.name(.quantity)) \(row[.quantity].quoted) is zero.") }
        if case .closes = kind {
            guard symbol.kind == .option else {
                throw .refuse("The \(fields.name(.symbol)) \(field.quoted) is no option, and only options expire.")
            }
            let fill = ParsedFill(
                symbol: symbol.name, side: .sell, price: .zero, quantity: quantity, fee: .zero, feeCurrency: "",
                time: time, externalID: "", orderID: "", line: row.line, marketKind: .option, effect: .closes)
            try closings.hold(fill)
            return []
        }
        let side: Side = row[.side].equals("reinvest shares") ? .buy : try fields.side(row)
        let price = try fields.positive(.price, row, symbol)
        let fee = try fields.fee(row, symbol, side, symbol.kind).amount
        if symbol.kind == .option { try size(symbol, side, quantity, price, fee, row, &fields) }
        let fill = ParsedFill(
            symbol: symbol.name, side: side, price: price, quantity: quantity, fee: fee, feeCurrency: "", time: time,
            externalID: "", orderID: "", line: row.line, marketKind: symbol.kind ?? .stock,
            effect: Fill.Effect(exported: row[.effect]))
        closings.add(fill)
        return [.fill(fill)]
    }

    mutating func finish(_ fields: inout FieldReader) -> [RowResult] {
        closings.finish(isDescending: fields.isDescending).map { result in
            guard case .fill(let fill) = result, assigned.contains(fill.symbol) else { return result }
            return .refused(
                line: fill.line,
                reason:
                    "The file has an assignment or an exercise of \(fill.symbol) too, and may write one closing twice: enter by "
                    + "hand what was closed.")
        }
    }

    private static func isAssignment(_ action: FieldBytes) -> Bool {
        action.equals("assigned") || action.equals("exercised") || action.equals("exchange or exercise")
    }

    /// `01/22/2024 as of 01/19/2024` was booked on the first of the two days, and happened on the second.
    private static func time(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> Timestamp {
        let field = row[.time]
        guard let last = field.split(separator: UInt8(ascii: " ")).last, field.text.contains(" as of ") else {
            return try fields.time(row)
        }
        return try fields.time(FieldBytes(rebasing: last))
    }

    /// What was paid or received, without the fees, says how many shares one option is on.
    private func size(
        _ symbol: SymbolName, _ side: Side, _ quantity: Amount, _ price: Amount, _ fee: Amount, _ row: RowFields,
        _ fields: inout FieldReader
    ) throws(RowRefusal) {
        if fields.options.contractSize(symbol.name, .option) != nil { return }
        // What is left of a sale may be below zero: an option sold for 1 USD with fees of 1.30.
        let paid = row[.total].isBlank ? nil : try fields.amount(.total, row)
        guard let paid, let sum = try? side == .buy ? paid.magnitude - fee : paid + fee,
            let size = ContractSize.told(by: sum, quantity: quantity, price: price)
        else {
            throw .refuse(
                "The \(fields.name(.total)) \(row[.total].quoted) does not tell how many shares an option of \(symbol.name) is "
                    + "on: say it by `daybook instrument set \(symbol.name) --multiplier …` and import again.")
        }
        try fields.note(size, of: symbol, .option)
    }

    /// A ticker, `BRK/B`, or an option as `AAPL 03/20/2026 200.00 C`.
    static func symbol(_ text: String) -> SymbolName? {
        let words = text.uppercased().split(separator: " ")
        if words.count == 4, words[3] == "C" || words[3] == "P" {
            let date = words[1].split(separator: "/").compactMap { Int($0) }
            guard date.count == 3, (1...12).contains(date[0]), (1...31).contains(date[1]),
                (2009...2099).contains(date[2]),
                let strike = Amount(String(words[2]))
            else { return nil }
            let names = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
            let day =
                (date[1] < 10 ? "0" : "")
                + "\(date[1])\(names[date[0] - 1])\(date[2] % 100 < 10 ? "0" : "")\(date[2] % 100)"
            return SymbolName.option("\(words[0]) \(day) \(strike) \(words[3])", currency: "USD")
        }
        guard words.count == 1, let word = words.first else { return nil }
        let parts = word.split(separator: "/", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return share(String(word))
        case 2 where parts[1] == "USD": return share(String(parts[0]))
        // A class of shares.
        case 2 where parts[1].utf8.count <= 2 && !parts[0].isEmpty: return share("\(parts[0]).\(parts[1])")
        default: return nil
        }
    }

    private static func share(_ ticker: String) -> SymbolName? {
        var name = SymbolName.ticker(ticker, currency: "USD")
        name?.kind = .stock
        return name
    }
}
