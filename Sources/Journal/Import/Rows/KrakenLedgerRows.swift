import Primitives

/// A trade in Kraken's ledger is two rows of one reference: what went out and what came in. Either may bear the fee.
struct KrakenLedgerRows: RowReader {
    private struct Half: Sendable {
        let line: Int
        let coin: String
        let amount: Amount
        let fee: Amount
        let time: Timestamp
        let reference: String
    }

    private var halves = HeldRows<Half>()

    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        _ = try fields.kind(row)
        guard let coin = Self.coin(row[.base]) else {
            throw .refuse("The \(fields.name(.base)) \(row[.base].quoted) is no currency.")
        }
        if coin == "KFEE" { throw .skip("The fee was paid in Kraken's fee credits, which are no money.") }
        let reference = try fields.identifier(.tradeID, row)
        guard !reference.isEmpty else { throw .refuse("The row has no \(fields.name(.tradeID)).") }
        let amount = try fields.amount(.quantity, row)
        guard !amount.isZero else {
            throw .refuse("The \(fields.name(.quantity)) \(row[.quantity].quoted) of the trade is zero.")
        }
        let fee = row[.fee].isBlank ? Amount.zero : try fields.amount(.fee, row)
        let half = Half(
            line: row.line, coin: coin, amount: amount, fee: fee, time: try fields.time(row), reference: reference)
        guard let other = halves.take(reference) else {
            let given = halves.count < Self.heldMax ? nil : halves.takeOldest()
            halves.hold(half, reference)
            return given.map { [Self.alone($0)] } ?? []
        }
        return [try Self.joined(half, other)]
    }

    /// Without Kraken's old prefixes, and without what says that a coin earns interest: `XXBT`, `ZEUR`, `USD.HOLD`.
    private static func coin(_ field: FieldBytes) -> String? {
        guard let name = SymbolName.coin(field) else { return nil }
        let coin = String(name.prefix { $0 != "." })
        let old = [
            "XETC", "XETH", "XLTC", "XMLN", "XREP", "XXLM", "XXMR", "XXRP", "XZEC", "ZAUD", "ZCAD", "ZCHF", "ZEUR",
            "ZGBP",
            "ZJPY", "ZUSD",
        ]
        if old.contains(coin) { return String(coin.dropFirst()) }
        return coin.isEmpty ? nil : coin == "XBT" ? "BTC" : coin
    }

    private static func joined(_ one: Half, _ other: Half) throws(RowRefusal) -> RowResult {
        guard one.coin != other.coin, (one.amount > .zero) != (other.amount > .zero) else {
            throw .refuse(
                "Lines \(other.line) and \(one.line) share a reference, and are not one coin for another: \(other.amount) "
                    + "\(other.coin) and \(one.amount) \(one.coin). On Kraken export “Trades” instead.")
        }
        guard let pair = TradedPair(one.coin, other.coin) else {
            throw .refuse(
                "Nothing tells which of \(one.coin) and \(other.coin) is the price of the other: on Kraken export “Trades” "
                    + "instead, which has the pair.")
        }
        let (base, quote) = one.coin == pair.base ? (one, other) : (other, one)
        guard base.fee.isZero || quote.fee.isZero else {
            throw .refuse(
                "The trade has a fee of \(base.fee) \(base.coin) and one of \(quote.fee) \(quote.coin): Daybook holds one."
            )
        }
        guard let price = quote.amount.magnitude.price(of: base.amount.magnitude) else {
            throw .refuse("The price, \(quote.amount) for \(base.amount), is not a number that Daybook can hold.")
        }
        let paid = base.fee.isZero ? quote : base
        return .fill(
            ParsedFill(
                symbol: SymbolName(base: pair.base, quote: pair.quote).name, side: base.amount > .zero ? .buy : .sell,
                price: price, quantity: base.amount.magnitude, fee: paid.fee,
                feeCurrency: paid.coin == pair.quote ? "" : paid.coin, time: max(one.time, other.time),
                externalID: one.reference, orderID: "", line: one.line, marketKind: .spot))
    }

    private static func alone(_ half: Half) -> RowResult {
        .refused(
            line: half.line,
            reason:
                "The ledger has two rows for a trade, and the file has only that of \(half.coin) with the reference "
                + "\(half.reference): export the ledger for all assets.")
    }

    mutating func finish(_ fields: inout FieldReader) -> [RowResult] { halves.takeAll().map(Self.alone) }
}
