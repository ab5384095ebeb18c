import ArgumentParser
import Foundation
import Primitives
import Storage

struct WhoamiCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami", abstract: "Show which journal this is, on which device, and what is in it.")

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let journal = try await options.open()
        let summary = try await journal.read { try JournalSummary($0) }
        let session = try SessionFile.find(journalDirectory: options.directory)
        if options.json {
            json(summary, session).printed()
        } else {
            show(summary, session)
        }
    }

    private func json(_ summary: JournalSummary, _ session: SavedSession?) -> JSON {
        .object([
            "journal": .text(options.directory), "replica": .id(summary.replica), "device": .text(summary.deviceName),
            "accounts": .count(summary.accountCount), "fills": .count(summary.fillCount),
            "trades": .count(summary.tradeCount), "open_trades": .count(summary.openTradeCount),
            "tags": .count(summary.tagCount), "entries": .count(summary.entryCount),
            "images": .count(summary.imageCount), "commits": .count(summary.commitCount),
            "server": .text(session?.server), "address": .text(session?.address),
            "unsynced_commits": .count(summary.unsyncedCount), "has_synced": .flag(summary.hasSynced),
        ])
    }

    private func show(_ summary: JournalSummary, _ session: SavedSession?) {
        Facts([
            ("journal", options.directory),
            ("device", summary.deviceName ?? "(unnamed)"),
            ("replica", summary.replica.description),
            ("signed in", session.map { "\($0.address) at \($0.server)" } ?? "no (`daybook login` signs in)"),
            (
                "holds",
                [
                    Figures.count(summary.tradeCount, "trade") + " (\(summary.openTradeCount) open)",
                    Figures.count(summary.fillCount, "fill"), Figures.count(summary.accountCount, "account"),
                    Figures.count(summary.tagCount, "tag"), Figures.count(summary.entryCount, "entry", "entries"),
                    Figures.count(summary.imageCount, "image"),
                ].joined(separator: ", ")
            ),
            (
                "history",
                Figures.count(summary.commitCount, "commit")
                    + (summary.hasSynced ? ", \(summary.unsyncedCount) not synced yet" : ", never synced")
            ),
        ]).printed()
    }
}
