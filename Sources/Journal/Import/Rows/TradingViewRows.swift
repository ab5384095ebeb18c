import Primitives

/// Filled orders of a TradingView account, each one fill at its average price.
struct TradingViewRows: RowReader {
    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        _ = try fields.kind(row)
        let time = try fields.time(row)
        let (symbol, kind) = try market(row, time, fields)
        let side = try fields.side(row)
        let price = try fields.positive(.price, row, symbol)
        let quantity = try fields.positive(.quantity, row, symbol)
        if kind == .future, fields.options.contractSize(symbol.name, kind) == nil {
            throw .refuse(fields.unknownSize(row, symbol))
        }
        let fee = row[.fee].isBlank ? .zero : try fields.amount(.fee, row)
        let coin = fee.isZero ? "" : try feeCurrency(row, symbol, fields)
        let id = try fields.identifier(.tradeID, row)
        return [
            .fill(
                ParsedFill(
                    symbol: symbol.name, side: side, price: price, quantity: quantity, fee: fee,
                    feeCurrency: coin == symbol.quote ? "" : coin, time: time, externalID: id, orderID: "",
                    line: row.line,
                    marketKind: kind))
        ]
    }

    /// Commissions are in the account's currency. It stands behind the margin, `1,415.61 USD`.
    private func feeCurrency(
        _ row: RowFields, _ symbol: SymbolName, _ fields: FieldReader
    ) throws(RowRefusal) -> String {
        if let last = row[.feeCoin].split(separator: UInt8(ascii: " ")).last, last.allSatisfy({ !$0.isDigit }),
            let coin = SymbolName.coin(FieldBytes(rebasing: last))
        {
            return coin
        }
        if let given = fields.options.shareCurrency { return given }
        throw .refuse(
            "The \(fields.name(.fee)) \(row[.fee].quoted) is in the account's currency, which the row does not say: say it by "
                + "--currency USD, or whatever it is.")
    }

    /// `NASDAQ:AAPL`, `BINANCE:TRXUSDT.P`, `FX:EURUSD`, `CME_MINI:ESZ2026`, `CME_MINI:ES1!`.
    private func market(
        _ row: RowFields, _ time: Timestamp, _ fields: FieldReader
    ) throws(RowRefusal) -> (SymbolName, MarketKind?) {
        let field = row[.symbol]
        guard !field.isEmpty else { throw .refuse("The row has no \(fields.name(.symbol)).") }
        let parts = field.text.uppercased().split(separator: ":", maxSplits: 1).map { String($0) }
        let place = parts.count == 2 ? parts[0] : ""
        let name = parts.last ?? ""
        if let currency = Self.stockExchanges[place], let found = SymbolName.ticker(name, currency: currency) {
            return (found, .stock)
        }
        if Self.futuresExchanges.contains(where: { place.hasPrefix($0) }) {
            if let found = SymbolName.future(name, traded: time.year) { return (found, .future) }
            // The chart of whatever contract is the nearest.
            if name.hasSuffix("1!") || name.hasSuffix("2!"), name.utf8.count <= 8 {
                return (SymbolName(contract: String(name.dropLast(2)), kind: .future), .future)
            }
        } else if let found = SymbolName.read(name, .common) {
            guard !found.isInverse else { throw .inverse(field) }
            let isForex = SymbolName.isMoney(found.base) && SymbolName.isMoney(found.quote)
            return (found, fields.options.market ?? (isForex ? .forex : found.kind))
        } else if let currency = fields.options.shareCurrency, let found = SymbolName.ticker(name, currency: currency) {
            return (found, fields.options.market ?? .stock)
        }
        throw .refuse(
            "The \(fields.name(.symbol)) \(field.quoted) does not tell what prices are in: say the currency of shares by "
                + "--currency USD.")
    }

    /// Where all shares are priced in dollars.
    private static let stockExchanges: [String: String] = [
        "NASDAQ": "USD", "NYSE": "USD", "AMEX": "USD", "ARCA": "USD", "BATS": "USD", "CBOE": "USD", "OTC": "USD",
    ]

    private static let futuresExchanges = ["CME", "CBOT", "COMEX", "NYMEX", "EUREX", "ICEUS", "ICEEU"]
}
