/// Makes workbooks of the parts that are asked for.
package struct WorkbookWriter {
    package enum Cell {
        /// Kept with the texts of the workbook.
        case shared(String)
        /// Kept in the cell.
        case inline(String)
        /// A number as it is written, with a look: see `looks`.
        case number(String, look: Int = 0)
        /// An element as it stands.
        case xml(String)
        case none
    }

    package struct Sheet {
        package let name: String
        package let state: String
        package let rows: [[Cell]]
        /// Whether cells and rows say where they are.
        package let hasNames: Bool

        package init(_ name: String, _ rows: [[Cell]], state: String = "visible", hasNames: Bool = true) {
            self.name = name
            self.rows = rows
            self.state = state
            self.hasNames = hasNames
        }
    }

    package var since1904 = false
    /// Codes of numbers; the first is look 1.
    package var looks = ["yyyy-mm-dd hh:mm:ss", "m/d/yyyy h:mm", "#,##0.00", "[h]:mm:ss", "hh:mm:ss", "yyyy-mm-dd"]
    private var texts: [String] = []
    private var places: [String: Int] = [:]

    package init() {}

    package mutating func bytes(_ sheets: [Sheet]) -> [UInt8] {
        var zip = ZipWriter()
        let head = #"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#
        func add(_ name: String, _ text: String) { zip.add(name, Array((head + text).utf8)) }
        add("[Content_Types].xml", "<Types/>")
        add(
            "_rels/.rels",
            #"<Relationships><Relationship Id="rId1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
        )
        let parts = sheets.map { part($0) }
        for (index, part) in parts.enumerated() { add("xl/worksheets/sheet\(index + 1).xml", part) }
        let list = sheets.enumerated().map { index, sheet in
            #"<sheet name="\#(Self.escaped(sheet.name))" sheetId="\#(index + 1)" state="\#(sheet.state)" r:id="s\#(index)"/>"#
        }
        add(
            "xl/workbook.xml",
            #"<workbook xmlns:r="http://r"><workbookPr date1904="\#(since1904 ? 1 : 0)"/><sheets>\#(list.joined())</sheets></workbook>"#
        )
        let relations = sheets.indices.map {
            #"<Relationship Id="s\#($0)" Type="http://x/worksheet" Target="worksheets/sheet\#($0 + 1).xml"/>"#
        }
        add(
            "xl/_rels/workbook.xml.rels",
            "<Relationships>\(relations.joined())"
                + #"<Relationship Id="t" Type="http://x/sharedStrings" Target="/xl/sharedStrings.xml"/>"#
                + #"<Relationship Id="u" Type="http://x/styles" Target="styles.xml"/></Relationships>"#)
        add("xl/sharedStrings.xml", "<sst>\(texts.map { "<si>\($0)</si>" }.joined())</sst>")
        let codes = looks.enumerated().map { #"<numFmt numFmtId="\#(170 + $0)" formatCode="\#(Self.escaped($1))"/>"# }
        let cells = looks.indices.map { #"<xf numFmtId="\#(170 + $0)"/>"# }
        add(
            "xl/styles.xml",
            #"<styleSheet><numFmts>\#(codes.joined())</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>"#
                + #"<cellXfs><xf numFmtId="0"/>\#(cells.joined())</cellXfs></styleSheet>"#)
        return zip.bytes()
    }

    private mutating func part(_ sheet: Sheet) -> String {
        var text = "<worksheet><sheetData>"
        for (row, cells) in sheet.rows.enumerated() {
            text += sheet.hasNames ? #"<row r="\#(row + 1)">"# : "<row>"
            for (column, cell) in cells.enumerated() {
                text += element(cell, sheet.hasNames ? #" r="\#(Self.letters(column))\#(row + 1)""# : "")
            }
            text += "</row>"
        }
        return text + "</sheetData></worksheet>"
    }

    private mutating func element(_ cell: Cell, _ name: String) -> String {
        switch cell {
        // Without a name the next would move into its place.
        case .none: return name.isEmpty ? "<c/>" : ""
        case .inline(let text): return #"<c\#(name) t="inlineStr"><is><t>\#(Self.escaped(text))</t></is></c>"#
        case .number(let digits, let look): return #"<c\#(name) s="\#(look)"><v>\#(digits)</v></c>"#
        case .xml(let text): return text
        case .shared(let text):
            let place = places[text, default: texts.count]
            if place == texts.count {
                places[text] = place
                texts.append("<t>\(Self.escaped(text))</t>")
            }
            return #"<c\#(name) t="s"><v>\#(place)</v></c>"#
        }
    }

    package static func letters(_ column: Int) -> String {
        let last = String(UnicodeScalar(UInt8(65 + column % 26)))
        return column < 26 ? last : letters(column / 26 - 1) + last
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
    }
}
