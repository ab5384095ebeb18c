import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

struct EntryListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List entries, the newest day first.")

    @OptionGroup var options: JournalOptions

    @Option(
        name: .long, help: "Only entries of this day or later: 2026-11-21, `monday`, `7d`, `last-week`.",
        completion: .days)
    var from: String?

    @Option(name: .long, help: "Only entries of this day or earlier.", completion: .days)
    var to: String?

    @Option(
        name: .long, help: "Only this type: pre_trade, post_trade, daily, weekly or idea. May be given more than once.")
    var type: [Entry.Form] = []

    @Option(name: .long, help: "At most so many. Default: 50; all with --json.")
    var limit: Int?

    private static let listing = Listing(noun: "entries", countMax: EntryQuery.limitMax)

    func run() async throws {
        let now = World.live.now()
        var query = EntryQuery()
        let journal = try await options.open()
        let calendar = try Given.calendar(nil, try await journal.read { try SettingsStore($0).current() })
        query.firstDay = try from.map { try Given.days($0, calendar, now: now).lowerBound }
        query.lastDay = try to.map { try Given.days($0, calendar, now: now).upperBound }
        query.types = type.map(\.rawValue)
        query.limit = try Self.listing.limit(limit, json: options.json)
        let asked = query
        let (entries, count, all) = try await journal.read { db in
            let store = EntryStore(db)
            return (try store.list(asked), try store.count(asked), try store.count(EntryQuery()))
        }
        if options.json {
            JSON.list(entries.map { EntryJSON.heading($0) }).printed()
        } else if entries.isEmpty {
            Self.listing.empty(count: all, hint: "`daybook entry add --title …` writes one.")
        } else {
            var table = Table([.init("ID"), .init("DAY"), .init("TYPE"), .init("TITLE", isFlexible: true)])
            for entry in entries {
                table.add([
                    .init(Lookup.short(entry.id), .cyan), .init(entry.day?.description), .init(entry.type),
                    .init(entry.heading),
                ])
            }
            table.printed()
        }
        Self.listing.note(shown: entries.count, of: count)
    }
}

struct EntryShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one entry.")

    @OptionGroup var choice: EntryChoice
    @OptionGroup var options: JournalOptions

    func run() async throws {
        let journal = try await options.open()
        let id = try await choice.find(in: journal)
        let (entry, images) = try await journal.read { db in
            (try EntryStore(db).require(id), try ImageStore(db).images(ofEntry: id))
        }
        if options.json {
            EntryJSON.entry(entry, images: images).printed()
            return
        }
        print(Terminal.output.styled(entry.heading.onOneLine, .bold))
        Facts(known: [
            ("id", entry.id.description, nil), ("day", entry.day?.description ?? "", nil), ("type", entry.type, nil),
            ("trade", entry.trade.map { Lookup.short($0) } ?? "", nil),
            ("images", images.map { "\(Lookup.short($0.id)) \($0.name)" }.joined(separator: ", "), nil),
        ]).printed()
        guard !entry.body.isEmpty else { return }
        print("")
        print(entry.body.forTerminal)
    }
}
