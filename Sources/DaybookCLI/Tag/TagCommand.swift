import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

struct TagCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag", abstract: "Tags: words to find and compare trades by.",
        discussion: "`daybook trade tag ID NAME` puts them on trades. Names that differ only in case are one name.",
        subcommands: [TagListCommand.self, TagAddCommand.self, TagRenameCommand.self, TagDeleteCommand.self])
}

enum TagJSON {
    static func tag(_ tag: Tag) -> JSON { .object(fields(tag)) }

    static func tag(_ tag: Tag, tradeCount: Int) -> JSON {
        .object(fields(tag).merging(["trades": .count(tradeCount)]) { $1 })
    }

    private static func fields(_ tag: Tag) -> [String: JSON] {
        ["id": .id(tag.id), "name": .text(tag.name), "color": .text(tag.color)]
    }
}

struct TagListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List tags and how many trades have them.")

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let tags = try await options.open().read { db in try TagStore(db).list() }
        if options.json {
            JSON.list(tags.map { TagJSON.tag($0.tag, tradeCount: $0.tradeCount) }).printed()
        } else if tags.isEmpty {
            print("No tags. `daybook tag add NAME` makes one.")
        } else {
            var table = Table([.init("TAG", isFlexible: true), .init("TRADES", .right), .init("COLOR")])
            for (tag, count) in tags { table.add([.init(tag.name), .init(String(count)), .init(tag.color)]) }
            table.printed()
        }
        Listing.noteFull(tags.count, of: TagStore.countMax, "tags")
    }
}

struct TagAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make a tag, or bring a deleted one back with the trades that had it.")

    @Argument(help: "The name.")
    var name: String

    @Option(name: .long, help: "A colour for programs that show one, as #3b82f6.")
    var color: String?

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let (name, color) = (name, color)
        let tag = try await options.open().edit("add tag \(name)") { draft, db in
            try TagStore(db).add(name, color: color, world: .live, in: &draft)
        }
        if options.json { TagJSON.tag(tag).printed() } else { print("Added tag “\(tag.name)”.".onOneLine) }
    }
}

struct TagRenameCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename", abstract: "Give a tag another name, on all trades.")

    @Argument(help: "The name it has.", completion: .tags)
    var name: String

    @Argument(help: "The name it gets.")
    var new: String

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let (name, new) = (name, new)
        let tag = try await options.open().edit("rename tag \(name) to \(new)") { draft, db in
            try TagStore(db).rename(name, to: new, in: &draft)
        }
        if options.json { TagJSON.tag(tag).printed() } else { print("“\(name)” is now “\(tag.name)”.".onOneLine) }
    }
}

struct TagDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a tag; the trades that have it stay.")

    @Argument(help: "The name.", completion: .tags)
    var name: String

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let name = name
        let tag = try await options.open().edit("delete tag \(name)") { draft, db in
            try TagStore(db).delete(name, in: &draft)
        }
        if options.json {
            TagJSON.tag(tag).printed()
        } else {
            print("Deleted tag “\(tag.name)”. `daybook undo` brings it back.".onOneLine)
        }
    }
}
