import Journal
import Primitives

/// Brings the fills of one file into a journal, a batch in each transaction.
///
/// The next batch is read while the one before is written. What was written stays when the process dies; the next run
/// finds it known and goes on behind it.
package struct ImportRun: Sendable {
    private let journal: JournalFile
    private let deviceName: String?
    private let isDryRun: Bool
    private let choice: ImportChoice
    private let refusedRowsMax: Int
    private let rowsMax: Int

    /// Does a step of the work when it is its turn.
    package typealias Turn = (_ step: () async throws -> Void) async throws -> Void

    /// Enough that the cost of a transaction does not count, and few enough that memory stays bounded and others get
    /// their turn to write in between.
    static let batchRows = 20_000
    /// How many batches of a file with the newest first are held, to be written from the oldest on.
    private static let groupMax = 10

    /// - Parameters:
    ///   - deviceName: what this copy is called when nobody has named it; nil for one that has a name.
    ///   - rowsMax: what is kept of each row, to tell equal ones apart, is kept in memory.
    package init(
        journal: JournalFile, as deviceName: String? = nil, isDryRun: Bool, choice: ImportChoice,
        refusedRowsMax: Int = ImportReport.refusedRowsMax, rowsMax: Int = .max
    ) {
        self.journal = journal
        self.deviceName = deviceName
        self.isDryRun = isDryRun
        self.choice = choice
        self.refusedRowsMax = refusedRowsMax
        self.rowsMax = rowsMax
    }

    /// - Parameters:
    ///   - turn: where others have work too; each batch is a step then, read when the one before is written.
    ///   - progress: is told after each batch what became of the file so far, and how many bytes that was.
    /// - Throws: `import.too_many_rows` when those before were imported.
    package func run(
        _ source: ImportSource, inTurns turn: Turn? = nil,
        progress: (ImportReport, _ doneBytes: Int64) async -> Void
    ) async throws -> ImportReport {
        let course = Course(source, ImportReport(file: source.name, refusedRowsMax: refusedRowsMax), rowsMax: rowsMax)
        let take = turn ?? { try await $0() }
        try await take { try await begin(course) }
        while !course.group.isEmpty {
            try await take { try await step(course, readingAhead: turn == nil) }
            await progress(course.report, course.doneBytes)
        }
        return course.report
    }

    /// How far it is. Only one step at a time has it.
    private final class Course: @unchecked Sendable {
        let source: ImportSource
        var account: Account?
        var reader: ImportReader?
        var report: ImportReport
        var group: [Batch] = []
        var doneBytes: Int64 = 0
        var rehearsal = Rehearsal()
        /// How many more rows are taken.
        var rowsLeft: Int

        init(_ source: ImportSource, _ report: ImportReport, rowsMax: Int) {
            self.source = source
            self.report = report
            rowsLeft = rowsMax
        }
    }

    private func begin(_ course: Course) async throws {
        let account = try await account(for: course.source)
        let reader = try ImportReader(
            account: account, format: choice.format, fileName: course.source.name, options: choice.options,
            nextChunk: course.source.chunks())
        course.account = account
        course.report.account = account
        course.report.format = reader.format
        course.reader = reader
        course.group = try Self.nextGroup(course)
    }

    private func step(_ course: Course, readingAhead: Bool) async throws {
        guard let account = course.account, let batch = course.group.popLast() else { return }
        let fills = batch.fills
        let newCount: Int
        if isDryRun {
            newCount = course.rehearsal.add(try await journal.read { try FillStore($0).unknown(fills) })
            if course.group.isEmpty { course.group = try Self.nextGroup(course) }
        } else if readingAhead {
            async let written = write(fills, account, course.source.name)
            let next = course.group.isEmpty ? Result { try Self.nextGroup(course) } : .success(course.group)
            newCount = try await written
            course.group = try next.get()
        } else {
            newCount = try await write(fills, account, course.source.name)
            if course.group.isEmpty { course.group = try Self.nextGroup(course) }
        }
        course.report.count(fills, new: newCount)
        course.doneBytes += batch.bytes
    }

    private struct Batch: Sendable {
        let fills: [Fill]
        /// How much of the file it takes.
        let bytes: Int64

        /// Newest first, as most exchanges write.
        var isDescending: Bool {
            guard let first = fills.first, let last = fills.last else { return false }
            return first.time > last.time
        }
    }

    /// The next batches, to be taken from the end: one, or of a file that lists the newest first as many as can be held,
    /// because a fill that comes before what is there has all after it derived anew.
    private static func nextGroup(_ course: Course) throws -> [Batch] {
        var group: [Batch] = []
        while group.count < groupMax, let batch = try nextBatch(course) {
            group.append(batch)
            guard batch.isDescending else { break }
        }
        return group.last?.isDescending ?? true ? group : group.reversed()
    }

    private static func nextBatch(_ course: Course) throws -> Batch? {
        let start = course.reader?.bytesConsumed ?? 0
        guard let rows = try course.reader?.nextBatch(batchRows) else { return nil }
        try WorkBudget.spend(steps: rows.count)
        course.rowsLeft -= rows.count
        guard course.rowsLeft >= 0 else { throw Failure.importTooManyRows }
        var fills: [Fill] = []
        fills.reserveCapacity(rows.count)
        for row in rows {
            switch row {
            case .fill(let fill, _): fills.append(fill)
            case .skipped(_, let reason): course.report.skip(reason: reason)
            case .refused(let line, let reason): course.report.refuse(line: line, reason: reason)
            }
        }
        return Batch(fills: fills, bytes: (course.reader?.bytesConsumed ?? start) - start)
    }

    private func write(_ fills: [Fill], _ account: Account, _ name: String) async throws -> Int {
        guard !fills.isEmpty else { return 0 }
        let body: @Sendable (inout Draft, JournalFile.Connection) throws -> Int = { draft, db in
            try AccountStore(db).ensure(account, in: &draft)
            let new = try FillStore(db).unknown(fills)
            for fill in new { draft.put(fill) }
            return new.count
        }
        let summary = "import \(name)"
        guard let deviceName else { return try await journal.edit(summary, body) }
        return try await journal.edit(summary, as: deviceName, body).result
    }

    /// The format says which exchange it is, and only then is it known whose account.
    private func account(for source: ImportSource) async throws -> Account {
        let anybody = Account.named(exchange: "", environment: .live, label: "")
        var head: [UInt8]? = source.head
        let format = try ImportReader(
            account: anybody, format: choice.format, fileName: source.name, options: choice.options
        ) {
            defer { head = nil }
            return head
        }.format
        let exchange = choice.exchange ?? format.rawValue
        let choice = choice
        return try await journal.read { db in
            try AccountStore(db).forImport(
                exchange: exchange, environment: choice.environment, label: choice.account)
        }
    }

    /// What a dry run would have written, so that it counts what occurs twice in a file as known the second time.
    private struct Rehearsal {
        private var seen: Set<UInt64> = []

        mutating func add(_ fills: [Fill]) -> Int {
            fills.count { seen.insert(UInt64(truncatingIfNeeded: $0.id.rawValue)).inserted }
        }
    }
}

extension Failure {
    static let importTooManyRows = Failure(
        .tooLarge, "import.too_many_rows",
        "The file has more rows than the server reads of one. Those before were imported: cut the file in parts and send "
            + "them all, or import it with the CLI; what is there already is known.")
}

extension ImportReport {
    fileprivate mutating func count(_ fills: [Fill], new: Int) {
        newCount += new
        knownCount += fills.count - new
    }
}
