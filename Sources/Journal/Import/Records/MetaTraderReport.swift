import Primitives

/// The trades of a report of MetaTrader 4 or 5, in which many tables stand below each other: those of the deals, or of
/// the closed transactions, or of the positions. It takes all rows of the report, whatever file they come from.
///
/// A report of version 5 has the same trades twice: as positions, and as the deals by which those were opened and closed.
/// Deals are read, since each says its own moment, price and costs, and those of open positions are among them.
/// Positions, which stand above, wait until it is known whether deals follow.
///
/// Each record has two columns more: the account's currency, in which costs are, and whether it is hedged.
///
/// Relied on: reports that are taken apart in tests and templates of several public importers: banners above the tables,
/// hidden cells in the rows of positions and deals, rows of sums below, `Account: 1 (USD, Server, real, Hedge)`,
/// `Currency: USD`.
struct MetaTraderReport: RecordSource {
    /// How many rows may stand above the first table.
    static let rowsAboveMax = 1000
    /// How many positions may wait.
    static let positionsMax = 50_000

    private enum Table { case deals, positions, history }

    private enum Place {
        /// Outside of the tables of trades.
        case outside
        /// In a table; `fieldCount` as its header has, without the columns that are added.
        case inside(Table, fieldCount: Int, typePlace: Int)
        /// Behind the table that was read.
        case behind
    }

    private var source: any RecordSource
    private let isHTML: Bool
    private var record = CSVRecord()
    private var place = Place.outside
    private var rowsAbove = 0
    private var currency = ""
    private var isHedged = false
    /// Positions with their header. Once no deals were found, those from `nextHeld` on are handed out.
    private var held: [CSVRecord] = []
    private var nextHeld = 0
    private var heldEnds = false
    private var hasPositions = false
    private var orders: CSVRecord?
    private var chosen: Table?

    /// - Parameter isHTML: whether a file that turns out to be no report is refused as a page.
    init(_ source: any RecordSource, isHTML: Bool = false) {
        self.source = source
        self.isHTML = isHTML
    }

    /// Whether these are the first rows of a report.
    static func begins(_ rows: [CSVRecord]) -> Bool {
        rows.prefix(20).contains { row in
            let title = row.text(0).trimmed
            return ["Trade History Report", "Closed Transactions:"].contains(title) || title.hasPrefix(testTitle)
        }
    }

    private static let testTitle = "Strategy Tester"

    var bytesConsumed: Int64 { source.bytesConsumed }

    var notes: [String] {
        var notes = source.notes
        switch chosen {
        case .deals where hasPositions: notes.append("the deals of the report, of which its positions are made")
        case .history: notes.append("the closed transactions of the report; open trades are read once they are closed")
        default: break
        }
        if chosen != nil, !currency.isEmpty { notes.append("costs in \(currency), the account's currency") }
        return notes
    }

    mutating func next(_ next: inout CSVRecord) throws -> Bool {
        if heldEnds { return nextHeldRow(&next) }
        while try source.next(&record) {
            if try take(&next) { return true }
        }
        guard chosen == nil else { return false }
        if !held.isEmpty {
            chosen = .positions
            heldEnds = true
            return nextHeldRow(&next)
        }
        if let orders {
            self.orders = nil
            chosen = .positions
            next = orders
            return true
        }
        throw unknown
    }

    private var unknown: Failure { isHTML ? .importUnknownMarkup("HTML") : .importUnknownHeader(.metatrader, nil) }

    private mutating func nextHeldRow(_ next: inout CSVRecord) -> Bool {
        guard nextHeld < held.count else { return false }
        next = held[nextHeld]
        nextHeld += 1
        return true
    }

    // MARK: One row

    /// Whether `next` was filled.
    private mutating func take(_ next: inout CSVRecord) throws -> Bool {
        if let failure = record.failure {
            // Deals may have followed: the positions would be the same trades under other names.
            if chosen == nil, !held.isEmpty { throw failure }
            next = record
            return chosen != nil
        }
        if case .behind = place { return false }
        let titles = (0..<min(record.count, HTMLRows.cellsMax)).map { record.text($0).trimmed }
        if let (table, layout) = Self.table(titles) { return try begin(table, layout, titles, &next) }
        switch place {
        case .behind: return false
        case .outside:
            rowsAbove += 1
            if chosen == nil, held.isEmpty {
                guard rowsAbove <= Self.rowsAboveMax else { throw unknown }
                try readHead(titles)
            }
            return false
        case .inside(let table, let fieldCount, let typePlace):
            if Self.isEnd(titles) {
                place = chosen == nil ? .outside : .behind
                return false
            }
            // Sums stand in rows that have neither a number nor a type, comments of version 4 in rows of their own.
            let isTrade =
                titles.first != ""
                || titles.indices.contains(typePlace) && titles[typePlace] != "" && titles.count { $0 != "" } > 1
            guard isTrade else { return false }
            guard table == .positions else {
                fill(&next, fieldCount)
                return true
            }
            guard held.count <= Self.positionsMax else { throw Failure.importManyPositions }
            var row = CSVRecord()
            fill(&row, fieldCount)
            held.append(row)
            return false
        }
    }

