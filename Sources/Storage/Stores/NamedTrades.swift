import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Trades that have words of a search in symbol, tags, setup or the account's name, and the rest of them in their notes.
struct NamedTrades {
    private let db: Database
    private let words: SearchWords
    private let condition: String
    private let arguments: StatementArguments

    /// Nil when no trade can have any of the words in a name.
    init?(_ db: Database, _ words: SearchWords) throws {
        self.db = db
        self.words = words
        let names = try Names(db, words)
        var conditions: [String] = []
        var arguments: [String: any DatabaseValueConvertible] = ["query": words.query]
        var hasNames = false
        for (number, term) in words.terms.enumerated() {
            arguments["term\(number)"] = term.query
            var ways = ["trip.id IN (\(Self.noted(":term\(number)")))"]
            for (column, found) in names.matches(number) where !found.isEmpty {
                hasNames = true
                let name = "\(column.rawValue)\(number)"
                arguments[name] = JSON.list(found.map { .text($0) }).description
                ways.append(Self.has(column, "(SELECT value FROM json_each(:\(name)))"))
            }
            conditions.append("(\(ways.joined(separator: " OR ")))")
        }
        guard hasNames else { return nil }
        // Those that have all of the words in their notes were found by these.
        conditions.append("trip.id NOT IN (\(Self.noted(":query")))")
        condition = "FROM round_trip AS trip WHERE \(conditions.joined(separator: " AND "))"
        self.arguments = StatementArguments(arguments)
    }

    private static func noted(_ query: String) -> String {
        """
        SELECT coalesce(anchor.round_trip, noted.id)
        FROM trade_text
            JOIN trade AS noted ON noted.row = trade_text.rowid AND noted.presence <> 1
            LEFT JOIN anchor ON anchor.trade = noted.id
        WHERE trade_text MATCH \(query)
        """
    }

    private static func has(_ column: Names.Column, _ found: String) -> String {
        switch column {
        case .symbol: "trip.symbol IN \(found)"
        case .account: "hex(trip.account) IN \(found)"
        case .tag:
            """
            trip.id IN (
                SELECT coalesce(anchor.round_trip, member.owner)
                FROM member
                    JOIN trade AS tagged ON tagged.id = member.owner AND tagged.presence <> 1
                    LEFT JOIN anchor ON anchor.trade = member.owner
                WHERE member.kind = \(Schema.tradeTags.rawValue) AND hex(member.member) IN \(found))
            """
        case .setup:
            """
            trip.id IN (
                SELECT coalesce(anchor.round_trip, said.id)
                FROM trade AS said LEFT JOIN anchor ON anchor.trade = said.id
                WHERE said.presence <> 1 AND said.setup IN \(found))
            """
        }
    }

    func count() throws -> Int { try Int.fetchOne(db, sql: "SELECT count(*) \(condition)", arguments: arguments) ?? 0 }

    /// The newest first.
    func hits(limit: Int) throws -> [SearchStore.Hit] {
        guard limit > 0 else { return [] }
        let ids = try Data.fetchAll(
            db, sql: "SELECT trip.id \(condition) ORDER BY trip.opened_ms DESC, trip.id DESC LIMIT \(limit)",
            arguments: arguments)
        var tokens = SearchTokens()
        return try ids.compactMap { ID<Trade>(bytes: $0) }.compactMap { id in
            try TradeStore(db).find(id).map { .trade($0, snippet: try snippet(of: $0, &tokens)) }
        }
    }

