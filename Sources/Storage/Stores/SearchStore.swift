import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Search over entries, and over trades: their notes, and what they are called and marked by.
package struct SearchStore {
    private let db: Database

    package init(_ db: Database) { self.db = db }

    package static let limitMax = 1000
    /// Stand around each match in a snippet: characters that no keyboard types.
    package static let matchStart: Character = "\u{2}"
    package static let matchEnd: Character = "\u{3}"
    /// How much of its body an entry that was found brings along, in bytes: enough for its first line.
    static let bodyBytesMax = 1 << 10

    /// What was found, the best match first.
    package enum Hit: Sendable {
        case trade(TradeSummary, snippet: String)
        case entry(Entry, snippet: String)
        /// A note whose trade is not there, because its fills are gone. It waits among the conflicts.
        case stray(EntityID, label: String, snippet: String)

        package var snippet: String {
            switch self {
            case .trade(_, let snippet), .entry(_, let snippet), .stray(_, _, let snippet): snippet
            }
        }
    }

    /// The words of a person as a query in FTS5's syntax.
    ///
    /// - Throws: `search.empty` when there is no word in it.
    package static func query(_ text: String) throws(Failure) -> String { try SearchWords(text).query }

    /// What has these words: entries and notes that have them all, the best match first, then trades that have some of
    /// them in symbol, tags, setup or account, the newest first.
    package func search(_ words: SearchWords, limit: Int = 20) throws -> [Hit] {
        let limit = min(max(limit, 0), Self.limitMax)
        let hits = try hits(words.query, words.phrases, limit: limit)
        return hits + (try NamedTrades(db, words)?.hits(limit: limit - hits.count) ?? [])
    }

    /// How many there are of these, whatever the limit.
    package func count(_ words: SearchWords) throws -> Int {
        try count(words.query) + (NamedTrades(db, words)?.count() ?? 0)
    }

    /// How many texts match a query in FTS5's own syntax.
    package func count(_ query: String) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM (\(Self.texts))", arguments: ["query": query]) ?? 0
    }

    /// Notes that match, with their trade where it is there.
    private static let notes = """
        trade_text
            JOIN trade ON trade.row = trade_text.rowid AND trade.presence <> 1
            LEFT JOIN anchor ON anchor.trade = trade.id
            LEFT JOIN round_trip AS trip ON trip.id = coalesce(anchor.round_trip, trade.id)
        WHERE trade_text MATCH :query AND (trip.id IS NOT NULL OR anchor.trade IS NOT NULL)
        """

    private static let texts = """
        SELECT trade.id FROM \(notes)
        UNION ALL
        SELECT entry.id FROM entry_text JOIN entry ON entry.row = entry_text.rowid AND entry.presence <> 1
        WHERE entry_text MATCH :query
        """

    /// Looks into notes and entries only.
    ///
    /// - Parameter query: in FTS5's own syntax; `query(_:)` makes one of what a person types.
    /// - Throws: `search.bad_query` for what FTS5 cannot read.
    package func search(_ query: String, limit: Int = 20) throws -> [Hit] {
        do {
            return try hits(query, SearchPhrases(raw: query), limit: min(max(limit, 0), Self.limitMax))
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
            throw Failure(
                .invalid, "search.bad_query",
                "The search cannot be read: \(error.message ?? "bad syntax"). Look for plain words instead.")
        }
    }

    /// The best ones first, and then their texts: to rank, FTS5 only counts, which takes as long as there are matches.
    private func hits(_ query: String, _ phrases: SearchPhrases, limit: Int) throws -> [Hit] {
        let found = try Row.fetchAll(
            db,
            sql: """
                SELECT 0 AS is_entry, coalesce(trip.id, trade.id) AS id, bm25(trade_text) AS rank, trade.id AS source
                FROM \(Self.notes)
                UNION ALL
                SELECT 1 AS is_entry, entry.id AS id, bm25(entry_text, 4.0, 1.0) AS rank, entry.id AS source
                FROM entry_text JOIN entry ON entry.row = entry_text.rowid AND entry.presence <> 1
                WHERE entry_text MATCH :query
                ORDER BY rank, id, source LIMIT :limit
                """,
            arguments: ["query": query, "limit": limit])
        var excerpts = SearchExcerpts(phrases)
        return try found.compactMap { row in
            guard let id = EntityID(bytes: row["id"] as Data) else { return nil }
            return row["is_entry"] as Bool
                ? try entry(id.cast(), &excerpts) : try note(id, of: row["source"], &excerpts)
        }
    }

    private func entry(_ id: ID<Entry>, _ excerpts: inout SearchExcerpts) throws -> Hit? {
        guard let entry = try EntryStore(db).find(id) else { return nil }
        let snippet = try excerpts.cut([entry.title, entry.body])
        return .entry(entry.cut(toBodyBytes: Self.bodyBytesMax), snippet: snippet)
    }

    /// - Parameter annotation: which holds the notes.
    private func note(_ id: EntityID, of annotation: Data, _ excerpts: inout SearchExcerpts) throws -> Hit? {
        let text = try String.fetchOne(
            db.cachedStatement(sql: "SELECT notes FROM trade WHERE id = ?"), arguments: [annotation])
        let snippet = try excerpts.cut([text ?? ""])
        if let trade = try TradeStore(db).find(id.cast()) { return .trade(trade, snippet: snippet) }
        return .stray(id, label: try EntityFinder(db).label(.init(Schema.trade.kind, id)), snippet: snippet)
    }
}
