import Foundation
import TestSupport
import Testing

/// A person at a terminal, with the files that exchanges and brokers send.
@Suite struct ArchiveTests {
    private func shown(_ device: Device, in place: String, _ arguments: String...) throws -> (
        status: Int32, shown: String
    ) {
        try AtTerminal.run(
            try Programs.path("daybook"), arguments, environment: device.environment, in: place, columns: 140)
    }

    @Test func `an archive and a workbook are imported, told file by file, and reach the other device`() throws {
        let home = try Household()
        let (desk, laptop) = (try home.signedIn("Desk"), try home.signedIn("Laptop"))
        let archive = try shown(desk, in: home.place, "import", Programs.fixtures + "/imports/exports.zip")
        #expect(archive.status == 3, "\(archive.shown)")
        #expect(archive.shown.contains("exports.zip/exports/binance spot.csv"))
        #expect(archive.shown.contains("line 5: The side \"HOLD\" is neither buy nor sell."))
        #expect(archive.shown.contains("exports.zip/exports/derivatives/bybit.xlsx"))
        #expect(archive.shown.contains("left out, since it is no table: exports.zip/exports/derivatives/statement.pdf"))
        #expect(archive.shown.contains("left out, since it is no table: exports.zip/exports/chart"))
        #expect(!archive.shown.contains("__MACOSX"))
        #expect(!archive.shown.contains("DS_Store"))
        let book = try shown(desk, in: home.place, "import", Programs.fixtures + "/imports/demo_binance.xlsx")
        #expect(book.status == 0, "\(book.shown)")
        #expect(book.shown.contains("sheets that are not read: “Notes”"))
        let again = try desk.run("import", Programs.fixtures + "/imports/demo_binance.csv", "--json")
        #expect(again.number("new") == 0)
        #expect(again.number("known") == 210)
        try home.sync(desk, laptop)
        #expect(try desk.trades() == laptop.trades())
        #expect(try laptop.trades().count > 20)
    }
}
