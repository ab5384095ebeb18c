import Journal
import Primitives
import Sync

/// What a row of `round_trip` says, whichever way the trade came to be.
protocol TripFigures {
    var shownQuantity: Amount? { get }
    var shownOpenQuantity: Amount? { get }
    var shownEntryPrice: Amount? { get }
    var shownExitPrice: Amount? { get }
    var shownGross: Amount? { get }
    var shownFees: Amount? { get }
    var shownNet: Amount? { get }
    /// `0.001 BNB, 0.2 MATIC`; nil when there are none.
    var otherFeesText: String? { get }
}

extension RoundTrip.Figures: TripFigures {
    var shownQuantity: Amount? { quantity }
    var shownOpenQuantity: Amount? { openQuantity }
    var shownEntryPrice: Amount? { entryPrice }
    var shownExitPrice: Amount? { exitPrice }
    var shownGross: Amount? { gross }
    var shownFees: Amount? { fees }
    var shownNet: Amount? { net }

    var otherFeesText: String? {
        otherFees.isEmpty ? nil : otherFees.map { "\($0.amount) \($0.coin)" }.joined(separator: ", ")
    }
}

/// The figures of a trade entered by hand: one entry, at most one exit.
struct ManualFigures: TripFigures {
    let shownQuantity: Amount?
    let shownOpenQuantity: Amount?
    let shownEntryPrice: Amount?
    let shownExitPrice: Amount?
    let shownGross: Amount?
    let shownFees: Amount?
    let shownNet: Amount?
    var otherFeesText: String? { nil }

    init(
        direction: Direction, quantity: Amount?, entry: Amount?, exit: Amount?, fees: Amount?, multiplier: Amount
    ) {
        shownQuantity = quantity
        shownEntryPrice = entry
        shownExitPrice = exit
        shownFees = fees ?? .zero
        shownOpenQuantity = exit == nil ? quantity : .zero
        var gross: Amount?
        if let entry, let exit, let size = quantity?.exactly(times: multiplier) {
            gross = try? (direction == .long ? exit - entry : entry - exit) * size
        }
        shownGross = gross
        shownNet = gross.flatMap { try? $0 - (fees ?? .zero) }
    }
}

/// The figures of a trade that cannot be told, as when an amount would not fit.
struct UnknownFigures: TripFigures {
    var shownQuantity: Amount? { nil }
    var shownOpenQuantity: Amount? { nil }
    var shownEntryPrice: Amount? { nil }
    var shownExitPrice: Amount? { nil }
    var shownGross: Amount? { nil }
    var shownFees: Amount? { nil }
    var shownNet: Amount? { nil }
    var otherFeesText: String? { nil }
}

/// A trade entered by hand that is complete enough to be shown.
struct ManualTrip {
    let account: EntityID?
    let symbol: String
    let direction: Direction
    let openedAt: Int64
    let closedAt: Int64?
    let currency: String
    let multiplier: Amount
    let figures: ManualFigures

    /// Reads the columns of `Derivation.findTrade`. Nil without a symbol, a direction or the moment it was opened.
    init?(_ row: PreparedStatement, _ accounts: TradingAccounts) throws {
        guard !row.isNull(3), let direction = Direction(rawValue: row.text(4)), !row.isNull(8) else { return nil }
        func amount(_ column: Int32) -> Amount? { row.isNull(column) ? nil : Amount(row.text(column)) }
        symbol = row.text(3)
        let owner = try (row.id(2) as EntityID?).map { try accounts.account($0) }
        account = owner?.id
        let instrument = try accounts.instrument(symbol, nil, owner)
        multiplier = instrument.multiplier
        currency = instrument.settlement
        self.direction = direction
        openedAt = row.integer(8)
        closedAt = row.isNull(9) ? nil : max(row.integer(9), openedAt)
        figures = ManualFigures(
            direction: direction, quantity: amount(5), entry: amount(6), exit: amount(7), fees: amount(10),
            multiplier: multiplier)
    }
}
