import Foundation
import Journal
import Primitives
import Storage

/// Brings the fills of one file into a journal, a batch in each transaction.
///
/// The next batch is read while the one before is written. What was written stays when the process dies; the next run
/// finds it known and goes on behind it.
struct ImportRun {
    let journal: JournalFile
    let isDryRun: Bool
    let choice: ImportChoice

    /// Enough that the cost of a transaction does not count, and few enough that memory stays bounded and others get
    /// their turn to write in between.
    static let batchRows = 20_000
    /// How many batches of a file with the newest first are held, to be written from the oldest on.
    private static let groupMax = 10

    func run(_ source: ImportSource, _ bar: inout ProgressBar) async throws -> ImportReport {
        let (name, size) = (source.name, source.size)
        var report = ImportReport(file: name)
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
            bar.show(doneBytes, of: size, "\(report.newCount) new")
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
        return try await journal.edit("import \(name)") { draft, db in
            try AccountStore(db).ensure(account, in: &draft)
            let new = try FillStore(db).unknown(fills)
            for fill in new { draft.put(fill) }
            return new.count
        }
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

/// How a file is to be read, and into which account.
struct ImportChoice: Sendable {
    let format: ImportFormat
    let exchange: String?
    let environment: Account.Environment
    let account: String?
    let utcOffsetMinutes: Int
    let dateOrder: DateOrder?
}

extension ImportReport {
    fileprivate mutating func count(_ fills: [Fill], new: Int) {
        newCount += new
        knownCount += fills.count - new
    }
}
