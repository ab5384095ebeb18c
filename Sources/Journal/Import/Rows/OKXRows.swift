import Primitives

/// OKX writes a spot fill as two rows, one for what came in and one for what went out, each with its own fee: `Buy` of
/// 0.5 ETH and `Sell` of 1,000 USDT. The balance's unit says which of the two a row is; the trading unit does not.
///
/// The rows of a fill share order, moment and price, and stand anywhere near each other. Derivatives have one row.
struct OKXRows: RowReader {
    private struct Half: Sendable {
        let line: Int
        let symbol: SymbolName
        let kind: MarketKind?
        let isBase: Bool
        let side: Side
        let amount: Amount
        let price: Amount?
        let fee: Amount
        let feeCoin: String
        let time: Timestamp
        let id: String
    }

    private var halves = HeldRows<Half>()

    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        let action = row[.side]
        if action.begins(with: "funding") { throw .skip("Funding is no trade.") }
        if action.begins(with: "transfer") { throw .skip("It is a transfer between OKX's accounts.") }
        if action.begins(with: "interest") || action.ends(with: "interest") { throw .skip("Interest is no trade.") }
        _ = try fields.kind(row)
        var symbol = try fields.symbol(row)
        let market = fields.marketKind(row, symbol)
        // On spot there are markets in dollars too; options in dollars are priced in their coin.
        symbol.isInverse = symbol.quote == "USD" && (market == .perpetual || market == .future)
        guard market != .option || symbol.quote != "USD" else { throw .inverse(row[.symbol]) }
        let kind = fields.marketKind(row, symbol)
        guard kind == .spot || kind == .margin else { return [.fill(try derivative(row, &fields, symbol, kind))] }
        return try spot(row, &fields, symbol, kind)
    }

    // MARK: Two rows

    private mutating func spot(
        _ row: RowFields, _ fields: inout FieldReader, _ symbol: SymbolName, _ kind: MarketKind?
    ) throws(RowRefusal) -> [RowResult] {
        let half = try half(row, &fields, symbol, kind)
        let order = try fields.identifier(.orderID, row)
        let key = "\(order) \(half.time.milliseconds) \(symbol.name) \(half.price?.description ?? "")"
        guard
            let other = halves.take(
                key, where: { $0.isBase != half.isBase && $0.side != half.side && Self.match($0, half) })
        else {
            let given = halves.count < Self.heldMax ? nil : halves.takeOldest()
            halves.hold(half, key)
            return given.map { [Self.alone($0)] } ?? []
        }
        return [try Self.joined(half, other, order, line: row.line)]
    }

    private func half(
        _ row: RowFields, _ fields: inout FieldReader, _ symbol: SymbolName, _ kind: MarketKind?
    ) throws(RowRefusal) -> Half {
        // The balance's unit is the last of that name where the older layout has two columns “Unit”.
        let places = ["balanceunit", "unit", "tradingunit"].map { fields.lastPlace(named: $0) }
        guard let place = places.first(where: { $0 >= 0 }), let coin = SymbolName.coin(row[place]) else {
            throw .refuse("The row does not say which coin's balance it changed (column “Balance Unit”).")
        }
        guard coin == symbol.base || coin == symbol.quote else {
            throw .refuse("The row changed the balance of \(coin), which \(symbol.name) does not have.")
        }
        let side = try fields.side(row)
        let amount = try fields.positive(.quantity, row, symbol)
        let price = fields.places.has(.price) ? try fields.positive(.price, row, symbol) : nil
        var (fee, feeCoin) = try fields.fee(row, symbol, side, kind)
        if !fields.places.has(.feeCoin), !fee.isZero { feeCoin = coin }
        if fee.isZero { fee = .zero }
        return Half(
            line: row.line, symbol: symbol, kind: kind, isBase: coin == symbol.base, side: side, amount: amount,
            price: price,
            fee: fee, feeCoin: feeCoin, time: try fields.time(row), id: try fields.identifier(.tradeID, row))
    }

    /// Whether one is the price of the other. The exchange rounds the amount to eight decimals or more.
    private static func match(_ one: Half, _ other: Half) -> Bool {
        let (base, quote) = one.isBase ? (one, other) : (other, one)
        guard let price = base.price else { return true }
        guard let worth = try? base.amount * price, let difference = try? worth - quote.amount else { return false }
        return difference.magnitude <= Amount(units: 10_000_000_000)
    }

    private static func joined(
        _ one: Half, _ other: Half, _ order: String, line: Int
    ) throws(RowRefusal) -> RowResult {
        let (base, quote) = one.isBase ? (one, other) : (other, one)
        guard base.fee.isZero || quote.fee.isZero else {
            throw .refuse(
                "The fill has a fee of \(base.fee) \(base.feeCoin) and one of \(quote.fee) \(quote.feeCoin) (lines "
                    + "\(min(one.line, other.line)) and \(line)): Daybook holds one.")
        }
        guard let price = base.price ?? quote.amount.price(of: base.amount) else {
            throw .refuse("The price, \(quote.amount) for \(base.amount), is not a number that Daybook can hold.")
        }
        let paid = base.fee.isZero ? quote : base
        return .fill(
            ParsedFill(
                symbol: base.symbol.name, side: base.side, price: price, quantity: base.amount, fee: paid.fee,
                feeCurrency: paid.feeCoin == base.symbol.quote ? "" : paid.feeCoin, time: base.time,
                externalID: base.id,
                orderID: base.id.isEmpty ? order : "", line: line, marketKind: base.kind))
    }

    private static func alone(_ half: Half) -> RowResult {
        .refused(
            line: half.line,
            reason: "OKX writes two rows for a fill on \(half.symbol.name), and the file has only that of "
                + "\(half.isBase ? half.symbol.base : half.symbol.quote): export a period that has both.")
    }

    mutating func finish(_ fields: inout FieldReader) -> [RowResult] { halves.takeAll().map(Self.alone) }

    // MARK: Derivatives

    /// Counted in contracts (`cont`) or in coins, as the trader chose.
    private func derivative(
        _ row: RowFields, _ fields: inout FieldReader, _ symbol: SymbolName, _ kind: MarketKind?
    ) throws(RowRefusal) -> ParsedFill {
        let action = row[.side]
        let side: Side
        if action.ends(with: "liquidation long") || action.ends(with: "delivery long") {
            side = .sell
        } else if action.ends(with: "liquidation short") || action.ends(with: "delivery short") {
            side = .buy
        } else if action.ends(with: "close long") {
            side = .sell
        } else if action.ends(with: "close short") {
            side = .buy
        } else {
            side = try fields.side(row)
        }
        let time = try fields.time(row)
        let price = try fields.positive(.price, row, symbol, orZero: action.begins(with: "delivery"))
        let quantity = try quantity(row, &fields, symbol, kind)
        let (fee, coin) = try fields.fee(row, symbol, side, kind)
        let id = try fields.identifier(.tradeID, row)
        var fill = ParsedFill(
            symbol: symbol.name, side: side, price: price, quantity: quantity, fee: fee,
            feeCurrency: coin == symbol.quote ? "" : coin, time: time, externalID: id,
            orderID: id.isEmpty ? try fields.identifier(.orderID, row) : "", line: row.line, marketKind: kind)
        fill.leg = .named(last: action)
        fill.effect = fields.effect(row, .fill, side, fill.leg)
        return fill
    }

    private func quantity(
        _ row: RowFields, _ fields: inout FieldReader, _ symbol: SymbolName, _ kind: MarketKind?
    ) throws(RowRefusal) -> Amount {
        let unit = row[fields.place(named: "tradingunit")]
        if symbol.isInverse {
            // `cont`, or what the trader chose instead.
            guard unit.isBlank || unit.begins(with: "cont") else {
                throw .refuse(
                    "The quantity \(row[.quantity].quoted) is in \(unit.quoted): export those of inverse contracts in "
                        + "contracts.")
            }
            return try fields.quantity(row, symbol, kind)
        }
        guard let coin = SymbolName.coin(unit), coin == SymbolName.read(row[.symbol].text, .okx)?.coin else {
            return try fields.quantity(row, symbol, kind)
        }
        let coins = try fields.positive(.quantity, row, symbol)
        guard let size = fields.options.contractSize(symbol.name, kind) else { return coins }
        guard let contracts = try? coins / size, (try? contracts * size) == coins else {
            throw .refuse("\(coins) \(coin) are no whole number of contracts of \(size) \(coin).")
        }
        return contracts
    }
}

extension SymbolName {
    /// The base without the day of a future: `BTC` of `BTC-261225`.
    fileprivate var coin: String { String(base.prefix { $0 != "-" }) }
}

extension Direction {
    /// The position that words like `Open long` and `Close short` name at their end; nil for other words.
    static func named(last field: FieldBytes) -> Direction? {
        field.ends(with: " long") ? .long : field.ends(with: " short") ? .short : nil
    }
}
