import Journal
import Primitives
import Storage
import Web

/// Full-text search over REST.
package struct SearchRoutes: Sendable {
    private static let text = QueryField.text(
        "q", "Words that must all occur; the last may be the beginning of one, and quoted ones stand together."
    ).needed()
    private static let limit = QueryField.integer("limit", in: 1...100, or: 20, "How many, the best match first.")

    private let services: JournalServices

    package init(_ services: JournalServices) { self.services = services }

    func add(to table: inout RouteTable) {
        table.get(
            "/journal/search", "Search trades, by notes, symbol, tags, setup and account, and entries",
            reads: [Self.text, Self.limit],
            answers: [200: .json(SearchView.shape)], search)
    }

    func search(_ call: Call) async throws -> Answer {
        let words = try SearchWords(try call.value(of: Self.text))
        let limit = try call.value(of: Self.limit)
        return try await services.show(call) { db in SearchView(try SearchStore(db).search(words, limit: limit)) }
    }
}

struct SearchView: View {
    /// What was found; of each kind only its own members have values. A note is one whose trade is not there because its
    /// fills are gone: it is among the conflicts.
    struct Hit: Encodable, Sendable {
        static let shape = Shape.object(
            "Hit",
            [
                "kind": .choice(["trade", "entry", "note"]), "id": .id, "symbol": .text.orNull,
                "opened_at": .time.orNull,
                "entry_date": .day.orNull, "title": .text.orNull,
                "snippet": .text, "matches": .list(of: .text).note("The words of the snippet that were looked for."),
            ])

        let kind: String
        let id: String
        @OrNull var symbol: String?
        @OrNull var opened_at: String?
        @OrNull var entry_date: String?
        @OrNull var title: String?
        let snippet: String
        let matches: [String]

        init(_ hit: SearchStore.Hit) {
            switch hit {
            case .trade(let trade, _):
                (kind, id) = ("trade", trade.id.description)
                symbol = trade.symbol
                opened_at = trade.openedAt.description
            case .entry(let entry, _):
                (kind, id) = ("entry", entry.id.description)
                entry_date = entry.day?.description
                title = entry.title
            case .stray(let stray, let label, _):
                (kind, id) = ("note", stray.description)
                title = label
            }
            snippet = hit.snippet.filter { $0 != SearchStore.matchStart && $0 != SearchStore.matchEnd }
            matches = hit.snippet.split(separator: SearchStore.matchStart, omittingEmptySubsequences: false).dropFirst()
                .map { String($0.prefix { $0 != SearchStore.matchEnd }) }
        }
    }

    static let shape = Shape.object("SearchResults", ["results": .list(of: Hit.shape)])

    let results: [Hit]

    init(_ hits: [SearchStore.Hit]) { results = hits.map { Hit($0) } }
}
