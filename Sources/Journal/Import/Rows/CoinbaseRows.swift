import Primitives

/// Coinbase names the unit of each size: one that is not the market's base is a row of another meaning.
struct CoinbaseFillRows: RowReader {
    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        let fill = try fields.fill(row)
        let unit = row[fields.place(named: "sizeunit")]
        guard unit.isBlank || SymbolName.coin(unit).map({ fill.symbol.hasPrefix($0 + "_") }) == true else {
            throw .refuse(
                "The size is in \(unit.quoted) (column “size unit”), and the market is \(fill.symbol): enter this fill by hand."
            )
        }
        return [.fill(fill)]
    }
}

/// Coinbase's transaction history has amounts in the trader's currency, and says in a note what was really exchanged:
/// `Bought 0.1 BTC for 5005 USDC on BTC-USDC at 50000 USDC/BTC`. The note goes before the columns.
struct CoinbaseTransactionRows: RowReader {
    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        _ = try fields.kind(row)
        let words = row[fields.place(named: "notes")].text.split(separator: " ").map(String.init)
        let time = try fields.time(row)
        let id = try fields.identifier(.tradeID, row)
        let trade: Trade
        if row[.kind].equals("convert") {
            trade = try conversion(words)
        } else if let noted = try market(words) {
            trade = noted
        } else {
            trade = try columns(row, fields)
        }
        guard trade.price > .zero, trade.quantity > .zero else {
            throw .refuse("The price or the quantity of the transaction is zero.")
        }
        return [
            .fill(
                ParsedFill(
                    symbol: SymbolName(base: trade.base, quote: trade.quote).name, side: trade.side, price: trade.price,
                    quantity: trade.quantity, fee: trade.fee, feeCurrency: "", time: time, externalID: id, orderID: "",
                    line: row.line, marketKind: fields.options.market ?? .spot))
        ]
    }

    private struct Trade {
        let base: String
        let quote: String
        let side: Side
        let price: Amount
        let quantity: Amount
        let fee: Amount
    }

    /// A number as the note has it: `1,240.73`, `€6.69`.
    private static func amount(_ word: String) -> Amount? {
        var bytes = Array(word.utf8)
        return bytes.withUnsafeMutableBufferPointer { FieldNumber.amount(FieldBytes($0)) }
    }

    private static func coin(_ word: String) -> String? {
        var bytes = Array(word.utf8)
        return bytes.withUnsafeMutableBufferPointer { SymbolName.coin(FieldBytes($0)) }
    }

    /// `Bought 0.1 BTC for 5005 USD on BTC-USD at 50000 USD/BTC`. Nil where the note names no market.
    private func market(_ words: [String]) throws(RowRefusal) -> Trade? {
        guard words.count >= 11, ["Bought", "Sold"].contains(words[0]), words[3] == "for", words[6] == "on",
            words[8] == "at"
        else { return nil }
        let pair = words[7].split(separator: "-")
        guard pair.count == 2, let base = Self.coin(String(pair[0])), let quote = Self.coin(String(pair[1])),
            Self.coin(words[2]) == base, Self.coin(words[5]) == quote, let quantity = Self.amount(words[1]),
            let total = Self.amount(words[4]), let price = Self.amount(words[9])
        else {
            throw .refuse(
                "The note “\(words.prefix(12).joined(separator: " ").prefix(80))” contradicts itself: export the fills instead."
            )
        }
        let isBuy = words[0] == "Bought"
        guard let worth = try? quantity * price, let fee = isBuy ? try? total - worth : try? worth - total else {
            throw .refuse("The amounts in the note (column “Notes”) are more than Daybook can hold.")
        }
        // The total may be rounded to cents: what is left then is no rebate.
        guard fee >= Amount(units: -10_000_000_000_000_000) else {
            throw .refuse(
                "The note “\(words.prefix(12).joined(separator: " ").prefix(80))” contradicts itself: export the fills instead."
            )
        }
        return Trade(
            base: base, quote: quote, side: isBuy ? .buy : .sell, price: price, quantity: quantity, fee: max(fee, .zero)
        )
    }

    private func columns(_ row: RowFields, _ fields: FieldReader) throws(RowRefusal) -> Trade {
        guard let base = SymbolName.coin(row[.base]), let quote = SymbolName.coin(row[.currency]), base != quote else {
            throw .refuse(
                "The \(fields.name(.base)) \(row[.base].quoted) and the \(fields.name(.currency)) \(row[.currency].quoted) are not two currencies."
            )
        }
        let quantity = try fields.amount(.quantity, row).magnitude
        let total = try fields.amount(.total, row).magnitude
        guard let price = total.price(of: quantity) else {
            throw .refuse(
                "The \(fields.name(.total)) \(row[.total].quoted) for \(row[.quantity].quoted) gives no price.")
        }
        let fee = row[.fee].isBlank ? Amount.zero : try fields.amount(.fee, row).magnitude
        return Trade(
            base: base, quote: quote, side: row[.kind].ends(with: "sell") ? .sell : .buy, price: price,
            quantity: quantity,
            fee: fee)
    }

    /// `Converted 0.05 BTC to 451.2 USDC`: the two amounts are all that changed hands, the spread is in them.
    private func conversion(_ words: [String]) throws(RowRefusal) -> Trade {
        guard words.count >= 6, words[0] == "Converted", words[3] == "to", let from = Self.coin(words[2]),
            let to = Self.coin(words[5]), let given = Self.amount(words[1]), let received = Self.amount(words[4])
        else { throw .refuse("The note (column “Notes”) does not say what was converted to what: enter it by hand.") }
        guard let pair = TradedPair(from, to) else {
            throw .refuse("Nothing tells which of \(from) and \(to) is the price of the other: enter it by hand.")
        }
        let (quantity, worth) = from == pair.base ? (given, received) : (received, given)
        guard let price = worth.price(of: quantity) else {
            throw .refuse("The price, \(worth) for \(quantity), is not a number that Daybook can hold.")
        }
        return Trade(
            base: pair.base, quote: pair.quote, side: from == pair.base ? .sell : .buy, price: price,
            quantity: quantity,
            fee: .zero)
    }
}
