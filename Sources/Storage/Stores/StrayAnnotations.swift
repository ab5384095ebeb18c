import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// What people said of trades that are not there any more: their fills were deleted, as by undoing an import, or set
/// aside one by one, by somebody who may not have known of it.
///
/// It waits for a person, like everything that was deleted there and edited here: the fills come back, or it goes too.
struct StrayAnnotations {
    private let db: Database

    init(_ db: Database) { self.db = db }

    /// One of which nothing was said has only its anchor.
    private static let condition = """
        anchor.round_trip IS NULL AND trade.presence = 0
            AND (coalesce(trade.notes, '') <> '' OR trade.stop_price IS NOT NULL OR trade.target_price IS NOT NULL
                OR trade.rating IS NOT NULL OR trade.setup IS NOT NULL
                OR EXISTS (
                    SELECT 1 FROM member
                    WHERE member.kind IN (\(Schema.tradeTags.rawValue), \(Schema.tradeImages.rawValue))
                        AND member.owner = trade.id))
        """

    /// In the order of their ids.
    func ids(countMax: Int) throws -> [EntityID] {
        try Data.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT trade.id FROM anchor JOIN trade ON trade.id = anchor.trade WHERE \(Self.condition)
                    ORDER BY trade.id LIMIT ?
                    """), arguments: [countMax]
        ).compactMap { EntityID(bytes: $0) }
    }

    func contains(_ key: JournalState.Key) throws -> Bool {
        guard key.kind == Schema.trade.kind else { return false }
        return try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT EXISTS (
                        SELECT 1 FROM anchor JOIN trade ON trade.id = anchor.trade
                        WHERE \(Self.condition) AND trade.id = ?)
                    """), arguments: [key.id.data]) ?? false
    }

    func count() throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(
                sql: "SELECT count(*) FROM anchor JOIN trade ON trade.id = anchor.trade WHERE \(Self.condition)")) ?? 0
    }

    /// The commits that took the fill away which it hangs on.
    func removals(of id: EntityID, _ log: CommitLog) throws -> [Dot] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT tombstone.replica, tombstone.counter
                    FROM trade JOIN tombstone ON tombstone.kind = :fill AND tombstone.entity = trade.anchor
                    WHERE trade.id = :id
                    UNION
                    SELECT register.replica, register.counter
                    FROM trade JOIN register ON register.entity = trade.anchor AND register.slot = :aside
                    WHERE trade.id = :id
                    """),
            arguments: [
                "fill": Int64(Schema.fill.kind.rawValue), "id": id.data,
                "aside": Slot(Schema.fill.kind, Schema.fill.number(of: "aside")).rawValue,
            ]
        ).map { try log.dot($0[0], $0[1]) }
    }

    /// Brings the fills back that went with the one it hangs on.
    func takeBackFills(of id: EntityID, in draft: inout Draft) throws {
        let fills = try Data.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT fill.id FROM fill JOIN trade ON trade.id = :id AND fill.id = trade.anchor
                    UNION
                    SELECT other.entity FROM trade
                        JOIN tombstone ON tombstone.kind = :fill AND tombstone.entity = trade.anchor
                        JOIN tombstone AS other ON other.kind = :fill AND other.replica = tombstone.replica
                            AND other.counter = tombstone.counter
                    WHERE trade.id = :id
                    """), arguments: ["id": id.data, "fill": Int64(Schema.fill.kind.rawValue)]
        ).compactMap { EntityID(bytes: $0) }
        let revival = Revival(db)
        for fill in fills {
            let key = JournalState.Key(Schema.fill.kind, fill)
            let isAside = try Int.fetchOne(
                db.cachedStatement(sql: "SELECT aside FROM fill WHERE id = ?"), arguments: [fill.data])
            if isAside == 1 {
                draft.put(Schema.fill.kind, fill, [FieldWrite(Schema.fill.number(of: "aside"), .null)])
            } else if try EntityFinder(db).presence(key) == .deleted, let write = try revival.write(for: key) {
                draft.put(key.kind, key.id, [write])
            }
        }
    }
}
