import Primitives

/// A fill in the log of Kraken Futures is a row that changes the position, and one that takes the fee from the money, of
/// the same moment, contract and price. No money row means no fee: one paid in Kraken's credits.
struct KrakenFuturesRows: RowReader {
    private struct Money: Sendable {
        let line: Int
        let coin: String
        let fee: Amount
    }

    private var moneys = HeldRows<Money>()
    private var fills = HeldRows<ParsedFill>()

    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        let kind = try fields.kind(row)
        let contract = row[.symbol].text.uppercased()
        let time = try fields.time(row)
        let price = try fields.amount(.price, row)
        let key = "\(time.milliseconds) \(contract) \(price)"
        guard row[.currency].text.uppercased() == contract else {
            guard let coin = SymbolName.coin(row[.currency]) else {
                throw .refuse("The \(fields.name(.currency)) \(row[.currency].quoted) is no currency.")
            }
            let fee = row[.fee].isBlank ? Amount.zero : try fields.amount(.fee, row)
            let money = Money(line: row.line, coin: coin, fee: fee)
            if let fill = fills.take(key) { return [.fill(Self.charged(fill, money))] }
            let given = moneys.count < Self.heldMax ? nil : moneys.takeOldest()
            moneys.hold(money, key)
            return given.map { [Self.alone($0)] } ?? []
        }
        let fill = try position(row, &fields, kind, contract, time, price)
        if let money = moneys.take(key) { return [.fill(Self.charged(fill, money))] }
        let given = fills.count < Self.heldMax ? nil : fills.takeOldest()
        fills.hold(fill, key)
        return given.map { [.fill($0)] } ?? []
    }

    private func position(
        _ row: RowFields, _ fields: inout FieldReader, _ event: RowKind, _ contract: String, _ time: Timestamp,
        _ price: Amount
    ) throws(RowRefusal) -> ParsedFill {
        // P: without end; F: with a day. PF and FF are linear, PI and FI counted in dollars and paid in coins (inverse).
        guard ["PF_", "FF_", "PI_", "FI_"].contains(where: contract.hasPrefix) else {
            throw .refuse("The \(fields.name(.symbol)) \(row[.symbol].quoted) is no contract that Daybook knows.")
        }
        guard var symbol = SymbolName.read(String(contract.dropFirst(3)), .kraken) else {
            throw .refuse(
                "The \(fields.name(.symbol)) \(row[.symbol].quoted) does not end in a currency that Daybook knows.")
        }
        symbol.kind = contract.hasPrefix("P") ? .perpetual : .future
        symbol.isInverse = contract.hasPrefix("PI_") || contract.hasPrefix("FI_")
        let kind = fields.marketKind(row, symbol)
        let change = try fields.amount(.quantity, row)
        guard !change.isZero, price > .zero else {
            let role: ColumnLayout.Role = change.isZero ? .quantity : .price
            throw .refuse(
                "The \(fields.name(role)) \(row[role].quoted) is \(change.isZero ? "zero" : "not above zero").")
        }
        var fill = ParsedFill(
            symbol: symbol.name, side: change > .zero ? .buy : .sell, price: price,
            quantity: symbol.isInverse
                ? try fields.inverseQuantity(change.magnitude, row, symbol, kind) : change.magnitude,
            fee: .zero,
            feeCurrency: "", time: time, externalID: try fields.identifier(.tradeID, row), orderID: "", line: row.line,
            marketKind: kind)
        if case .closes = event { fill.effect = .closes }
        if let after = fields.amount(at: fields.place(named: "newbalance"), row), let before = try? after - change {
            fill.effect = before.isZero ? .opens : after.isZero ? .closes : isLess(after, before) ? .reduces : .opens
        }
        return fill
    }

    /// Whether some of what stood was closed.
    private func isLess(_ after: Amount, _ before: Amount) -> Bool {
        (after > .zero) != (before > .zero) || after.magnitude < before.magnitude
    }

    private static func charged(_ fill: ParsedFill, _ money: Money) -> ParsedFill {
        let quote = fill.symbol.split(separator: "_").last.map(String.init) ?? ""
        var charged = ParsedFill(
            symbol: fill.symbol, side: fill.side, price: fill.price, quantity: fill.quantity, fee: money.fee,
            feeCurrency: money.coin == quote ? "" : money.coin, time: fill.time, externalID: fill.externalID,
            orderID: "",
            line: max(fill.line, money.line), marketKind: fill.marketKind)
        charged.effect = fill.effect
        return charged
    }

    private static func alone(_ money: Money) -> RowResult {
        .refused(line: money.line, reason: "The row changes the money, and no row says which position it comes from.")
    }

    mutating func finish(_ fields: inout FieldReader) -> [RowResult] {
        moneys.takeAll().map(Self.alone) + fills.takeAll().map { .fill($0) }
    }
}