    private mutating func begin(
        _ table: Table?, _ layout: ColumnLayout, _ titles: [String], _ next: inout CSVRecord
    ) throws -> Bool {
        guard chosen == nil else {
            place = .behind
            return false
        }
        guard let table else {
            if orders == nil { orders = record }
            place = .outside
            return false
        }
        let folded = titles.map { ColumnLayout.folded($0) }
        let typePlace = layout.places(in: folded)?[.side] ?? 0
        place = .inside(table, fieldCount: record.count, typePlace: typePlace)
        var header = CSVRecord()
        header.begin(line: record.line)
        for title in titles + ["Account Currency", "Account Mode"] { header.append(title.utf8) }
        guard table == .positions else {
            chosen = table
            hasPositions = !held.isEmpty
            held = []
            next = header
            return true
        }
        if held.isEmpty { held.append(header) }
        return false
    }

    /// The row with the columns that are added. One of another shape than its header is refused.
    private func fill(_ next: inout CSVRecord, _ fieldCount: Int) {
        next.begin(line: record.line)
        // A spreadsheet may have blank cells behind the table.
        let isWhole =
            record.count == fieldCount
            || !isHTML && record.count > fieldCount && (fieldCount..<record.count).allSatisfy { record[$0].isEmpty }
        guard isWhole else { return next.refuse(.importRowShape(record.count, fieldCount)) }
        for index in 0..<fieldCount { next.append(record[index]) }
        next.append(currency.utf8)
        next.append((isHedged ? "Hedge" : "").utf8)
    }

    /// The layout of which a row is the header, and its table if that has trades.
    private static func table(_ titles: [String]) -> (Table?, ColumnLayout)? {
        // Nearly all rows begin with a time or a number.
        guard let first = titles.first, !first.isEmpty, !first.contains(where: \.isNumber) else { return nil }
        let folded = titles.map { ColumnLayout.folded($0) }
        guard let layout = ColumnLayout.metaTrader.first(where: { $0.places(in: folded) != nil }) else { return nil }
        switch layout.name {
        case "metatrader5_deals": return (.deals, layout)
        case "metatrader5_positions": return (.positions, layout)
        case "metatrader4_history": return (.history, layout)
        default: return (nil, layout)
        }
    }

    /// A blank row, a heading that stands alone, a sum with its name: `Closed P/L:`.
    private static func isEnd(_ titles: [String]) -> Bool {
        guard let first = titles.first, !first.isEmpty else { return titles.allSatisfy(\.isEmpty) }
        return first.hasSuffix(":")
            || titles.dropFirst().allSatisfy(\.isEmpty) && !first.contains(where: \.isNumber)
    }

    // MARK: The head

    private mutating func readHead(_ titles: [String]) throws {
        let words = titles.filter { !$0.isEmpty }
        if let first = words.first, words.count == 1, first.hasPrefix(Self.testTitle) {
            throw Failure.importStrategyTest
        }
        for (index, word) in words.enumerated() where currency.isEmpty {
            // In one cell or two: `Currency: USD`, `Account:` and `123 (USD, Server, real, Hedge)`.
            guard let colon = word.firstIndex(of: ":") else { continue }
            let rest = String(word[word.index(after: colon)...]).trimmed
            let value = rest.isEmpty && index + 1 < words.count ? words[index + 1] : rest
            switch word[..<colon] {
            case "Currency": currency = Self.coin(value)
            case "Account":
                guard let open = value.firstIndex(of: "("), value.hasSuffix(")") else { continue }
                let parts = value[value.index(after: open)...].dropLast().split(separator: ",").map {
                    String($0).trimmed
                }
                currency = Self.coin(parts.first ?? "")
                isHedged = parts.last == "Hedge"
            default: break
            }
        }
    }

    private static func coin(_ text: String) -> String {
        var bytes = Array(text.utf8)
        return bytes.withUnsafeMutableBufferPointer { SymbolName.coin(FieldBytes($0)) } ?? ""
    }
}

extension Failure {
    static let importManyPositions = Failure(
        .tooLarge, "import.many_positions",
        "The report has more than 50,000 positions above its deals: save one of a shorter time (History → right click → "
            + "Custom period) and import them one after the other.")
    static func importRowShape(_ count: Int, _ fieldCount: Int) -> Failure {
        Failure(
            .invalid, "import.row_shape",
            "The row has \(count) fields under \(fieldCount) columns: perhaps the file is cut off.")
    }
    static let importStrategyTest = Failure(
        .invalid, "import.wrong_export",
        "This is a report of MetaTrader's Strategy Tester: its deals were never made. Save the report of the account instead: "
            + "Toolbox → History → right click → Report.")
}
