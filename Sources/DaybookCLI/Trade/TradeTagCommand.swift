import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

struct TradeTagCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag", abstract: "Put tags on a trade.",
        discussion: """
            A tag that there is not yet is made, but not of a word that looks like a trade's id: `daybook tag add` makes it.

              daybook trade tag last breakout "news day"
            """)

    @OptionGroup var choice: TradeChoice

    @Argument(help: "The names of the tags.", completion: .tags)
    var names: [String]

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let names = names
        let journal = try await options.open()
        let id = try await choice.find(in: journal)
        try await journal.read { db in
            for name in names where try TagStore(db).find(name) == nil {
                guard try Lookup(db).looksLikeTrade(name) else { continue }
                throw Failure.tagLikeID(name)
            }
        }
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

    @Argument(help: "The names of the tags.", completion: .tags)
    var names: [String]

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let names = names
        let journal = try await options.open()
        let id = try await choice.find(in: journal)
        try await journal.read { db in
            for name in names where try TagStore(db).find(name) == nil {
                guard try Lookup(db).looksLikeTrade(name) else { continue }
                throw Failure.untaggedID(name)
            }
        }
        try await journal.edit("untag trade \(Lookup.short(id)): \(names.joined(separator: ", "))") { draft, db in
            try TradeStore(db).removeTags(id, names, in: &draft)
        }
        try await TradeAnswer(journal: journal, options: options).printed(id) { trade in
            let rest = trade.tags.isEmpty ? "no tags" : trade.tags.joined(separator: ", ")
            return "\(trade.title) has \(rest)."
        }
    }
}

extension Failure {
    fileprivate static func tagLikeID(_ word: String) -> Failure {
        Failure(
            .invalid, "trade.one_at_a_time",
            "“\(word)” looks like the id of a trade, and trades are tagged one at a time: `daybook trade tag \(word) NAME`. "
                + "If it is a tag, make it first: `daybook tag add \(word)`.")
    }
    fileprivate static func untaggedID(_ word: String) -> Failure {
        Failure(
            .invalid, "trade.one_at_a_time",
            "“\(word)” looks like the id of a trade, and no tag is called so. Tags are taken off one trade at a time: "
                + "`daybook trade untag \(word) NAME`.")
    }

    /// A whole text that would take the place of another.
    static func textLikeID(_ word: String, _ command: String) -> Failure {
        Failure(
            .invalid, "text.like_id",
            "“\(word)” looks like an id, and not like a text to put in the place of another. One thing at a time: "
                + "`daybook \(command) \(word) TEXT`. If it is the text, give it on a pipe with - in its place.")
    }
}
