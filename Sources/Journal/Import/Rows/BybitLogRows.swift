import Primitives

/// Bybit's unified log has one row for a fill of a derivative, in the coin that it is settled in, and two for one on spot:
/// one for each coin, whose change of the balance before fees is the quantity with its sign.
struct BybitLogRows: RowReader {
    private struct Half: Sendable {
        let line: Int
        let contract: String
        let coin: String
        let amount: Amount
        let price: Amount
        let fee: Amount
        let time: Timestamp
        let id: String
        let order: String
    }

    private var halves = HeldRows<Half>()

    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        let kind = try fields.kind(row)
        let quantity = try fields.amount(.quantity, row)
        let cash = fields.amount(at: fields.place(named: "cashflow"), row)
        let isSpot = row[.effect].isBlank && !quantity.isZero && cash == quantity
        guard isSpot else { return [.fill(try derivative(row, &fields, kind, quantity))] }
        return try spot(row, &fields, quantity)
    }

    // MARK: Spot

    private mutating func spot(
        _ row: RowFields, _ fields: inout FieldReader, _ amount: Amount
    ) throws(RowRefusal) -> [RowResult] {
        guard let coin = SymbolName.coin(row[.currency]) else {
            throw .refuse("The \(fields.name(.currency)) \(row[.currency].quoted) is no currency.")
        }
        let price = try fields.amount(.price, row)
        guard price > .zero else {
            throw .refuse("The \(fields.name(.price)) \(row[.price].quoted) is not above zero.")
        }
        var fee = Amount.zero
        if !row[.fee].isBlank { fee = -(try fields.amount(.fee, row)) }
        if fields.options.paidFees == .plus { fee = -fee }
        let half = Half(
            line: row.line, contract: row[.symbol].text.uppercased(), coin: coin, amount: amount, price: price,
            fee: fee,
            time: try fields.time(row), id: try fields.identifier(.tradeID, row),
            order: try fields.identifier(.orderID, row))
        let key = "\(half.time.milliseconds) \(half.contract) \(price) \(half.id)"
        guard let other = halves.take(key, where: { Self.match($0, half) }) else {
            let given = halves.count < Self.heldMax ? nil : halves.takeOldest()
            halves.hold(half, key)
            return given.map { [Self.alone($0)] } ?? []
        }
        return [try Self.joined(half, other)]
    }

    /// Whether one coin is the price of the other, up to a rounding of the exchange's in its eighth decimal.
    private static func match(_ one: Half, _ other: Half) -> Bool {
        guard one.coin != other.coin, (one.amount > .zero) != (other.amount > .zero),
            let (base, quote) = ordered(one, other), let worth = try? base.amount.magnitude * base.price,
            let difference = try? worth - quote.amount.magnitude
        else { return false }
        return difference.magnitude <= Amount(units: 10_000_000_000)
    }

    /// Base first, as the contract's name has them.
    private static func ordered(_ one: Half, _ other: Half) -> (base: Half, quote: Half)? {
        let name = one.contract.filter { $0 != "-" && $0 != "/" && $0 != "_" }
        if name == one.coin + other.coin { return (one, other) }
        if name == other.coin + one.coin { return (other, one) }
        return nil
    }

    private static func joined(_ one: Half, _ other: Half) throws(RowRefusal) -> RowResult {
        guard let (base, quote) = ordered(one, other) else { return alone(one) }
        guard base.fee.isZero || quote.fee.isZero else {
            throw .refuse(
                "The fill has a fee of \(base.fee) \(base.coin) and one of \(quote.fee) \(quote.coin): Daybook holds one."
            )
        }
        let paid = base.fee.isZero ? quote : base
        let name = SymbolName(base: base.coin, quote: quote.coin)
        return .fill(
            ParsedFill(
                symbol: name.name, side: base.amount > .zero ? .buy : .sell, price: base.price,
                quantity: base.amount.magnitude, fee: paid.fee, feeCurrency: paid.coin == quote.coin ? "" : paid.coin,
                time: base.time, externalID: base.id, orderID: base.id.isEmpty ? base.order : "", line: one.line,
                marketKind: .spot))
    }

    private static func alone(_ half: Half) -> RowResult {
        .refused(
            line: half.line,
            reason:
                "The log has two rows for a fill of \(half.contract) on spot, one for each coin, and the file has only that "
                + "of \(half.coin): export the log for all coins.")
    }

    mutating func finish(_ fields: inout FieldReader) -> [RowResult] { halves.takeAll().map(Self.alone) }

    // MARK: Derivatives

    private func derivative(
        _ row: RowFields, _ fields: inout FieldReader, _ kind: RowKind, _ quantity: Amount
    ) throws(RowRefusal) -> ParsedFill {
        let symbol = try fields.symbol(row)
        let market = fields.marketKind(row, symbol)
        let side = try fields.side(row)
        guard quantity > .zero || side == .sell, !quantity.isZero else {
            throw .refuse(
                "The \(fields.name(.quantity)) \(row[.quantity].quoted) is "
                    + (quantity.isZero ? "zero." : "below zero, and the row buys."))
        }
        var isClosing = false
        if case .closes = kind { isClosing = true }
        let price = try fields.positive(.price, row, symbol, orZero: isClosing)
        let (fee, coin) = try fields.fee(row, symbol, side, market)
        let id = try fields.identifier(.tradeID, row)
        return ParsedFill(
            symbol: symbol.name, side: side, price: price, quantity: quantity.magnitude, fee: fee,
            feeCurrency: coin == symbol.quote ? "" : coin, time: try fields.time(row), externalID: id,
            orderID: id.isEmpty ? try fields.identifier(.orderID, row) : "", line: row.line, marketKind: market,
            effect: fields.effect(row, kind, side, nil))
    }
}
