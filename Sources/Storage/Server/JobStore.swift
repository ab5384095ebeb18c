import Foundation
import GRDB
import Primitives

/// Jobs, from their beginning until a day after their end.
package struct JobStore {
    package enum Added: Sendable {
        case added
        /// The person has as many under way as they may.
        case personFull
        /// All people together have.
        case full
    }

    /// Of one person and kind: those that have not ended.
    package static let unfinishedPerPersonMax = 5
    /// Of one kind: those of all people that have not ended.
    package static let unfinishedMax = 10_000
    /// Of one person and kind: those that have ended are forgotten, the oldest first, where there are more.
    package static let keptPerPersonMax = 20
    /// How long a job is kept after its end, in milliseconds.
    package static let keptMilliseconds: Int64 = 24 * 3_600_000

    private static let columns = """
        id, person, kind, state, request, attempts, done, total, new_count, known_count, refused_count, skipped_count,
        detail, failure_code, failure_message, created_ms, started_ms, finished_ms
        """

    private let db: Database

    init(_ db: Database) { self.db = db }

    package func add(_ job: Job) throws -> Added {
        let mine = try unfinishedCount("AND person = ?", [job.kind.rawValue, Data(job.person.bytes)])
        guard mine < Self.unfinishedPerPersonMax else { return .personFull }
        guard try unfinishedCount("", [job.kind.rawValue]) < Self.unfinishedMax else { return .full }
        try forgetOldest(of: job.person, job.kind)
        try db.execute(
            sql: """
                INSERT INTO job (id, person, kind, state, request, total, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                Data(job.id.bytes), Data(job.person.bytes), job.kind.rawValue, Job.State.queued.rawValue, job.request,
                job.total, job.created.milliseconds,
            ])
        return .added
    }

    /// How many of a person's jobs have not ended.
    package func unfinishedCount(of person: ID<Person>, _ kind: Job.Kind) throws -> Int {
        try unfinishedCount("AND person = ?", [kind.rawValue, Data(person.bytes)])
    }

    /// - Returns: how often it was started without an end in order, this time included; nil for one that has ended or
    ///   is not there.
    package func start(_ id: ID<Job>, at now: Timestamp) throws -> Int? {
        try Int.fetchOne(
            db,
            sql: """
                UPDATE job SET state = ?, attempts = attempts + 1, started_ms = ? WHERE id = ? AND finished_ms IS NULL
                RETURNING attempts
                """, arguments: [Job.State.running.rawValue, now.milliseconds, Data(id.bytes)])
    }

    /// Ends a job: done, or failed when its outcome has a problem.
    package func finish(_ id: ID<Job>, _ outcome: Job.Outcome, at now: Timestamp) throws {
        let state = outcome.problem == nil ? Job.State.done : .failed
        try db.execute(
            sql: """
                UPDATE job SET state = ?, done = ?, new_count = ?, known_count = ?, refused_count = ?, skipped_count = ?,
                    detail = ?, failure_code = ?, failure_message = ?, finished_ms = ?
                WHERE id = ? AND finished_ms IS NULL
                """,
            arguments: [
                state.rawValue, outcome.done, outcome.counts.new, outcome.counts.known, outcome.counts.refused,
                outcome.counts.skipped, outcome.detail, outcome.problem?.code, outcome.problem?.message,
                now.milliseconds, Data(id.bytes),
            ])
    }

    /// Lets a job that is running wait again: the server stops in order, which is no fault of the job.
    package func putBack(_ id: ID<Job>) throws {
        try db.execute(
            sql: "UPDATE job SET state = ?, attempts = max(attempts - 1, 0) WHERE id = ? AND state = ?",
            arguments: [Job.State.queued.rawValue, Data(id.bytes), Job.State.running.rawValue])
    }

    /// All that have not ended, the oldest first.
    package func unfinished(_ kind: Job.Kind) throws -> [Job] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT \(Self.columns) FROM job WHERE kind = ? AND finished_ms IS NULL ORDER BY created_ms, id
                """, arguments: [kind.rawValue]
        ).compactMap { Job($0) }
    }

    /// A person's, the latest first.
    package func list(of person: ID<Person>, _ kind: Job.Kind) throws -> [Job] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT \(Self.columns) FROM job WHERE person = ? AND kind = ? ORDER BY created_ms DESC, id DESC
                """, arguments: [Data(person.bytes), kind.rawValue]
        ).compactMap { Job($0) }
    }

    /// Nil also for somebody else's.
    package func find(_ id: ID<Job>, of person: ID<Person>, _ kind: Job.Kind) throws -> Job? {
        try Row.fetchOne(
            db, sql: "SELECT \(Self.columns) FROM job WHERE id = ? AND person = ? AND kind = ?",
            arguments: [Data(id.bytes), Data(person.bytes), kind.rawValue]
        ).flatMap { Job($0) }
    }

    package func deleteOld(at now: Timestamp) throws {
        try db.execute(
            sql: "DELETE FROM job WHERE finished_ms < ?", arguments: [now.milliseconds - Self.keptMilliseconds])
    }

    private func unfinishedCount(_ condition: String, _ arguments: StatementArguments) throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT count(*) FROM job WHERE kind = ? AND finished_ms IS NULL \(condition)",
            arguments: arguments) ?? 0
    }

    private func forgetOldest(of person: ID<Person>, _ kind: Job.Kind) throws {
        try db.execute(
            sql: """
                DELETE FROM job WHERE finished_ms IS NOT NULL AND id IN (
                    SELECT id FROM job WHERE person = ? AND kind = ?
                    ORDER BY finished_ms IS NOT NULL, created_ms DESC, id DESC LIMIT -1 OFFSET ?)
                """, arguments: [Data(person.bytes), kind.rawValue, Self.keptPerPersonMax - 1])
    }
}

extension Job {
    /// Nil for a row of a kind that only a later version knows.
    fileprivate init?(_ row: Row) {
        guard let id = ID<Job>(bytes: row["id"] as Data), let person = ID<Person>(bytes: row["person"] as Data),
            let kind = Kind(rawValue: row["kind"]), let state = State(rawValue: row["state"])
        else { return nil }
        self.init(
            id: id, person: person, kind: kind, request: row["request"], total: row["total"],
            created: Timestamp(milliseconds: row["created_ms"]))
        self.state = state
        attempts = row["attempts"]
        var counts = Counts()
        counts.new = row["new_count"]
        counts.known = row["known_count"]
        counts.refused = row["refused_count"]
        counts.skipped = row["skipped_count"]
        let code: String? = row["failure_code"]
        let message: String? = row["failure_message"]
        outcome = Outcome(
            done: row["done"], counts: counts, detail: row["detail"],
            problem: code.map { Problem(code: $0, message: message ?? "") })
        started = (row["started_ms"] as Int64?).map { Timestamp(milliseconds: $0) }
        finished = (row["finished_ms"] as Int64?).map { Timestamp(milliseconds: $0) }
    }
}
