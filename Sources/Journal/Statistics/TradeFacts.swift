import Primitives

/// What statistics need to know of one closed trade.
///
/// Partial closes are legs of one trade: it is one win or one loss, and all of its net counts on the day of its final
/// close.
package struct TradeFacts: Hashable, Sendable {
    /// A win has net above zero, a loss below; exactly zero is a breakeven. There is no band around it.
    package enum Outcome: String, Sendable, CaseIterable {
        case win, loss, breakeven

        init(net units: Int128) { self = units > 0 ? .win : units < 0 ? .loss : .breakeven }
    }

    package let id: ID<Trade>
    package let account: ID<Account>
    package let symbol: String
    package let direction: Direction
    package let openedAt: Timestamp
    package let closedAt: Timestamp
    /// In the trade's currency, before fees.
    package let gross: Amount
    /// In the trade's currency; negative for rebates. Funding and borrowing cost belong here.
    package let fees: Amount
    /// In the trade's currency: `gross - fees`.
    package let net: Amount
    /// The initial risk in the trade's currency, above zero; nil when the trade has none (see `initialRisk`). Such a trade
    /// is left out of every figure in R.
    package let risk: Amount?
    /// What the entries were worth, above zero; nil when unknown.
    package let entryNotional: Amount?
    /// What the trader calls the idea behind it; nil for none.
    package let setup: String?
    /// Each name once.
    package let tags: [String]
    /// Whether a person entered it, instead of fills making it.
    package let isManual: Bool

    package init(
        id: ID<Trade>, account: ID<Account>, symbol: String, direction: Direction, openedAt: Timestamp,
        closedAt: Timestamp, gross: Amount, fees: Amount, net: Amount, risk: Amount? = nil,
        entryNotional: Amount? = nil, setup: String? = nil, tags: [String] = [], isManual: Bool = false
    ) {
        self.id = id
        self.account = account
        self.symbol = symbol
        self.direction = direction
        self.openedAt = openedAt
        self.closedAt = closedAt
        self.gross = gross
        self.fees = fees
        self.net = net
        self.risk = risk.flatMap { $0 > .zero ? $0 : nil }
        self.entryNotional = entryNotional.flatMap { $0 > .zero ? $0 : nil }
        self.setup = setup.flatMap { $0.isEmpty ? nil : $0 }
        self.tags = tags
        self.isManual = isManual
    }

    /// The facts of a derived trip. Nil while it is open, and when its figures are uncertain: neither belongs to the
    /// population of the statistics.
    package init?(_ trip: RoundTrip, id: ID<Trade>, firstStop: Amount? = nil, tags: [String] = []) {
        guard let closedAt = trip.closedAt, let figures = trip.figures else { return nil }
        let risk = firstStop.flatMap {
            Self.initialRisk(
                trip.direction, entry: figures.entryPrice, firstStop: $0, quantity: figures.quantity,
                trip.contract)
        }
        self.init(
            id: id, account: trip.account, symbol: trip.symbol, direction: trip.direction, openedAt: trip.openedAt,
            closedAt: closedAt, gross: figures.gross, fees: figures.fees, net: figures.net, risk: risk,
            entryNotional: figures.entryNotional, tags: tags)
    }

    /// How much the position is worth less at its first stop than at its entry, in the trade's currency: what the trade was
    /// willing to lose when it was opened. `|entry − first stop| × quantity × multiplier` but for inverse contracts.
    ///
    /// Nil unless the stop lies on the losing side of the entry (and when the product is zero or too large for an
    /// amount); a default risk is never assumed. Trailing the stop later does not change it.
    package static func initialRisk(
        _ direction: Direction, entry: Amount, firstStop: Amount, quantity: Amount,
        _ contract: ContractTerms = ContractTerms()
    ) -> Amount? {
        guard direction == .long ? firstStop < entry : firstStop > entry,
            let risk = contract.difference(quantity, from: entry, to: firstStop), risk > .zero
        else { return nil }
        return risk
    }

    package var outcome: Outcome { Outcome(net: net.units) }

    /// Profit in multiples of the initial risk, fees included: `net / risk`.
    package var r: Double? { risk.map { net.approximate / $0.approximate } }

    /// The same trade as if it had cost nothing: for the `gross` basis of every statistic.
    package var beforeFees: TradeFacts {
        TradeFacts(
            id: id, account: account, symbol: symbol, direction: direction, openedAt: openedAt, closedAt: closedAt,
            gross: gross, fees: .zero, net: gross, risk: risk, entryNotional: entryNotional, setup: setup, tags: tags,
            isManual: isManual)
    }
}
