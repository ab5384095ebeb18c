import Primitives
import Storage

/// Marks the ids of imports.
enum Import {}

/// One file on its way into a journal.
struct ImportJob: Sendable {
    enum Status: String, Sendable, CaseIterable { case queued, running, done, failed }

    let id: ID<Import>
    let size: Int64
    let isDryRun: Bool
    let created: Timestamp
    var status = Status.queued
    /// How much of the file was read.
    var bytes: Int64 = 0
    var report: ImportReport
    var finished: Timestamp?

    var isFinished: Bool { finished != nil }
}

/// Remembers what becomes of people's imports, for a while.
actor ImportDesk {
    /// Of one person.
    static let keptMax = 20
    private static let keptMilliseconds: Int64 = 24 * 3_600_000
    /// Whoever has that many under way waits for one of them to end.
    static let waitingMax = 5

    private var jobs: [ID<Person>: [ImportJob]] = [:]

    /// - Throws: `import.too_many`.
    func begin(_ job: ImportJob, of person: ID<Person>) throws(Failure) {
        forget(before: job.created.adding(milliseconds: -Self.keptMilliseconds))
        var known = jobs[person] ?? []
        guard known.count(where: { !$0.isFinished }) < Self.waitingMax else { throw .tooManyImports }
        if known.count >= Self.keptMax, let oldest = known.firstIndex(where: \.isFinished) { known.remove(at: oldest) }
        jobs[person] = known + [job]
    }

    func change(_ id: ID<Import>, of person: ID<Person>, _ body: @Sendable (inout ImportJob) -> Void) {
        guard let index = jobs[person]?.firstIndex(where: { $0.id == id }) else { return }
        body(&jobs[person, default: []][index])
    }

    /// - Throws: `import.not_found`, also for somebody else's.
    func require(_ id: ID<Import>, of person: ID<Person>) throws(Failure) -> ImportJob {
        guard let job = jobs[person]?.first(where: { $0.id == id }) else { throw .importNotFound }
        return job
    }

    /// The latest first.
    func list(of person: ID<Person>) -> [ImportJob] { (jobs[person] ?? []).reversed() }

    private func forget(before moment: Timestamp) {
        for (person, known) in jobs {
            let kept = known.filter { $0.finished.map { $0 >= moment } ?? true }
            jobs[person] = kept.isEmpty ? nil : kept
        }
    }
}

extension Failure {
    static let importNotFound = Failure(
        .notFound, "import.not_found", "There is no such import. They are remembered for a day.")
    static let tooManyImports = Failure(
        .tooMany, "import.too_many", "\(ImportDesk.waitingMax) files are being imported already. Wait for one to end.",
        retryAfterSeconds: 5)
}
