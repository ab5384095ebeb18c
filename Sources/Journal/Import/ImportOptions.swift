import Primitives

/// What a person says of a file where it says nothing itself, or says it wrong. What is nil is as the file suggests.
package struct ImportOptions: Sendable {
    package var zone: FileZone?
    package var dateOrder: DateOrder?
    package var decimal: NumberForm?
    /// What shares are priced in that name no currency.
    package var currency: String?
    package var market: MarketKind?
    package var isNewestFirst: Bool?
    package var paidFees: PaidFees?
    /// What the columns of the file are; it goes before all that is known of exports.
    package var columns: ColumnMap?
    /// What was said of the columns of other files, to be applied to those of the same header.
    package var saved: [SavedMapping] = []
    /// As `currency`, of the account; it comes last.
    package var accountCurrency: String?
    /// How much of the base one contract of a market is, where somebody has said; nil where nobody has.
    package var contractSize: @Sendable (_ symbol: String, _ kind: MarketKind?) -> Amount? = { _, _ in nil }

    /// Which sign a fee has that was paid.
    package enum PaidFees: String, Hashable, Sendable, CaseIterable { case plus, minus }

    package init(
        zone: FileZone? = nil, dateOrder: DateOrder? = nil, decimal: NumberForm? = nil, currency: String? = nil,
        market: MarketKind? = nil, isNewestFirst: Bool? = nil, paidFees: PaidFees? = nil, columns: ColumnMap? = nil,
        saved: [SavedMapping] = []
    ) {
        self.zone = zone
        self.dateOrder = dateOrder
        self.decimal = decimal
        self.currency = currency
        self.market = market
        self.isNewestFirst = isNewestFirst
        self.paidFees = paidFees
        self.columns = columns
        self.saved = saved
    }

    /// What shares are in whose rows do not say it: as the person says, else the account.
    var shareCurrency: String? { currency ?? accountCurrency }
}
