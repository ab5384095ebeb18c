import Primitives

/// Reads the fields of a record by the file's layout: the words from which each kind of row is made.
///
/// What it throws says the column as the file calls it, what was found and, where something can be done, what.
struct FieldReader {
    static let idBytesMax = 128
    /// A file of more symbols than this is read a little slower.
    private static let symbolsMax = 10_000
    static let contractsMax = 10_000

    let layout: ColumnLayout
    let options: ImportOptions
    let places: ColumnPlaces
    /// Newest first.
    let isDescending: Bool
    private(set) var time: FieldTime
    /// Sizes of contracts that rows said, by symbol.
    private(set) var contracts: [String: ContractSize] = [:]
    private let header: ImportHeader
    private let form: NumberForm
    private let isMinusPaid: Bool
    private var symbols: [String: SymbolName] = [:]

    init(_ sample: FileSample, _ options: ImportOptions) {
        header = sample.header
        layout = sample.header.layout
        self.options = options
        places = ColumnPlaces(sample.header.places)
        isDescending = sample.isDescending
        time = sample.time
        form = sample.form
        isMinusPaid = sample.isMinusPaid
    }

    /// “price”, or “price (column “px”)” where the file calls it otherwise.
    func name(_ role: ColumnLayout.Role) -> String {
        let title = header.title(role)
        return title.lowercased() == role.noun ? role.noun : "\(role.noun) (column “\(title)”)"
    }

    /// Where the column of this folded name is; -1 where there is none. To be asked once for a file.
    func place(named folded: String) -> Int { header.folded.firstIndex(of: folded) ?? -1 }

    /// As `place(named:)`, the last where several have the name.
    func lastPlace(named folded: String) -> Int { header.folded.lastIndex(of: folded) ?? -1 }

    /// The number in a column that has no role; nil where there is none.
    func amount(at place: Int, _ row: RowFields) -> Amount? { FieldNumber.amount(row[place], form) }

    /// The names of all columns, folded and as the file has them.
    var columns: [(folded: String, title: String)] { Array(zip(header.folded, header.titles)) }

    // MARK: Time

    mutating func time(_ row: RowFields, _ role: ColumnLayout.Role = .time) throws(RowRefusal) -> Timestamp {
        let hasClock = role == .time && places.has(.clock)
        return try time(row[role], role, hasClock ? time.read(row[role], clock: row[.clock]) : time.read(row[role]))
    }

    /// The time in a part of a field.
    mutating func time(_ part: FieldBytes) throws(RowRefusal) -> Timestamp { try time(part, .time, time.read(part)) }

    private func time(
        _ field: FieldBytes, _ role: ColumnLayout.Role, _ outcome: FieldTime.Outcome
    ) throws(RowRefusal) -> Timestamp {
        switch outcome {
        case .time(let time): return time
        case .tooEarly: throw .refuse("The \(name(role)) \(field.quoted) lies before 2009.")
        case .unreadable:
            guard !field.isEmpty else { throw .refuse("The row has no \(name(role)).") }
            guard let date = FieldTime.openDate(field) else {
                throw .refuse("The \(name(role)) \(field.quoted) cannot be read.")
            }
            let order = date.isShort ? time.shortOrder : time.dateOrder
            throw .refuse(
                "The \(name(role)) \(field.quoted) cannot be read. Dates in this file are read \(order.title); "
                    + "--date-order says otherwise.")
        }
    }

    // MARK: The market

