import Journal
import Primitives
import TestSupport

/// Reads a workbook's first table.
func workbookRows(
    _ bytes: [UInt8], format: ImportFormat = .auto, _ options: ImportOptions = ImportOptions()
) throws -> [ImportRow] {
    let tables = try Workbook(try ZipArchive(bytes)).tables(format: format)
    var reader = try ImportReader(account: .main, format: format, options: options, sheet: tables[0])
    var rows: [ImportRow] = []
    while let batch = try reader.nextBatch() { rows += batch }
    return rows
}

/// What is said of how the first table was read.
func workbookNotes(_ bytes: [UInt8], _ options: ImportOptions = ImportOptions()) throws -> String {
    let tables = try Workbook(try ZipArchive(bytes)).tables()
    var reader = try ImportReader(account: .main, options: options, sheet: tables[0])
    while try reader.nextBatch() != nil {}
    return reader.reading.joined(separator: "; ")
}

func workbook(_ rows: [[WorkbookWriter.Cell]], since1904: Bool = false) -> [UInt8] {
    var writer = WorkbookWriter()
    writer.since1904 = since1904
    return writer.bytes([WorkbookWriter.Sheet("Trades", rows)])
}

extension WorkbookWriter.Cell {
    /// What a spreadsheet makes of a field of a CSV: a number of at most fifteen digits, a moment, a text, or nothing.
    static func opened(_ field: String, hasCommas: Bool) -> Self {
        let isEuropean = hasCommas && field.wholeMatch(of: /-?[0-9]{1,3}(\.?[0-9]{3})*(,[0-9]+)?/) != nil
        let text = isEuropean ? field.replacing(".", with: "").replacing(",", with: ".") : field
        guard !text.isEmpty else { return .none }
        if text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?/) != nil, text.filter(\.isNumber).count <= 15 {
            return .number(text)
        }
        guard text.wholeMatch(of: /20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}/) != nil,
            let time = Timestamp(text.replacing(" ", with: "T") + "Z")
        else { return .shared(text) }
        return .number("\(Double(time.milliseconds) / 86_400_000 + 25_569)", look: 2)
    }
}
