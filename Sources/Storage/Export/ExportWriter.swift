import Foundation
import Primitives

/// In which form an export is written.
package enum ExportFormat: String, Sendable, CaseIterable {
    case csv, json, markdown

    /// What a file's name ends in.
    package var fileExtension: String {
        switch self {
        case .csv: "csv"
        case .json: "json"
        case .markdown: "md"
        }
    }

    package var mediaType: String {
        switch self {
        case .csv: "text/csv; charset=utf-8"
        case .json: "application/json"
        case .markdown: "text/markdown; charset=utf-8"
        }
    }

    func writer(of table: ExportTable, _ file: ExportFile) throws -> any ExportWriter {
        switch self {
        case .csv: try CSVWriter(table, file)
        case .json: try JSONWriter(table, file)
        case .markdown where table.hasPages: try PageWriter(table, file)
        case .markdown: try MarkdownWriter(table, file)
        }
    }
}

/// Writes the rows of one table in one of the formats.
protocol ExportWriter {
    init(_ table: ExportTable, _ file: ExportFile) throws
    mutating func write(_ cells: [ExportCell]) throws
    mutating func end() throws
}

/// A file that only its owner can read, written in large pieces.
package final class ExportFile {
    private static let pieceBytes = 256 << 10

    private let put: (Data) throws -> Void
    private let end: () throws -> Void
    private var waiting = Data()

    /// - Throws: `file.unwritable`.
    package init(_ path: String) throws {
        try? FileManager.default.removeItem(atPath: path)
        try PrivateFile.create(path)
        guard let file = FileHandle(forWritingAtPath: path) else { throw Failure.fileUnwritable(path, errno) }
        put = { data in
            do { try file.write(contentsOf: data) } catch { throw Failure.fileUnwritable(path, errno) }
        }
        end = { try file.close() }
    }

    init(_ file: NamelessFile) {
        put = { try file.append($0) }
        end = {}
    }

    package func write(_ text: String) throws {
        waiting.append(contentsOf: text.utf8)
        if waiting.count >= Self.pieceBytes { try flush() }
    }

    package func write(_ bytes: [UInt8]) throws {
        waiting.append(contentsOf: bytes)
        if waiting.count >= Self.pieceBytes { try flush() }
    }

    package func close() throws {
        try flush()
        try end()
    }

    private func flush() throws {
        try put(waiting)
        waiting.removeAll(keepingCapacity: true)
    }
}

extension ExportCell {
    /// One text for formats without types. A list is parted by commas.
    var text: String {
        switch self {
        case .none: ""
        case .text(let text), .amount(let text): text
        case .integer(let integer): String(integer)
        case .time(let time): time.description
        case .list(let items): items.joined(separator: ", ")
        }
    }
}

/// RFC 4180, with cells that no spreadsheet computes (see `CSVText`).
struct CSVWriter: ExportWriter {
    private let file: ExportFile

    init(_ table: ExportTable, _ file: ExportFile) throws {
        self.file = file
        try file.write(table.columns.joined(separator: ",") + "\r\n")
    }

    func write(_ cells: [ExportCell]) throws {
        try file.write(cells.map { CSVText.cell($0.text) }.joined(separator: ",") + "\r\n")
    }

    func end() throws { try file.close() }
}

/// An array of objects, one a line.
struct JSONWriter: ExportWriter {
    private let columns: [String]
    private let file: ExportFile
    private var isFirst = true

    init(_ table: ExportTable, _ file: ExportFile) throws {
        columns = table.columns
        self.file = file
        try file.write("[")
    }

    mutating func write(_ cells: [ExportCell]) throws {
        let fields = zip(columns, cells).map { column, cell in "\(Self.quoted(column)):\(Self.value(cell))" }
        try file.write((isFirst ? "\n" : ",\n") + "{" + fields.joined(separator: ",") + "}")
        isFirst = false
    }

    func end() throws {
        try file.write("\n]\n")
        try file.close()
    }

    private static func value(_ cell: ExportCell) -> String {
        switch cell {
        case .none: "null"
        case .text(let text), .amount(let text): quoted(text)
        case .integer(let integer): String(integer)
        case .time(let time): quoted(time.description)
        case .list(let items): "[" + items.map(quoted).joined(separator: ",") + "]"
        }
    }

    private static func quoted(_ text: String) -> String { JSONText.quoted(text) }
}

/// A table that reads well as text (see `MarkdownText`).
struct MarkdownWriter: ExportWriter {
    private let file: ExportFile

    init(_ table: ExportTable, _ file: ExportFile) throws {
        self.file = file
        let dashes = table.columns.map { _ in "---" }.joined(separator: " | ")
        try file.write("# \(table.name.capitalized)\n\n| \(table.columns.joined(separator: " | ")) |\n| \(dashes) |\n")
    }

    func write(_ cells: [ExportCell]) throws {
        try file.write("| \(cells.map { MarkdownText.cell($0.text) }.joined(separator: " | ")) |\n")
    }

    func end() throws { try file.close() }
}

/// One page below the other, each with what is known of it in front.
struct PageWriter: ExportWriter {
    private let table: ExportTable
    private let file: ExportFile

    init(_ table: ExportTable, _ file: ExportFile) throws {
        self.table = table
        self.file = file
    }

    func write(_ cells: [ExportCell]) throws { try file.write(MarkdownPage(table, cells).text + "\n") }

    func end() throws { try file.close() }
}

/// An entry as a page of its own.
package struct MarkdownPage {
    private let columns: [String]
    package let fields: [String: String]

    package init(_ table: ExportTable, _ cells: [ExportCell]) {
        columns = table.columns
        fields = Dictionary(zip(table.columns, cells.map(\.text))) { first, _ in first }
    }

    package var text: String {
        let head = columns.filter { $0 != Self.body }.map { "\($0): \(JSONText.quoted(fields[$0] ?? ""))\n" }
        return "---\n\(head.joined())---\n\n\(MarkdownText.page(fields[Self.body] ?? ""))\n"
    }

    private static let body = "body"
}

extension JournalFile {
    /// Writes one table into a file.
    ///
    /// - Returns: how many rows there are.
    package func export(_ table: ExportTable, as format: ExportFormat, to path: String) async throws -> Int {
        try await read { try ExportStore($0).write(table, as: format, to: ExportFile(path)) }
    }

    /// The same, without keeping anybody from the journal meanwhile.
    package func exportApart(_ table: ExportTable, as format: ExportFormat) async throws -> NamelessFile {
        let file = try NamelessFile(in: directory, world: world)
        try await readApart { db in _ = try ExportStore(db).write(table, as: format, to: ExportFile(file)) }
        return file
    }
}

extension ExportStore {
    fileprivate func write(_ table: ExportTable, as format: ExportFormat, to file: ExportFile) throws -> Int {
        var count = 0
        var writer = try format.writer(of: table, file)
        try each(table) { cells in
            try WorkBudget.spend()
            try writer.write(cells)
            count += 1
        }
        try writer.end()
        return count
    }
}