    mutating func symbol(_ row: RowFields) throws(RowRefusal) -> SymbolName {
        if places.has(.base), places.has(.currency) { return try pair(row) }
        let field = row[.symbol]
        let text = field.text
        let hasCurrency = places.has(.currency)
        if !hasCurrency, let known = symbols[text] { return known }
        guard !field.isEmpty else { throw .refuse("The row has no \(name(.symbol)).") }
        let coin = layout.carriesCoins ? FieldNumber.amountAndCoin(row[.total], likely: [], form)?.coin ?? "" : ""
        let currency = hasCurrency ? SymbolName.coin(row[.currency]) ?? "" : ""
        let hint = coin.isEmpty ? currency : coin
        let symbol: SymbolName
        switch SymbolName.reading(text, layout.dialect, quoteHint: hint) {
        case .market(let found):
            // A ticker may end like a pair: ABTC in dollars.
            let isTicker = mayBeTicker(field, currency) && found.quote != currency
            symbol = isTicker ? SymbolName.ticker(text, currency: currency) ?? found : found
        case .unsure(let names):
            guard mayBeTicker(field, currency), let found = SymbolName.ticker(text, currency: currency) else {
                throw .refuse(
                    "The \(name(.symbol)) \(field.quoted) may be \(names.joined(separator: " or ")): write it as BASE/QUOTE."
                )
            }
            symbol = found
        case .unreadable: symbol = try ticker(field, currency, row)
        }
        guard layout.inverseQuantities != nil || !symbol.isInverse else { throw .inverse(field) }
        // Where the row had a say, the next row may say otherwise.
        let isCertain = hint.isEmpty || SymbolName.quoteCount(text, layout.dialect) == 1
        if !hasCurrency, isCertain, symbol.kind != .stock {
            if symbols.count >= Self.symbolsMax { symbols.removeAll(keepingCapacity: true) }
            symbols[text] = symbol
        }
        return symbol
    }

    private func mayBeTicker(_ field: FieldBytes, _ currency: String) -> Bool {
        layout.dialect.hasTickers && SymbolName.isMoney(currency) && field.count <= 5
            && !field.contains { "/-_:".utf8.contains($0) }
    }

    private func pair(_ row: RowFields) throws(RowRefusal) -> SymbolName {
        guard let base = SymbolName.coin(row[.base]), let quote = SymbolName.coin(row[.currency]) else {
            let role = SymbolName.coin(row[.base]) == nil ? ColumnLayout.Role.base : .currency
            throw .refuse("The \(name(role)) \(row[role].quoted) is no currency.")
        }
        return SymbolName(base: base, quote: quote)
    }

    private func ticker(_ field: FieldBytes, _ currency: String, _ row: RowFields) throws(RowRefusal) -> SymbolName {
        if layout.dialect.hasTickers {
            let ofFee = SymbolName.coin(row[.feeCoin]).flatMap { SymbolName.isMoney($0) ? $0 : nil }
            let said = currency.isEmpty ? options.shareCurrency : currency
            if let said, let found = SymbolName.ticker(field.text, currency: said) { return found }
            // A fee in dollars does not say what a coin is priced in.
            if let ofFee, let found = SymbolName.ticker(field.text, currency: ofFee), found.kind == .stock {
                return found
            }
        }
        throw .refuse(
            "The \(name(.symbol)) \(field.quoted) does not end in a currency that Daybook knows: write it as BASE/QUOTE"
                + (layout.dialect.hasTickers ? ", or say the currency of shares by --currency USD." : "."))
    }

    func marketKind(_ row: RowFields, _ symbol: SymbolName) -> MarketKind? {
        let said = places.has(.marketKind) ? layout.marketWords.meaning(of: row[.marketKind]) : nil
        let kind = options.market ?? said ?? symbol.kind ?? layout.market
        return symbol.isInverse ? kind?.inverse ?? .inversePerpetual : kind
    }

    // MARK: What was done

    /// What the columns of kind and status say. Throws for a row that is no fill.
    func kind(_ row: RowFields) throws(RowRefusal) -> RowKind {
        if let said = layout.said {
            for role in [ColumnLayout.Role.kind, .status, .side] where places.has(role) && said.isSkipped(row[role]) {
                throw .skip("The row is no trade: its \(role.noun) is \(row[role].quoted).")
            }
        }
        if places.has(.status), !row[.status].isBlank {
            let field = row[.status]
            guard let known = layout.status(field) else {
                throw .refuse("Daybook does not know the \(name(.status)) \(field.quoted).")
            }
            if case .fill = known {} else { return try admitted(known, field) }
        }
        guard places.has(.kind) else { return .fill }
        let field = row[.kind]
        if layout.isForeign {
            // What the beginning of the file does not show is told row by row.
            guard layout.isForeignFill(field) else {
                throw .refuse(
                    "The \(name(.kind)) \(field.quoted) may be no fill: take out such rows, or say what it is, as "
                        + "--map skip=… or fill=….")
            }
            return .fill
        }
        guard !field.isBlank else { return .fill }
        guard let known = layout.kinds.first(where: { $0.matches(field) }) else {
            throw .refuse("Daybook does not know the \(name(.kind)) \(field.quoted).")
        }
        return try admitted(known.meaning, field)
    }

