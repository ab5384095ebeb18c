import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Search trades and entries.",
        discussion: """
            Looks into entries, and of trades into the notes, symbol, tags, setup and the account's name. Every word must
            occur; the last may be the beginning of one. Words in double quotes must stand together:

              daybook search late entry
              daybook search '"out at the target"'
              daybook search btc breakout
              daybook search --raw 'fomo OR revenge NOT paper'      notes and entries, in the full syntax of SQLite's FTS5
            """)

    @Argument(help: "What to look for.")
    var text: [String]

    @Flag(name: .long, help: "Take the text as a query in the syntax of FTS5.")
    var raw = false

    @Option(name: .long, help: "At most so many. Default: 20; 1000 with --json.")
    var limit: Int?

    private static let listing = Listing(noun: "results", countMax: SearchStore.limitMax)

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let words = text.joined(separator: " ")
        let plain = raw ? nil : try SearchWords(words)
        let limit = try Self.listing.limit(limit, json: options.json, page: 20)
        let journal = try await options.open()
        let (hits, count) = try await journal.read { db in
            let store = SearchStore(db)
            guard let plain else { return (try store.search(words, limit: limit), try store.count(words)) }
            return (try store.search(plain, limit: limit), try store.count(plain))
        }
        if options.json {
            JSON.list(hits.map(json)).printed()
        } else if hits.isEmpty {
            print("Nothing found.")
        } else {
            let settings = try await journal.read { try SettingsStore($0).current() }
            let clock = LocalClock(try Given.zone(nil, settings))
            for hit in hits { show(hit, clock) }
        }
        Self.listing.note(shown: hits.count, of: count)
    }

    private func json(_ hit: SearchStore.Hit) -> JSON {
        let marks: Set<Character> = [SearchStore.matchStart, SearchStore.matchEnd]
        let snippet = JSON.text(hit.snippet.filter { !marks.contains($0) })
        return switch hit {
        case .trade(let trade, _):
            .object([
                "kind": .text("trade"), "id": .id(trade.id), "symbol": .text(trade.symbol),
                "opened": .time(trade.openedAt), "snippet": snippet,
            ])
        case .entry(let entry, _):
            .object([
                "kind": .text("entry"), "id": .id(entry.id), "day": .text(entry.day?.description),
                "title": .text(entry.title), "snippet": snippet,
            ])
        case .stray(let id, let label, _):
            .object(["kind": .text("note"), "id": .id(id), "title": .text(label), "snippet": snippet])
        }
    }

    private func show(_ hit: SearchStore.Hit, _ clock: LocalClock) {
        let terminal = Terminal.output
        switch hit {
        case .trade(let trade, _):
            let day = clock.day(of: trade.openedAt)
            print("\(terminal.styled("trade \(Lookup.short(trade.id))", .cyan))  \(day)  \(trade.symbol.onOneLine)")
        case .entry(let entry, _):
            let day = entry.day?.description ?? ""
            print("\(terminal.styled("entry \(Lookup.short(entry.id))", .cyan))  \(day)  \(entry.heading.onOneLine)")
        case .stray(let id, let label, _):
            let name = terminal.styled("note \(Lookup.short(id))", .cyan)
            print("\(name)  \(label.onOneLine), whose fills are gone: see `daybook conflicts`")
        }
        print("    " + highlighted(hit.snippet, terminal))
    }

    private func highlighted(_ snippet: String, _ terminal: Terminal) -> String {
        var shown = ""
        var part = ""
        func end(_ style: Terminal.Style?) {
            shown += terminal.styled(part.onOneLine, style)
            part = ""
        }
        for character in snippet {
            switch character {
            case SearchStore.matchStart: end(nil)
            case SearchStore.matchEnd: end(.highlight)
            default: part.append(character)
            }
        }
        end(nil)
        return shown
    }
}
