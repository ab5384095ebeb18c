import Primitives

/// MetaTrader's positions, each of which is two fills, and its deals.
///
/// Volume is in lots. Where the instrument says how large a lot is, quantities stay in lots; a lot of a pair of two
/// countries' money is 100,000 of the first everywhere, and is written so; what else has no known size is refused.
///
/// Commission and swap are in the account's currency. Where neither an option nor the head of a report says it, rows that
/// have some wait until a profit shows it, or the file ends.
struct MetaTraderRows: RowReader {
    enum Table { case positions, deals }

    private struct Row {
        let line: Int
        var fills: [ParsedFill]
        /// What prices are in.
        var quote: String
        /// What neither waits nor is a fill.
        var other: RowResult?

        var needsCurrency: Bool { fills.contains { !$0.fee.isZero } }
    }

    private let table: Table
    private var currency: AccountCurrency
    /// In the order of the file.
    private var held: [Row] = []
    /// Behind the table there may be others, of orders and of sums.
    private var isOver = false

    init(_ table: Table) {
        self.table = table
        currency = AccountCurrency()
    }

    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        if currency.name == nil {
            currency.name =
                fields.options.currency ?? SymbolName.coin(row[.feeCoin]) ?? fields.options.accountCurrency
        }
        var next = Row(line: row.line, fills: [], quote: "")
        do throws(RowRefusal) {
            if isHeading(row) { isOver = true }
            if isOver { throw .skip("The row belongs to another table of the report.") }
            next = try self.row(row, &fields)
        } catch {
            if held.isEmpty { throw error }
            switch error {
            case .skip(let reason): next.other = .skipped(line: row.line, reason: reason)
            case .refuse(let reason): next.other = .refused(line: row.line, reason: reason)
            }
        }
        let waits = currency.name == nil && (!held.isEmpty || next.needsCurrency)
        guard waits, held.count < Self.heldMax else {
            defer { held = [] }
            return (held + [next]).flatMap { results($0) }
        }
        held.append(next)
        return []
    }

    mutating func finish(_ fields: inout FieldReader) -> [RowResult] {
        defer { held = [] }
        return held.flatMap { results($0) }
    }

    /// `Orders`, `Deals`, `Results`, `Open Positions:`, alone in its line.
    private func isHeading(_ row: RowFields) -> Bool {
        guard row.count > 1, !row[0].isBlank, !row[0].contains(where: \.isDigit) else { return false }
        return (1..<row.count).allSatisfy { row[$0].isEmpty }
    }

    private func results(_ row: Row) -> [RowResult] {
        if let other = row.other { return [other] }
        guard row.needsCurrency else { return row.fills.map { .fill($0) } }
        guard let name = currency.name else {
            return [
                .refused(
                    line: row.line,
                    reason:
                        "Commission and swap are in the account's currency, which neither the file nor a profit in it "
                        + "says: say it by --currency USD, or whatever it is.")
            ]
        }
        return row.fills.map { .fill($0.paying(in: name == row.quote ? "" : name)) }
    }

    // MARK: One row

    private mutating func row(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> Row {
        _ = try fields.kind(row)
        let time = try fields.time(row)
        let field = row[.symbol]
        guard let symbol = SymbolName.metaTrader(field) else {
            throw .refuse(
                field.isEmpty
                    ? "The row has no \(fields.name(.symbol))."
                    : "The \(fields.name(.symbol)) \(field.quoted) names no market.")
        }
        let kind = fields.options.market ?? symbol.kind
        let side = try fields.side(row)
        let price = try fields.positive(.price, row, symbol)
        let lots = try fields.positive(.quantity, row, symbol)
        let (quantity, size) = try self.quantity(lots, symbol, kind, row, fields)
        let fee = try fields.fee(row, symbol, side, kind).amount
        let id = try fields.identifier(.tradeID, row)
        let units = size == Self.one ? quantity : try? lots * size
        let profit = row[.profit].isBlank ? .zero : try fields.amount(.profit, row)
        switch table {
        case .deals:
            guard let effect = Self.effect(row[.effect]) else {
                throw .refuse("The \(fields.name(.effect)) \(row[.effect].quoted) is neither in nor out.")
            }
            currency.deal(symbol, side, price, units, effect, profit)
            let fill = ParsedFill(
                symbol: symbol.name, side: side, price: price, quantity: quantity, fee: fee, feeCurrency: "",
                time: time,
                externalID: id, orderID: id.isEmpty ? try fields.identifier(.orderID, row) : "", line: row.line,
                marketKind: kind, leg: leg(side, effect, row, fields), effect: effect)
            return Row(line: row.line, fills: [fill], quote: symbol.quote)
        case .positions:
            let closed = try fields.time(row, .closeTime)
            guard closed >= time else {
                throw .refuse(
                    "The \(fields.name(.closeTime)) \(row[.closeTime].quoted) lies before the position was opened.")
            }
            let closePrice = try fields.positive(.closePrice, row, symbol)
            currency.position(symbol, side, price, closePrice, units, profit)
            let leg: Direction = side == .buy ? .long : .short
            var first = ParsedFill(
                symbol: symbol.name, side: side, price: price, quantity: quantity, fee: .zero, feeCurrency: "",
                time: time,
                externalID: id.isEmpty ? "" : id + "-open", orderID: "", line: row.line, marketKind: kind, leg: leg,
                effect: .opens)
            var last = ParsedFill(
                symbol: symbol.name, side: side == .buy ? .sell : .buy, price: closePrice, quantity: quantity, fee: fee,
                feeCurrency: "", time: closed, externalID: id.isEmpty ? "" : id + "-close", orderID: "", line: row.line,
                marketKind: kind, leg: leg, effect: .closes)
            // A position is closed before the next of its moment is opened.
            first.place = 1 << 32 + Int64(row.line)
            last.place = closed == time ? 1 << 33 + Int64(row.line) : Int64(row.line)
            return Row(line: row.line, fills: [first, last], quote: symbol.quote)
        }
    }

    private static let one = Amount(whole: 1)
    private static let currencyLot = Amount(whole: 100_000)

    /// The quantity as the journal keeps it, and how much of the base one lot is.
    private func quantity(
        _ lots: Amount, _ symbol: SymbolName, _ kind: MarketKind?, _ row: RowFields, _ fields: FieldReader
    ) throws(RowRefusal) -> (quantity: Amount, size: Amount) {
        if let size = fields.options.contractSize(symbol.name, kind) { return (lots, size) }
        guard symbol.kind == .forex else {
            throw .refuse(
                "\(row[.quantity].quoted) is a number of lots of \(symbol.name), and nobody has said how large one is: say it "
                    + "by `daybook instrument set \(symbol.name) --multiplier …` and import again.")
        }
        guard let units = try? lots * Self.currencyLot else {
            throw .refuse("The \(fields.name(.quantity)) \(row[.quantity].quoted) is more than Daybook can hold.")
        }
        return (units, Self.one)
    }

    /// Which of two positions in one market a deal changes; nil where the account has but one in each.
    private func leg(
        _ side: Side, _ effect: Fill.Effect, _ row: RowFields, _ fields: FieldReader
    ) -> Direction? {
        guard row[fields.place(named: "accountmode")].equals("hedge") else { return nil }
        switch effect {
        case .opens: return side == .buy ? .long : .short
        case .closes: return side == .buy ? .short : .long
        case .reduces: return nil
        }
    }

    /// `in/out` turns a position around, and `out by` closes one by another.
    private static func effect(_ field: FieldBytes) -> Fill.Effect? {
        if field.equals("in") { return .opens }
        if field.equals("out") || field.equals("out by") { return .closes }
        if field.equals("in/out") || field.equals("inout") { return .reduces }
        return nil
    }
}

