import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage
import Sync

/// An exchange's export into a new journal, with the round trips that follow from it.
struct FillsBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "fills")

    @Option(help: "Fills as make_fills.py writes them.") var csv: String
    @Option(help: "An empty directory on a real disk.") var work: String
    @Option(help: "How many rows are one step of the import.") var batch = 10_000

    private static let chunkBytes = 1 << 18

    func run() async throws {
        let journal = try await JournalFile.create(in: work + "/journal", world: .live, deviceName: "a")
        guard let file = FileHandle(forReadingAtPath: csv) else {
            throw Failure(.notFound, "bench.no_input", "Cannot read \(csv). `make_fills.py` writes it.")
        }
        var rowCount = 0
        let (wall, cores) = try await timedWithCores {
            let account = Account.named(exchange: "binance", environment: .live, label: "main")
            try await journal.edit("add an account") { draft in
                draft.put(
                    Schema.account, account.id,
                    ["exchange": .text("binance"), "environment": .text("live"), "label": .text("main")])
            }
            var reader = try ImportReader(account: account) {
                try file.read(upToCount: Self.chunkBytes).map { Array($0) }
            }
            while let rows = try reader.nextBatch(batch) {
                let fills = try rows.map { row in
                    guard case .fill(let fill, _) = row else {
                        throw Failure(.internal, "bench.lost", "Row \(row.line) was not taken.")
                    }
                    return fill
                }
                rowCount += fills.count
                try await journal.edit("import fills") { draft, db in
                    for fill in try FillStore(db).unknown(fills) { draft.put(fill) }
                }
            }
        }
        let kept = try await journal.count("SELECT count(*) FROM fill")
        try Step.check(kept == rowCount, "\(kept) of \(rowCount) fills are in the journal")
        let grouped = try await journal.count("SELECT sum(fill_count - reversed) FROM round_trip")
        let unmatched = try await journal.count("SELECT count(*) FROM partial_fill WHERE is_whole = 1")
        try Step.check(
            grouped + unmatched >= rowCount, "\(grouped) of \(rowCount) fills belong to a trade, \(unmatched) to none")
        try Step.report(
            "fills",
            [
                "rows": .whole(rowCount), "rows_per_s": .ratio(Double(rowCount) / wall.seconds),
                "wall_s": .seconds(wall), "core_s": .seconds(cores),
                "peak_bytes": .whole(ProcessFacts.own.memoryPeak),
                "trips": .whole(try await journal.count("SELECT count(*) FROM round_trip")),
            ])
        try await journal.close()
    }
}
