import GRDB
import Journal
import Primitives
import Sync

/// A query as SQL over `round_trip AS trip` and, for what people say of it, `trade`.
struct TradeQuerySQL {
    /// With WHERE in front; empty where every trade will do.
    private(set) var condition = ""
    private(set) var arguments: [String: any DatabaseValueConvertible] = [:]
    let order: String
    /// What has to be joined for condition and order.
    private(set) var join = ""

    private static let annotation = "LEFT JOIN trade ON trade.id = trip.id AND trade.presence <> 1"

    init(_ query: TradeQuery) {
        order = Self.order(query)
        var conditions: [String] = query.isEmpty ? ["FALSE"] : []
        addFacts(query, &conditions)
        addTimes(query, &conditions)
        addWords(query, &conditions)
        if !query.ratings.isEmpty || !query.setups.isEmpty || query.order == .r { join = Self.annotation }
        if !conditions.isEmpty { condition = "WHERE " + conditions.joined(separator: " AND ") }
    }

    private mutating func names(_ values: [any DatabaseValueConvertible], _ prefix: String) -> String {
        for (index, value) in values.enumerated() { arguments["\(prefix)\(index)"] = value }
        return values.indices.map { ":\(prefix)\($0)" }.joined(separator: ", ")
    }

    // MARK: Conditions

    private mutating func addFacts(_ query: TradeQuery, _ conditions: inout [String]) {
        if !query.symbols.isEmpty { conditions.append("trip.symbol IN (\(names(query.symbols, "symbol")))") }
        if !query.accounts.isEmpty {
            conditions.append("trip.account IN (\(names(query.accounts.map(\.data), "account")))")
        }
        if !query.exchanges.isEmpty {
            conditions.append(
                "trip.account IN (SELECT id FROM account WHERE exchange IN (\(names(query.exchanges, "exchange"))))")
        }
        if !query.directions.isEmpty {
            conditions.append("trip.direction IN (\(names(query.directions.map(\.rawValue), "direction")))")
        }
        switch Set(query.sources) {
        case [.manual]: conditions.append("trip.first_fill IS NULL")
        case [.imported]: conditions.append("trip.first_fill IS NOT NULL")
        default: break
        }
        let statuses = Set(query.statuses).map { status in
            switch status {
            case .open: "trip.closed_ms IS NULL"
            case .closed: "trip.closed_ms IS NOT NULL"
            case .final: "(trip.closed_ms IS NOT NULL AND trip.net IS NOT NULL)"
            case .reconciling: "(trip.closed_ms IS NOT NULL AND trip.net IS NULL)"
            }
        }
        if !statuses.isEmpty { conditions.append("(\(statuses.sorted().joined(separator: " OR ")))") }
    }

    private mutating func addTimes(_ query: TradeQuery, _ conditions: inout [String]) {
        if let from = query.openedFrom {
            conditions.append("trip.opened_ms >= :from")
            arguments["from"] = from.milliseconds
        }
        if let before = query.openedBefore {
            conditions.append("trip.opened_ms < :before")
            arguments["before"] = before.milliseconds
        }
        guard let ranges = query.closedWithin else { return }
        let parts = ranges.enumerated().map { index, range in
            arguments["closed\(index)"] = range.lowerBound
            arguments["until\(index)"] = range.upperBound
            return "(trip.closed_ms >= :closed\(index) AND trip.closed_ms < :until\(index))"
        }
        conditions.append(parts.isEmpty ? "FALSE" : "(\(parts.joined(separator: " OR ")))")
    }

