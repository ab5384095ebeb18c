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
        let names = try Names(db)
        var conditions: [String] = []
        var arguments: [String: any DatabaseValueConvertible] = ["query": words.query]
        var hasNames = false
        for (number, term) in words.terms.enumerated() {
            arguments["term\(number)"] = term.query
            var ways = ["trip.id IN (\(Self.noted(":term\(number)")))"]
            for (column, found) in names.matches(term) where !found.isEmpty {
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
        return try ids.compactMap { ID<Trade>(bytes: $0) }.compactMap { id in
            try TradeStore(db).find(id).map { .trade($0, snippet: try snippet(of: $0)) }
        }
    }

    /// What the trade is called, and a piece of the notes where a word is found only there.
    private func snippet(of trade: TradeSummary) throws -> String {
        let names = [trade.symbol] + trade.tags + [trade.setup, trade.accountLabel].compactMap(\.self)
        let shown = names.enumerated().filter { index, name in
            index == 0 || words.terms.contains { $0.occurs(in: name) }
        }
        var pieces = shown.map { marked($1, isSymbol: $0 == 0) }
        let rest = words.terms.filter { term in
            !term.names(symbol: trade.symbol) && !names.contains { term.occurs(in: $0) }
        }
        if !rest.isEmpty, let notes = try notes(of: trade.id, rest) { pieces.append(notes) }
        return pieces.joined(separator: " · ")
    }

    private func marked(_ text: String, isSymbol: Bool) -> String {
        let places = words.terms.flatMap { $0.ranges(in: text, isSymbol: isSymbol) }
            .sorted { $0.lowerBound < $1.lowerBound }
        var (result, end) = ("", text.startIndex)
        for place in places where place.lowerBound >= end {
            result += text[end..<place.lowerBound]
            result += "\(SearchStore.matchStart)\(text[place])\(SearchStore.matchEnd)"
            end = place.upperBound
        }
        return result + text[end...]
    }

    private func notes(of id: ID<Trade>, _ terms: [SearchWords.Term]) throws -> String? {
        try String.fetchOne(
            db,
            sql: """
                SELECT snippet(trade_text, 0, :start, :end, '…', :words)
                FROM trade_text
                    JOIN trade ON trade.row = trade_text.rowid AND trade.presence <> 1
                    LEFT JOIN anchor ON anchor.trade = trade.id
                WHERE trade_text MATCH :query AND coalesce(anchor.round_trip, trade.id) = :id
                ORDER BY trade.id LIMIT 1
                """,
            arguments: [
                "query": terms.map(\.query).joined(separator: " OR "), "id": id.data,
                "start": String(SearchStore.matchStart), "end": String(SearchStore.matchEnd),
                "words": SearchStore.snippetWords,
            ])
    }
}

/// The names that trades have here: few beside the trades themselves, so a word is held against these.
private struct Names {
    enum Column: String {
        case symbol, account, tag, setup
    }

    private let symbols: [String]
    private let setups: [String]
    private let accounts: [Account]
    private let tags: [Tag]

    init(_ db: Database) throws {
        symbols = try TradeStore(db).symbols()
        setups = try String.fetchAll(
            db.cachedStatement(
                sql: "SELECT DISTINCT setup FROM trade WHERE setup IS NOT NULL AND setup <> '' AND presence <> 1"))
        accounts = try AccountStore(db).list()
        tags = try TagStore(db).alive()
    }

    /// What has the term: symbols and setups as they are, accounts and tags by the digits of their ids.
    func matches(_ term: SearchWords.Term) -> [(column: Column, found: [String])] {
        func digits(_ id: ID<some Any>) -> String { Hex.encode(id.bytes).uppercased() }
        return [
            (.symbol, symbols.filter { term.names(symbol: $0) }), (.setup, setups.filter { term.occurs(in: $0) }),
            (.account, accounts.filter { term.occurs(in: $0.label) }.map { digits($0.id) }),
            (.tag, tags.filter { term.occurs(in: $0.name) }.map { digits($0.id) }),
        ]
    }
}
