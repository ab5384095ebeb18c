@testable import Journal
import Primitives
import TestSupport
import Testing

@Suite struct WorkbookTests {
    typealias Cell = WorkbookWriter.Cell

    private static let header = ["time", "symbol", "side", "price", "quantity", "fee", "fee_currency", "id"]
        .map { Cell.shared($0) }

    private static func row(
        _ time: Cell = .number("46279.5", look: 1), price: Cell = .number("100"), quantity: Cell = .number("1"),
        fee: Cell = .number("0.1"), id: Cell = .number("7")
    ) -> [Cell] {
        [time, .shared("BTC_USDT"), .inline("buy"), price, quantity, fee, .shared("USDT"), id]
    }

    private static func shownRows(_ rows: [[Cell]], since1904: Bool = false) throws -> [String] {
        try workbookRows(workbook([header] + rows, since1904: since1904)).map(shown)
    }

    /// The fixtures that are tables between commas or semicolons, as sheets of the same lines.
    private static func tables() throws -> [Table] {
        try Fixture.names.filter { !$0.contains(".") }.compactMap { name in
            let bytes = try Fixture.bytes(name)
            guard let found = try? importRows(bytes) else { return nil }
            let decoder = TextDecoder(head: bytes, encoding: TextDecoder.encoding(of: bytes)) { nil }
            let text = FileHead.text(try decoder.next() ?? [], isCut: false)
            let isStatement = StatementSections.form(of: text) != nil || ThinkorswimStatement.begins(text)
            let header = isStatement ? nil : try ImportHeader.find(in: text, format: .auto)
            let delimiter = header?.delimiter ?? UInt8(ascii: ",")
            var rows: [[String]] = []
            for record in try text.records(delimiter) {
                while rows.count < record.line - 1 { rows.append([]) }
                // A row that is cut off is refused in a CSV; a sheet does not have the empty cells at its end.
                let isCut = rows.count > 2 && record.count < header?.fieldCount ?? 0
                rows.append(isCut ? [] : (0..<record.count).map { record.text($0) })
            }
            return Table(name: name, rows: rows, hasCommas: delimiter == UInt8(ascii: ";"), fills: fills(found))
        }
    }

    private struct Table {
        let name: String
        let rows: [[String]]
        /// Whether commas part its decimals.
        let hasCommas: Bool
        let fills: [Fill]
    }

    @Test func `each export gives the same fills with the same ids as a CSV and as a workbook`() throws {
        let tables = try Self.tables()
        #expect(tables.count > 35)
        var writer = WorkbookWriter()
        for table in tables {
            let rows = table.rows
            let forms: [(String, [[Cell]], Bool)] = [
                ("texts apart", rows.map { $0.map { Cell.shared($0) } }, true),
                ("texts in the cells", rows.map { $0.map { Cell.inline($0) } }, false),
                (
                    "as a spreadsheet opens it", rows.map { $0.map { Cell.opened($0, hasCommas: table.hasCommas) } },
                    true
                ),
            ]
            for (form, cells, hasNames) in forms {
                writer = WorkbookWriter()
                let bytes = writer.bytes([.init("Sheet1", cells, hasNames: hasNames)])
                #expect(try fills(workbookRows(bytes)) == table.fills, "\(table.name), \(form)")
            }
        }
    }

    @Test(arguments: ["binance_spot", "demo_binance", "bybit_contracts", "kucoin_fills"])
    func `a workbook that a library wrote gives the fills of the CSV`(name: String) throws {
        let (book, text) = (try Fixture.bytes("\(name).xlsx"), try importRows(Fixture.bytes(name)))
        #expect(try workbookRows(book).map(\.line) == text.map(\.line))
        #expect(try fills(workbookRows(book)) == fills(text))
        #expect(fills(text).count > 0)
    }

    @Test func `the deals of a report of MetaTrader are found among its tables`() throws {
        let (book, text) = (try Fixture.bytes("mt5_report.xlsx"), try importRows(Fixture.bytes("mt5_deals")))
        let found = try workbookRows(book)
        #expect(fills(found).map(\.id) == fills(text).map(\.id))
        #expect(fills(found).map(\.fee) == fills(text).map(\.fee))
        #expect(fills(found).count == 4)
        // The header is in row 10.
        #expect(found.map(\.line) == text.map { $0.line + 9 })
    }

