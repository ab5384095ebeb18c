import Primitives
import Sync

/// Names fills after their source, so that whoever imports the same statement, anywhere, names them alike.
///
/// A fill under an exchange's own trade id is named by that, and by what no correction changes: an order's id in the place
/// of a trade's, and both sides of a trade with oneself, are told apart, and the same fill is the same one in every layout
/// and zone. Any other row is named by all that the source says of it, and by how many fully equal rows stand before it:
/// two equal rows in one file are two fills, the same file twice is the same fills. The account takes part by its id: what
/// it is called may change.
struct FillIdentity {
    private let account: String
    private let idsAreTrades: Bool
    private var equalRows: EqualRows

    /// - Parameter idsAreTrades: whether the layout is known to hold an exchange's ids of trades. In a generic file an id may
    ///   be an order's, which several fills share.
    init(_ account: ID<Account>, idsAreTrades: Bool, _ equalRows: EqualRows = EqualRows()) {
        self.equalRows = equalRows
        self.account = account.description
        self.idsAreTrades = idsAreTrades
    }

    /// Nil for a row of which nobody can say any more whether an equal one stands before it: see `EqualRows`.
    mutating func name(_ fill: ParsedFill) -> ID<Fill>? {
        if idsAreTrades, !fill.externalID.isEmpty {
            return .trade(
                account: account, symbol: fill.symbol, externalID: fill.externalID, side: fill.side, price: fill.price,
                quantity: fill.quantity)
        }
        var parts = [account, "row", String(fill.time.milliseconds), fill.symbol, fill.side.rawValue]
        parts.reserveCapacity(10)
        parts.append(fill.price.description)
        parts.append(fill.quantity.description)
        if fill.externalID.isEmpty {
            parts.append(fill.fee.description)
            if !fill.orderID.isEmpty { parts.append(fill.orderID) }
        } else {
            parts.append("id")
            parts.append(fill.externalID)
        }
        parts.append("0")
        let first = ID<Fill>.derived("fill", parts)
        let key = UInt64(truncatingIfNeeded: first.rawValue)
        guard let ordinal = equalRows.count(key, symbol: fill.symbol, time: fill.time) else { return nil }
        guard ordinal > 0 else { return first }
        parts[parts.count - 1] = String(ordinal)
        return .derived("fill", parts)
    }
}

extension ID<Fill> {
    fileprivate static func trade(
        account: String, symbol: String, externalID: String, side: Side, price: Amount, quantity: Amount
    ) -> Self {
        derived(
            "fill",
            [account, "trade", symbol, externalID, side.rawValue, price.description, quantity.description])
    }
}

extension Fill {
    /// What the fill would be called in another account, as far as its source has ids of trades.
    package func name(in account: ID<Account>) -> ID<Fill> {
        .trade(
            account: account.description, symbol: symbol, externalID: externalID, side: side, price: price,
            quantity: quantity)
    }

    /// What earlier versions called a fill with an id: two fills under one id had one name then.
    package func formerName(in account: Account) -> ID<Fill> {
        .derived("fill", [account.exchange, account.environment.rawValue, account.label, symbol, externalID])
    }
}