    private func admitted(_ kind: RowKind, _ field: FieldBytes) throws(RowRefusal) -> RowKind {
        switch kind {
        case .fill, .opens, .closes: return kind
        case .skipped(let reason):
            throw .skip(
                reason.utf8CodeUnitCount == 0
                    ? "The row is no trade: its kind is \(field.quoted)." : String(describing: reason))
        case .refused(let reason): throw .refuse(String(describing: reason))
        }
    }

    /// Nil where nothing in the row says it.
    func sideIfSaid(_ row: RowFields) -> Side? {
        switch layout.sides {
        case .words: layout.side(row[.side])
        case .signOfQuantity: FieldNumber.amount(row[.quantity], form).map { $0 < .zero ? .sell : .buy }
        }
    }

    func side(_ row: RowFields) throws(RowRefusal) -> Side {
        if let side = sideIfSaid(row) { return side }
        let field = row[.side]
        throw .refuse(
            field.isEmpty
                ? "The row has no \(name(.side))." : "The \(name(.side)) \(field.quoted) is neither buy nor sell.")
    }

    func leg(_ row: RowFields) throws(RowRefusal) -> Direction? {
        guard places.has(.leg) else { return nil }
        guard let leg = Direction.leg(exported: row[.leg]) else {
            throw .refuse("The \(name(.leg)) \(row[.leg].quoted) is neither long nor short nor both.")
        }
        return leg
    }

    func effect(_ row: RowFields, _ kind: RowKind, _ side: Side, _ leg: Direction?) -> Fill.Effect? {
        switch kind {
        case .closes: return .closes
        case .opens: return .opens
        default: break
        }
        if let leg { return (leg == .long) == (side == .buy) ? .opens : .closes }
        if places.has(.effect), let said = Fill.Effect(exported: row[.effect]) { return said }
        guard places.has(.profit), let profit = FieldNumber.amountAndCoin(row[.profit], likely: [], form)?.amount,
            !profit.isZero
        else { return nil }
        return .reduces
    }

    // MARK: Numbers

    func amount(_ role: ColumnLayout.Role, _ row: RowFields, likely: [String] = []) throws(RowRefusal) -> Amount {
        try number(role, row[role], likely: likely).amount
    }

    /// Throws for what is zero or below; zero is let through where `orZero`.
    func positive(
        _ role: ColumnLayout.Role, _ row: RowFields, _ symbol: SymbolName, orZero: Bool = false
    ) throws(RowRefusal) -> Amount {
        let amount = try amount(role, row, likely: [symbol.base])
        guard amount > .zero || (orZero && amount.isZero) else {
            throw .refuse("The \(name(role)) \(row[role].quoted) is \(amount.isZero ? "zero" : "below zero").")
        }
        return amount
    }

    /// In the base, or in contracts whose size is known.
    mutating func quantity(
        _ row: RowFields, _ symbol: SymbolName, _ kind: MarketKind?
    ) throws(RowRefusal) -> Amount {
        var amount = try amount(.quantity, row, likely: [symbol.base])
        if layout.sides == .signOfQuantity { amount = amount.magnitude }
        guard amount > .zero else {
            throw .refuse(
                "The \(name(.quantity)) \(row[.quantity].quoted) is \(amount.isZero ? "zero" : "below zero").")
        }
        if symbol.isInverse { return try inverseQuantity(amount, row, symbol, kind) }
        guard layout.quantities == .contracts else { return amount }
        if options.contractSize(symbol.name, kind) != nil { return amount }
        guard places.has(.multiplier), !row[.multiplier].isBlank else {
            // Another column of this row, or a row above, may have told it.
            guard contracts[symbol.name] != nil else { throw .refuse(unknownSize(row, symbol)) }
            return amount
        }
        let size = try self.amount(.multiplier, row)
        guard size > .zero else {
            throw .refuse("The \(name(.multiplier)) \(row[.multiplier].quoted) is not above zero.")
        }
        try note(size, of: symbol, kind)
        return amount
    }

