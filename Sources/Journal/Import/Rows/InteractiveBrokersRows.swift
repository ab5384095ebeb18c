import Primitives

/// Trades of Interactive Brokers: shares, options, futures, currencies, in the words of a Flex query or of an activity
/// statement.
struct InteractiveBrokersRows: RowReader {
    /// An order of a statement, which does not count where its executions follow it.
    private struct Order {
        let fill: ParsedFill
        let symbol: String
    }

    private var order: Order?

    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        let level = row[.status]
        let before = order
        if level.equals("trade") || level.equals("execution"), let before, before.symbol == row[.symbol].text {
            order = nil
            return [
                .skipped(line: before.fill.line, reason: "The order's executions follow it."), result(row, &fields),
            ]
        }
        order = nil
        let waiting: [RowResult] = before.map { [.fill($0.fill)] } ?? []
        let next = result(row, &fields)
        if case .fill(let fill) = next, level.equals("order") {
            order = Order(fill: fill, symbol: row[.symbol].text)
            return waiting
        }
        return waiting + [next]
    }

    mutating func finish(_ fields: inout FieldReader) -> [RowResult] {
        defer { order = nil }
        return order.map { [.fill($0.fill)] } ?? []
    }

    private func result(_ row: RowFields, _ fields: inout FieldReader) -> RowResult {
        do throws(RowRefusal) {
            return .fill(try fill(row, &fields))
        } catch {
            switch error {
            case .skip(let reason): return .skipped(line: row.line, reason: reason)
            case .refuse(let reason): return .refused(line: row.line, reason: reason)
            }
        }
    }

    private func fill(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> ParsedFill {
        let kind = try fields.kind(row)
        let time = try fields.time(row)
        let market = try Self.market(row, fields)
        let symbol = try Self.symbol(row, market, time, fields)
        let signed = try fields.amount(.quantity, row)
        guard !signed.isZero else { throw .refuse("The \(fields.name(.quantity)) \(row[.quantity].quoted) is zero.") }
        let side: Side = signed < .zero ? .sell : .buy
        if !row[.side].isBlank, Side(exported: row[.side]) != side {
            throw .refuse(
                "The \(fields.name(.side)) \(row[.side].quoted) and the \(fields.name(.quantity)) "
                    + "\(row[.quantity].quoted) do not say the same.")
        }
        var effect = Self.effect(row[.effect])
        // What expired or was delivered. Shares that an option brought in are opened by it, at the strike.
        if case .closes = kind, effect == nil { effect = .closes }
        let price = try fields.positive(.price, row, symbol, orZero: effect == .closes)
        if market != .stock, market != .forex, market != .spot {
            try size(symbol, market, signed.magnitude, price, row, &fields)
        }
        let (fee, coin) = try self.fee(row, symbol, side, market, fields)
        let id = try fields.identifier(.tradeID, row)
        return ParsedFill(
            symbol: symbol.name, side: side, price: price, quantity: signed.magnitude, fee: fee,
            feeCurrency: coin == symbol.quote ? "" : coin, time: time, externalID: id,
            orderID: id.isEmpty ? try fields.identifier(.orderID, row) : "", line: row.line, marketKind: market,
            effect: effect)
    }

    /// Taxes are in the currency of the trade, commissions perhaps in another.
    private func fee(
        _ row: RowFields, _ symbol: SymbolName, _ side: Side, _ market: MarketKind, _ fields: FieldReader
    ) throws(RowRefusal) -> (Amount, String) {
        let found = try fields.fee(row, symbol, side, market)
        guard !row[.secondFee].isBlank, found.coin != symbol.quote, try !fields.amount(.secondFee, row).isZero else {
            return found
        }
        throw .refuse(
            "The commission is in \(found.coin) and the tax in \(symbol.quote): Daybook keeps one fee for a fill.")
    }

    // MARK: The market

    private static func market(_ row: RowFields, _ fields: FieldReader) throws(RowRefusal) -> MarketKind {
        let field = row[.marketKind]
        for word: StaticString in ["stk", "stocks", "stock", "fund", "mutual funds", "etf"] where field.equals(word) {
            return .stock
        }
        for word: StaticString in [
            "opt", "fop", "options", "equity and index options", "options on futures", "futures options",
        ]
        where field.equals(word) {
            return .option
        }
        if field.equals("fut") || field.equals("futures") { return .future }
        if field.equals("cash") || field.equals("forex") { return .forex }
        if field.equals("cfd") || field.equals("cfds") { return .cfd }
        if field.equals("crypto") || field.equals("cryptocurrencies") { return .spot }
        throw .refuse("Daybook does not read trades of the \(fields.name(.marketKind)) \(field.quoted).")
    }

    private static func symbol(
        _ row: RowFields, _ market: MarketKind, _ time: Timestamp, _ fields: FieldReader
    ) throws(RowRefusal) -> SymbolName {
        let field = row[.symbol]
        guard !field.isEmpty else { throw .refuse("The row has no \(fields.name(.symbol)).") }
        guard let currency = SymbolName.coin(row[.currency]) else {
            throw .refuse("The \(fields.name(.currency)) \(row[.currency].quoted) is no currency.")
        }
        let text = field.text
        var found: SymbolName?
        switch market {
        case .spot:
            // `BTC.USD-PAXOS`, or the coin alone.
            found = text.split(separator: ".").first.map { SymbolName(base: $0.uppercased(), quote: currency) }
        case .stock, .cfd:
            found = SymbolName.ticker(text.split(separator: " ").joined(separator: "."), currency: currency)
        case .option: found = SymbolName.option(text, currency: currency)
        case .future: found = SymbolName.future(text, traded: time.year, quote: currency)
        default: found = pair(text)
        }
        guard let found else {
            throw .refuse(
                "The \(fields.name(.symbol)) \(field.quoted) is none of the form that Interactive Brokers writes.")
        }
        return found
    }

    /// `EUR.USD`.
    private static func pair(_ text: String) -> SymbolName? {
        let parts = text.uppercased().split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 3 && SymbolName.isMoney(String($0)) }),
            parts[0] != parts[1]
        else { return nil }
        return SymbolName(base: String(parts[0]), quote: String(parts[1]))
    }

    /// `O`, `C`, `C;O`; codes of an activity statement, among others: `C;P`, `Ep` for what expired, `A` and `Ex` for what
    /// was assigned and exercised.
    private static func effect(_ field: FieldBytes) -> Fill.Effect? {
        let codes = field.split { $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: " ") }.map { FieldBytes(rebasing: $0) }
        let opens = codes.contains { $0.equals("o") }
        let closes = codes.contains { $0.equals("c") || $0.equals("ep") || $0.equals("a") || $0.equals("ex") }
        switch (opens, closes) {
        case (true, true): return .reduces
        case (true, false): return .opens
        case (false, true): return .closes
        case (false, false): return nil
        }
    }

    // MARK: The size of a contract

    /// As the row says; in an activity statement the proceeds do.
    private func size(
        _ symbol: SymbolName, _ market: MarketKind, _ quantity: Amount, _ price: Amount, _ row: RowFields,
        _ fields: inout FieldReader
    ) throws(RowRefusal) {
        if fields.options.contractSize(symbol.name, market) != nil { return }
        if market == .cfd { return }
        if !row[.multiplier].isBlank {
            let size = try fields.amount(.multiplier, row)
            guard size > .zero else {
                throw .refuse("The \(fields.name(.multiplier)) \(row[.multiplier].quoted) is not above zero.")
            }
            return try fields.note(size, of: symbol, market)
        }
        if let known = fields.contracts[symbol.name] { return try fields.note(known.size, of: symbol, market) }
        let place = fields.place(named: "notionalvalue")
        let sum = row[.total].isBlank ? row[place] : row[.total]
        if !sum.isBlank, let worth = try? fields.number(.total, sum, likely: []).amount.magnitude,
            let size = ContractSize.told(by: worth, quantity: quantity, price: price)
        {
            return try fields.note(size, of: symbol, market)
        }
        throw .refuse(
            "\(row[.quantity].quoted) is a number of contracts of \(symbol.name), and nobody has said how large one is: add the "
                + "column Multiplier to the query, or say it by `daybook instrument set \(symbol.name) --multiplier …`."
        )
    }
}

