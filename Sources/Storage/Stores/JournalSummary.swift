import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// What a journal is and how much is in it.
package struct JournalSummary: Hashable, Sendable {
    package let replica: ReplicaID
    /// Nil when this copy was never named.
    package let deviceName: String?
    package let fillCount: Int
    package let tradeCount: Int
    package let openTradeCount: Int
    package let tagCount: Int
    package let entryCount: Int
    package let imageCount: Int
    package let accountCount: Int
    package let commitCount: Int
    /// Commits that the server is not known to have.
    package let unsyncedCount: Int
    /// Whether this copy has ever talked to a server.
    package let hasSynced: Bool

    package init(_ db: Database) throws {
        let facts = LocalFacts(db)
        replica = try facts.replica
        let server = try facts.serverClock
        let clock = try CommitLog.heads(db).clock
        hasSynced = server != nil
        commitCount = clock.entries.reduce(0) { Self.sum($0, $1.counter) }
        unsyncedCount = clock.entries.reduce(0) { sum, entry in
            let known = server?[entry.replica] ?? 0
            return entry.counter > known ? Self.sum(sum, entry.counter - known) : sum
        }
        deviceName = try String.fetchOne(
            db.cachedStatement(sql: "SELECT name FROM device WHERE id = :id"), arguments: ["id": replica.data])
        func count(_ sql: String) throws -> Int {
            try Int.fetchOne(
                db.cachedStatement(sql: "SELECT count(*) FROM \(sql)")) ?? 0
        }
        fillCount = try count("fill WHERE presence <> 1")
        tradeCount = try count("round_trip")
        openTradeCount = try count("round_trip WHERE closed_ms IS NULL")
        tagCount = try count("tag WHERE presence <> 1")
        entryCount = try count("entry WHERE presence <> 1")
        imageCount = try count("image WHERE presence <> 1")
        accountCount = try count("account WHERE presence <> 1 AND id NOT IN (SELECT account FROM account_alias)")
    }

    /// The greatest number there is where the sum is greater: a snapshot may name any counters.
    private static func sum(_ count: Int, _ more: UInt64) -> Int {
        let (sum, isTooLarge) = count.addingReportingOverflow(Int(clamping: more))
        return isTooLarge ? .max : sum
    }
}
