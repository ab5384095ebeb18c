import Primitives

/// The rows of one moment, held back until it is over.
///
/// Exchanges stamp fills to the second, Bybit to the minute, and most list the newest first. So within a moment the
/// order of the rows, turned around where the file is descending, is all that says what happened before what: an opening
/// before its closing. Fills of one moment and symbol are numbered from 0 in the order in which they happened, the same
/// in an ascending and a descending export.
struct FillRun {
    /// A moment of more rows is handed out in parts. Their numbers then go on, below zero if need be.
    static let rowsMax = 16_384

    private enum Row {
        case parsed(ParsedFill)
        case other(ImportRow)
    }

    private let account: ID<Account>
    private let isDescending: Bool
    private var identity: FillIdentity
    private var rows: [Row] = []
    private var fillCount = 0
    private var time: Timestamp?
    /// For each symbol the number at which the next part of the moment begins, or ends when descending.
    private var edges: [String: Int64] = [:]
    /// Rows whose moment is over, in the order of the file; those before `takenCount` are handed out.
    private var finished: [ImportRow] = []
    private var takenCount = 0

    init(_ account: Account, isDescending: Bool, idsAreTrades: Bool, _ equalRows: EqualRows = EqualRows()) {
        self.account = account.id
        self.isDescending = isDescending
        identity = FillIdentity(account.id, idsAreTrades: idsAreTrades, equalRows)
    }

    mutating func append(_ fill: ParsedFill) {
        if fill.time != time {
            finish()
            edges.removeAll(keepingCapacity: true)
            time = fill.time
        }
        rows.append(.parsed(fill))
        fillCount += 1
        if rows.count >= Self.rowsMax { finish() }
    }

    mutating func append(_ result: RowResult) {
        switch result {
        case .fill(let fill): append(fill)
        case .skipped(let line, let reason): append(ImportRow.skipped(line: line, reason: reason))
        case .refused(let line, let reason): append(ImportRow.refused(line: line, reason: reason))
        }
    }

    /// Adds a row that gives no fill.
    mutating func append(_ row: ImportRow) {
        if fillCount == 0 {
            finished.append(row)
        } else {
            rows.append(.other(row))
            if rows.count >= Self.rowsMax { finish() }
        }
    }

    var finishedCount: Int { finished.count - takenCount }

    mutating func takeFinished(_ countMax: Int) -> [ImportRow] {
        let end = min(finished.count, takenCount + countMax)
        let taken = Array(finished[takenCount..<end])
        takenCount = end
        // Moving the rest for each batch out of a long moment would be quadratic.
        if takenCount > finished.count / 2 {
            finished.removeFirst(takenCount)
            takenCount = 0
        }
        return taken
    }

    /// Numbers and names the rows that are held back.
    mutating func finish() {
        defer {
            rows.removeAll(keepingCapacity: true)
            fillCount = 0
        }
        if rows.count == 1, edges.isEmpty, case .parsed(let parsed) = rows[0] {
            finished.append(row(parsed, place: 0))
            edges[parsed.symbol] = isDescending ? 0 : 1
            return
        }
        if isDescending { moveEdgesDown() }
        var places = edges
        var fills = [ImportRow?](repeating: nil, count: rows.count)
        for offset in rows.indices {
            let index = isDescending ? rows.count - 1 - offset : offset
            guard case .parsed(let parsed) = rows[index] else { continue }
            let place = places[parsed.symbol, default: 0]
            places[parsed.symbol] = place + 1
            fills[index] = row(parsed, place: place)
        }
        if !isDescending { edges = places }
        for (row, fill) in zip(rows, fills) {
            if let fill {
                finished.append(fill)
            } else if case .other(let other) = row {
                finished.append(other)
            }
        }
    }

    /// What comes later in a descending file happened before: it is numbered up to where the part above it began.
    private mutating func moveEdgesDown() {
        var counts: [String: Int64] = [:]
        for case .parsed(let parsed) in rows { counts[parsed.symbol, default: 0] += 1 }
        for (symbol, count) in counts { edges[symbol] = edges[symbol].map { $0 - count } ?? 0 }
    }

    private mutating func row(_ parsed: ParsedFill, place: Int64) -> ImportRow {
        guard let name = identity.name(parsed) else {
            return .refused(
                line: parsed.line,
                reason:
                    "The row stands far behind others of its time, and whether an equal one stands above is not known any "
                    + "more: sort the file by time, and import it again.")
        }
        let fill = Fill(
            id: name, account: account, symbol: parsed.symbol, side: parsed.side, price: parsed.price,
            quantity: parsed.quantity, fee: parsed.fee, feeCurrency: parsed.feeCurrency, time: parsed.time,
            sequence: parsed.place ?? parsed.tradeNumber ?? place, externalID: parsed.externalID,
            marketKind: parsed.marketKind,
            leg: parsed.leg, effect: parsed.effect)
        return .fill(fill, line: parsed.line)
    }
}

extension ParsedFill {
    /// The trade id where it is a number that fits: exchanges count their trades up.
    fileprivate var tradeNumber: Int64? {
        guard !externalID.isEmpty, externalID.utf8.allSatisfy(\.isDigit) else { return nil }
        return Int64(externalID)
    }
}
