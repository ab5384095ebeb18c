import Foundation
import GRDB
import Primitives
import Sync

/// Which person each replica writes for. A name, once given, is never given to another person.
package struct ReplicaStore {
    /// As many as a clock may name.
    package static let countMax = CommitLimits.clockEntriesMax

    private let db: Database

    init(_ db: Database) { self.db = db }

    /// Whether a person's devices may bring commits of a replica that is not their own: unless it is another person's.
    /// Nobody's are the server's own names, those of histories that were renamed, and all that this database lost when it
    /// was restored from a backup; in the journal of the one who brings them they can only be his.
    package func mayRelay(_ replica: ReplicaID, for person: ID<Person>) throws -> Bool {
        try owner(of: replica).map { $0 == person } ?? true
    }

    /// Lets a session write as a replica from now on: a new one, or one of the same person's.
    ///
    /// - Throws: `replica.foreign` for another person's; `replica.too_many`.
    package func bind(_ replica: ReplicaID, to session: Session, at now: Timestamp) throws {
        if let owner = try owner(of: replica) {
            guard owner == session.person else { throw Failure.replicaForeign }
        } else {
            let count = try Int.fetchOne(
                db.cachedStatement(sql: "SELECT count(*) FROM replica WHERE person = ?"),
                arguments: [Data(session.person.bytes)])
            guard count ?? 0 < Self.countMax else { throw Failure.replicaTooMany }
            try db.execute(
                sql: "INSERT INTO replica (id, person, registered_ms) VALUES (?, ?, ?)",
                arguments: [Data(replica.bytes), Data(session.person.bytes), now.milliseconds])
        }
        try db.execute(
            sql: "UPDATE session SET replica = ? WHERE id = ?",
            arguments: [Data(replica.bytes), Data(session.id.bytes)])
    }

    private func owner(of replica: ReplicaID) throws -> ID<Person>? {
        try Data.fetchOne(
            db.cachedStatement(sql: "SELECT person FROM replica WHERE id = ?"), arguments: [Data(replica.bytes)]
        )
        .flatMap { ID(bytes: $0) }
    }
}

extension Failure {
    package static let replicaForeign = Failure(
        .forbidden, "replica.foreign", "This replica belongs to another account. Sign in with the one it belongs to.")
    package static let replicaTooMany = Failure(
        .tooMany, "replica.too_many",
        "The account has \(ReplicaStore.countMax) replicas, which is the most there can be.")
}
