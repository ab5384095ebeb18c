import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Search notes and entries.",
        discussion: """
            Every word must occur; the last may be the beginning of one. Words in double quotes must stand together:

              daybook search late entry
              daybook search '"out at the target"'
              daybook search --raw 'fomo OR revenge NOT paper'      the full syntax of SQLite's FTS5
            """)

    @Argument(help: "What to look for.")
    var text: [String]

    @Flag(name: .long, help: "Take the text as a query in the syntax of FTS5.")
    var raw = false

    @Option(name: .long, help: "At most so many.")
    var limit = 20

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let words = text.joined(separator: " ")
        let query = raw ? words : try SearchStore.query(words)
        let limit = try Given.limit(limit)
        let hits = try await options.open().read { try SearchStore($0).search(query, limit: limit) }
        if options.json {
            JSON.list(hits.map(json)).printed()
        } else if hits.isEmpty {
            print("Nothing found.")
        } else {
            for hit in hits { show(hit) }
        }
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
        }
    }

    private func show(_ hit: SearchStore.Hit) {
        let terminal = Terminal.output
        switch hit {
        case .trade(let trade, _):
            let day = LocalClock(.current).day(of: trade.openedAt)
            print("\(terminal.styled("trade \(Lookup.short(trade.id))", .cyan))  \(day)  \(trade.symbol.onOneLine)")
        case .entry(let entry, _):
            let day = entry.day?.description ?? ""
            print("\(terminal.styled("entry \(Lookup.short(entry.id))", .cyan))  \(day)  \(entry.heading.onOneLine)")
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
