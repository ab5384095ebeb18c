import Primitives

/// Rows that close a position without saying which: Hyperliquid's settlements and forced reductions.
///
/// They are held back to the end of the file, when the fills before them say what stood: a long is closed by a sale. A
/// row that closes more than stood is refused, for then the file begins in the middle of the position.
struct SidelessClosings: RowReader {
    private struct Book: Hashable {
        let symbol: String
        let kind: MarketKind?
    }

    private struct Held {
        let fill: ParsedFill
        /// What the rows above it bought, less what they sold.
        let above: Amount
    }

    /// What all rows bought so far, less what they sold.
    private var sums: [Book: Amount] = [:]
    private var held: [Held] = []

    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        guard fields.sideIfSaid(row) == nil, case .closes = try fields.kind(row) else {
            let fill = try fields.fill(row)
            add(fill)
            return [.fill(fill)]
        }
        var fill = try fields.fill(row, side: .sell)
        // Of coins there are only some to be sold.
        guard fill.marketKind != .spot else { return [.fill(fill)] }
        // Behind all others of its moment.
        fill.place = Int64.max
        guard held.count < Self.heldMax else { throw .refuse("The file has too many rows that say no side.") }
        held.append(Held(fill: fill, above: sums[Book(symbol: fill.symbol, kind: fill.marketKind), default: .zero]))
        return []
    }

    private mutating func add(_ fill: ParsedFill) {
        let book = Book(symbol: fill.symbol, kind: fill.marketKind)
        let sum = sums[book, default: .zero]
        guard let next = fill.side == .buy ? try? sum + fill.quantity : try? sum - fill.quantity else { return }
        if sums[book] != nil || sums.count < Self.heldMax { sums[book] = next }
    }

    mutating func finish(_ fields: inout FieldReader) -> [RowResult] {
        defer { held = [] }
        return held.map { held in
            let fill = held.fill
            let total = sums[Book(symbol: fill.symbol, kind: fill.marketKind), default: .zero]
            // What happened before a row stands below it where the newest is first.
            let before = fields.isDescending ? (try? total - held.above) ?? .zero : held.above
            guard !before.isZero, fill.quantity <= before.magnitude else {
                return .refused(
                    line: fill.line,
                    reason:
                        "The row closes \(fill.quantity) of \(fill.symbol) without a side, and the fills before it in the "
                        + "file leave \(before): export from the beginning of the position.")
            }
            return .fill(before > .zero ? fill : fill.bought)
        }
    }
}

extension ParsedFill {
    fileprivate var bought: ParsedFill {
        ParsedFill(
            symbol: symbol, side: .buy, price: price, quantity: quantity, fee: fee, feeCurrency: feeCurrency,
            time: time,
            externalID: externalID, orderID: orderID, line: line, marketKind: marketKind, leg: leg, effect: effect,
            place: place)
    }
}