    /// What the trade is called, and a piece of the notes where a word is found only there.
    private func snippet(of trade: TradeSummary, _ tokens: inout SearchTokens) throws -> String {
        let names = [trade.symbol] + trade.tags + [trade.setup, trade.accountLabel].compactMap(\.self)
        let phrases = words.phrases
        let found = names.map { phrases.found(in: $0, &tokens) }
        var pieces = zip(names, found).enumerated().filter { $0 == 0 || !$1.1.isEmpty }
            .map { marked($1.0, phrases, isSymbol: $0 == 0, &tokens) }
        let named = found.reduce(into: Set<Int>()) { $0.formUnion($1) }
        let rest = words.terms.enumerated().filter { !named.contains($0) && !$1.namesWhole(trade.symbol) }.map(
            \.element)
        if !rest.isEmpty, let notes = try notes(of: trade.id, rest) { pieces.append(notes) }
        return pieces.joined(separator: " · ")
    }

    private func marked(
        _ text: String, _ phrases: SearchPhrases, isSymbol: Bool, _ tokens: inout SearchTokens
    ) -> String {
        let excerpt = SearchExcerpt(of: text, phrases, &tokens, bytesMax: SearchExcerpt.scannedBytesEach)
        guard isSymbol, excerpt.score == 0, words.terms.contains(where: { $0.namesWhole(text) }) else {
            return excerpt.marked
        }
        return "\(SearchStore.matchStart)\(text)\(SearchStore.matchEnd)"
    }

    private func notes(of id: ID<Trade>, _ terms: [SearchWords.Term]) throws -> String? {
        let text = try String.fetchOne(
            db,
            sql: """
                SELECT trade.notes
                FROM trade_text
                    JOIN trade ON trade.row = trade_text.rowid AND trade.presence <> 1
                    LEFT JOIN anchor ON anchor.trade = trade.id
                WHERE trade_text MATCH :query AND coalesce(anchor.round_trip, trade.id) = :id
                ORDER BY trade.id LIMIT 1
                """,
            arguments: ["query": terms.map(\.query).joined(separator: " OR "), "id": id.data])
        guard let text else { return nil }
        var excerpts = SearchExcerpts(SearchPhrases(terms.map(\.phrase)))
        return try excerpts.cut([text])
    }
}

/// The names that trades have here: few beside the trades themselves, so the words are held against these.
private struct Names {
    enum Column: String {
        case symbol, account, tag, setup
    }

    /// What has each of the terms: symbols and setups as they are, accounts and tags by the digits of their ids.
    private var found: [Column: [Int: [String]]] = [:]

    /// Names that no version of this program could have written are not looked at, in bytes.
    private static let bytesMax = 4 << 10

    /// - Throws: `request.too_much`, `CancellationError`.
    init(_ db: Database, _ words: SearchWords) throws {
        let phrases = words.phrases
        var tokens = SearchTokens()
        func digits(_ id: ID<some Any>) -> String { Hex.encode(id.bytes).uppercased() }
        func note(_ column: Column, _ name: String, _ value: String, _ found: inout [Column: [Int: [String]]]) throws {
            try WorkBudget.spend(bytes: name.utf8.count)
            guard name.utf8.count <= Self.bytesMax else { return }
            var terms = phrases.found(in: name, &tokens)
            if column == .symbol {
                terms.formUnion(words.terms.indices.filter { words.terms[$0].namesWhole(name) })
            }
            for term in terms { found[column, default: [:]][term, default: []].append(value) }
        }
        for symbol in try TradeStore(db).symbols() { try note(.symbol, symbol, symbol, &found) }
        let setups = try String.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT setup FROM trade
                    WHERE setup IS NOT NULL AND setup <> '' AND length(setup) <= \(Self.bytesMax) AND presence <> 1
                    """))
        while let setup = try setups.next() { try note(.setup, setup, setup, &found) }
        for account in try AccountStore(db).list() { try note(.account, account.label, digits(account.id), &found) }
        for tag in try TagStore(db).alive() { try note(.tag, tag.name, digits(tag.id), &found) }
    }

    /// - Parameter term: its place among the terms.
    func matches(_ term: Int) -> [(column: Column, found: [String])] {
        [Column.symbol, .setup, .account, .tag].map { ($0, found[$0]?[term] ?? []) }
    }
}
