import Primitives

/// A row that gives a fill, before it has an identity and a place among its neighbours.
struct ParsedFill: Hashable, Sendable {
    let symbol: String
    let side: Side
    let price: Amount
    let quantity: Amount
    let fee: Amount
    let feeCurrency: String
    let time: Timestamp
    let externalID: String
    let orderID: String
    let line: Int
    var marketKind: MarketKind?
    var leg: Direction?
    var effect: Fill.Effect?
}

/// Reads the fields of a record by the file's layout.
struct FillParser {
    static let idBytesMax = 128
    /// A file of more symbols than this is read a little slower.
    private static let symbolsMax = 10_000

    private let header: ImportHeader
    private let places: Places
    private var symbols: [String: SymbolName] = [:]

    init(_ header: ImportHeader) {
        self.header = header
        places = Places(header.places)
    }

    /// Throws for a row that gives no fill, with a sentence that says why.
    mutating func fill(_ record: CSVRecord) throws(RowRefusal) -> ParsedFill {
        if let failure = record.failure { throw .refuse(failure.message) }
        try checkShape(record)
        let result: Result<ParsedFill, RowRefusal> = record.bytes.withUnsafeBufferPointer { bytes in
            // A closure cannot yet throw a typed error through a rethrowing function.
            do throws(RowRefusal) {
                return .success(try fill(RowFields(bytes, record.bounds), record.line))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// A row with too few fields may be cut off in the middle of a number, one with too many has its fields displaced.
    private func checkShape(_ record: CSVRecord) throws(RowRefusal) {
        guard record.count != header.fieldCount else { return }
        if record.count < header.fieldCount {
            throw .refuse("The row has \(record.count) of \(header.fieldCount) fields: perhaps the file is cut off.")
        }
        for index in header.fieldCount..<record.count where !record[index].isEmpty {
            throw .refuse(
                "The row has \(record.count) fields under \(header.fieldCount) columns: perhaps a number with commas "
                    + "is not quoted.")
        }
    }

    private mutating func fill(_ row: RowFields, _ line: Int) throws(RowRefusal) -> ParsedFill {
        try checkKind(row[places.kind])
        let time = try time(row[places.time])
        let total = row[places.total]
        let symbol = try symbol(row[places.symbol], total: total)
        let side = try side(row[places.side])
        let price = try positive("price", row[places.price], symbol)
        let quantity = try positive("quantity", row[places.quantity], symbol)
        let (fee, coin) = try fee(row, symbol, side)
        let externalID = try identifier("trade id", row[places.tradeID])
        // Only a fill without a name of its own is told apart by its order.
        let orderID = externalID.isEmpty ? try identifier("order id", row[places.orderID]) : ""
        return ParsedFill(
            symbol: symbol.name, side: side, price: price, quantity: quantity, fee: fee,
            feeCurrency: coin == symbol.quote ? "" : coin, time: time, externalID: externalID, orderID: orderID,
            line: line)
    }

    private func checkKind(_ field: FieldBytes) throws(RowRefusal) {
        guard !field.isBlank, !field.equals("trade") else { return }
        for kind: StaticString in ["funding", "settle", "settlement", "sessionsettlepnl", "session settlement"]
        where field.equals(kind) {
            throw .skip("The row is no trade: its kind is \(field.quoted).")
        }
        for kind: StaticString in [
            "adltrade", "adl", "busttrade", "bust", "liquidation", "delivery", "blocktrade", "block trade",
            "moveposition",
            "takeover", "futurespread", "spread",
        ] where field.equals(kind) {
            return
        }
        throw .refuse("Daybook does not know the kind \(field.quoted).")
    }

    private func time(_ field: FieldBytes) throws(RowRefusal) -> Timestamp {
        switch header.time.read(field) {
        case .time(let time): return time
        case .tooEarly: throw .refuse("The time \(field.quoted) lies before 2009.")
        case .unreadable:
            guard !field.isEmpty else { throw .refuse("The row has no time.") }
            let order = header.time.dateOrder == .dayFirst ? "day/month/year" : "month/day/year"
            let hint = FieldTime.slashedDate(field) == nil ? "" : " Dates in this file are read as \(order)."
            throw .refuse("The time \(field.quoted) cannot be read.\(hint)")
        }
    }

    private mutating func symbol(_ field: FieldBytes, total: FieldBytes) throws(RowRefusal) -> SymbolName {
        let text = field.text
        if let known = symbols[text] { return known }
        guard !field.isEmpty else { throw .refuse("The row has no symbol.") }
        let hint = header.layout.carriesCoins ? FieldNumber.amountAndCoin(total, likely: [])?.coin ?? "" : ""
        guard let symbol = SymbolName.read(text, header.layout.dialect, quoteHint: hint) else {
            throw .refuse(
                "The symbol \(field.quoted) does not end in a currency that Daybook knows: write it as BASE/QUOTE.")
        }
        guard !symbol.isInverse else {
            throw .refuse(
                "\(field.quoted) is an inverse contract, counted in \(symbol.quote): Daybook does not import those.")
        }
        // Where the hint had a say, the next row may say otherwise.
        if hint.isEmpty || SymbolName.quoteCount(text) == 1 {
            if symbols.count >= Self.symbolsMax { symbols.removeAll(keepingCapacity: true) }
            symbols[text] = symbol
        }
        return symbol
    }

    private func side(_ field: FieldBytes) throws(RowRefusal) -> Side {
        guard let side = Side(exported: field) else {
            throw .refuse(field.isEmpty ? "The row has no side." : "The side \(field.quoted) is neither buy nor sell.")
        }
        return side
    }

    private func positive(_ name: String, _ field: FieldBytes, _ symbol: SymbolName) throws(RowRefusal) -> Amount {
        let amount = try number(name, field, likely: [symbol.base]).amount
        guard amount > .zero else {
            throw .refuse("The \(name) \(field.quoted) is \(amount.isZero ? "zero" : "below zero").")
        }
        return amount
    }

    private func number(
        _ name: String, _ field: FieldBytes, likely: [String]
    ) throws(RowRefusal) -> (amount: Amount, coin: String) {
        // Where commas do not part the fields, one in a number may well be a decimal comma.
        if header.delimiter == UInt8(ascii: ",") || !field.contains(UInt8(ascii: ",")) {
            if let amount = FieldNumber.amount(field) { return (amount, "") }
            if header.layout.carriesCoins, let both = FieldNumber.amountAndCoin(field, likely: likely) { return both }
        }
        guard !field.isEmpty else { throw .refuse("The row has no \(name).") }
        throw .refuse("The \(name) \(field.quoted) is not a number that Daybook can hold exactly.")
    }

    /// The fee and its coin.
    private func fee(
        _ row: RowFields, _ symbol: SymbolName, _ side: Side
    ) throws(RowRefusal) -> (amount: Amount, coin: String) {
        var field = row[places.fee]
        let named = row[places.feeCoin]
        // Bybit leaves either of its two fee columns blank; the newer one counts only together with a coin.
        if places.otherFee >= 0, field.isBlank || named.isBlank, !row[places.otherFee].isBlank {
            field = row[places.otherFee]
        }
        guard !field.isBlank else { return (.zero, symbol.quote) }
        let (amount, suffix) = try number("fee", field, likely: [symbol.base, symbol.quote])
        if !suffix.isEmpty { return (amount, suffix) }
        if !named.isBlank {
            guard let coin = SymbolName.coin(named) else {
                throw .refuse("The fee's currency \(named.quoted) is not a currency.")
            }
            return (amount, coin)
        }
        let isSpot = header.layout.dialect != .hyperliquid || row[places.symbol].contains(UInt8(ascii: "/"))
        let takesBase = header.layout.feeCoinRule == .receivedOnSpot && isSpot && side == .buy
        return (amount, takesBase ? symbol.base : symbol.quote)
    }

    private func identifier(_ name: String, _ field: FieldBytes) throws(RowRefusal) -> String {
        guard !field.isBlank else { return "" }
        guard field.count <= Self.idBytesMax else {
            throw .refuse("The \(name) is longer than \(Self.idBytesMax) bytes.")
        }
        let text = field.text
        // 2290000000522832993 comes out of a spreadsheet as 2.29E+18, and so do its neighbours: they would be one fill.
        guard !text.contains("E+") || !text.utf8.allSatisfy({ $0.isDigit || ".E+".utf8.contains($0) }) else {
            throw .refuse("The \(name) \(field.quoted) was rounded by a spreadsheet: import the file as it came.")
        }
        return text
    }
}

/// The fields of one record, trimmed. A column that the file does not have is empty.
private struct RowFields {
    private let bytes: FieldBytes
    private let bounds: [Range<Int>]

    init(_ bytes: FieldBytes, _ bounds: [Range<Int>]) {
        self.bytes = bytes
        self.bounds = bounds
    }

    subscript(place: Int) -> FieldBytes {
        guard place >= 0, place < bounds.count else { return FieldBytes(start: nil, count: 0) }
        return FieldBytes(rebasing: bytes[bounds[place]]).trimmed
    }
}

/// The columns by role; -1 for one that the file does not have. A dictionary would be asked a dozen times for each row.
private struct Places {
    let time, symbol, side, price, quantity, total, fee, otherFee, feeCoin, tradeID, orderID, kind: Int

    init(_ places: [ColumnLayout.Role: Int]) {
        time = places[.time] ?? -1
        symbol = places[.symbol] ?? -1
        side = places[.side] ?? -1
        price = places[.price] ?? -1
        quantity = places[.quantity] ?? -1
        total = places[.total] ?? -1
        fee = places[.fee] ?? -1
        otherFee = places[.otherFee] ?? -1
        feeCoin = places[.feeCoin] ?? -1
        tradeID = places[.tradeID] ?? -1
        orderID = places[.orderID] ?? -1
        kind = places[.kind] ?? -1
    }
}

extension Side {
    /// Reads a side in an exchange's words. Nil for a word that does not tell.
    fileprivate init?(exported field: FieldBytes) {
        for word: StaticString in ["buy", "b", "bid", "long"] where field.equals(word) {
            self = .buy
            return
        }
        for word: StaticString in ["sell", "s", "ask", "short"] where field.equals(word) {
            self = .sell
            return
        }
        // Hyperliquid says what became of the position, sometimes with a word before it.
        for word: StaticString in ["open long", "close short", "short > long"] where field.ends(with: word) {
            self = .buy
            return
        }
        for word: StaticString in ["open short", "close long", "long > short"] where field.ends(with: word) {
            self = .sell
            return
        }
        guard field.count > 10, FieldBytes(rebasing: field[..<10]).equals("liquidated") else { return nil }
        if field.ends(with: " short") {
            self = .buy
        } else if field.ends(with: " long") {
            self = .sell
        } else {
            return nil
        }
    }
}
