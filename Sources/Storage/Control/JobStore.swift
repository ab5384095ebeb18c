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

    private let db: any ControlConnection

    init(_ db: any ControlConnection) { self.db = db }

    package func add(_ job: Job) throws -> Added {
        try db.lock(job.person)
        guard try unfinishedCount(of: job.person, job.kind) < Self.unfinishedPerPersonMax else { return .personFull }
        // People who come at once do not wait for each other here: a few more than this do no harm.
        guard try unfinishedCount(job.kind) < Self.unfinishedMax else { return .full }
        try forgetOldest(of: job.person, job.kind)
        try db.execute(
            """
            INSERT INTO job (id, person, kind, state, request, total, created_ms)
            VALUES (:id, :person, :kind, :queued, :request, :total, :created)
            """,
            [
                "id": job.id, "person": job.person, "kind": job.kind.rawValue, "queued": Job.State.queued.rawValue,
                "request": job.request, "total": job.total, "created": job.created,
            ])
        return .added
    }

    /// How many of a person's jobs have not ended.
    package func unfinishedCount(of person: ID<Person>, _ kind: Job.Kind) throws -> Int {
        try db.value(
            """
            SELECT count(*) AS value FROM job WHERE person = :person AND kind = :kind AND finished_ms IS NULL
            """, ["person": person, "kind": kind.rawValue]) ?? 0
    }

    /// Starts a job that waits. Of all who ask at once, one gets it.
    ///
    /// - Returns: how often it was started without an end in order, this time included; nil for one that runs, has ended
    ///   or is not there.
    package func start(_ id: ID<Job>) throws -> Int? {
        try db.value(
            """
            UPDATE job SET state = :running, attempts = attempts + 1, started_ms = :now
            WHERE id = :id AND state = :queued RETURNING attempts AS value
            """, ["id": id, "running": Job.State.running.rawValue, "queued": Job.State.queued.rawValue])
    }

    /// Starts the job that has waited longest. Whoever asks at the same moment gets another one, and nobody waits.
    ///
    /// - Returns: nil when none waits.
    package func claim(_ kind: Job.Kind) throws -> Job? {
        try db.row(
            """
            UPDATE job SET state = :running, attempts = attempts + 1, started_ms = :now
            WHERE id = (
                SELECT id FROM job WHERE kind = :kind AND finished_ms IS NULL AND state = :queued
                ORDER BY created_ms, id LIMIT 1\(db.dialect.forUpdateSkippingLocked(of: "job")))
            RETURNING \(Self.columns)
            """,
            [
                "kind": kind.rawValue, "running": Job.State.running.rawValue, "queued": Job.State.queued.rawValue,
            ]
        ).flatMap(Job.init)
    }

    /// Lets all jobs wait again that were running when the process ended which alone runs jobs of this kind.
    package func queueAgain(_ kind: Job.Kind) throws {
        try db.execute(
            "UPDATE job SET state = :queued WHERE kind = :kind AND finished_ms IS NULL AND state = :running",
            ["kind": kind.rawValue, "running": Job.State.running.rawValue, "queued": Job.State.queued.rawValue])
    }

    /// Ends a job: done, or failed when its outcome has a problem.
    package func finish(_ id: ID<Job>, _ outcome: Job.Outcome) throws {
        let state = outcome.problem == nil ? Job.State.done : .failed
        try db.execute(
            """
            UPDATE job SET state = :state, done = :done, new_count = :new, known_count = :known,
                refused_count = :refused, skipped_count = :skipped, detail = :detail, failure_code = :code,
                failure_message = :message, finished_ms = :now
            WHERE id = :id AND finished_ms IS NULL
            """,
            [
                "id": id, "state": state.rawValue, "done": outcome.done, "new": outcome.counts.new,
                "known": outcome.counts.known, "refused": outcome.counts.refused, "skipped": outcome.counts.skipped,
                "detail": outcome.detail, "code": outcome.problem?.code, "message": outcome.problem?.message,
            ])
    }

    /// Lets a job that is running wait again: the server stops in order, which is no fault of the job.
    package func putBack(_ id: ID<Job>) throws {
        try db.execute(
            """
            UPDATE job SET state = :queued, attempts = CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END
            WHERE id = :id AND state = :running
            """, ["id": id, "running": Job.State.running.rawValue, "queued": Job.State.queued.rawValue])
    }

    /// All that have not ended, the oldest first.
    package func unfinished(_ kind: Job.Kind) throws -> [Job] {
        try db.rows(
            """
            SELECT \(Self.columns) FROM job WHERE kind = :kind AND finished_ms IS NULL ORDER BY created_ms, id
            """, ["kind": kind.rawValue]
        ).compactMap(Job.init)
    }

    /// A person's, the latest first.
    package func list(of person: ID<Person>, _ kind: Job.Kind) throws -> [Job] {
        try db.rows(
            """
            SELECT \(Self.columns) FROM job WHERE person = :person AND kind = :kind ORDER BY created_ms DESC, id DESC
            """, ["person": person, "kind": kind.rawValue]
        ).compactMap(Job.init)
    }

    /// Nil also for somebody else's.
    package func find(_ id: ID<Job>, of person: ID<Person>, _ kind: Job.Kind) throws -> Job? {
        try db.row(
            "SELECT \(Self.columns) FROM job WHERE id = :id AND person = :person AND kind = :kind",
            ["id": id, "person": person, "kind": kind.rawValue]
        ).flatMap(Job.init)
    }

    package func deleteOld() throws {
        try db.execute(
            "DELETE FROM job WHERE finished_ms < :oldest",
            ["oldest": try db.now.adding(milliseconds: -Self.keptMilliseconds)])
    }

    private func unfinishedCount(_ kind: Job.Kind) throws -> Int {
        try db.value(
            "SELECT count(*) AS value FROM job WHERE kind = :kind AND finished_ms IS NULL", ["kind": kind.rawValue])
            ?? 0
    }

    private func forgetOldest(of person: ID<Person>, _ kind: Job.Kind) throws {
        try db.execute(
            """
            DELETE FROM job WHERE finished_ms IS NOT NULL AND id IN (
                SELECT id FROM job WHERE person = :person AND kind = :kind
                ORDER BY finished_ms IS NOT NULL, created_ms DESC, id DESC LIMIT :all OFFSET :count)
            """,
            [
                "person": person, "kind": kind.rawValue, "all": ControlDialect.allRows,
                "count": Self.keptPerPersonMax - 1,
            ])
    }
}

extension Job {
    /// Nil for a row of a kind that only a later version knows.
    fileprivate init?(_ row: ControlRow) throws {
        guard let kind = Kind(rawValue: try row["kind"]), let state = State(rawValue: try row["state"]) else {
            return nil
        }
        self.init(
            id: try row["id"], person: try row["person"], kind: kind, request: try row["request"],
            total: try row["total"], created: try row["created_ms"])
        self.state = state
        attempts = try row["attempts"]
        var counts = Counts()
        counts.new = try row["new_count"]
        counts.known = try row["known_count"]
        counts.refused = try row["refused_count"]
        counts.skipped = try row["skipped_count"]
        let (code, message): (String?, String?) = (try row["failure_code"], try row["failure_message"])
        outcome = Outcome(
            done: try row["done"], counts: counts, detail: try row["detail"],
            problem: code.map { Problem(code: $0, message: message ?? "") })
        started = try row["started_ms"]
        finished = try row["finished_ms"]
    }
}
