import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Full-text search over the notes of trades and over entries.
package struct SearchStore {
    private let db: Database

    package init(_ db: Database) { self.db = db }

    package static let limitMax = 1000
    /// Stand around each match in a snippet: characters that no keyboard types.
    package static let matchStart: Character = "\u{2}"
    package static let matchEnd: Character = "\u{3}"
    /// How much of the text a snippet shows, in words.
    private static let snippetWords = 16

    /// What was found, the best match first.
    package enum Hit: Sendable {
        case trade(TradeSummary, snippet: String)
        case entry(Entry, snippet: String)

        package var snippet: String {
            switch self {
            case .trade(_, let snippet), .entry(_, let snippet): snippet
            }
        }
    }

    /// The words of a person as a query: every word must occur, the last may be the beginning of one, and what stands in
    /// double quotes must occur as it is. Nothing in it is FTS5 syntax.
    ///
    /// - Throws: `search.empty` when there is no word in it.
    package static func query(_ text: String) throws(Failure) -> String {
        var terms: [String] = []
        for (index, part) in text.split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
            // Between an odd and an even quotation mark stands a phrase.
            let pieces = index % 2 == 1 ? [String(part)] : part.split(whereSeparator: \.isWhitespace).map(String.init)
            terms += pieces.map { $0.filter { $0 != "\0" } }.filter { $0.contains { $0.isLetter || $0.isNumber } }
        }
        guard !terms.isEmpty else {
            throw Failure(.invalid, "search.empty", "There is no word to look for. Give at least one.")
        }
        let quoted = terms.map { "\"\($0)\"" }.joined(separator: " ")
        return text.hasSuffix("\"") || text.last?.isWhitespace == true ? quoted : quoted + "*"
    }

    /// - Parameter query: in FTS5's own syntax; `query(_:)` makes one of what a person types.
    /// - Throws: `search.bad_query` for what FTS5 cannot read.
    package func search(_ query: String, limit: Int = 20) throws -> [Hit] {
        do {
            return try hits(query, limit: min(max(limit, 0), Self.limitMax))
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
            throw Failure(
                .invalid, "search.bad_query",
                "The search cannot be read: \(error.message ?? "bad syntax"). Look for plain words instead.")
        }
    }

    private func hits(_ query: String, limit: Int) throws -> [Hit] {
        let found = try Row.fetchAll(
            db,
            sql: """
                SELECT 0 AS is_entry, trip.id AS id, bm25(trade_text) AS rank, trade.id AS source,
                    snippet(trade_text, 0, :start, :end, '…', :words) AS snippet
                FROM trade_text
                    JOIN trade ON trade.row = trade_text.rowid AND trade.presence <> 1
                    LEFT JOIN anchor ON anchor.trade = trade.id
                    JOIN round_trip AS trip ON trip.id = coalesce(anchor.round_trip, trade.id)
                WHERE trade_text MATCH :query
                UNION ALL
                SELECT 1 AS is_entry, entry.id AS id, bm25(entry_text, 4.0, 1.0) AS rank, entry.id AS source,
                    snippet(entry_text, -1, :start, :end, '…', :words) AS snippet
                FROM entry_text JOIN entry ON entry.row = entry_text.rowid AND entry.presence <> 1
                WHERE entry_text MATCH :query
                ORDER BY rank, id, source LIMIT :limit
                """,
            arguments: [
                "query": query, "start": String(Self.matchStart), "end": String(Self.matchEnd),
                "words": Self.snippetWords, "limit": limit,
            ])
        var hits: [Hit] = []
        for row in found {
            guard let id = EntityID(bytes: row["id"] as Data) else { continue }
            if row["is_entry"] as Bool {
                if let entry = try EntryStore(db).find(id.cast()) {
                    hits.append(.entry(entry, snippet: row["snippet"]))
                }
            } else if let trade = try TradeStore(db).find(id.cast()) {
                hits.append(.trade(trade, snippet: row["snippet"]))
            }
        }
        return hits
    }
}
