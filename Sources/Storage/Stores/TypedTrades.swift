import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Trades entered by hand that look like ones that imported fills make: somebody typed them before the file came.
package struct TypedTrades {
    private let db: Database

    package init(_ db: Database) { self.db = db }

    package static let countMax = 1000

    package struct Pair: Hashable, Codable, Sendable {
        /// The trade that was entered by hand.
        package let typed: ID<Trade>
        /// The one that fills make.
        package let imported: ID<Trade>
        package let symbol: String
        package let openedMilliseconds: Int64
    }

    private static let minute: Int64 = 60_000

    /// Pairs of the same market, direction and quantity, in one account or with none given, that were opened within a minute;
    /// or on one day, where the typed one has no time of day.
    ///
    /// - Parameters:
    ///   - fileImport: only trades that its fills opened; nil for all.
    ///   - calendar: whose days count.
    package func pairs(of fileImport: ID<FileImport>? = nil, _ calendar: TradingCalendar) throws -> [Pair] {
        let rows = try Row.fetchPaid(
            db.cachedStatement(
                sql: """
                    SELECT typed.id, typed.opened_ms, trip.id, trip.opened_ms, trip.symbol
                    FROM round_trip AS typed CROSS JOIN round_trip AS trip
                        ON trip.symbol = typed.symbol AND trip.opened_ms BETWEEN typed.opened_ms - 86400000
                            AND typed.opened_ms + 86400000
                        AND trip.direction = typed.direction AND trip.quantity = typed.quantity
                        AND trip.first_fill IS NOT NULL
                        AND (typed.account IS NULL OR typed.account = trip.account)
                    JOIN fill ON fill.id = trip.first_fill
                    WHERE typed.first_fill IS NULL AND (:import IS NULL OR fill.import = :import)
                    ORDER BY typed.opened_ms, typed.id, trip.id LIMIT :limit
                    """), arguments: ["import": fileImport?.data, "limit": Self.countMax])
        var calendar = calendar
        return rows.compactMap { row in
            guard let typed = ID<Trade>(bytes: row[0] as Data), let trip = ID<Trade>(bytes: row[2] as Data) else {
                return nil
            }
            let (said, opened): (Int64, Int64) = (row[1], row[3])
            let day = calendar.day(of: Timestamp(milliseconds: said))
            // A day without a time stands for its first moment.
            let isDay =
                calendar.day(of: Timestamp(milliseconds: said - 1)) != day
                && calendar.day(of: Timestamp(milliseconds: opened)) == day
            guard abs(said - opened) <= Self.minute || isDay else { return nil }
            return Pair(typed: typed, imported: trip, symbol: row[4], openedMilliseconds: opened)
        }
    }

    /// Makes a typed trade what is said of the imported one: its notes, tags, stop, rating and images go along, its own
    /// figures count no more.
    ///
    /// - Throws: `import.not_alike` when no imported trade looks like it.
    package func join(_ typed: ID<Trade>, _ calendar: TradingCalendar, in draft: inout Draft) throws -> Pair {
        guard let pair = try pairs(calendar).first(where: { $0.typed == typed }),
            let anchor = try Data.fetchOne(
                db.cachedStatement(sql: "SELECT first_fill FROM round_trip WHERE id = ?"),
                arguments: [pair.imported.data]
            ).flatMap({ ID<Fill>(bytes: $0) })
        else {
            throw Failure(
                .notFound, "import.not_alike",
                "No imported trade looks like \(Lookup.short(typed)). `daybook import review` lists those that can be joined."
            )
        }
        draft.put(Schema.trade, typed, ["anchor": .id(anchor)])
        return pair
    }
}
