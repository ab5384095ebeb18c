import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

struct TradeTagCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag", abstract: "Put tags on a trade.",
        discussion: "A tag that there is not yet is made.\n\n  daybook trade tag last breakout \"news day\"")

    @OptionGroup var choice: TradeChoice

    @Argument(help: "The names of the tags.")
    var names: [String]

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let names = names
        let journal = try await options.open()
        let id = try await choice.find(in: journal)
        try await journal.edit("tag trade \(Lookup.short(id)): \(names.joined(separator: ", "))") { draft, db in
            _ = try TradeStore(db).addTags(id, names, world: .live, in: &draft)
        }
        try await TradeAnswer(journal: journal, options: options).printed(id) {
            "\($0.title) is tagged \($0.tags.joined(separator: ", "))."
        }
    }
}

struct TradeUntagCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "untag", abstract: "Take tags off a trade.")

    @OptionGroup var choice: TradeChoice

    @Argument(help: "The names of the tags.")
    var names: [String]

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let names = names
        let journal = try await options.open()
        let id = try await choice.find(in: journal)
        try await journal.edit("untag trade \(Lookup.short(id)): \(names.joined(separator: ", "))") { draft, db in
            try TradeStore(db).removeTags(id, names, in: &draft)
        }
        try await TradeAnswer(journal: journal, options: options).printed(id) { trade in
            let rest = trade.tags.isEmpty ? "no tags" : trade.tags.joined(separator: ", ")
            return "\(trade.title) has \(rest)."
        }
    }
}
