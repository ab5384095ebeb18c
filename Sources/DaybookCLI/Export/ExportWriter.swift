import Foundation
import Primitives
import Storage

/// Writes the rows of one table in one of the formats.
protocol ExportWriter: SendableMetatype {
    /// What the file's name ends in.
    static var fileExtension: String { get }
    init(_ table: ExportTable, _ file: ExportFile) throws
    mutating func write(_ cells: [ExportCell]) throws
    mutating func end() throws
}

/// A file that only its owner can read, written in large pieces.
final class ExportFile {
    private static let pieceBytes = 256 << 10

    private let path: String
    private let file: FileHandle
    private var waiting = Data()

    /// - Throws: `file.unwritable`.
    init(_ path: String) throws {
        self.path = path
        try? FileManager.default.removeItem(atPath: path)
        try PrivateFile.create(path)
        guard let file = FileHandle(forWritingAtPath: path) else { throw Failure.fileUnwritable(path, errno) }
        self.file = file
    }

    func write(_ text: String) throws {
        waiting.append(contentsOf: text.utf8)
        if waiting.count >= Self.pieceBytes { try flush() }
    }

    func write(_ bytes: [UInt8]) throws {
        waiting.append(contentsOf: bytes)
        if waiting.count >= Self.pieceBytes { try flush() }
    }

    func close() throws {
        try flush()
        try file.close()
    }

    private func flush() throws {
        do { try file.write(contentsOf: waiting) } catch { throw Failure.fileUnwritable(path, errno) }
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

/// RFC 4180, with one addition: a spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula, and a note
/// of somebody else's could then read and send what is beside it. Such a cell gets an apostrophe in front, unless it is a
/// number.
struct CSVWriter: ExportWriter {
    static let fileExtension = "csv"
    private let file: ExportFile

    init(_ table: ExportTable, _ file: ExportFile) throws {
        self.file = file
        try file.write(table.columns.joined(separator: ",") + "\r\n")
    }

    func write(_ cells: [ExportCell]) throws {
        try file.write(cells.map { Self.cell($0.text) }.joined(separator: ",") + "\r\n")
    }

    func end() throws { try file.close() }

    static func cell(_ text: String) -> String {
        var text = text
        if let first = text.unicodeScalars.first, "=+-@\t\r\n".unicodeScalars.contains(first), Amount(text) == nil {
            text = "'" + text
        }
        guard text.unicodeScalars.contains(where: { "\",\r\n".unicodeScalars.contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}

/// An array of objects, one a line.
struct JSONWriter: ExportWriter {
    static let fileExtension = "json"
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

    private static func quoted(_ text: String) -> String { JSON.text(text).description }
}

/// A table that reads well as text. Pipes and line breaks within a cell would end it.
struct MarkdownWriter: ExportWriter {
    static let fileExtension = "md"
    private let file: ExportFile

    init(_ table: ExportTable, _ file: ExportFile) throws {
        self.file = file
        let dashes = table.columns.map { _ in "---" }.joined(separator: " | ")
        try file.write("# \(table.name.capitalized)\n\n| \(table.columns.joined(separator: " | ")) |\n| \(dashes) |\n")
    }

    func write(_ cells: [ExportCell]) throws {
        try file.write("| \(cells.map { Self.cell($0.text) }.joined(separator: " | ")) |\n")
    }

    func end() throws { try file.close() }

    private static func cell(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("|", with: "\\|").replacing("\r", with: "")
            .replacing("\n", with: "<br>")
    }
}
