import Primitives

/// A workbook of Excel from 2007 on, or of a program that writes the same form (ECMA-376, ISO/IEC 29500).
package final class Workbook {
    /// What its parts unpack to, in bytes, all together.
    package static let unpackedBytesMax: Int64 = 64 << 20
    package static let sheetsMax = 100
    /// Columns that are read of a sheet: no export has a third of them.
    static let columnsMax = 256
    /// The texts that the rows of one sheet come to, in bytes: a workbook keeps a text once, however often it is used.
    static let textBytesMax = 256 << 20

    /// One table of a workbook, which has a header that the import knows.
    package struct Sheet {
        package let name: String
        /// How much there is to read of it, in bytes.
        package let size: Int64
        /// What is to be said of the workbook beside it: sentences' parts.
        package fileprivate(set) var notes: [String] = []
        fileprivate let workbook: Workbook
        fileprivate let entry: ZipArchive.Entry
        /// How many cells its widest row has, as far as it was looked at.
        fileprivate var width = 0

        /// The table in it: its rows from the first, or what is read of a statement.
        func table(_ notation: CellNumber.Notation) throws -> (ahead: [CSVRecord], rest: any RecordSource) {
            var rows: any RecordSource = try rows(notation, width: width)
            let ahead = try FileHead.ahead(&rows)
            var table: any RecordSource = ReplayedRecords(ahead, then: rows)
            if let form = StatementSections.form(of: .records(ahead)) {
                table = StatementSections(table, form)
            } else if MetaTraderReport.begins(ahead) {
                table = MetaTraderReport(table)
            } else if ThinkorswimStatement.begins(.records(ahead)) {
                table = ThinkorswimStatement(table)
            } else {
                return (ahead, rows)
            }
            return (try FileHead.ahead(&table), table)
        }

        fileprivate func rows(_ notation: CellNumber.Notation, width: Int) throws -> SheetRows {
            let part = WorkbookPart("the sheet “\(name)”", nextChunk: try workbook.archive.open(entry))
            return SheetRows(part, of: workbook, notation, width: width)
        }
    }

    let strings: SharedStrings
    let formats: CellFormats
    private(set) var since1904 = false
    private let archive: ZipArchive
    private let entries: [String: ZipArchive.Entry]
    /// Those that are shown before those that are hidden.
    private var sheets: [Sheet] = []
    private let relations: WorkbookRelations

    /// - Throws: `import.bad_workbook`, `import.workbook_too_large`, what `ZipArchive` throws.
    package init(_ archive: ZipArchive) throws {
        archive.limit(to: Self.unpackedBytesMax)
        self.archive = archive
        let entries = Dictionary(
            archive.entries.map { (Self.folded($0.name), $0) }, uniquingKeysWith: { first, _ in first })
        self.entries = entries
        func part(_ path: String) throws -> WorkbookPart? {
            try entries[Self.folded(path)].map { WorkbookPart(path, nextChunk: try archive.open($0)) }
        }
        let root = try part("_rels/.rels").map { try WorkbookRelations($0, folder: "") }
        let path = root?.path(of: "officeDocument") ?? "xl/workbook.xml"
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        let name = path.split(separator: "/").last ?? ""
        guard let book = try part(path), let known = try part("\(folder)/_rels/\(name).rels") else {
            throw Failure.importBadWorkbook("it has no list of sheets")
        }
        relations = try WorkbookRelations(known, folder: folder)
        strings =
            try relations.path(of: "sharedStrings").flatMap { try part($0) }.map { try SharedStrings($0) } ?? .init()
        formats = try relations.path(of: "styles").flatMap { try part($0) }.map { try CellFormats($0) } ?? .init()
        try readSheets(book)
    }

    /// Some programs write backslashes, and the case of names does not count.
    private static func folded(_ name: String) -> String { name.replacing("\\", with: "/").lowercased() }

    private func readSheets(_ book: WorkbookPart) throws {
        var hidden: [Sheet] = []
        while let event = try book.next() {
            guard case .open(let element, let attributes) = event else { continue }
            if element == "workbookPr" { since1904 = ["1", "true"].contains(attributes["date1904"]) }
            // Sheets of charts and macros have no cells.
            guard element == "sheet", let relation = attributes["id"].flatMap({ relations.byID[$0] }),
                relation.kind == "worksheet"
            else { continue }
            guard let entry = entries[Self.folded(relation.path)] else {
                throw Failure.importBadWorkbook("a sheet is missing")
            }
            guard sheets.count + hidden.count < Self.sheetsMax else {
                throw Failure.importWorkbookTooLarge("has more than \(Self.sheetsMax) sheets")
            }
            let sheet = Sheet(
                name: attributes["name"] ?? "", size: try archive.size(of: entry), workbook: self, entry: entry)
            if (attributes["state"] ?? "visible") == "visible" { sheets.append(sheet) } else { hidden.append(sheet) }
        }
        sheets += hidden
    }

    /// The sheets in which there is a header that the import knows, or a person has mapped, those that are shown before those that are hidden.
    /// The first of them says which sheets are left out.
    ///
    /// - Throws: `import.empty`, `import.unknown_header`, `import.wrong_export` where there is none.
    package func tables(format: ImportFormat = .auto, options: ImportOptions = ImportOptions()) throws -> [Sheet] {
        var tables: [Sheet] = []
        var others: [(name: String, failure: Failure)] = []
        for var sheet in sheets {
            do {
                var rows: any RecordSource = try sheet.rows(.neutral, width: 0)
                sheet.width = try FileHead.ahead(&rows).map(\.count).max() ?? 0
                _ = try ImportHeader.find(in: .records(try sheet.table(.neutral).ahead), format: format, options)
                tables.append(sheet)
            } catch let failure as Failure where failure.isOfHeader {
                others.append((sheet.name, failure))
            }
        }
        guard !tables.isEmpty else {
            let failure =
                others.first { $0.failure.code == "import.wrong_export" }
                ?? others.first {
                    $0.failure.code != "import.empty"
                }
            throw failure?.failure ?? .importEmpty
        }
        let left = others.filter { $0.failure.code != "import.empty" }.map { "“\($0.name.prefix(60))”" }
        if !left.isEmpty {
            tables[0].notes = ["sheets that are not read: \(left.prefix(10).joined(separator: ", "))"]
        }
        return tables
    }
}

extension Failure {
    /// Whether it says that a table has no header that is read.
    fileprivate var isOfHeader: Bool {
        [
            "import.empty", "import.unknown_header", "import.wrong_export", "import.bad_map_column",
            "import.incomplete_map", "import.no_rows_for_map",
        ].contains(code)
    }
}
