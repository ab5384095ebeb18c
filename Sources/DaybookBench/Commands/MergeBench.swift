import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage
import Sync

/// Another device's edit of every trade, met by this device's own edit of every trade. Every conflict is kept.
struct MergeBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "merge")

    enum EditedField: String, ExpressibleByArgument { case rating, notes }

    @OptionGroup var options: TradesOptions
    @Option(help: "Which field both edit.") var field = EditedField.rating

    private static let editsPerCommit = 1000

    func run() async throws {
        let sheet = try TradeSheet(options.trades)
        let theirs = try await JournalFile.bench(in: options.work + "/theirs", sheet)
        try await theirs.close()
        try FileManager.default.copyItem(atPath: options.work + "/theirs", toPath: options.work + "/ours")
        let ours = try await JournalFile.open(in: options.work + "/ours", world: .live)
        let position = try await ours.position()
        try await ours.becomeNewReplica()
        let known = try await ours.position().clock

        // Theirs are the later ones, so every trade shows another value afterwards.
        try await edit(ours, sheet, shift: 1, seed: 1)
        try await ours.checkpoint()
        let reopened = try await JournalFile.open(in: options.work + "/theirs", world: .live)
        try await edit(reopened, sheet, shift: 2, seed: 2)
        let messages = try await Self.messages(of: reopened, since: known)

        let (wall, cores) = try await timedWithCores {
            for message in messages {
                let bytes = try Zstandard.decompress(message, sizeMax: ExchangeLimits.messageBytesMax)
                let request = try ExchangeRequest(encoded: bytes, own: position.replica)
                try await ours.receive(request.commits)
            }
        }
        try await check(ours, sheet)
        try Step.report(
            "merge",
            [
                "edits": .whole(sheet.lines.count), "wall_s": .seconds(wall), "core_s": .seconds(cores),
                "wire_bytes": .whole(messages.reduce(0) { $0 + $1.count }), "messages": .whole(messages.count),
            ])
        try await ours.close()
        try await reopened.close()
    }

    private func edit(_ journal: JournalFile, _ sheet: TradeSheet, shift: Int64, seed: UInt64) async throws {
        let order = sheet.shuffled(seed: seed)
        for start in stride(from: 0, to: order.count, by: Self.editsPerCommit) {
            let part = order[start..<min(order.count, start + Self.editsPerCommit)]
            try await journal.edit("edit \(field)") { draft in
                for index in part {
                    let line = sheet.lines[index]
                    draft.put(Schema.trade, line.id, [field.rawValue: value(line, shift)])
                }
            }
        }
    }

    private func value(_ line: TradeSheet.Line, _ shift: Int64) -> Value {
        switch field {
        case .rating: .integer((line.rating + shift) % 5 + 1)
        case .notes: .text("\(line.notes) \(shift)")
        }
    }

    /// What the other device would send: each message as it goes over the wire.
    private static func messages(of journal: JournalFile, since known: VectorClock) async throws -> [[UInt8]] {
        var clock = known
        var messages: [[UInt8]] = []
        while true {
            let part = try await journal.commits(missingFrom: clock, bytesMax: ExchangeLimits.requestBytesMax)
            let position = try await journal.position()
            let request = ExchangeRequest(
                claim: .digest(position.heads.digest), ownCounter: position.clock[position.replica],
                content: position.content, commits: part.commits)
            messages.append(Zstandard.compress(try request.encoded(own: position.replica)))
            for commit in part.commits { clock.observe(commit.dot) }
            if !part.hasMore { return messages }
        }
    }

    private func check(_ journal: JournalFile, _ sheet: TradeSheet) async throws {
        let slot = Slot(Schema.trade.kind, Schema.trade.number(of: field.rawValue)).rawValue
        let kept = try await journal.count(
            """
            SELECT count(*) FROM (
                SELECT entity FROM register WHERE slot = \(slot) GROUP BY entity HAVING count(DISTINCT value) = 2)
            """)
        try Step.check(kept == sheet.lines.count, "\(kept) of \(sheet.lines.count) conflicts were kept")
        guard field == .rating else { return }
        var shown: [ID<Trade>: Int64] = [:]
        for (id, rating) in try await journal.read({ try TradeRatings.all($0) }) { shown[id] = rating }
        let wrong = sheet.lines.count { shown[$0.id] != ($0.rating + 2) % 5 + 1 }
        try Step.check(wrong == 0, "\(wrong) trades do not show the later value")
    }
}
