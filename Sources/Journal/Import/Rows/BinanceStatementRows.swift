import Primitives

/// Binance's transaction history has a row for each coin that came in, went out or paid a fee, and nothing that ties the
/// rows of a trade together but their moment and account.
///
/// So all trades of one moment are one fill, if they bought or sold one coin for one other and paid fees in one: its money
/// is exact, whatever rows belong together. Otherwise all rows of the moment are refused.
struct BinanceStatementRows: RowReader {
    private enum Part { case bought, sold, other, fee }

    private struct Leg: Sendable {
        let line: Int
        let part: Part
        let coin: String
        let change: Amount
    }

    private struct Moment: Sendable {
        let time: Timestamp
        var legs: [String: [Leg]] = [:]
        var count = 0
    }

    private var moment: Moment?
    /// Moments that are over: a row that comes after them tells that the file is not in order.
    private var over: Set<Timestamp> = []

    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        var results: [RowResult] = []
        do throws(RowRefusal) {
            let time = try fields.time(row)
            if let moment, moment.time != time { results = end(fields.options) }
            try add(row, fields, time)
        } catch {
            switch error {
            case .skip(let reason): results.append(.skipped(line: row.line, reason: reason))
            case .refuse(let reason): results.append(.refused(line: row.line, reason: reason))
            }
        }
        return results
    }

    private mutating func add(_ row: RowFields, _ fields: FieldReader, _ time: Timestamp) throws(RowRefusal) {
        let account = row[.account].text.lowercased()
        let operation = row[.kind].text.lowercased()
        guard let part = Self.part(operation) else {
            guard Self.isNoTrade(operation) else {
                throw .refuse("Daybook does not know the \(fields.name(.kind)) \(row[.kind].quoted).")
            }
            throw .skip("The row is no trade: its kind is \(row[.kind].quoted).")
        }
        guard account == "spot" || account.contains("margin") else {
            throw .skip(
                "The row is of the account \(row[.account].quoted), whose fills are not in this export: export its own trade "
                    + "history.")
        }
        guard let coin = SymbolName.coin(row[.base]) else {
            throw .refuse("The \(fields.name(.base)) \(row[.base].quoted) is no currency.")
        }
        let change = try fields.amount(.quantity, row)
        guard !over.contains(time) else {
            throw .refuse(
                "Rows of this moment stand apart in the file, so that nothing tells which belong together: sort them by time, or "
                    + "export the Trade history instead.")
        }
        var current = moment ?? Moment(time: time)
        guard current.count < Self.heldMax else {
            throw .refuse("There are more than \(Self.heldMax) rows of one moment: export the Trade history.")
        }
        current.legs[account, default: []].append(Leg(line: row.line, part: part, coin: coin, change: change))
        current.count += 1
        moment = current
    }

    private static func part(_ operation: String) -> Part? {
        switch operation {
        case "buy", "transaction buy": .bought
        case "sell", "transaction sold", "transaction sell": .sold
        case "transaction related", "transaction spend", "transaction revenue", "binance convert": .other
        case "fee", "transaction fee", "commission fee": .fee
        default: nil
        }
    }

    private static func isNoTrade(_ operation: String) -> Bool {
        let words = [
            "deposit", "withdraw", "transfer", "interest", "reward", "staking", "distribution", "airdrop", "funding",
            "earn",
            "savings", "subscription", "redemption", "cashback", "referral", "rebate", "commission history",
            "launchpool",
            "bonus", "loan", "repay", "borrow", "realized profit", "pool", "send", "receive", "p2p", "card",
            "insurance",
        ]
        return words.contains { operation.contains($0) }
    }

    private mutating func end(_ options: ImportOptions) -> [RowResult] {
        guard let moment else { return [] }
        self.moment = nil
        if over.count >= Self.heldMax { over.removeAll(keepingCapacity: true) }
        over.insert(moment.time)
        return moment.legs.sorted { $0.key < $1.key }.flatMap { account, legs in
            let kind: MarketKind = account.contains("margin") ? .margin : .spot
            do throws(RowRefusal) {
                return [RowResult.fill(try Self.fill(legs, moment.time, options.market ?? kind))]
            } catch {
                guard case .refuse(let reason) = error else { return [] }
                return legs.map { .refused(line: $0.line, reason: reason) }
            }
        }.sorted { $0.line < $1.line }
    }

    private static func fill(_ legs: [Leg], _ time: Timestamp, _ kind: MarketKind) throws(RowRefusal) -> ParsedFill {
        let lines = "\(legs[0].line)" + (legs.count > 1 ? " to \(legs[legs.count - 1].line)" : "")
        let trades = legs.filter { $0.part != .fee }
        let received = trades.filter { $0.change > .zero }
        let given = trades.filter { $0.change < .zero }
        guard let came = received.first?.coin, let went = given.first?.coin, came != went,
            received.allSatisfy({ $0.coin == came }), given.allSatisfy({ $0.coin == went })
        else {
            let coins = Set(trades.map(\.coin)).sorted().joined(separator: ", ")
            throw .refuse(
                "The rows of this moment (lines \(lines)) are not one coin for one other (\(coins.isEmpty ? "fees alone" : coins)), "
                    + "and nothing tells which belong together: on Binance export the Trade history instead.")
        }
        let base: String
        if let bought = received.first(where: { $0.part == .bought }), !given.contains(where: { $0.part == .sold }) {
            base = bought.coin
        } else if let sold = given.first(where: { $0.part == .sold }), !received.contains(where: { $0.part == .bought })
        {
            base = sold.coin
        } else if let pair = TradedPair(came, went) {
            base = pair.base
        } else {
            throw .refuse(
                "Nothing tells which of \(came) and \(went) is the price of the other: export the Trade history.")
        }
        let fees = legs.filter { $0.part == .fee }
        guard Set(fees.map(\.coin)).count <= 1 else {
            let coins = Set(fees.map(\.coin)).sorted().joined(separator: " and ")
            throw .refuse(
                "The fees of this moment (lines \(lines)) were paid in \(coins): on Binance export the Trade history instead."
            )
        }
        guard let sum = try? (came: total(received), went: total(given), fee: total(fees)) else {
            throw .refuse("The rows of this moment (lines \(lines)) add up to more than Daybook can hold.")
        }
        let isBuy = base == came
        let (quantity, worth) = isBuy ? (sum.came, -sum.went) : (-sum.went, sum.came)
        let quote = isBuy ? went : came
        guard let price = worth.price(of: quantity) else {
            throw .refuse(
                "The price, \(worth) \(quote) for \(quantity) \(base), is not a number that Daybook can hold.")
        }
        let feeCoin = sum.fee.isZero ? quote : fees.first?.coin ?? quote
        return ParsedFill(
            symbol: SymbolName(base: base, quote: quote).name, side: isBuy ? .buy : .sell, price: price,
            quantity: quantity,
            fee: -sum.fee, feeCurrency: feeCoin == quote ? "" : feeCoin, time: time, externalID: "", orderID: "",
            line: legs[0].line, marketKind: kind)
    }

    private static func total(_ legs: [Leg]) throws(Failure) -> Amount {
        var sum = Amount.zero
        for leg in legs { sum = try sum + leg.change }
        return sum
    }

    mutating func finish(_ fields: inout FieldReader) -> [RowResult] { end(fields.options) }
}

extension RowResult {
    var line: Int {
        switch self {
        case .fill(let fill): fill.line
        case .skipped(let line, _), .refused(let line, _): line
        }
    }
}
