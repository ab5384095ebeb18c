import Primitives

/// The rows of all tables of a page in HTML, as a browser shows them: without cells that are hidden, with blank cells
/// for those over which another one reaches. A text that stands in no table is a row of one cell.
struct HTMLRows: RecordSource {
    /// What one row may hold; a larger one is refused.
    static let rowBytesMax = 64 * 1024
    static let cellsMax = 1000

    private struct Row {
        let line: Int
        var cells: [[UInt8]] = []
        var byteCount = 0
        /// The text of the cell that is open, how many columns it takes, and whether it is shown.
        var cell: (text: [UInt8], width: Int, isShown: Bool)?
    }

    private let markup = MarkupReader(.html)
    private let nextChunk: () throws -> [UInt8]?
    private var lines = RowLines()
    /// The rows that are open: more than one where a cell has a table in it.
    private var rows: [Row] = []
    private var isOver = false
    private var isCutOff = false

    init(nextChunk: @escaping () throws -> [UInt8]?) { self.nextChunk = nextChunk }

    var bytesConsumed: Int64 { markup.bytesFetched }

    mutating func next(_ record: inout CSVRecord) throws -> Bool {
        while !isOver, let event = try markup.next(from: nextChunk) {
            if take(event, &record) { return true }
        }
        guard !isOver else { return false }
        isOver = true
        let problem = markup.problem ?? (isCutOff ? "A table has no end: perhaps the file is cut off." : nil)
        guard let problem else { return false }
        record.begin(line: lines.next(markup.line))
        record.refuse(.importBadMarkup(problem))
        return true
    }

    /// Whether a row is complete with this event.
    private mutating func take(_ event: MarkupEvent, _ record: inout CSVRecord) -> Bool {
        switch event {
        case .open("tr", _): rows.append(Row(line: markup.line))
        case .open("td", let attributes), .open("th", let attributes): openCell(attributes)
        case .open("br", _), .open("p", _), .open("div", _): add([UInt8(ascii: " ")])
        case .close("td"), .close("th"): closeCell()
        case .close("tr"): return closeRow(&record)
        case .close("table") where !markup.isBeforeEnd: isCutOff = true
        case .text(let text):
            if rows.isEmpty { return alone(text, &record) }
            add(text)
        default: break
        }
        return false
    }

    private mutating func openCell(_ attributes: [MarkupAttribute]) {
        guard !rows.isEmpty else { return }
        closeCell()
        var width = 1
        var isShown = true
        for attribute in attributes {
            switch attribute.name {
            case "colspan": width = min(max(Int(attribute.value.trimmed) ?? 1, 1), Self.cellsMax)
            case "class": if attribute.value.split(separator: " ").contains("hidden") { isShown = false }
            case "style": if attribute.value.filter({ $0 != " " }).contains("display:none") { isShown = false }
            case "hidden": isShown = false
            default: break
            }
        }
        rows[rows.count - 1].cell = ([], width, isShown)
    }

    private mutating func add(_ text: [UInt8]) {
        let last = rows.count - 1
        guard last >= 0, rows[last].cell?.isShown == true else { return }
        rows[last].byteCount += text.count
        guard rows[last].byteCount <= Self.rowBytesMax else { return }
        rows[last].cell?.text.append(contentsOf: text)
    }

    private mutating func closeCell() {
        guard let last = rows.indices.last, let cell = rows[last].cell else { return }
        rows[last].cell = nil
        guard cell.isShown, rows[last].cells.count <= Self.cellsMax else { return }
        rows[last].cells.append(Self.plain(cell.text))
        for _ in 1..<cell.width where rows[last].cells.count <= Self.cellsMax { rows[last].cells.append([]) }
    }

    private mutating func closeRow(_ record: inout CSVRecord) -> Bool {
        closeCell()
        guard let row = rows.popLast(), !row.cells.isEmpty else { return false }
        record.begin(line: lines.next(row.line))
        if row.byteCount > Self.rowBytesMax || row.cells.count > Self.cellsMax {
            record.refuse(.importLongHTMLRow)
        } else {
            for cell in row.cells { record.append(cell) }
        }
        return true
    }

    private mutating func alone(_ text: [UInt8], _ record: inout CSVRecord) -> Bool {
        let text = Self.plain(Array(text.prefix(Self.rowBytesMax)))
        guard !text.isEmpty else { return false }
        record.begin(line: lines.next(markup.line))
        record.append(text)
        return true
    }

    /// Without the blanks around it, and with one blank for several: line breaks and blanks that do not break are such.
    private static func plain(_ text: [UInt8]) -> [UInt8] {
        var plain: [UInt8] = []
        plain.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            let isUnbreaking = text[index] == 0xc2 && index + 1 < text.count && text[index + 1] == 0xa0
            if text[index] <= UInt8(ascii: " ") || isUnbreaking {
                if let last = plain.last, last != UInt8(ascii: " ") { plain.append(UInt8(ascii: " ")) }
            } else {
                plain.append(text[index])
            }
            index += isUnbreaking ? 2 : 1
        }
        if plain.last == UInt8(ascii: " ") { plain.removeLast() }
        return plain
    }
}

extension Failure {
    static let importLongHTMLRow = Failure(
        .tooLarge, "import.row_too_long", "The row of the table is longer than 64 KiB, or has more than 1000 cells.")
}
