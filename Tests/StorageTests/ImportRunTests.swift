import Foundation
import Journal
import Primitives
import Storage
import Testing

/// A file on its way into a journal, step by step.
@Suite struct ImportRunTests {
    private static func fills(_ count: Int) -> String {
        var text = "time,symbol,side,price,quantity,fee,fee_currency,id\n"
        for number in 0..<count {
            let time = String(format: "2026-11-02T%02d:%02d:00Z", number / 60 % 24, number % 60)
            let side = number % 2 == 0 ? "buy" : "sell"
            text += "\(time),BTC_USDT,\(side),100,1,0.1,USDT,\(number + 1)\n"
        }
        return text + "nonsense\n"
    }

    private static func withFile<T>(_ count: Int, _ body: (String) async throws -> T) async throws -> T {
        let path = FileManager.default.temporaryDirectory.path + "/fills-" + Hex.encode(World.live.random(6)) + ".csv"
        try fills(count).write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(path)
    }

    private static func run(_ journal: JournalFile, rowsMax: Int = .max, isDryRun: Bool = false) throws -> ImportRun {
        ImportRun(
            journal: journal, as: "test", isDryRun: isDryRun, choice: try ImportChoice(exchange: "ibkr"),
            rowsMax: rowsMax)
    }

    @Test(arguments: [true, false]) func `in turns or at once, the same comes of it`(isDryRun: Bool) async throws {
        try await Self.withFile(300) { path in
            var counts: [[Int]] = []
            for inTurns in [true, false] {
                let journal = try await JournalFile.inMemory(world: .live)
                var turns = 0
                let turn: ImportRun.Turn = { step in
                    turns += 1
                    try await step()
                }
                let report = try await Self.run(journal, isDryRun: isDryRun).run(
                    try ImportSource("fills.csv", at: path), inTurns: inTurns ? turn : nil
                ) { _, _ in }
                counts.append([report.newCount, report.knownCount, report.refusedCount, report.refused.count])
                #expect(report.file == "fills.csv")
                // One to begin with, one for each batch, and one to end with.
                #expect(turns == (inTurns ? 3 : 0))
                let outcome = try report.outcome(doneBytes: 7)
                let shown = ImportReport(file: "fills.csv", outcome)
                #expect(shown.newCount == report.newCount)
                #expect(shown.refused.map(\.reason) == report.refused.map(\.reason))
                #expect(shown.account == report.account)
                #expect(shown.format == report.format)
            }
            #expect(counts == [[300, 0, 1, 1], [300, 0, 1, 1]])
        }
    }

    @Test func `too many rows end it`() async throws {
        try await Self.withFile(300) { path in
            let journal = try await JournalFile.inMemory(world: .live)
            let run = try Self.run(journal, rowsMax: 300)
            let error = await #expect(throws: Failure.self) {
                try await run.run(try ImportSource(path)) { _, _ in }
            }
            #expect(error?.code == "import.too_many_rows")
        }
    }

    @Test func `it ends when it is called off`() async throws {
        try await Self.withFile(300) { path in
            let journal = try await JournalFile.inMemory(world: .live)
            let budget = WorkBudget(stepsMax: 1 << 30, bytesMax: 1 << 30)
            let run = try Self.run(journal)
            let source = try ImportSource(path)
            budget.cancel()
            await #expect(throws: CancellationError.self) {
                try await WorkBudget.$current.withValue(budget) { try await run.run(source) { _, _ in } }
            }
        }
    }

    @Test func `an export ends when it costs too much`() async throws {
        try await Self.withFile(300) { path in
            let folder = FileManager.default.temporaryDirectory.path + "/export-" + Hex.encode(World.live.random(6))
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let journal = try await JournalFile.create(in: folder, world: .live, deviceName: "test")
            _ = try await Self.run(journal).run(try ImportSource(path)) { _, _ in }
            await #expect(throws: Failure.tooMuchWork) {
                try await WorkBudget.$current.withValue(WorkBudget(stepsMax: 299, bytesMax: 0)) {
                    _ = try await journal.exportApart(.fills, as: .csv)
                }
            }
            let file = try await WorkBudget.$current.withValue(WorkBudget(stepsMax: 300, bytesMax: 0)) {
                try await journal.exportApart(.fills, as: .csv)
            }
            #expect(file.size > 300 * 40)
            try await journal.close()
        }
    }
}