    @Test func `a row keeps its number, and empty rows and cells are none`() throws {
        let rows = try Self.shownRows([[], Self.row(), [.none, .shared(" ")], Self.row(id: .none), []])
        #expect(
            rows == [
                "3 2026-09-14T12:00:00.000Z BTC_USDT buy 1 @ 100 fee 0.1 #7 7",
                "4 refused: The row has no time.",
                "5 2026-09-14T12:00:00.000Z BTC_USDT buy 1 @ 100 fee 0.1 #1",
            ])
    }

    @Test func `numbers are what the spreadsheet shows of them, to fifteen digits`() throws {
        let written = [
            ("0.30000000000000004", "0.3"), ("1.2345678901234567E-3", "0.00123456789012346"),
            ("68199.990000000005", "68199.99"),
            ("1E3", "1000"), ("5.0000000000000001E-4", "0.0005"), ("123456789012.34567", "123456789012.346"),
            ("999999.99999999999", "1000000"), ("1.5e+2", "150"),
        ]
        for (digits, price) in written {
            #expect(
                try Self.shownRows([Self.row(price: .number(digits))])
                    == ["2 2026-09-14T12:00:00.000Z BTC_USDT buy 1 @ \(price) fee 0.1 #7 7"], "\(digits)")
        }
    }

    @Test func `an id that a spreadsheet has rounded is refused, and one kept as text is not`() throws {
        let rows = try Self.shownRows([
            Self.row(id: .number("2290000000522832993")), Self.row(id: .number("2.290000000522832E+18")),
            Self.row(id: .number("1234567890123456")), Self.row(id: .number("123456789012345")),
            Self.row(id: .shared("2290000000522832993")), Self.row(quantity: .number("1E15")),
        ])
        #expect(
            rows == [
                "2 refused: The trade id (column “id”) \"2.29000000052283E+18\" was rounded by a spreadsheet: import the file as it came.",
                "3 refused: The trade id (column “id”) \"2.29000000052283E+18\" was rounded by a spreadsheet: import the file as it came.",
                "4 refused: The trade id (column “id”) \"1.23456789012346E+15\" was rounded by a spreadsheet: import the file as it came.",
                "5 2026-09-14T12:00:00.000Z BTC_USDT buy 1 @ 100 fee 0.1 #123456789012345 123456789012345",
                "6 2026-09-14T12:00:00.000Z BTC_USDT buy 1 @ 100 fee 0.1 #2290000000522832993 2290000000522832993",
                "7 2026-09-14T12:00:00.000Z BTC_USDT buy 1000000000000000 @ 100 fee 0.1 #7 7",
            ])
    }

    @Test func `a number is never read by the sign that parts the decimals of texts`() throws {
        let header = ["time", "symbol", "side", "price", "quantity", "fee"].map { Cell.shared($0) }
        func row(_ price: Cell, _ quantity: Cell, _ fee: Cell) -> [Cell] {
            [.shared("2026-09-14 12:00:00"), .shared("BTC_USDT"), .shared("buy"), price, quantity, fee]
        }
        let book = workbook([
            header, row(.number("1.234"), .shared("0,5"), .shared("1,25")),
            row(.shared("1.234,5"), .number("2.125"), .number("0.75")),
        ])
        let expected = [
            "2 2026-09-14T12:00:00.000Z BTC_USDT buy 0.5 @ 1.234 fee 1.25 #0",
            "3 2026-09-14T12:00:00.000Z BTC_USDT buy 2.125 @ 1234.5 fee 0.75 #1",
        ]
        #expect(try workbookRows(book).map(shown) == expected)
        #expect(try workbookNotes(book).contains("decimal comma"))
        let (point, comma) = (ImportOptions(decimal: .point), ImportOptions(decimal: .comma))
        let numbers = workbook([header, row(.number("1.234"), .number("0.5"), .number("0"))])
        for options in [point, comma] {
            #expect(try fills(workbookRows(numbers, options)).map(\.price) == [Amount("1.234")])
        }
    }

    @Test func `texts may have runs, readings beside them and signs that XML has no place for`() throws {
        let cells = [
            #"<c r="B2" t="inlineStr"><is><r><t>BTC</t></r><r><rPr><b/></rPr><t>_USDT</t></r><rPh sb="0" eb="1"><t>ビ</t></rPh></is></c>"#,
            #"<c r="C2" t="str"><f>LOWER("BUY")</f><v>buy_x000D_</v></c>"#,
        ].map { Cell.xml($0) }
        var row = Self.row()
        row.replaceSubrange(1...2, with: cells)
        #expect(
            try Self.shownRows([row]) == ["2 2026-09-14T12:00:00.000Z BTC_USDT buy 1 @ 100 fee 0.1 #7 7"])
    }

    @Test func `what a cell cannot say refuses its row`() throws {
        let cells = [
            (#"<c r="F2" t="s"><v>999</v></c>"#, "The row has a cell whose text is missing."),
            (#"<c r="F2" t="s"><v>-1</v></c>"#, "The row has a cell whose text is missing."),
            (
                #"<c r="F2"><f>D2*0.001</f><v></v></c>"#,
                "The row has a formula in column 6 whose result is not in the file: open the workbook in a spreadsheet, save it, and import that."
            ),
            (#"<c r="F2" t="e"><v>#N/A</v></c>"#, "The fee \"#N/A\" is not a number that Daybook can hold exactly."),
            (#"<c r="F2" t="b"><v>1</v></c>"#, "The fee \"TRUE\" is not a number that Daybook can hold exactly."),
            (#"<c r="A2"><v>1</v></c>"#, "The row has its cells in no order."),
            (
                #"<c r="ZZ2"><v>1</v></c>"#,
                "The row has a cell beyond the column 256: Daybook reads no further."
            ),
        ]
        for (cell, reason) in cells {
            var row = Self.row()
            row[5] = .xml(cell)
            #expect(try Self.shownRows([row]) == ["2 refused: \(reason)"])
        }
    }

    @Test func `sheets that are shown go before those that are hidden, and what is not read is said`() throws {
        let fills = [Self.header, Self.row()]
        func names(_ sheets: [WorkbookWriter.Sheet]) throws -> [String] {
            var writer = WorkbookWriter()
            return try Workbook(try ZipArchive(writer.bytes(sheets))).tables().map(\.name)
        }
        let orders = ["Date(UTC)", "OrderNo", "Pair", "Type", "Order Price", "Status"].map { Cell.shared($0) }
        #expect(
            try names([
                .init("Old", fills, state: "hidden"), .init("Notes", [[.shared("a"), .shared("b")]]),
                .init("2025", fills), .init("Empty", []), .init("2026", fills),
                .init("Older", fills, state: "veryHidden"),
            ]) == ["2025", "2026", "Old", "Older"])
        var writer = WorkbookWriter()
        let book = writer.bytes([.init("Notes", [[.shared("a")]]), .init("Orders", [orders]), .init("Fills", fills)])
        #expect(try workbookNotes(book).contains("sheets that are not read: “Notes”, “Orders”"))
        let failure = #expect(throws: Failure.self) { _ = try workbookRows(workbook([])) }
        #expect(failure?.code == "import.empty")
        let unknown = #expect(throws: Failure.self) { _ = try workbookRows(workbook([[.shared("a")]])) }
        #expect(unknown?.code == "import.unknown_header")
    }

    @Test func `a sheet without rows says that nothing is missing`() throws {
        let book = workbook([Self.header, [.shared("No data matches the criteria.")]])
        #expect(try workbookNotes(book).contains("the export is empty: “No data matches the criteria.”"))
        #expect(try workbookRows(book).map(\.line) == [2])
    }

    @Test func `a text that is used again and again does not come to more than is read`() throws {
        let long = String(repeating: "x", count: 30_000)
        let row = (0..<30).map { _ in Cell.shared(long) }
        let header = ["Date(UTC)", "Pair", "Side", "Price", "Executed", "Amount", "Fee"].map { Cell.shared($0) }
        let book = workbook([header] + (0..<400).map { _ in row })
        let failure = #expect(throws: Failure.self) { _ = try workbookRows(book) }
        #expect(failure?.code == "import.workbook_too_large")
    }

    @Test func `a workbook that unpacks to too much, or has too many sheets, is refused`() throws {
        var writer = WorkbookWriter()
        let sheets = (0...Workbook.sheetsMax).map { WorkbookWriter.Sheet("\($0)", [Self.header, Self.row()]) }
        let many = #expect(throws: Failure.self) { _ = try workbookRows(writer.bytes(sheets)) }
        #expect(many?.code == "import.workbook_too_large")
        #expect(try workbookRows(writer.bytes(sheets.dropLast())).count == 1)
        let blank = Cell.xml(String(repeating: " ", count: Int(Workbook.unpackedBytesMax)))
        let large = #expect(throws: Failure.self) { _ = try workbookRows(workbook([Self.header, [blank]])) }
        #expect(large?.code == "import.archive_too_large")
    }

    @Test func `what another program keeps in a ZIP is refused by its name`() throws {
        let files = [
            (["xl/workbook.bin", "[Content_Types].xml"], ".xlsb"), (["mimetype", "content.xml"], ".ods"),
            (["Index/Document.iwa"], "Numbers"), (["[Content_Types].xml", "word/document.xml"], "Word"),
        ]
        for (names, word) in files {
            var zip = ZipWriter()
            for name in names { zip.add(name, [0x20]) }
            let archive = try ZipArchive(zip.bytes())
            let failure = #expect(throws: Failure.self) { _ = try archive.kind }
            #expect(failure?.code == "import.other_spreadsheet")
            #expect(failure?.message.contains(word) == true)
        }
        let old: [UInt8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]
        #expect(OldWorkbook.begins(old))
        #expect(OldWorkbook.failure(old).message.contains(".xls"))
        #expect(OldWorkbook.failure(old + "EncryptedPackage".utf8.flatMap { [$0, 0] }).code == "import.locked_archive")
    }
}
