import Foundation
import Journal
import Primitives
import Storage
import TestSupport
import Testing

/// What there is to import in one file.
@Suite struct ImportContentsTests {
    private static func withFile(
        _ bytes: [UInt8], called name: String = "a.zip", unpackedBytesMax: Int64 = ZipArchive.unpackedBytesMax,
        _ body: (ImportContents) async throws -> Void
    ) async throws {
        let path = FileManager.default.temporaryDirectory.path + "/contents-" + Hex.encode(World.live.random(6))
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(
            try ImportContents(try ImportSource(name, at: path), format: .auto, unpackedBytesMax: unpackedBytesMax))
    }

    private static func parts(_ contents: ImportContents) throws -> [String] {
        var names: [String] = []
        while let part = try contents.next() {
            switch part.source {
            case .success(let source): names.append(source.name)
            case .failure(let failure): names.append("\(part.name): \(failure.code)")
            }
        }
        return names
    }

    private static let spot = Array(ExportText.spot(ExportText.trade).utf8)

    private static func workbook(_ sheets: Int) -> [UInt8] {
        let lines = ExportText.spot(ExportText.trade).split(separator: "\n")
        let rows = lines.map { $0.split(separator: ",").map { WorkbookWriter.Cell.shared(String($0)) } }
        var writer = WorkbookWriter()
        return writer.bytes((0..<sheets).map { WorkbookWriter.Sheet("Part \($0 + 1)", rows) })
    }

