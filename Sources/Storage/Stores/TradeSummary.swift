import Foundation
import GRDB
import Journal
import Primitives

/// One trade as a list shows it: what happened, what came of it, and what its trader says of it.
package struct TradeSummary: Hashable, Sendable {
    package let id: ID<Trade>
    package let account: ID<Account>?
    /// What the trader calls the account; nil when it is not known.
    package let accountLabel: String?
    /// Nil when the account is not known.
    package let exchange: String?
    package let symbol: String
    package let direction: Direction
    package let openedAt: Timestamp
    package let closedAt: Timestamp?
    /// Figures are nil where they cannot be told. Quantities are in the base currency, prices and money in the quote
    /// currency.
    package let quantity: Amount?
    package let openQuantity: Amount?
    package let entryPrice: Amount?
    package let exitPrice: Amount?
    package let gross: Amount?
    package let fees: Amount?
    /// Fees in other coins, `0.001 BNB, 0.2 MATIC`: they are in no other figure.
    package let otherFees: String?
    package let net: Amount?
    /// The fill that opened it; nil for a trade entered by hand.
    package let firstFill: ID<Fill>?
    package let fillCount: Int
    /// The fill that closed it also made another trade.
    package let isReversed: Bool
    /// The position that it was, where the source says.
    package let book: Book
    /// What its money is in; empty where nobody says.
    package let currency: String
    /// How much of the base one unit of its quantities is.
    package let multiplier: Amount
    /// What is left of it and too little to be sold.
    package let rest: RoundTrip.Rest?
    /// It also closed what no fill here had opened, of which it shows nothing.
    package let hasPartialHistory: Bool
    /// The first planned stop: what the initial risk is figured from.
    package let stopPrice: Amount?
    package let targetPrice: Amount?
    /// 1 ... 5.
    package let rating: Int?
    package let setup: String?
    package let hasNotes: Bool
    /// Something was changed on two devices at once, or deleted on one and edited on another, and nobody has settled it.
    package let isContested: Bool
    /// In the order of their names.
    package internal(set) var tagged: [Tag] = []

    /// The names of its tags, in their order.
    package var tags: [String] { tagged.map(\.name) }
    package var isDerived: Bool { firstFill != nil }
    package var isOpen: Bool { closedAt == nil }

    /// What its money is in, where its symbol does not say that or says something else: USD of AAPL, BTC of an inverse
    /// contract on BTC_USD. Nil otherwise.
    package var ownCurrency: String? { currency.isEmpty || currency == Symbol.quote(of: symbol) ? nil : currency }

    private var contract: ContractTerms { ContractTerms(multiplier: multiplier, book.kind) }

    /// See `TradeFacts.initialRisk`.
    package var risk: Amount? {
        guard let stopPrice, let entryPrice, let quantity else { return nil }
        return TradeFacts.initialRisk(
            direction, entry: entryPrice, firstStop: stopPrice, quantity: quantity, contract)
    }

    /// `net / risk` of a closed trade; nil without an initial risk.
    package var r: Double? {
        guard !isOpen, let net, let risk else { return nil }
        return net.approximate / risk.approximate
    }

    /// Gross of a closed trade for each hundred of what its entries cost; nil where either cannot be told.
    package var returnPercent: Double? {
        guard !isOpen, let gross, let notional, notional > .zero else { return nil }
        return gross.approximate / notional.approximate * 100
    }

    private var notional: Amount? {
        guard let entryPrice, let quantity else { return nil }
        return contract.notional(quantity, at: entryPrice)
    }

    /// Of a row of `TradeStore.select`. Nil for a row that no trade can be read from.
    init?(_ row: Row) {
        guard let id = ID<Trade>(bytes: row["id"] as Data),
            let direction = Direction(rawValue: row["direction"])
        else { return nil }
        self.id = id
        self.direction = direction
        account = Self.id(row["account"])
        accountLabel = row["label"]
        exchange = row["exchange"]
        symbol = row["symbol"]
        openedAt = Timestamp(milliseconds: row["opened_ms"])
        closedAt = (row["closed_ms"] as Int64?).map { Timestamp(milliseconds: $0) }
        quantity = Self.amount(row["quantity"])
        openQuantity = Self.amount(row["open_quantity"])
        entryPrice = Self.amount(row["entry_price"])
        exitPrice = Self.amount(row["exit_price"])
        gross = Self.amount(row["gross"])
        fees = Self.amount(row["fees"])
        otherFees = row["other_fees"]
        net = Self.amount(row["net"])
        firstFill = Self.id(row["first_fill"])
        fillCount = row["fill_count"]
        isReversed = row["reversed"]
        book = Book(
            kind: (row["market_kind"] as String?).flatMap(MarketKind.init(rawValue:)),
            leg: (row["leg"] as String?).flatMap(Direction.init(rawValue:)))
        currency = row["currency"] ?? Symbol.quote(of: row["symbol"])
        multiplier = Self.amount(row["multiplier"]) ?? Amount(whole: 1)
        rest = Self.amount(row["rest_quantity"]).map {
            RoundTrip.Rest(quantity: $0, cost: Self.amount(row["rest_cost"]))
        }
        hasPartialHistory = row["partial_history"]
        stopPrice = Self.amount(row["stop_price"])
        targetPrice = Self.amount(row["target_price"])
        rating = (row["rating"] as Int64?).flatMap { $0 > 0 ? Int(clamping: $0) : nil }
        setup = row["setup"]
        hasNotes = row["has_notes"]
        isContested = row["is_contested"]
    }

    private static func amount(_ text: String?) -> Amount? { text.flatMap { Amount($0) } }
    private static func id<Noun>(_ bytes: Data?) -> ID<Noun>? { bytes.flatMap { ID(bytes: $0) } }
}

/// One trade with all that belongs to it.
package struct TradeDetail: Sendable {
    package let summary: TradeSummary
    package let exchange: String?
    package let environment: String?
    /// Nil for a trade entered by hand.
    package let fills: [TradeFill]
    /// One for each annotation that has any: more than one when two trades with notes became one.
    package let notes: [String]
    package let images: [Image]
    /// The entries that are about it.
    package let entries: [Entry]
    /// How many of these there are, shown or not.
    package let imageCount: Int
    package let entryCount: Int

    /// How much is shown of what belongs to a trade.
    package struct Limits: Sendable {
        package let fillsMax: Int
        package let imagesMax: Int
        package let entriesMax: Int
        package let texts: TextShare

        package init(fillsMax: Int, imagesMax: Int, entriesMax: Int, texts: TextShare) {
            self.fillsMax = fillsMax
            self.imagesMax = imagesMax
            self.entriesMax = entriesMax
            self.texts = texts
        }
    }
}

/// The whole or the part of a fill that belongs to a trade.
package struct TradeFill: Hashable, Sendable {
    package let fill: Fill
    /// How far it moved the position of the trade: less than the fill's own where it belongs to another trade too, or
    /// closed what no fill had opened; another one where its fee was taken in the coin itself.
    package let quantity: Amount
    package let role: RoundTrip.Allocation.Role
    /// Whether another part of it belongs to another trade.
    package let isShared: Bool
}
