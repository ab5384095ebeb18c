import Foundation
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
    private let zone: TimeZone

    /// Does a step of the work when it is its turn.
    package typealias Turn = (_ step: () async throws -> Void) async throws -> Void

    /// Enough that the cost of a transaction does not count, and few enough that memory stays bounded and others get
    /// their turn to write in between.
    static let batchRows = 20_000
    /// How many batches of a file with the newest first are held, to be written from the oldest on.
    private static let groupMax = 10

    /// - Parameters:
    ///   - deviceName: what this copy is called when nobody has named it; nil for one that has a name.
    ///   - rowsMax: how many rows of a file are read.
    ///   - zone: of the days of a journal that names none.
    package init(
        journal: JournalFile, as deviceName: String? = nil, isDryRun: Bool, choice: ImportChoice,
        refusedRowsMax: Int = ImportReport.refusedRowsMax, rowsMax: Int = .max, zone: TimeZone = .gmt
    ) {
        self.journal = journal
        self.deviceName = deviceName
        self.isDryRun = isDryRun
        self.choice = choice
        self.refusedRowsMax = refusedRowsMax
        self.rowsMax = rowsMax
        self.zone = zone
    }

    /// What there is to import in a file, with what the journal has been told of columns.
    ///
    /// - Throws: what `ImportContents` throws.
    package func contents(
        of source: ImportSource, unpackedBytesMax: Int64 = ZipArchive.unpackedBytesMax
    ) async throws -> ImportContents {
        var options = choice.options
        options.saved = try await journal.read { try MappingStore($0).saved() }
        return try ImportContents(source, format: choice.format, options, unpackedBytesMax: unpackedBytesMax)
    }

    /// - Parameters:
    ///   - id: what the import goes by; one that was broken off goes on under the same.
    ///   - turn: where others have work too; each batch is a step then, read when the one before is written.
    ///   - progress: is told after each batch what became of the file so far, and how many bytes that was.
    /// - Throws: `import.too_many_rows` when those before were imported.
    package func run(
        _ source: ImportSource, as id: ID<FileImport>? = nil, inTurns turn: Turn? = nil,
        progress: (ImportReport, _ doneBytes: Int64) async -> Void
    ) async throws -> ImportReport {
        let course = Course(
            source, id ?? .new(in: journal.world), ImportReport(file: source.name, refusedRowsMax: refusedRowsMax),
            rowsMax: rowsMax)
        let take = turn ?? { try await $0() }
        try await take { try await begin(course) }
        while !course.group.isEmpty {
            try await take { try await step(course, readingAhead: turn == nil) }
            await progress(course.report, course.doneBytes)
        }
        try await take { try await end(course) }
        return course.report
    }

    /// How far it is. Only one step at a time has it.
    private final class Course: @unchecked Sendable {
        let source: ImportSource
        let id: ID<FileImport>
        let hash = FileHash()
        var account: Account?
        var reader: ImportReader?
        var known: KnownFills?
        /// How the times and ids of the file look, as far as it was read.
        var traits = FillTraits()
        var currencyless = CurrencylessMarkets()
        var isAtEnd = false
        /// What stands in the journal of the import; nil before its first fill.
        var written: FileImport?
        /// Whether a run before this one had written of it.
        var isResumed = false
        var report: ImportReport
        var group: [Batch] = []
        var doneBytes: Int64 = 0
        var rehearsal = Rehearsal()
        /// How many more rows are taken.
        var rowsLeft: Int
        private var saidContracts: Set<ContractSize> = []

        init(_ source: ImportSource, _ id: ID<FileImport>, _ report: ImportReport, rowsMax: Int) {
            self.source = source
            self.id = id
            self.report = report
            rowsLeft = rowsMax
        }

        /// The sizes of contracts that rows said since this was asked last.
        func newContracts() -> [ContractSize] {
            (reader?.contracts ?? []).filter { saidContracts.insert($0).inserted }
        }
    }

    private func begin(_ course: Course) async throws {
        let (said, mappings) = try await journal.read {
            (try InstrumentStore($0).list(), try MappingStore($0).saved())
        }
        var options = choice.options
        options.saved = mappings
        let account = try await account(for: course.source, options)
        let sizes = InstrumentSizes(exchange: account.exchange, said: said)
        let reader = try course.source.reader(
            account, choice.format, options.with(sizes, account), hashing: course.hash)
        course.account = account
        course.report.account = account
        course.report.format = reader.format
        course.report.reading = course.source.notes + reader.reading
        course.reader = reader
        let (id, allowsDuplicates) = (course.id, choice.allowsDuplicates)
        (course.known, course.written) = try await journal.read { db in
            (
                try KnownFills(db, account, by: id, allowsDuplicates: allowsDuplicates),
                try ImportStore(db).find(id)
            )
        }
        course.isResumed = course.written != nil
        course.group = try Self.nextGroup(course)
    }

    private func step(_ course: Course, readingAhead: Bool) async throws {
        guard let known = course.known, let batch = course.group.popLast() else { return }
        let fills = batch.fills
        let writing = Writing(
            fills: fills, known: known, description: try describe(course), isFirst: course.written == nil,
            contracts: course.newContracts())
        let outcome: Written
        if isDryRun {
            outcome = try await journal.read { db in
                var known = known
                return Written(sorted: try known.sort(fills, db), known: known)
            }
            if course.group.isEmpty { course.group = try Self.nextGroup(course) }
        } else if readingAhead {
            async let written = write(writing)
            let next = course.group.isEmpty ? Result { try Self.nextGroup(course) } : .success(course.group)
            outcome = try await written
            course.group = try next.get()
        } else {
            outcome = try await write(writing)
            if course.group.isEmpty { course.group = try Self.nextGroup(course) }
        }
        course.known = outcome.known
        if !isDryRun, course.written == nil, !outcome.sorted.new.isEmpty {
            course.written = writing.description.withCount(outcome.sorted.new.count)
        }
        let again = isDryRun ? outcome.sorted.new.count - course.rehearsal.add(outcome.sorted.new) : 0
        course.report.count(outcome.sorted, again: again)
        course.doneBytes += batch.bytes
    }

    /// The import as it is known so far.
    private func describe(_ course: Course) throws -> FileImport {
        guard let account = course.account, let reader = course.reader else { throw CancellationError() }
        return FileImport(
            id: course.id, file: course.source.name, account: account.id, layout: reader.layoutName,
            createdAt: course.written?.createdAt ?? journal.world.now(),
            sha256: course.isAtEnd ? course.hash.value : nil,
            resolutionMilliseconds: course.traits.resolution,
            hasIDs: course.traits.hasIDs && reader.hasTradeIDs,
            reading: reader.reading.joined(separator: "\n"), fillCount: 0)
    }

    /// Completes what the journal says of the import, and looks for what it may have brought twice.
    private func end(_ course: Course) async throws {
        if !isDryRun, let written = course.written {
            let (description, deviceName) = (try describe(course), deviceName)
            let allowsDuplicates = choice.allowsDuplicates
            let (isResumed, newCount) = (course.isResumed, course.report.newCount)
            let body: @Sendable (inout Draft, JournalFile.Connection) throws -> Void = { draft, db in
                let count = isResumed ? try ImportStore(db).fillCount(of: written.id) : newCount
                draft.complete(written, with: description.withCount(count))
                try ReturningNotes(db).rehang(on: written, in: &draft)
                if allowsDuplicates {
                    let store = DoubleStore(db)
                    try store.settle(try store.fills(of: written.id), as: .distinct, in: &draft)
                }
            }
            let summary = "import \(course.source.name)"
            if let deviceName {
                _ = try await journal.edit(summary, as: deviceName, body)
            } else {
                try await journal.edit(summary, body)
            }
        }
        let (id, elsewhere, zone) = (course.id, course.report.elsewhereCounts, zone)
        let isWritten = course.written != nil
        let (account, currencyless) = (course.account, course.currencyless)
        let found = try await journal.read { db in
            let settings = try SettingsStore(db).current()
            let calendar = TradingCalendar(
                zone: settings.zone ?? zone, startOfDayMinutes: settings.startOfDayMinutes)
            return (
                doubles: isWritten ? try DoubleStore(db).groups(of: id) : [],
                unmatched: isWritten ? try ImportStore(db).unmatchedCount(of: id) : 0,
                typed: isWritten ? try TypedTrades(db).pairs(of: id, calendar) : [],
                note: try account.flatMap { try currencyless.note($0, db) },
                elsewhere: try elsewhere.sorted { $0.key < $1.key }.compactMap { id, count in
                    try AccountStore(db).find(id).map { ImportReport.Elsewhere(account: $0, count: count) }
                }
            )
        }
        course.report.reading =
            course.source.notes + (course.reader?.reading ?? []) + (found.note.map { [$0] } ?? [])
        course.report.header = course.reader?.headerText
        course.report.fileImport = isWritten ? id : nil
        course.report.doubles = found.doubles
        course.report.unmatchedCount = found.unmatched
        course.report.typed = found.typed
        course.report.elsewhere = found.elsewhere
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
        guard let rows = try course.reader?.nextBatch(batchRows) else {
            course.isAtEnd = true
            return nil
        }
        if rows.count < batchRows { course.isAtEnd = true }
        try WorkBudget.spend(steps: rows.count)
        course.rowsLeft -= rows.count
        guard course.rowsLeft >= 0 else { throw Failure.importTooManyRows }
        var fills: [Fill] = []
        fills.reserveCapacity(rows.count)
        for row in rows {
            switch row {
            case .fill(let fill, _):
                fills.append(fill)
                course.traits.add(fill)
                course.currencyless.add(fill)
            case .skipped(_, let reason): course.report.skip(reason: reason)
            case .refused(let line, let reason): course.report.refuse(line: line, reason: reason)
            }
        }
        return Batch(fills: fills, bytes: (course.reader?.bytesConsumed ?? start) - start)
    }

    private struct Writing: Sendable {
        let fills: [Fill]
        let known: KnownFills
        let description: FileImport
        let isFirst: Bool
        /// Sizes of contracts that rows said first.
        let contracts: [ContractSize]
    }

    private struct Written: Sendable {
        let sorted: KnownFills.Sorted
        let known: KnownFills
    }

    private func write(_ writing: Writing) async throws -> Written {
        guard !writing.fills.isEmpty else { return Written(sorted: .init(), known: writing.known) }
        let account = writing.known.account
        let body: @Sendable (inout Draft, JournalFile.Connection) throws -> Written = { draft, db in
            var known = writing.known
            let sorted = try known.sort(writing.fills, db)
            if !sorted.new.isEmpty {
                try AccountStore(db).ensure(account, in: &draft)
                if writing.isFirst { draft.put(writing.description.withCount(sorted.new.count)) }
                for contract in writing.contracts {
                    try InstrumentStore(db).set(InstrumentFields(contract, exchange: account.exchange), in: &draft)
                }
                for fill in sorted.new { draft.put(fill.brought(by: writing.description.id)) }
            }
            return Written(sorted: sorted, known: known)
        }
        let summary = "import \(writing.description.file)"
        guard let deviceName else { return try await journal.edit(summary, body) }
        return try await journal.edit(summary, as: deviceName, body).result
    }

    /// The format says which exchange it is, and only then is it known whose account.
    private func account(for source: ImportSource, _ options: ImportOptions) async throws -> Account {
        let beginning = try source.beginning(choice.format, options)
        let exchange = choice.exchange ?? beginning.savedExchange ?? beginning.format.rawValue
        let choice = choice
        return try await journal.read { db in
            try AccountStore(db).forImport(
                exchange: exchange, environment: choice.environment, label: choice.account)
        }
    }

    /// What a dry run would have written, so that it counts what occurs twice in a file as known the second time.
    private struct Rehearsal {
        /// As many are remembered at least, and twice as many at most.
        private static let rememberedMin = 500_000
        private var recent: Set<UInt64> = []
        private var older: Set<UInt64> = []

        mutating func add(_ fills: [Fill]) -> Int {
            fills.count { fill in
                let key = UInt64(truncatingIfNeeded: fill.id.rawValue)
                if recent.count >= Self.rememberedMin { (older, recent) = (recent, []) }
                return recent.insert(key).inserted && !older.contains(key)
            }
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
    /// - Parameter again: how many of the new ones stood in the file before.
    fileprivate mutating func count(_ sorted: KnownFills.Sorted, again: Int) {
        newCount += sorted.new.count - again
        knownCount += sorted.knownCount + again
        elsewhereCounts.merge(sorted.elsewhere, uniquingKeysWith: +)
    }
}
