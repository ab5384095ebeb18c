import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Finds the thing that a person means by a piece of its id.
///
/// Any piece of at least four digits will do that an id, or the end of it that lists show, begins or ends with, as long as
/// only one thing has it. Names made by people begin with the time, so it is the end that tells them apart.
package struct Lookup {
    private let db: Database

    package init(_ db: Database) { self.db = db }

    package static let digitsMin = 4
    /// How many digits of the end of an id a list shows.
    package static let shownDigits = 8
    private static let candidatesMax = 5

    /// - Throws: `trade.not_found`, `trade.ambiguous_id`, `id.not_hexadecimal`, `id.too_short`.
    package func trade(_ text: String) throws -> ID<Trade> {
        try find(
            text, "trade", "A list of trades shows them.",
            among: """
                SELECT id FROM round_trip WHERE \(Self.match("id"))
                UNION
                SELECT round_trip AS id FROM anchor WHERE round_trip IS NOT NULL AND \(Self.match("trade"))
                ORDER BY id LIMIT :limit
                """,
            last: "SELECT id FROM round_trip ORDER BY opened_ms DESC, id DESC LIMIT 1"
        ).cast()
    }

    /// - Throws: `entry.not_found`, `entry.ambiguous_id`, `id.not_hexadecimal`, `id.too_short`.
    package func entry(_ text: String) throws -> ID<Entry> {
        try find(
            text, "entry", "A list of entries shows them.",
            among: "SELECT id FROM entry WHERE presence <> 1 AND \(Self.match("id")) ORDER BY id LIMIT :limit",
            last: "SELECT id FROM entry WHERE presence <> 1 ORDER BY day DESC, created_ms DESC, id DESC LIMIT 1"
        ).cast()
    }

    /// Of those that closed what no fill had opened, or of which that was said; the others have no list.
    ///
    /// - Throws: `fill.not_found`, `fill.ambiguous_id`, `id.not_hexadecimal`, `id.too_short`.
    package func fill(_ text: String) throws -> ID<Fill> {
        try find(
            text, "fill", "`daybook fill list --partial` shows them.",
            among: """
                SELECT fill AS id FROM partial_fill WHERE \(Self.match("fill"))
                UNION SELECT id FROM fill WHERE cost_price IS NOT NULL AND presence <> 1 AND \(Self.match("id"))
                ORDER BY id LIMIT :limit
                """,
            last: "SELECT fill FROM partial_fill ORDER BY time_ms DESC, fill DESC LIMIT 1"
        ).cast()
    }

    /// - Throws: `image.not_found`, `image.ambiguous_id`, `id.not_hexadecimal`, `id.too_short`.
    package func image(_ text: String) throws -> ID<Image> {
        try find(
            text, "image", "A list of images shows them.",
            among: "SELECT id FROM image WHERE presence <> 1 AND \(Self.match("id")) ORDER BY id LIMIT :limit",
            last: "SELECT id FROM image WHERE presence <> 1 ORDER BY created_ms DESC, id DESC LIMIT 1"
        ).cast()
    }

    /// - Throws: `import.not_found`, `import.ambiguous_id`, `id.not_hexadecimal`, `id.too_short`.
    package func fileImport(_ text: String) throws -> ID<FileImport> {
        try find(
            text, "import", "A list of imports shows them.",
            among: "SELECT id FROM import WHERE presence <> 1 AND \(Self.match("id")) ORDER BY id LIMIT :limit",
            last: "SELECT id FROM import WHERE presence <> 1 ORDER BY created_ms DESC, id DESC LIMIT 1"
        ).cast()
    }

    /// A fill that waits as a likely double.
    ///
    /// - Throws: `double.not_found`, `double.ambiguous_id`, `id.not_hexadecimal`, `id.too_short`.
    package func likelyDouble(_ text: String) throws -> ID<Fill> {
        try find(
            text, "double", "`daybook import review` shows them.",
            among: "SELECT fill AS id FROM likely_double WHERE \(Self.match("fill")) ORDER BY fill LIMIT :limit",
            last: "SELECT fill FROM likely_double ORDER BY fill LIMIT 1"
        ).cast()
    }

    /// Anything that has an id, alive or deleted: for the history and for conflicts.
    ///
    /// - Throws: `thing.not_found`, `thing.ambiguous_id`, `id.not_hexadecimal`, `id.too_short`.
    package func anything(_ text: String) throws -> EntityID {
        let tables = Schema.current.kinds.map { "SELECT id FROM \($0.name) WHERE \(Self.match("id"))" }
        let trips = "SELECT id FROM round_trip WHERE \(Self.match("id"))"
        return try find(
            text, "thing", "Lists of trades, entries, tags and images show ids.",
            among: (tables + [trips]).joined(separator: " UNION ") + " ORDER BY id LIMIT :limit",
            last: "SELECT id FROM round_trip ORDER BY opened_ms DESC, id DESC LIMIT 1")
    }

    /// Whether a word is more likely the id of something than a word of a person: four or more hexadecimal digits, with
    /// one from 0 to 9 among them.
    package static func looksLikeID(_ word: String) -> Bool {
        let digits = word.filter { $0 != "-" }
        return (digitsMin...32).contains(digits.utf8.count) && digits.uppercased().utf8.allSatisfy { $0.isHexDigit }
            && digits.contains { $0.isNumber }
    }

    /// The same of a trade; and a word such as `fade` is an id where a trade has it.
    package func looksLikeTrade(_ word: String) throws -> Bool {
        if Self.looksLikeID(word) { return true }
        if word.lowercased() == "last" { return true }
        do {
            _ = try trade(word)
            return true
        } catch let failure as Failure {
            return failure.code == "trade.ambiguous_id"
        }
    }

    /// The end of an id, as lists show it.
    package static func short(_ id: ID<some Any>) -> String { String(id.description.suffix(shownDigits)) }

    private static func match(_ column: String) -> String {
        """
        (substr(hex(\(column)), 1, length(:digits)) = :digits \
        OR substr(hex(\(column)), -length(:digits)) = :digits \
        OR substr(hex(\(column)), \(32 - shownDigits + 1), length(:digits)) = :digits)
        """
    }

    private func find(
        _ text: String, _ noun: String, _ hint: String, among sql: String, last: String
    ) throws -> EntityID {
        if text == "last" {
            guard
                let id = try Data.fetchOne(
                    db.cachedStatement(sql: last)
                ).flatMap({ EntityID(bytes: $0) })
            else {
                throw Failure(.notFound, "\(noun).not_found", "There is none yet, so there is no last one.")
            }
            return id
        }
        let digits = text.filter { $0 != "-" }.uppercased()
        guard digits.utf8.count <= 32, digits.utf8.allSatisfy({ $0.isHexDigit }) else {
            throw Failure(
                .invalid, "id.not_hexadecimal",
                "“\(text.prefix(60))” is no id: ids have the digits 0-9 and a-f. \(hint)")
        }
        guard digits.utf8.count >= Self.digitsMin else {
            throw Failure(
                .invalid, "id.too_short", "Give at least \(Self.digitsMin) digits of the id, from its end or beginning."
            )
        }
        let found = try Data.fetchAll(
            db.cachedStatement(sql: sql), arguments: ["digits": digits, "limit": Self.candidatesMax]
        ).compactMap { EntityID(bytes: $0) }
        guard found.count <= 1 else {
            let more = found.count == Self.candidatesMax ? " and more" : ""
            let ids = found.map(\.description).joined(separator: ", ")
            throw Failure(
                .conflict, "\(noun).ambiguous_id", "“\(text)” could be \(ids)\(more). Give more digits of the id.")
        }
        guard let id = found.first else {
            throw Failure(
                .notFound, "\(noun).not_found", "Nothing here has an id that begins or ends with “\(text)”. \(hint)")
        }
        return id
    }
}

extension UInt8 {
    fileprivate var isHexDigit: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(self)
    }
}
