import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Fills that look like others which another import brought, and wait for a person.
package struct DoubleStore {
    private let db: Database

    package init(_ db: Database) { self.db = db }

    package static let countMax = 10_000

    package struct Double: Sendable {
        package let fill: Fill
        /// What counts in its place.
        package let original: Fill
        /// The files that brought the two; nil for what an older version imported.
        package let file: String?
        package let originalFile: String?
    }

    /// Those of one market that two files brought.
    package struct Group: Hashable, Codable, Sendable {
        package let symbol: String
        package let count: Int
        /// The file whose fills wait, and the one whose fills count; empty for what an older version imported.
        package let file: String
        package let originalFile: String
        /// In milliseconds: when the first of them happened.
        package let firstMilliseconds: Int64
    }

    /// What a person says of a likely double.
    package enum Decision: String, Sendable {
        /// It is the same fill, and counts never.
        case double
        /// It happened besides, and counts.
        case distinct
    }

    package func count() throws -> Int {
        try Int.fetchOne(db.cachedStatement(sql: "SELECT count(*) FROM likely_double")) ?? 0
    }

    /// In the order in which they happened.
    package func list(limit: Int = Self.countMax) throws -> [Double] {
        let rows = try Row.fetchPaid(
            db.cachedStatement(
                sql: """
                    SELECT likely_double.fill, likely_double.original, first.file, second.file
                    FROM likely_double JOIN fill ON fill.id = likely_double.fill
                        JOIN fill AS original ON original.id = likely_double.original
                        LEFT JOIN import AS first ON first.id = fill.import
                        LEFT JOIN import AS second ON second.id = original.import
                    ORDER BY fill.time_ms, fill.sequence, fill.id LIMIT ?
                    """), arguments: [limit])
        let fills = FillStore(db)
        return try rows.compactMap { row in
            guard let id = ID<Fill>(bytes: row[0] as Data), let other = ID<Fill>(bytes: row[1] as Data),
                let fill = try fills.find(id), let original = try fills.find(other)
            else { return nil }
            return Double(fill: fill, original: original, file: row[2], originalFile: row[3])
        }
    }

    /// By market and file; of one import, or of all.
    package func groups(of fileImport: ID<FileImport>? = nil, limit: Int = 1000) throws -> [Group] {
        try Row.fetchPaid(
            db.cachedStatement(
                sql: """
                    SELECT fill.symbol, count(*), coalesce(first.file, ''), coalesce(second.file, ''), min(fill.time_ms)
                    FROM likely_double JOIN fill ON fill.id = likely_double.fill
                        JOIN fill AS original ON original.id = likely_double.original
                        LEFT JOIN import AS first ON first.id = fill.import
                        LEFT JOIN import AS second ON second.id = original.import
                    WHERE :import IS NULL OR fill.import = :import OR original.import = :import
                    GROUP BY fill.symbol, first.id, second.id ORDER BY fill.symbol, first.id, second.id LIMIT :limit
                    """), arguments: ["import": fileImport?.data, "limit": limit]
        ).map { Group(symbol: $0[0], count: $0[1], file: $0[2], originalFile: $0[3], firstMilliseconds: $0[4]) }
    }

    /// Those that an import brought, or that wait because of what it brought.
    package func fills(of fileImport: ID<FileImport>) throws -> [ID<Fill>] {
        try Data.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT likely_double.fill
                    FROM likely_double JOIN fill ON fill.id = likely_double.fill
                        JOIN fill AS original ON original.id = likely_double.original
                    WHERE fill.import = :import OR original.import = :import ORDER BY likely_double.fill
                    """), arguments: ["import": fileImport.data]
        ).compactMap { ID<Fill>(bytes: $0) }
    }

    /// - Throws: `import.no_double` for a fill that does not wait.
    package func settle(_ fills: [ID<Fill>], as decision: Decision, in draft: inout Draft) throws {
        for fill in fills {
            guard
                try Bool.fetchOne(
                    db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM likely_double WHERE fill = ?)"),
                    arguments: [fill.data]) ?? false
            else {
                throw Failure(
                    .notFound, "import.no_double",
                    "Fill \(Lookup.short(fill)) is no likely double, or is settled already. `daybook import review` lists "
                        + "those that wait.")
            }
            draft.put(Schema.fill, fill, ["review": .text(decision.rawValue)])
        }
    }
}