    private static func old(_ name: String = "") -> [UInt8] {
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1] + name.utf8.flatMap { [$0, 0] }
    }

    @Test func `each table of an archive is a part, and what is none is named or passed over`() async throws {
        var nested = ZipWriter()
        nested.add("b.csv", Self.spot)
        var zip = ZipWriter()
        zip.add("exports/", [], method: 0)
        zip.add("exports/spot.csv", Self.spot)
        zip.add("__MACOSX/exports/._spot.csv", [0])
        zip.add("__MACOSX/spot.csv", [0])
        zip.add("exports/.DS_Store", [0])
        zip.add("exports/Thumbs.db", [0])
        zip.add("exports/statement.PDF", Array("%PDF-1.7".utf8))
        zip.add("exports/chart", [0x89, 0x50, 0x4e, 0x47, 0x0d])
        zip.add("../../up.csv", Self.spot)
        zip.add("/root.csv", Self.spot)
        zip.add("book.xlsx", Self.workbook(1))
        zip.add("books.xlsx", Self.workbook(2))
        zip.add("nested.zip", nested.bytes())
        zip.add("packed.csv.gz", ZipWriter.gzipped(Self.spot))
        zip.add("locked.csv", Self.spot, flags: 0x801)
        zip.add("damaged.csv", Self.spot, sum: 1)
        zip.add("old.xls", Self.old())
        zip.add("line\nbreak.csv", Self.spot)
        try await Self.withFile(zip.bytes()) { contents in
            let found = try Self.parts(contents)
            #expect(
                found == [
                    "a.zip/exports/spot.csv", "a.zip/../../up.csv", "a.zip//root.csv", "a.zip/book.xlsx",
                    "a.zip/books.xlsx/Part 1", "a.zip/books.xlsx/Part 2", "a.zip/nested.zip: import.nested_archive",
                    "a.zip/packed.csv.gz", "a.zip/locked.csv: import.locked_archive",
                    "a.zip/damaged.csv: import.bad_archive", "a.zip/old.xls: import.other_spreadsheet",
                    "a.zip/linebreak.csv",
                ])
            #expect(contents.leftOut == ["exports/statement.PDF", "exports/chart"])
        }
    }

    @Test func `a file that is no archive is its only part, packed by gzip or not`() async throws {
        for (name, bytes) in [
            ("spot.csv", Self.spot), ("spot.csv.gz", ZipWriter.gzipped(Self.spot)), ("empty.csv", []),
        ] {
            try await Self.withFile(bytes, called: name) {
                let found = try Self.parts($0)
                #expect(found == [name])
            }
        }
        try await Self.withFile(Self.workbook(1), called: "book.xlsx") {
            let found = try Self.parts($0)
            #expect(found == ["book.xlsx"])
        }
        try await Self.withFile(Self.workbook(2), called: "book.xlsx") {
            let found = try Self.parts($0)
            #expect(found == ["book.xlsx/Part 1", "book.xlsx/Part 2"])
        }
    }

    @Test func `an archive without a table says what is in it`() async throws {
        var zip = ZipWriter()
        zip.add("a.pdf", [])
        try await Self.withFile(zip.bytes()) { contents in
            let part = try #require(try contents.next())
            let failure = #expect(throws: Failure.self) { _ = try part.source.get() }
            #expect(failure?.code == "import.nothing_inside")
            #expect(failure?.message.contains("a.pdf") == true)
            #expect(try contents.next() == nil)
        }
        try await Self.withFile(ZipWriter().bytes()) {
            let found = try Self.parts($0)
            #expect(found == ["a.zip: import.nothing_inside"])
        }
    }

    @Test func `the same table has the same sum and the same fills, in an archive and outside of it`() async throws {
        var zip = ZipWriter()
        zip.add("july/spot.csv", Self.spot)
        let (packed, plain) = (
            try await JournalFile.inMemory(world: .live), try await JournalFile.inMemory(world: .live)
        )
        try await plain.take(ExportText.spot(ExportText.trade))
        let choice = try ImportChoice()
        let files = [zip.bytes(), ZipWriter.gzipped(Self.spot), Self.workbook(1), Self.spot]
        for (place, bytes) in files.enumerated() {
            try await Self.withFile(bytes) { contents in
                let source = try contents.only()
                let report = try await ImportRun(journal: packed, isDryRun: false, choice: choice).run(source) { _, _ in
                }
                #expect(report.newCount == (place == 0 ? 2 : 0))
                #expect(report.knownCount == (place == 0 ? 0 : 2))
            }
        }
        let (first, second) = (try await packed.imports(), try await plain.imports())
        #expect(first.map(\.fileImport.sha256) == second.map(\.fileImport.sha256))
        #expect(first.map(\.fileImport.file) == ["a.zip/july/spot.csv"])
        let trades = try await packed.trips().map(\.id)
        #expect(trades.count == 1)
        #expect(try await plain.trips().map(\.id) == trades)
    }

    @Test func `one table is wanted where one is asked for`() async throws {
        var zip = ZipWriter()
        zip.add("a.csv", Self.spot)
        zip.add("chart.png", [])
        try await Self.withFile(zip.bytes()) { contents in
            let source = try contents.only()
            #expect(source.name == "a.zip/a.csv")
            #expect(source.notes == ["left out: chart.png"])
        }
        zip.add("b.csv", Self.spot)
        for bytes in [zip.bytes(), Self.workbook(2)] {
            try await Self.withFile(bytes) { contents in
                let failure = #expect(throws: Failure.self) { _ = try contents.only() }
                #expect(failure?.code == "import.several_tables")
            }
        }
    }

    @Test func `what unpacks to too much brings nothing`() async throws {
        let large = Self.spot + Array(repeating: UInt8(ascii: "\n"), count: 3 << 20)
        var zip = ZipWriter()
        zip.add("a.csv", large)
        try await Self.withFile(zip.bytes(), unpackedBytesMax: 1 << 20) {
            let found = try Self.parts($0)
            #expect(found == ["a.zip/a.csv: import.archive_too_large"])
        }
        let packed = ZipWriter.gzipped(large)
        #expect(packed.count < 10_000)
        let failure = await #expect(throws: Failure.self) {
            try await Self.withFile(packed, unpackedBytesMax: 1 << 20) { _ in }
        }
        #expect(failure?.code == "import.archive_too_large")
        let padding = [UInt8](repeating: 0, count: ZipArchive.packedBytesMax)
        let huge = await #expect(throws: Failure.self) { try await Self.withFile(zip.bytes() + padding) { _ in } }
        #expect(huge?.code == "import.archive_too_large")
    }

    @Test func `unpacking ends when it is called off`() async throws {
        var zip = ZipWriter()
        zip.add("a.csv", Self.spot)
        let budget = WorkBudget(stepsMax: 1 << 30, bytesMax: 1 << 30)
        budget.cancel()
        try await Self.withFile(zip.bytes()) { contents in
            #expect(throws: CancellationError.self) {
                _ = try WorkBudget.$current.withValue(budget) { try contents.next() }
            }
        }
    }
}
