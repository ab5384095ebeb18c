import Foundation
import GRDB
import Journal
import Primitives

/// The ratings that are shown, for checking.
enum TradeRatings {
    static func all(_ db: Database) throws -> [(ID<Trade>, Int64)] {
        try Row.fetchAll(db, sql: "SELECT id, rating FROM trade WHERE rating IS NOT NULL").compactMap { row in
            ID<Trade>(bytes: row[0] as Data).map { ($0, row[1]) }
        }
    }
}
