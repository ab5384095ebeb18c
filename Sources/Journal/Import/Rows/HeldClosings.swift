import Primitives

/// Fills that close a position without saying which, held back to the end of the file, when the fills before them say what
/// stood: a long is closed by a sale.
///
/// One that closes more than stood is refused, for then the file begins in the middle of the position.
struct HeldClosings {
    private struct Book: Hashable {
        let symbol: String
        let kind: MarketKind?

        init(_ fill: ParsedFill) {
            symbol = fill.symbol
            kind = fill.marketKind
        }
    }

    /// What rows opened, less what they closed.
    private struct Standing {
        var long = Amount.zero
        var short = Amount.zero
        /// What was bought, less what was sold.
        var net = Amount.zero
        /// Some rows did not say whether they opened or closed: only the net is known.
        var isNet = false

        /// False where that is more than can be held.
        mutating func add(_ fill: ParsedFill) -> Bool {
            let quantity = fill.side == .buy ? fill.quantity : -fill.quantity
            guard let net = try? net + quantity, let long = try? long + quantity, let short = try? short - quantity
            else {
                return false
            }
            self.net = net
            switch (fill.effect, fill.side) {
            case (.opens, .buy), (.closes, .sell): self.long = long
            case (.opens, .sell), (.closes, .buy): self.short = short
            default: isNet = true
            }
            return true
        }

        func less(_ other: Standing) -> Standing? {
            guard let net = try? net - other.net, let long = try? long - other.long,
                let short = try? short - other.short
            else { return nil }
            return Standing(long: long, short: short, net: net, isNet: isNet)
        }

        /// Above zero for a long; nil where more was closed than opened, or a long and a short stand at once.
        var position: Amount? {
            if isNet { return net }
            guard long >= .zero, short >= .zero, long.isZero || short.isZero else { return nil }
            return net
        }
    }

    private struct Held {
        let fill: ParsedFill
        /// What the rows above it did.
        let above: Standing
    }

    private let heldMax: Int
    private var standings: [Book: Standing] = [:]
    private var held: [Held] = []

    /// - Parameter heldMax: how many closings may wait, and how many markets are kept apart.
    init(_ heldMax: Int) { self.heldMax = heldMax }

    mutating func add(_ fill: ParsedFill) {
        let book = Book(fill)
        var standing = standings[book, default: Standing()]
        guard standing.add(fill), standings[book] != nil || standings.count < heldMax else { return }
        standings[book] = standing
    }

    /// Holds back a closing, written as a sale. Behind all others of its moment it comes.
    mutating func hold(_ closing: ParsedFill) throws(RowRefusal) {
        guard held.count < heldMax else {
            throw .refuse("The file has more than \(heldMax) rows that say no side: import it in parts.")
        }
        var fill = closing
        fill.place = Int64.max
        held.append(Held(fill: fill, above: standings[Book(fill), default: Standing()]))
    }

    /// What the closings were, now that all rows are known.
    ///
    /// - Parameter isDescending: whether what happened before a row stands below it.
    mutating func finish(isDescending: Bool) -> [RowResult] {
        defer { held = [] }
        return held.map { held in
            let fill = held.fill
            var before: Standing? = held.above
            if isDescending { before = standings[Book(fill), default: Standing()].less(held.above) }
            before?.isNet = standings[Book(fill)]?.isNet ?? false
            guard let position = before?.position, !position.isZero, fill.quantity <= position.magnitude else {
                let left = before?.position.map { "\($0)" } ?? "more closed than opened"
                return .refused(
                    line: fill.line,
                    reason:
                        "The row closes \(fill.quantity) of \(fill.symbol) without a side, and the fills before it in the "
                        + "file leave \(left): export from the beginning of the position.")
            }
            return .fill(position > .zero ? fill : fill.bought)
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
