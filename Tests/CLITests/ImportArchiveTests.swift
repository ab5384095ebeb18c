import Foundation
import TestSupport
import Testing

/// Archives and workbooks, given to `daybook import`.
@Suite struct ImportArchiveTests {
    private static func archive() -> [UInt8] {
        var zip = ZipWriter()
        zip.add("year/first.csv", Array(ImportCommandTests.fills(4).utf8))
        zip.add("year/second.csv", Array(ImportCommandTests.fills(6).utf8))
        zip.add("year/bad.csv", Array("a,b\n1,2\n".utf8))
        zip.add("year/chart.png", [0])
        return zip.bytes()
    }

    @Test func `each file of an archive is an import of its own, and what is no table is named`() throws {
        let daybook = try Daybook()
        try daybook.file("year.zip", Self.archive())
        let answer = try daybook.run("import", "year.zip")
        #expect(answer.status == 64, "\(answer.output)")
        #expect(answer.output.contains("year.zip/year/first.csv (generic)"))
        #expect(answer.output.contains("4 new, 0 known already"))
        #expect(answer.output.contains("year.zip/year/second.csv (generic)"))
        #expect(answer.output.contains("2 new, 4 known already"))
        #expect(answer.output.contains("year.zip/year/bad.csv: None of the first lines is a header"))
        #expect(answer.output.contains("left out, since it is no table: year.zip/year/chart.png"))
        let json = try daybook.run("import", "year.zip", "--json").json
        #expect(json["known"].count == 10)
        #expect(
            json["files"].list.map { $0["file"].text } == [
                "year.zip/year/first.csv", "year.zip/year/second.csv", "year.zip/year/bad.csv",
            ])
        #expect(json["left_out"].list.map(\.text) == ["year.zip/year/chart.png"])
        #expect(try daybook.ask("whoami")["fills"].count == 6)
        let listed = try daybook.ask("import", "list").list.map { $0["file"].text }
        #expect(listed == ["year.zip/year/second.csv", "year.zip/year/first.csv"])
    }

    @Test func `an archive comes from a pipe too, and one without a table is refused`() throws {
        let daybook = try Daybook()
        try daybook.file("year.zip", Self.archive())
        var gzip = try daybook.file("fills.csv.gz", ZipWriter.gzipped(Array(ImportCommandTests.fills(8).utf8)))
        let piped = try daybook.run("import", "-", "--json", file: "year.zip")
        #expect(piped.json["new"].count == 6)
        #expect(piped.json["files"][0]["file"].text == "standard input/year/first.csv")
        #expect(try daybook.ask("import", gzip)["new"].count == 2)
        gzip = try daybook.file("empty.zip", ZipWriter().bytes())
        let empty = try daybook.run("import", gzip)
        #expect(empty.status == 64)
        #expect(empty.code == "import.nothing_inside")
        try daybook.file("cut.zip", Array(Self.archive().prefix(300)))
        #expect(try daybook.run("import", "cut.zip").code == "import.bad_archive")
        #expect(try daybook.run("import", "cut.zip", "year.zip").status == 64)
    }

    @Test func `a workbook is read like the table in it`() throws {
        let daybook = try Daybook()
        let rows = ImportCommandTests.fills(6).split(separator: "\n").map { line in
            line.split(separator: ",").map { WorkbookWriter.Cell.shared(String($0)) }
        }
        var writer = WorkbookWriter()
        try daybook.file("fills.csv", ImportCommandTests.fills(6))
        try daybook.file("fills.xlsx", writer.bytes([.init("Notes", [[.shared("mine")]]), .init("Fills", rows)]))
        let first = try daybook.run("import", "fills.xlsx")
        #expect(first.status == 0, "\(first.error)")
        #expect(first.output.contains("fills.xlsx (generic)"))
        #expect(first.output.contains("6 new, 0 known already"))
        #expect(first.output.contains("sheets that are not read: “Notes”"))
        #expect(try daybook.ask("import", "fills.csv")["known"].count == 6)
        try daybook.file("old.xls", [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0])
        #expect(try daybook.run("import", "old.xls").code == "import.other_spreadsheet")
    }
}
