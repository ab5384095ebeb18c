import Foundation
import JournalAPI
import TestSupport
import Testing

/// Archives and workbooks over REST.
@Suite struct ImportArchiveTests {
    private static let fills = """
        time,symbol,side,price,quantity,fee,fee_currency,id
        2026-11-02T10:00:00Z,BTC_USDT,buy,100,1,0.1,USDT,1
        2026-11-02T11:00:00Z,BTC_USDT,sell,101,1,0.1,USDT,2

        """

    private static func zip(_ files: [(String, String)]) -> [UInt8] {
        var zip = ZipWriter()
        for (name, text) in files { zip.add(name, Array(text.utf8)) }
        return zip.bytes()
    }

    @Test func `an archive of one table is that table, and so are a workbook and what gzip packed`() async throws {
        try await withServer { server in
            let trader = try Trader(server)
            let packed = Self.zip([("fills.csv", Self.fills), ("chart.png", "")])
            let first = try await trader.importFile(bytes: packed, called: "november.zip")
            #expect(first["status"].text == "done", "\(first)")
            #expect(first["file"].text == "november.zip")
            #expect(first["new"].count == 2)
            #expect(first["bytes"].count == packed.count)
            #expect(first["reading"].list.map(\.text).contains("left out: chart.png"))
            var writer = WorkbookWriter()
            let rows = Self.fills.split(separator: "\n").map { line in
                line.split(separator: ",").map { WorkbookWriter.Cell.inline(String($0)) }
            }
            for bytes in [writer.bytes([.init("Fills", rows)]), ZipWriter.gzipped(Array(Self.fills.utf8))] {
                let next = try await trader.importFile(bytes: bytes, called: "again")
                #expect(next["known"].count == 2, "\(next)")
            }
            #expect(try trader.ask("/trades")["total"].count == 1)
        }
    }

    @Test func `several tables, none, and a bomb are refused, each with its reason`() async throws {
        try await withServer { server in
            let trader = try Trader(server)
            let bomb = [UInt8](repeating: 0x0a, count: 300 << 20)
            let files: [(bytes: [UInt8], code: String)] = [
                (Self.zip([("a.csv", Self.fills), ("b.csv", Self.fills)]), "import.several_tables"),
                (Self.zip([("a.pdf", "%PDF")]), "import.nothing_inside"),
                (Array(Self.zip([("a.csv", Self.fills)]).prefix(100)), "import.bad_archive"),
                (Self.zip([("a.csv", Self.fills + String(decoding: bomb, as: UTF8.self))]), "import.archive_too_large"),
                (ZipWriter.gzipped(bomb), "import.archive_too_large"),
            ]
            for (bytes, code) in files {
                #expect(bytes.count < 1 << 20)
                let done = try await trader.importFile(bytes: bytes, called: "a.zip")
                #expect(done["status"].text == "failed")
                #expect(done["error"]["error"].text == code)
            }
            #expect(try trader.ask("/trades")["total"].count == 0)
        }
    }
}