    func unknownSize(_ row: RowFields, _ symbol: SymbolName) -> String {
        "\(row[.quantity].quoted) is a number of contracts of \(symbol.name), and nobody has said how large one is: say it by "
            + "`daybook instrument set \(symbol.name) --multiplier …` and import again."
    }

    /// Keeps how much of the base one contract is, as a row says.
    mutating func note(_ size: Amount, of symbol: SymbolName, _ kind: MarketKind?) throws(RowRefusal) {
        let known = contracts[symbol.name]
        guard known == nil || known?.size == size else {
            throw .refuse(
                "The \(name(.multiplier)) of \(symbol.name) is \(size), and was \(known?.size ?? size) above.")
        }
        guard known == nil else { return }
        // What is not kept would count as one.
        guard contracts.count < Self.contractsMax else {
            throw .refuse("The file has more than \(Self.contractsMax) kinds of contracts: import it in parts.")
        }
        contracts[symbol.name] = ContractSize(symbol: symbol.name, kind: kind, size: size)
    }

    func number(
        _ role: ColumnLayout.Role, _ field: FieldBytes, likely: [String]
    ) throws(RowRefusal) -> (amount: Amount, coin: String) {
        if let amount = FieldNumber.amount(field, form) { return (amount, "") }
        if layout.carriesCoins, let both = FieldNumber.amountAndCoin(field, likely: likely, form) { return both }
        guard !field.isEmpty else { throw .refuse("The row has no \(name(role)).") }
        throw .refuse("The \(name(role)) \(field.quoted) is not a number that Daybook can hold exactly.")
    }

    /// What was paid, above zero, or received, and its coin.
    func fee(
        _ row: RowFields, _ symbol: SymbolName, _ side: Side, _ kind: MarketKind?
    ) throws(RowRefusal) -> (amount: Amount, coin: String) {
        var field = row[.fee]
        let named = row[.feeCoin]
        // Bybit leaves either of its two fee columns blank; the newer one counts only together with a coin.
        if places.has(.otherFee), field.isBlank || named.isBlank, !row[.otherFee].isBlank { field = row[.otherFee] }
        var (amount, coin) = (Amount.zero, "")
        if !field.isBlank { (amount, coin) = try number(.fee, field, likely: [symbol.base, symbol.quote]) }
        for role in [ColumnLayout.Role.secondFee, .thirdFee] where places.has(role) && !row[role].isBlank {
            let (more, other) = try number(role, row[role], likely: [symbol.base, symbol.quote])
            if amount.isZero, coin.isEmpty { coin = other }
            guard other == coin || more.isZero, let sum = try? amount + more else {
                throw .refuse("The fees \(field.quoted) and \(row[role].quoted) cannot be added.")
            }
            amount = sum
        }
        if isMinusPaid { amount = -amount }
        if amount.isZero { return (.zero, symbol.quote) }
        if !coin.isEmpty { return (amount, coin) }
        if !named.isBlank {
            guard let coin = SymbolName.coin(named) else {
                throw .refuse("The \(name(.feeCoin)) \(named.quoted) is not a currency.")
            }
            return (amount, coin)
        }
        let takesBase = layout.feeCoinRule == .receivedOnSpot && side == .buy && (kind == .spot || kind == .margin)
        return (amount, takesBase ? symbol.base : symbol.settlement)
    }

    // MARK: Ids

    func identifier(_ role: ColumnLayout.Role, _ row: RowFields) throws(RowRefusal) -> String {
        let field = row[role]
        guard !field.isBlank else { return "" }
        guard field.count <= Self.idBytesMax else {
            throw .refuse("The \(name(role)) is longer than \(Self.idBytesMax) bytes.")
        }
        let text = field.text
        // 2290000000522832993 comes out of a spreadsheet as 2.29E+18, and so do its neighbors: they would be one fill.
        guard !text.contains("E+") || !text.utf8.allSatisfy({ $0.isDigit || ".,E+".utf8.contains($0) }) else {
            throw .refuse("The \(name(role)) \(field.quoted) was rounded by a spreadsheet: import the file as it came.")
        }
        return text
    }
}

/// How large a contract is, as a row said.
package struct ContractSize: Hashable, Sendable {
    package let symbol: String
    package let kind: MarketKind?
    package let size: Amount
}
