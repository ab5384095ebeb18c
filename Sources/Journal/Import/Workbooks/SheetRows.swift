import Primitives

/// The rows of a sheet, in their order; those that are empty are none (ECMA-376 part 1, 18.3.1).
///
/// A record's line is the number of its row in the sheet.
final class SheetRows: RecordSource {
    private let part: WorkbookPart
    private let workbook: Workbook
    private let notation: CellNumber.Notation
    private let width: Int
    private var textBytes = 0
    private var row = 0
    /// The place of the last cell, from 1.
    private var column = 0

    var bytesConsumed: Int64 { part.bytesTaken }

    /// - Parameter width: how many fields a record has at least, but for one that has only the first: a sentence.
    init(_ part: WorkbookPart, of workbook: Workbook, _ notation: CellNumber.Notation, width: Int) {
        self.part = part
        self.workbook = workbook
        self.notation = notation
        self.width = width
    }

    func next(_ record: inout CSVRecord) throws -> Bool {
        while let event = try part.next() {
            guard case .open("row", let attributes) = event else { continue }
            // Rows that do not say their number follow the one before.
            row = attributes["r"].flatMap { Int($0) }.flatMap { (1...Self.rowsMax).contains($0) ? $0 : nil } ?? row + 1
            column = 0
            record.begin(line: row)
            try readRow(&record)
            textBytes += record.bytes.count
            guard textBytes <= Workbook.textBytesMax else {
                throw Failure.importWorkbookTooLarge("has more than 256 MiB of text in one sheet")
            }
            if record.count > 1 { record.pad(to: width) }
            if record.failure != nil || record.count > 0 { return true }
        }
        return false
    }

    /// Of Excel.
    private static let rowsMax = 1 << 20

    private func readRow(_ record: inout CSVRecord) throws {
        var cell: Cell?
        var failure: Failure?
        while let event = try part.next() {
            switch event {
            case .close("row"):
                if let failure { record.refuse(failure) }
                return
            case .open("c", let attributes): cell = Cell(attributes)
            case .close("c"):
                guard let done = cell else { break }
                cell = nil
                place(done)
                guard failure == nil else { break }
                do throws(Failure) { try add(done, to: &record) } catch { failure = error }
            default: cell?.read(event)
            }
        }
        if let failure { record.refuse(failure) }
    }

    /// Cells that do not say where they are follow the one before.
    private func place(_ cell: Cell) { column = cell.column ?? column + 1 }

    private func add(_ cell: Cell, to record: inout CSVRecord) throws(Failure) {
        let field = try text(cell)
        guard !field.isEmpty else { return }
        guard column <= Workbook.columnsMax else {
            throw .sheetRow("has a cell beyond the column \(Workbook.columnsMax): Daybook reads no further")
        }
        guard column > record.count else { throw .sheetRow("has its cells in no order") }
        guard field.count <= CSVReader.fieldBytesMax else { throw .csvFieldTooLong }
        record.pad(to: column - 1)
        record.append(field)
        guard record.bytes.count <= CSVReader.recordBytesMax else { throw .csvRecordTooLong }
    }

    private func text(_ cell: Cell) throws(Failure) -> ArraySlice<UInt8> {
        let value = cell.value
        switch cell.type {
        case "s":
            guard let index = Int(String(decoding: value, as: UTF8.self)), let text = workbook.strings[index] else {
                throw .sheetRow("has a cell whose text is missing")
            }
            return text
        case "inlineStr": return cell.inline.unescaped[...]
        case "str": return CellText(value).unescaped[...]
        case "b": return Array((value == [UInt8(ascii: "1")] ? "TRUE" : "FALSE").utf8)[...]
        // Dates in the strict edition, and what went wrong: `#N/A`.
        case "d", "e": return value[...]
        default: break
        }
        guard !value.isEmpty else {
            guard !cell.isFormula else {
                throw .sheetRow(
                    "has a formula in column \(column) whose result is not in the file: open the workbook in a "
                        + "spreadsheet, save it, and import that")
            }
            return []
        }
        guard let number = CellNumber(value) else { return value[...] }
        if let format = workbook.formats[cell.style], let serial = Double(String(decoding: value, as: UTF8.self)),
            let time = SerialTime.text(serial, as: format, since1904: workbook.since1904)
        {
            return Array(time.utf8)[...]
        }
        return number.text(notation)[...]
    }

    /// What was read of one cell.
    private struct Cell {
        let type: String
        let style: Int
        /// From 1; nil where it does not say.
        let column: Int?
        private(set) var value: [UInt8] = []
        private(set) var inline = CellText()
        private(set) var isFormula = false
        private var isInValue = false

        init(_ attributes: [MarkupAttribute]) {
            type = attributes["t"] ?? "n"
            style = attributes["s"].flatMap { Int($0) } ?? 0
            column = attributes["r"].flatMap { Self.column($0) }
        }

        mutating func read(_ event: MarkupEvent) {
            switch event {
            case .open("v", _): isInValue = true
            case .close("v"): isInValue = false
            case .open("f", _): isFormula = true
            case .text(let bytes) where isInValue: value += bytes
            default: inline.read(event)
            }
        }

        /// `C5` is in the third. Nil for no name of a cell.
        private static func column(_ name: String) -> Int? {
            let letters = name.utf8.prefix {
                $0.asciiUppercased != $0 || $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z")
            }
            guard (1...3).contains(letters.count) else { return nil }
            return letters.reduce(0) { $0 * 26 + Int($1.asciiUppercased - UInt8(ascii: "A")) + 1 }
        }
    }
}

extension Failure {
    fileprivate static func sheetRow(_ what: String) -> Failure {
        Failure(.invalid, "import.bad_sheet_row", "The row \(what).")
    }
}