    /// What people say of a trade.
    private mutating func addWords(_ query: TradeQuery, _ conditions: inout [String]) {
        if !query.ratings.isEmpty { conditions.append("trade.rating IN (\(names(query.ratings, "rating")))") }
        if !query.setups.isEmpty {
            let wanted = query.setups.map { $0.lowercased() }
            conditions.append("\(TradeFunctions.folded)(coalesce(trade.setup, '')) IN (\(names(wanted, "setup")))")
        }
        if !query.tags.isEmpty {
            conditions.append(
                """
                trip.id IN (
                    SELECT coalesce(anchor.round_trip, member.owner)
                    FROM member
                        JOIN trade AS tagged ON tagged.id = member.owner AND tagged.presence <> 1
                        LEFT JOIN anchor ON anchor.trade = member.owner
                    WHERE member.kind = \(Schema.tradeTags.rawValue)
                        AND member.member IN (\(names(query.tags.map(\.data), "tag"))))
                """)
        }
        guard let text = query.text else { return }
        arguments["text"] = text
        conditions.append(
            """
            trip.id IN (
                SELECT coalesce(anchor.round_trip, noted.id)
                FROM trade_text
                    JOIN trade AS noted ON noted.row = trade_text.rowid AND noted.presence <> 1
                    LEFT JOIN anchor ON anchor.trade = noted.id
                WHERE trade_text MATCH :text)
            """)
    }

    // MARK: Order

    /// Every order ends with the id, so that pages neither overlap nor leave gaps.
    private static func order(_ query: TradeQuery) -> String {
        let (down, up) = query.isReversed ? ("ASC", "DESC") : ("DESC", "ASC")
        /// A figure that a trade may lack. Equal ones and missing ones follow in the order of their ids.
        func figure(_ expression: String) -> String { "\(expression) \(down) NULLS LAST, trip.id" }
        switch query.order {
        case .opened: return "trip.opened_ms \(down), trip.id \(down)"
        case .closed: return "trip.closed_ms \(down) NULLS \(query.isReversed ? "LAST" : "FIRST"), trip.id \(down)"
        case .symbol: return "trip.symbol \(up), trip.opened_ms \(down), trip.id \(down)"
        case .net: return figure("\(TradeFunctions.amountKey)(trip.net)")
        case .duration: return figure("(trip.closed_ms - trip.opened_ms)")
        case .r:
            return figure(
                """
                iif(trip.closed_ms IS NULL, NULL, \(TradeFunctions.multiple)(
                    trip.direction, trip.entry_price, trade.stop_price, trip.quantity, trip.net, trip.multiplier,
                    trip.market_kind))
                """)
        }
    }
}

/// What SQLite cannot compute by itself: amounts are texts to it.
enum TradeFunctions {
    static let amountKey = "amount_key"
    static let multiple = "r_multiple"
    static let folded = "folded"

    static func add(to db: Database) {
        // Bytes that compare as the amounts do.
        db.add(
            function: DatabaseFunction(amountKey, argumentCount: 1, pure: true) { values in
                guard let amount = amount(values[0]) else { return nil }
                let biased = UInt128(bitPattern: amount.units) ^ 1 << 127
                return ID<Amount>(rawValue: biased).data
            })
        db.add(
            function: DatabaseFunction(multiple, argumentCount: 7, pure: true) { values in
                guard let direction = String.fromDatabaseValue(values[0]).flatMap(Direction.init(rawValue:)),
                    let entry = amount(values[1]), let stop = amount(values[2]), let quantity = amount(values[3]),
                    let net = amount(values[4]),
                    let risk = TradeFacts.initialRisk(
                        direction, entry: entry, firstStop: stop, quantity: quantity,
                        ContractTerms(
                            multiplier: amount(values[5]) ?? ContractTerms.one,
                            String.fromDatabaseValue(values[6]).flatMap(MarketKind.init(rawValue:))))
                else { return nil }
                return net.approximate / risk.approximate
            })
        // SQLite's own lower() knows no letters besides a to z.
        db.add(
            function: DatabaseFunction(folded, argumentCount: 1, pure: true) { values in
                String.fromDatabaseValue(values[0])?.lowercased()
            })
    }

    private static func amount(_ value: DatabaseValue) -> Amount? {
        String.fromDatabaseValue(value).flatMap { Amount($0) }
    }
}
