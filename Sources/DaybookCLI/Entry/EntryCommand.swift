import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

struct EntryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "entry", abstract: "Entries: dated pages of the journal, in Markdown.",
        subcommands: [
            EntryListCommand.self, EntryShowCommand.self, EntryAddCommand.self, EntryEditCommand.self,
            EntryDeleteCommand.self,
        ])
}

/// The entry that a command is about.
struct EntryChoice: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The entry: 4 or more digits of its id, or `last`.", valueName: "id"), completion: .entries)
    var id: String

    func find(in journal: JournalFile) async throws -> ID<Entry> {
        let text = id
        return try await journal.read { try Lookup($0).entry(text) }
    }
}

/// Entries as scripts see them.
enum EntryJSON {
    static func heading(_ entry: Entry) -> JSON { .object(fields(entry)) }

    static func entry(_ entry: Entry, images: [Image] = []) -> JSON {
        var fields = fields(entry)
        fields["body"] = .text(entry.body)
        fields["images"] = .list(images.map { ImageJSON.image($0) })
        return .object(fields)
    }

    private static func fields(_ entry: Entry) -> [String: JSON] {
        [
            "id": .id(entry.id), "day": .text(entry.day?.description), "title": .text(entry.title),
            "type": .text(entry.type), "trade": .id(entry.trade), "created": .time(entry.createdAt),
        ]
    }
}

extension Entry {
    /// The title, or the beginning of the body where there is none.
    var heading: String {
        guard title.isEmpty else { return title }
        let line = body.split(separator: "\n").first.map(String.init) ?? ""
        return String(line.drop { "# ".contains($0) }.prefix(80))
    }
}

extension Entry.Form: ExpressibleByArgument {}
