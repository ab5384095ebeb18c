import Primitives
import Storage

/// One file on its way into a journal, as it is shown.
struct ImportJob: Sendable {
    let id: ID<Job>
    let size: Int64
    let isDryRun: Bool
    let created: Timestamp
    let state: Job.State
    /// How much of the file was read.
    let bytes: Int64
    let report: ImportReport
    let problem: Job.Problem?
    let finished: Timestamp?

    /// - Parameter progress: of one that goes on.
    init(_ job: Job, _ progress: ImportProgress?) {
        let request = ImportRequest(job.request)
        id = job.id
        size = job.total
        isDryRun = request?.isDryRun ?? false
        created = job.created
        state = job.state
        bytes = progress?.bytes ?? job.outcome.done
        report = progress?.report ?? ImportReport(file: request?.file ?? "a file", job.outcome)
        problem = job.outcome.problem
        finished = job.finished
    }
}

/// How far an import is.
struct ImportProgress: Sendable {
    var report: ImportReport
    /// How much of the file was read.
    var bytes: Int64 = 0
}
