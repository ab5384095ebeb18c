import Journal
import Primitives
import Storage
import Web

/// How far an import is, and what became of it.
struct ImportView: View {
    struct AccountName: Encodable, Sendable {
        static let shape = Shape.object(["id": .id, "exchange": .text, "environment": .text, "label": .text])

        let id: String
        let exchange: String
        let environment: String
        let label: String
    }

    struct RefusedRow: Encodable, Sendable {
        static let shape = Shape.object(["line": .count, "reason": .text])

        let line: Int
        let reason: String
    }

    struct Problem: Encodable, Sendable {
        static let shape = Shape.object(["error": .text, "message": .text])

        let error: String
        let message: String
    }

    static let shape = Shape.object(
        "Import",
        [
            "import_id": .id, "status": .choice(of: Job.State.self), "file": .text, "format": .text,
            "account": AccountName.shape.orNull, "dry_run": .flag, "bytes": .count.note("How much was read."),
            "size": .count, "new": .count, "known": .count.note("What was here already."), "refused": .count,
            "skipped": .count, "refused_rows": .list(of: RefusedRow.shape).note("The first of them."),
            "skipped_reasons": .map(of: .count), "error": Problem.shape.orNull.note("Why it failed as a whole."),
            "created_at": .time, "finished_at": .time.orNull,
        ])

    let import_id: String
    let status: String
    let file: String
    let format: String
    @OrNull var account: AccountName?
    let dry_run: Bool
    let bytes: Int64
    let size: Int64
    let new: Int
    let known: Int
    let refused: Int
    let skipped: Int
    let refused_rows: [RefusedRow]
    let skipped_reasons: [String: Int]
    @OrNull var error: Problem?
    let created_at: String
    @OrNull var finished_at: String?

    init(_ job: ImportJob) {
        let report = job.report
        import_id = job.id.description
        status = job.state.rawValue
        file = report.file
        format = report.format.rawValue
        account = report.account.map { account in
            AccountName(
                id: account.id.description, exchange: account.exchange, environment: account.environment.rawValue,
                label: account.label)
        }
        dry_run = job.isDryRun
        bytes = job.bytes
        size = job.size
        new = report.newCount
        known = report.knownCount
        refused = report.refusedCount
        skipped = report.skippedCount
        refused_rows = report.refused.map { RefusedRow(line: $0.line, reason: $0.reason) }
        skipped_reasons = report.skipped
        error = job.problem.map { Problem(error: $0.code, message: $0.message) }
        created_at = job.created.description
        finished_at = job.finished?.description
    }
}

struct ImportsView: View {
    static let shape = Shape.object("Imports", ["imports": .list(of: ImportView.shape)])

    /// The latest first.
    let imports: [ImportView]
}
