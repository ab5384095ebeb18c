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
    /// How much of the base one contract of a market is, where somebody has said; nil where nobody has.
    package var contractSize: @Sendable (_ symbol: String, _ kind: MarketKind?) -> Amount? = { _, _ in nil }

    /// Which sign a fee has that was paid.
    package enum PaidFees: String, Hashable, Sendable, CaseIterable { case plus, minus }

    package init(
        zone: FileZone? = nil, dateOrder: DateOrder? = nil, decimal: NumberForm? = nil, currency: String? = nil,
        market: MarketKind? = nil, isNewestFirst: Bool? = nil, paidFees: PaidFees? = nil
    ) {
        self.zone = zone
        self.dateOrder = dateOrder
        self.decimal = decimal
        self.currency = currency
        self.market = market
        self.isNewestFirst = isNewestFirst
        self.paidFees = paidFees
    }
}
