import Journal
import Primitives
import Sync

/// What a person writes down of a trade entered by hand. Fields left nil are not touched.
package struct TradeFields: Sendable {
    package var account: ID<Account>?
    package var symbol: String?
    package var direction: Direction?
    /// In the base currency, above zero.
    package var quantity: Amount?
    /// In the quote currency, above zero, as the other prices.
    package var entryPrice: Amount?
    package var exitPrice: Amount?
    package var openedAt: Timestamp?
    package var closedAt: Timestamp?
    /// In the quote currency; negative for rebates.
    package var fees: Amount?
    package var stopPrice: Amount?
    package var targetPrice: Amount?
    package var rating: Int?
    package var notes: String?
    package var setup: String?

    package init() {}

    /// Whether a fact of the trade itself is among them, and not just what people say of it.
    package var hasFacts: Bool {
        account != nil || symbol != nil || direction != nil || quantity != nil || entryPrice != nil || exitPrice != nil
            || openedAt != nil || closedAt != nil || fees != nil
    }

    /// Whether there is anything to write.
    package var isSomething: Bool { !values.isEmpty }

    /// - Throws: `trade.bad_quantity`, `trade.bad_price`, `trade.bad_rating`, `trade.bad_setup`.
    package func check() throws(Failure) {
        if let quantity, quantity <= .zero {
            throw Failure(.invalid, "trade.bad_quantity", "The quantity is \(quantity): give one above zero.")
        }
        for (name, price) in [
            ("entry", entryPrice), ("exit", exitPrice), ("stop", stopPrice), ("target", targetPrice),
        ] {
            if let price, price <= .zero {
                throw Failure(.invalid, "trade.bad_price", "The \(name) price is \(price): give one above zero.")
            }
        }
        if let rating, !(1...5).contains(rating) {
            throw Failure(.invalid, "trade.bad_rating", "The rating is \(rating): give 1, 2, 3, 4 or 5.")
        }
        if let setup, setup.utf8.count > Self.setupBytesMax || setup.contains("\n") {
            throw Failure(
                .invalid, "trade.bad_setup",
                "A setup is one line of at most \(Self.setupBytesMax) bytes. What is longer belongs into the notes.")
        }
    }

    package static let setupBytesMax = 200

    var values: [String: Value] {
        var values: [String: Value] = [:]
        if let account { values["account"] = .id(account) }
        if let symbol { values["symbol"] = .text(symbol) }
        if let direction { values["direction"] = .text(direction.rawValue) }
        if let quantity { values["quantity"] = .text(quantity.description) }
        if let entryPrice { values["entry_price"] = .text(entryPrice.description) }
        if let exitPrice { values["exit_price"] = .text(exitPrice.description) }
        if let openedAt { values["opened_ms"] = .integer(openedAt.milliseconds) }
        if let closedAt { values["closed_ms"] = .integer(closedAt.milliseconds) }
        if let fees { values["fees"] = .text(fees.description) }
        if let stopPrice { values["stop_price"] = .text(stopPrice.description) }
        if let targetPrice { values["target_price"] = .text(targetPrice.description) }
        if let rating { values["rating"] = .integer(Int64(rating)) }
        if let notes { values["notes"] = .text(notes) }
        if let setup { values["setup"] = .text(setup) }
        return values
    }
}
