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

        init(_ account: Account) {
            id = account.id.description
            exchange = account.exchange
            environment = account.environment.rawValue
            label = account.label
        }
    }

    struct RefusedRow: Encodable, Sendable {
        static let shape = Shape.object(["line": .count, "reason": .text])

        let line: Int
        let reason: String
    }

    struct Doubles: Encodable, Sendable {
        static let shape = Shape.object([
            "symbol": .text, "count": .count, "file": .text.note("Whose fills wait."),
            "original_file": .text.note("Whose fills count."), "first": .time,
        ])

        let symbol: String
        let count: Int
        let file: String
        let original_file: String
        let first: String
    }

    struct Elsewhere: Encodable, Sendable {
        static let shape = Shape.object(["account": AccountName.shape, "count": .count])

        let account: AccountName
        let count: Int
    }

    struct Typed: Encodable, Sendable {
        static let shape = Shape.object(["typed": .id, "imported": .id, "symbol": .text, "opened": .time])

        let typed: String
        let imported: String
        let symbol: String
        let opened: String
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
            "skipped_reasons": .map(of: .count),
            "journal_import": .id.orNull.note("What the journal knows it by; null where it brought nothing."),
            "reading": .list(of: .text).note("How the file was read, where that was chosen or guessed."),
            "doubles": .count.note("Fills that look like others, and count in no figure until a person decides."),
            "partial_history": .count.note("Fills that closed what began before the history: so much is in no trade."),
            "doubles_in": .list(of: Doubles.shape), "known_elsewhere": .count,
            "known_in": .list(of: Elsewhere.shape).note("Accounts that have rows already, which were left out."),
            "typed": .list(of: Typed.shape).note("Trades entered by hand that look like ones of this file."),
            "error": Problem.shape.orNull.note("Why it failed as a whole."),
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
    @OrNull var journal_import: String?
    let reading: [String]
    let doubles: Int
    let partial_history: Int
    let doubles_in: [Doubles]
    let known_elsewhere: Int
    let known_in: [Elsewhere]
    let typed: [Typed]
    @OrNull var error: Problem?
    let created_at: String
    @OrNull var finished_at: String?

    init(_ job: ImportJob) {
        let report = job.report
        import_id = job.id.description
        status = job.state.rawValue
        file = report.file
        format = report.format.rawValue
        account = report.account.map { AccountName($0) }
        dry_run = job.isDryRun
        bytes = job.bytes
        size = job.size
        new = report.newCount
        known = report.knownCount
        refused = report.refusedCount
        skipped = report.skippedCount
        refused_rows = report.refused.map { RefusedRow(line: $0.line, reason: $0.reason) }
        skipped_reasons = report.skipped
        journal_import = report.fileImport?.description
        reading = report.reading
        doubles = report.doubleCount
        partial_history = report.unmatchedCount
        doubles_in = report.doubles.map { group in
            Doubles(
                symbol: group.symbol, count: group.count, file: group.file, original_file: group.originalFile,
                first: Timestamp(milliseconds: group.firstMilliseconds).description)
        }
        known_elsewhere = report.elsewhereCount
        known_in = report.elsewhere.map { Elsewhere(account: AccountName($0.account), count: $0.count) }
        typed = report.typed.map { pair in
            Typed(
                typed: pair.typed.description, imported: pair.imported.description, symbol: pair.symbol,
                opened: Timestamp(milliseconds: pair.openedMilliseconds).description)
        }
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
