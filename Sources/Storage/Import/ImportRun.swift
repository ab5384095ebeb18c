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

    /// Enough that the cost of a transaction does not count, and few enough that memory stays bounded and others get
    /// their turn to write in between.
    static let batchRows = 20_000
    /// How many batches of a file with the newest first are held, to be written from the oldest on.
    private static let groupMax = 10

    /// - Parameter deviceName: what this copy is called when nobody has named it; nil for one that has a name.
    package init(
        journal: JournalFile, as deviceName: String? = nil, isDryRun: Bool, choice: ImportChoice,
        refusedRowsMax: Int = ImportReport.refusedRowsMax
    ) {
        self.journal = journal
        self.deviceName = deviceName
        self.isDryRun = isDryRun
        self.choice = choice
        self.refusedRowsMax = refusedRowsMax
    }

    /// - Parameter progress: is told after each batch what became of the file so far, and how many bytes that was.
    package func run(
        _ source: ImportSource, progress: (ImportReport, _ doneBytes: Int64) async -> Void
    ) async throws -> ImportReport {
        let name = source.name
        var report = ImportReport(file: name, refusedRowsMax: refusedRowsMax)
        let account = try await account(for: source)
        report.account = account
        var reader = try ImportReader(
            account: account, format: choice.format, utcOffsetMinutes: choice.utcOffsetMinutes,
            dateOrder: choice.dateOrder, nextChunk: source.chunks())
        report.format = reader.format
        var rehearsal = Rehearsal()
        var doneBytes: Int64 = 0
        var group = try Self.nextGroup(&reader, &report)
        while let batch = group.popLast() {
            let fills = batch.fills
            let newCount: Int
            if isDryRun {
                newCount = rehearsal.add(try await journal.read { try FillStore($0).unknown(fills) })
                if group.isEmpty { group = try Self.nextGroup(&reader, &report) }
            } else {
                async let written = write(fills, account, name)
                let next = group.isEmpty ? Result { try Self.nextGroup(&reader, &report) } : .success(group)
                newCount = try await written
                group = try next.get()
            }
            report.count(fills, new: newCount)
            doneBytes += batch.bytes
            await progress(report, doneBytes)
        }
        return report
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
    private static func nextGroup(_ reader: inout ImportReader, _ report: inout ImportReport) throws -> [Batch] {
        var group: [Batch] = []
        while group.count < groupMax, let batch = try nextBatch(&reader, &report) {
            group.append(batch)
            guard batch.isDescending else { break }
        }
        return group.last?.isDescending ?? true ? group : group.reversed()
    }

    private static func nextBatch(_ reader: inout ImportReader, _ report: inout ImportReport) throws -> Batch? {
        let start = reader.bytesConsumed
        guard let rows = try reader.nextBatch(batchRows) else { return nil }
        var fills: [Fill] = []
        fills.reserveCapacity(rows.count)
        for row in rows {
            switch row {
            case .fill(let fill, _): fills.append(fill)
            case .skipped(_, let reason): report.skip(reason: reason)
            case .refused(let line, let reason): report.refuse(line: line, reason: reason)
            }
        }
        return Batch(fills: fills, bytes: reader.bytesConsumed - start)
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
        let format = try ImportReader(account: anybody, format: choice.format) {
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

extension ImportReport {
    fileprivate mutating func count(_ fills: [Fill], new: Int) {
        newCount += new
        knownCount += fills.count - new
    }
}
