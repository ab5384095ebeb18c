import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage
import Sync

/// One edit after the other, each on the disk before the next begins.
struct CommitBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "commit")

    /// Notes are also searched, and every version of them is kept for merging as text.
    enum EditedField: String, ExpressibleByArgument { case setup, notes }

    @OptionGroup var options: TradesOptions
    @Option var commits = 1000
    @Option(help: "Which field is edited.") var field = EditedField.setup

    func run() async throws {
        let sheet = try TradeSheet(options.trades)
        let journal = try await JournalFile.bench(in: options.work + "/journal", sheet)
        let order = sheet.shuffled(seed: 3)
        let before = try await journal.position()
        var walls: [Duration] = []
        for index in 0..<commits {
            let id = sheet.lines[order[index % order.count]].id
            let (_, wall) = try await timed {
                try await journal.edit("edit \(field.rawValue)") { [field] draft, db in
                    let store = TradeStore(db)
                    switch field {
                    case .setup: try store.annotate(id, ["setup": .text("edit \(index)")], in: &draft)
                    case .notes: try store.setNotes(id, "edit \(index)", in: &draft)
                    }
                }
            }
            walls.append(wall)
        }
        let after = try await journal.position()
        let made = Int(after.clock[after.replica] - before.clock[before.replica])
        try Step.check(made == commits, "\(made) of \(commits) commits are there")
        let last = try await journal.count("SELECT count(*) FROM trade WHERE \(field.rawValue) LIKE 'edit %'")
        try Step.check(last == min(commits, order.count), "\(last) trades show their edit")
        try Step.report(
            "commit",
            [
                "commits": .whole(commits), "p50_s": .seconds(walls.percentile(0.5)),
                "p99_s": .seconds(walls.percentile(0.99)), "wall_s": .seconds(walls.reduce(.zero, +)),
            ])
        try await journal.close()
    }
}