extension SymbolName {
    /// `EURUSD`, also with a broker's own letters behind it: `EURUSDm`, `EURUSD.pro`, `XAUUSD#`. A pair of two countries'
    /// money is forex; all else is a contract for difference. Nil for what is no name.
    static func metaTrader(_ field: FieldBytes) -> SymbolName? {
        let text = field.text.filter { $0 != "/" }
        let six = text.prefix(6).uppercased()
        let rest = text.dropFirst(6)
        let base = String(six.prefix(3))
        let quote = String(six.dropFirst(3))
        let isTail =
            rest.utf8.count <= 8 && rest.utf8.allSatisfy { $0 < 0x80 && !($0 >= 0x41 && $0 <= 0x5a) }
            || rest.hasPrefix(".") || rest.hasPrefix("-") || rest.hasPrefix("_")
        if text.utf8.count >= 6, isTail, rest.utf8.count <= 8, isMoney(quote) {
            var pair = SymbolName(base: base, quote: quote)
            if isMoney(base) {
                pair.kind = .forex
                return pair
            }
            if ["XAU", "XAG", "XPT", "XPD", "BTC", "ETH", "LTC", "XRP"].contains(base) {
                pair.kind = .cfd
                return pair
            }
        }
        guard let name = coin(field) else { return nil }
        return SymbolName(contract: name, kind: .cfd)
    }
}

extension ParsedFill {
    /// The same with its fee in a currency; empty for that of the price.
    func paying(in coin: String) -> ParsedFill {
        ParsedFill(
            symbol: symbol, side: side, price: price, quantity: quantity, fee: fee,
            feeCurrency: fee.isZero ? "" : coin, time: time, externalID: externalID, orderID: orderID, line: line,
            marketKind: marketKind, leg: leg, effect: effect, place: place)
    }
}
