import Journal
import Primitives

/// What there is to import in one file: the file itself, the files of an archive, or the tables of a workbook.
///
/// A part is opened when it is asked for, and only one at a time is held here.
package final class ImportContents {
    package let name: String
    /// What an archive has that is no table, as far as its parts were asked for.
    package private(set) var leftOut: [String] = []
    private let format: ImportFormat
    private let options: ImportOptions
    private let unpackedBytesMax: Int64
    /// What is still to be handed out, the next last.
    private var waiting: [Waiting] = []
    private var partCount = 0

    private enum Waiting {
        case source(ImportSource)
        case member(ZipArchive, ZipArchive.Entry)
    }

    package struct Part {
        /// `a.zip/spot.csv`, `book.xlsx/Trades`; of a file that is one table its own name.
        package let name: String
        /// Why a part cannot be read, while others can.
        package let source: Result<ImportSource, Failure>
    }

    /// - Parameters:
    ///   - source: the file; it is not to be used elsewhere.
    ///   - format: as whose export it is to be read.
    ///   - options: what is said of columns tells which sheets of a workbook are to be read.
    ///   - unpackedBytesMax: what the files of an archive may unpack to, all together.
    /// - Throws: what the file cannot be unpacked for, `import.…`; what reading it throws.
    package init(
        _ source: ImportSource, format: ImportFormat, _ options: ImportOptions = ImportOptions(),
        unpackedBytesMax: Int64 = ZipArchive.unpackedBytesMax
    ) throws {
        name = source.name
        self.format = format
        self.options = options
        self.unpackedBytesMax = unpackedBytesMax
        waiting = try open(source, isPart: false).reversed()
    }

    /// Whether a file that begins so is packed, and may be much more than it seems.
    package static func isPacked(_ head: [UInt8]) -> Bool { ZipArchive.begins(head) || GzipFile.begins(head) }

    /// The next table; nil at the end. An archive without any has one part, which says so.
    ///
    /// - Throws: `CancellationError`, and what reading throws that is no failure of the part.
    package func next() throws -> Part? {
        while let next = waiting.popLast() {
            switch next {
            case .source(let source): return part(source.name, .success(source))
            case .member(let archive, let entry):
                guard MemberName.isTable(entry.name) else {
                    if !MemberName.isHidden(entry.name) { leaveOut(entry.name) }
                    continue
                }
                let path = "\(name)/\(ImportSource.line(entry.name))"
                do {
                    let source = try ImportSource(
                        path, size: try archive.size(of: entry), try archive.open(entry))
                    guard !MemberName.isPicture(source.head) else {
                        leaveOut(entry.name)
                        continue
                    }
                    waiting += try open(source, isPart: true).reversed()
                } catch let failure as Failure {
                    return part(path, .failure(failure))
                }
            }
        }
        guard partCount == 0 else { return nil }
        return part(name, .failure(.importNothingInside(leftOut)))
    }

    private func part(_ name: String, _ source: Result<ImportSource, Failure>) -> Part {
        partCount += 1
        return Part(name: name, source: source)
    }

    private func leaveOut(_ name: String) { leftOut.append(ImportSource.line(name)) }

    /// The only table there is.
    ///
    /// - Throws: `import.several_tables`, and why it cannot be read.
    package func only() throws -> ImportSource {
        guard let first = try next() else { throw Failure.importNothingInside(leftOut) }
        if let second = try next() { throw Failure.importSeveralTables(first.name, second.name) }
        let source = try first.source.get()
        if !leftOut.isEmpty { source.notes.append("left out: \(Self.listed(leftOut))") }
        return source
    }

    // MARK: Unpacking

    /// What is in a file that may be packed, in its order.
    private func open(_ source: ImportSource, isPart: Bool) throws -> [Waiting] {
        let head = source.head
        if OldWorkbook.begins(head) { throw OldWorkbook.failure(head) }
        if GzipFile.begins(head) {
            let file = try GzipFile(try ZipArchive.bytes(of: source.chunks()), unpackedBytesMax: unpackedBytesMax)
            let inside = try ImportSource(source.name, size: file.size, file.open())
            guard !Self.isPacked(inside.head) else { throw Failure.importNestedArchive }
            return [.source(inside)]
        }
        guard ZipArchive.begins(head) else { return [.source(source)] }
        let bytes = try ZipArchive.bytes(of: source.chunks())
        let archive = try ZipArchive(bytes, unpackedBytesMax: unpackedBytesMax)
        switch try archive.kind {
        case .files:
            guard !isPart else { throw Failure.importNestedArchive }
            return archive.entries.map { .member(archive, $0) }
        case .workbook:
            let sheets = try Workbook(archive).tables(format: format, options: options)
            let sha256 = FileHash.of(bytes)
            let isOne = sheets.count == 1
            return sheets.map { sheet in
                let name = isOne ? source.name : "\(source.name)/\(ImportSource.line(sheet.name))"
                return .source(ImportSource(name, sheet, sha256: sha256))
            }
        }
    }

    fileprivate static func listed(_ names: [String]) -> String {
        names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
    }
}

extension Failure {
    static let importNestedArchive = Failure(
        .invalid, "import.nested_archive",
        "There is an archive within the archive: unpack it, and import what is in it.")

    static func importNothingInside(_ leftOut: [String]) -> Failure {
        let found = leftOut.isEmpty ? "nothing" : ImportContents.listed(leftOut)
        return Failure(
            .invalid, "import.nothing_inside",
            "There is no table in the archive, but \(found): pack the CSV or XLSX that was exported.")
    }

    static func importSeveralTables(_ first: String, _ second: String) -> Failure {
        Failure(
            .invalid, "import.several_tables",
            "The file has several tables, as \(first) and \(second): send each as a file of its own. "
                + "The CLI imports them all at once.")
    }
}
