import Journal
import Primitives
import Storage
import Sync
import Web

/// A trade that a person enters by hand.
struct NewTrade: Decodable, Sendable {
    let symbol: String
    let side: GivenWord<Direction>
    let quantity: GivenAmount
    let entry_price: GivenAmount
    let exit_price: GivenAmount?
    let opened_at: GivenTime?
    let closed_at: GivenTime?
    let fees: GivenAmount?
    let stop_price: GivenAmount?
    /// Whether a stop that looks like a slip is meant.
    let stop_is_meant: Bool?
    let target_price: GivenAmount?
    let rating: Int?
    let setup_tag: String?
    let notes: String?
    let account: String?
    let tags: [String]?

    /// Without the account, which has to be looked up.
    ///
    /// - Throws: `symbol.bad_name`.
    func fields(at now: Timestamp) throws(Failure) -> TradeFields {
        var fields = TradeFields()
        fields.symbol = try Symbol.canonical(symbol)
        fields.direction = side.word
        fields.quantity = quantity.amount
        fields.entryPrice = entry_price.amount
        fields.exitPrice = exit_price?.amount
        fields.openedAt = opened_at?.time ?? now
        fields.closedAt = closed_at?.time ?? (exit_price == nil ? nil : now)
        fields.fees = fees?.amount
        fields.stopPrice = stop_price?.amount
        fields.targetPrice = target_price?.amount
        fields.rating = rating
        fields.setup = setup_tag
        fields.notes = notes
        return fields
    }
}

/// What is to become of a trade. What is left out stays as it is.
struct TradeChange: Decodable, Sendable {
    // What a person says of any trade: null takes it away.
    let stop_price: Change<GivenAmount>
    let stop_is_meant: Bool?
    let target_price: Change<GivenAmount>
    let rating: Change<Int>
    let setup_tag: Change<String>

    // The facts of a trade entered by hand.
    let symbol: String?
    let side: GivenWord<Direction>?
    let quantity: GivenAmount?
    let entry_price: GivenAmount?
    let exit_price: GivenAmount?
    let opened_at: GivenTime?
    let closed_at: GivenTime?
    let fees: GivenAmount?
    let account: String?

    /// - Throws: `symbol.bad_name`.
    func fields() throws(Failure) -> TradeFields {
        var fields = TradeFields()
        if case .set(let price) = stop_price { fields.stopPrice = price.amount }
        if case .set(let price) = target_price { fields.targetPrice = price.amount }
        if case .set(let stars) = rating { fields.rating = stars }
        if case .set(let name) = setup_tag { fields.setup = name }
        if let symbol { fields.symbol = try Symbol.canonical(symbol) }
        fields.direction = side?.word
        fields.quantity = quantity?.amount
        fields.entryPrice = entry_price?.amount
        fields.exitPrice = exit_price?.amount
        fields.openedAt = opened_at?.time
        fields.closedAt = closed_at?.time
        fields.fees = fees?.amount
        return fields
    }

    /// What is to be taken away.
    var cleared: [String: Value] {
        var cleared: [String: Value] = [:]
        if case .clear = stop_price { cleared["stop_price"] = .null }
        if case .clear = target_price { cleared["target_price"] = .null }
        if case .clear = rating { cleared["rating"] = .null }
        if case .clear = setup_tag { cleared["setup"] = .null }
        return cleared
    }
}

struct GivenNotes: Decodable, Sendable {
    let notes: Change<String>
}

/// Tags to put on something, by their ids or names.
struct GivenTags: Decodable, Sendable {
    static let countMax = 100

    let tag_ids: [GivenID<Tag>]?
    let names: [String]?

    /// - Throws: `request.bad_field` for none, or for too many.
    func check() throws(Failure) {
        let count = (tag_ids?.count ?? 0) + (names?.count ?? 0)
        guard (1...Self.countMax).contains(count) else {
            throw Failure(
                .invalid, "request.bad_field",
                "Give 1 to \(Self.countMax) tags: ids as \"tag_ids\", or names as \"names\".")
        }
    }
}