extension SymbolName {
    /// An option with its day, strike and kind: `AAPL-20MAR26-200-C_USD` for `AAPL  260320C00200000` and
    /// `AAPL 20MAR26 200 C`. Options on futures keep the name that their source has. Nil for what cannot be a name.
    static func option(_ text: String, currency: String) -> SymbolName? {
        let words = text.uppercased().split(whereSeparator: { $0 == " " || $0 == "_" })
        var base = words.joined(separator: "-")
        if words.count == 2, let tail = occ(words[1]) { base = "\(words[0])-\(tail)" }
        guard (1...32).contains(base.utf8.count),
            base.utf8.allSatisfy({ $0.isDigit || $0.asciiLowercased != $0 || $0 == 0x2d || $0 == 0x2e })
        else { return nil }
        var name = SymbolName(base: base, quote: currency)
        name.kind = .option
        return name
    }

    /// `260320C00200000`, as the Options Clearing Corporation writes it, becomes `20MAR26-200-C`.
    private static func occ(_ text: Substring) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count == 15, bytes[6] == UInt8(ascii: "C") || bytes[6] == UInt8(ascii: "P"),
            bytes[..<6].allSatisfy(\.isDigit), bytes[7...].allSatisfy(\.isDigit),
            let month = Int(String(decoding: bytes[2..<4], as: UTF8.self)), (1...12).contains(month),
            let thousandths = Int(String(decoding: bytes[7...], as: UTF8.self))
        else { return nil }
        let names = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
        let (whole, rest) = thousandths.quotientAndRemainder(dividingBy: 1000)
        var decimals = rest == 0 ? "" : "." + String(String(1000 + rest).dropFirst())
        while decimals.hasSuffix("0") { decimals.removeLast() }
        let (year, day) = (String(decoding: bytes[..<2], as: UTF8.self), String(decoding: bytes[4..<6], as: UTF8.self))
        return "\(day)\(names[month - 1])\(year)-\(whole)\(decimals)-\(bytes[6] == UInt8(ascii: "C") ? "C" : "P")"
    }
}
