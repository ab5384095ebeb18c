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

    /// - Parameter multiplier: how much of the base one unit of quantity is.
    init(
        direction: Direction, quantity: Amount?, entry: Amount?, exit: Amount?, fees: Amount?,
        multiplier: Amount = Amount(whole: 1)
    ) {
        shownQuantity = quantity
        shownEntryPrice = entry
        shownExitPrice = exit
        shownFees = fees ?? .zero
        shownOpenQuantity = exit == nil ? quantity : .zero
        var gross: Amount?
        if let quantity, let entry, let exit {
            gross = try? (direction == .long ? exit - entry : entry - exit) * (quantity * multiplier)
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
    let figures: ManualFigures
    /// Of its prices; empty where nobody says.
    let currency: String
    private let quantity: Amount?
    private let entry: Amount?
    private let exit: Amount?
    private let fees: Amount?

    /// Reads the columns of `Derivation.findTrade`. Nil without a symbol, a direction or the moment it was opened.
    init?(_ row: PreparedStatement) {
        guard !row.isNull(3), let direction = Direction(rawValue: row.text(4)), !row.isNull(8) else { return nil }
        func amount(_ column: Int32) -> Amount? { row.isNull(column) ? nil : Amount(row.text(column)) }
        let openedAt = row.integer(8)
        self.init(
            account: row.id(2), symbol: row.text(3), direction: direction, openedAt: openedAt,
            closedAt: row.isNull(9) ? nil : max(row.integer(9), openedAt), quantity: amount(5), entry: amount(6),
            exit: amount(7), fees: amount(10), multiplier: Amount(whole: 1), currency: "")
    }

    private init(
        account: EntityID?, symbol: String, direction: Direction, openedAt: Int64, closedAt: Int64?, quantity: Amount?,
        entry: Amount?, exit: Amount?, fees: Amount?, multiplier: Amount, currency: String
    ) {
        self.account = account
        self.symbol = symbol
        self.direction = direction
        self.openedAt = openedAt
        self.closedAt = closedAt
        self.quantity = quantity
        self.entry = entry
        self.exit = exit
        self.fees = fees
        self.currency = currency
        figures = ManualFigures(
            direction: direction, quantity: quantity, entry: entry, exit: exit, fees: fees, multiplier: multiplier)
    }

    /// The same trade as its account and its instrument make it.
    func `in`(_ account: EntityID?, _ instrument: Instrument) -> ManualTrip {
        ManualTrip(
            account: account, symbol: symbol, direction: direction, openedAt: openedAt, closedAt: closedAt,
            quantity: quantity, entry: entry, exit: exit, fees: fees, multiplier: instrument.multiplier,
            currency: instrument.quote)
    }
}
