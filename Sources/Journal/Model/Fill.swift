import Primitives

package enum Side: String, Sendable, CaseIterable { case buy, sell }

/// On what kind of market something is traded. What is held on one is no position on another: a coin that was bought and a
/// perpetual on it that was sold are two positions.
package enum MarketKind: String, Sendable, CaseIterable {
    /// Bought and sold against payment: what is sold must have been there.
    case spot
    /// Spot on borrowed money or coins.
    case margin
    case perpetual, future, option, stock, forex, cfd
    /// Counted in the quote currency and paid in the base.
    case inversePerpetual = "inverse_perpetual"
    case inverseFuture = "inverse_future"

    /// What a person may say of a file: which contracts are inverse, and how they are counted, only the exchange's own
    /// export tells.
    package static let sayable = allCases.filter { !$0.isInverse }

    package var isInverse: Bool { self == .inversePerpetual || self == .inverseFuture }

    /// The same with inverse contracts; a perpetual unless it is a future.
    var inverse: MarketKind { self == .future || self == .inverseFuture ? .inverseFuture : .inversePerpetual }
}

/// One execution on an exchange. Imported, it is a fact: only its source corrects it.
package struct Fill: Hashable, Sendable {
    package let id: ID<Fill>
    package let account: ID<Account>
    /// `BASE_QUOTE` in upper case, as `BTC_USDT`.
    package let symbol: String
    package let side: Side
    /// In the quote currency. Zero only where something ended worthless.
    package let price: Amount
    /// In the base currency, or in contracts where the instrument has a multiplier; above zero.
    package let quantity: Amount
    /// Paid when positive, received (a rebate) when negative.
    package let fee: Amount
    /// Upper case; empty means the quote currency.
    package let feeCurrency: String
    package let time: Timestamp
    /// The order at the source among fills of one moment: the exchange's trade number, or the place in the file.
    package let sequence: Int64
    /// The exchange's own name for the fill; empty when the source has none.
    package let externalID: String
    /// Nil where the source does not say.
    package let marketKind: MarketKind?
    /// The position that it changes where the account holds a long and a short one of a market at once (hedge mode); nil
    /// where there is one position.
    package let leg: Direction?
    /// Nil where the source does not say.
    package let effect: Effect?
    /// What brought it; nil for a fill of an older version.
    package let fileImport: ID<FileImport>?

    /// What a fill did to the position, in the words of its source.
    package enum Effect: String, Sendable, CaseIterable {
        /// All of it began a position or added to one.
        case opens
        /// All of it closed what was held before: an exit, a liquidation, a settlement, an expiry.
        case closes
        /// Some of it closed what was held before, since the source figured a profit; the rest may have opened.
        case reduces
    }

    package init(
        id: ID<Fill>, account: ID<Account>, symbol: String, side: Side, price: Amount, quantity: Amount, fee: Amount,
        feeCurrency: String, time: Timestamp, sequence: Int64, externalID: String, marketKind: MarketKind? = nil,
        leg: Direction? = nil, effect: Effect? = nil, fileImport: ID<FileImport>? = nil
    ) {
        self.id = id
        self.account = account
        self.symbol = symbol
        self.side = side
        self.price = price
        self.quantity = quantity
        self.fee = fee
        self.feeCurrency = feeCurrency
        self.time = time
        self.sequence = sequence
        self.externalID = externalID
        self.marketKind = marketKind
        self.leg = leg
        self.effect = effect
        self.fileImport = fileImport
    }
}
