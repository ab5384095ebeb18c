import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

/// What figures that are kept in memory cost an import: the same trades into the same journal, without anybody looking
/// and with the overview asked after each batch.
struct KeptFiguresBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "kept-figures")

    @Option(help: "Trades as make_journal.py writes them.") var trades: String
    @Option(help: "How many are there before.") var count = 100_000
    @Option(help: "How many come, in batches.") var more = 20_000
    @Option(help: "As an import has them.") var batch = 5000
    @Option(help: "An empty directory on a real disk.") var work: String

    func run() async throws {
        let lines = try JournalSheet.lines(trades, countMax: count + more)
        var nets: [Amount] = []
        for isWatched in [false, true] {
            let journal = try await JournalFile.create(
                in: "\(work)/\(isWatched)", world: .live, deviceName: isWatched ? "b" : "a")
            let before = Array(lines.prefix(count))
            try await journal.edit("enter trades") { draft in try JournalSheet.write(before, into: &draft) }
            try await journal.checkpoint()
            let basis = StatisticsBasis(zone: .gmt)
            if isWatched { _ = try await net(journal, basis) }
            let (_, wall) = try await timed {
                for start in stride(from: count, to: lines.count, by: batch) {
                    let part = Array(lines[start..<min(start + batch, lines.count)])
                    try await journal.edit("enter more") { draft in try JournalSheet.write(part, into: &draft) }
                    if isWatched { _ = try await net(journal, basis) }
                }
            }
            nets.append(try await net(journal, basis))
            try Step.report(
                isWatched ? "kept_figures" : "kept_figures_bare",
                ["wall_s": .seconds(wall), "s_per_trade": .ratio(wall.seconds / Double(more))])
            try await journal.close()
        }
        try Step.check(nets[0] == nets[1], "the figures differ: \(nets)")
    }

    private func net(_ journal: JournalFile, _ basis: StatisticsBasis) async throws -> Amount {
        try await journal.statistics(basis, startBalance: nil) { book, _ in
            try Overview(of: book.closed(in: "USDT")).tally.net
        }
    }
}
