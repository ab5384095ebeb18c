import Journal
import Logging
import Primitives
import Storage
import Sync
import Synchronization
import Web

/// Imports files in the background. Each is a job with a row and a file, until both have been read to the end: one that
/// was running when the process ended is begun again, which imports nothing twice.
package final class ImportJobs: Sendable {
    private static let kind = Job.Kind.fileImport

    private let services: JournalServices
    private let control: ControlDatabase
    private let people: String
    private let logger: Logger
    private let small: Turnstile<ID<Person>>
    private let large: Turnstile<ID<Person>>
    /// Of those that were begun and have not ended.
    private let begun = Mutex<[ID<Job>: ImportProgress]>([:])
    private let orders: AsyncStream<Order>
    private let arrivals: AsyncStream<Order>.Continuation

    /// - Parameter people: the directory of all people's directories.
    package init(_ services: JournalServices, control: ControlDatabase, people: String, logger: Logger) {
        self.services = services
        self.control = control
        self.people = people
        self.logger = logger
        small = Self.lane(ImportLimits.smallFilesMax)
        large = Self.lane(ImportLimits.largeFilesMax)
        (orders, arrivals) = AsyncStream.makeStream()
    }

    /// One file of a person after the other, in the order in which they came. How many wait is bounded by their rows.
    private static func lane(_ filesMax: Int) -> Turnstile<ID<Person>> {
        Turnstile(.init(insideMax: filesMax, insidePerPersonMax: 1, waitingMax: .max, waitingPerPersonMax: .max))
    }

    /// What is to be done. It is passed by reference: closures that carry it whole into a task go astray in Swift 6.3.1.
    private final class Order: Sendable {
        let id: ID<Job>
        let person: ID<Person>
        let size: Int64
        let request: ImportRequest
        /// Who sent it, and need not be told what they know.
        let session: ID<Session>?
        /// The room of the file.
        let share: FairSpace<ID<Person>>.Share

        init(_ job: Job, _ request: ImportRequest, by session: ID<Session>?, _ share: FairSpace<ID<Person>>.Share) {
            id = job.id
            person = job.person
            size = job.total
            self.request = request
            self.session = session
            self.share = share
        }
    }

    // MARK: For the routes

    func folder(of person: ID<Person>) -> ImportFolder {
        ImportFolder(journalDirectory: services.pool.path(of: person))
    }

    /// - Throws: `import.too_many`.
    func refuseTooMany(of person: ID<Person>) async throws {
        let count = try await control.read { try $0.jobs.unfinishedCount(of: person, Self.kind) }
        guard count < JobStore.unfinishedPerPersonMax else { throw Failure.tooManyImports }
    }

    /// Takes on a file that lies in its folder. What becomes of it is asked for, and told on the live feed.
    ///
    /// - Parameter share: the room that it takes.
    /// - Throws: `import.too_many`, `server.busy`; the file is gone then.
    func add(
        _ id: ID<Job>, _ request: ImportRequest, size: Int64, by caller: Caller, _ share: FairSpace<ID<Person>>.Share
    ) async throws -> ImportJob {
        let person = caller.id
        do {
            let job = Job(
                id: id, person: person, kind: Self.kind, request: try request.encoded(), total: size,
                created: services.world.now())
            switch try await control.write({ try $0.jobs.add(job) }) {
            case .added: break
            case .personFull: throw Failure.tooManyImports
            case .full: throw Failure.serverBusy
            }
            arrivals.yield(Order(job, request, by: caller.session, share))
            return ImportJob(job, nil)
        } catch {
            folder(of: person).delete(id)
            throw error
        }
    }

    /// - Throws: `import.not_found`, also for somebody else's.
    func require(_ id: ID<Job>, of person: ID<Person>) async throws -> ImportJob {
        guard let job = try await control.read({ try $0.jobs.find(id, of: person, Self.kind) }) else {
            throw Failure.importNotFound
        }
        return show(job)
    }

    /// The latest first.
    func list(of person: ID<Person>) async throws -> [ImportJob] {
        try await control.read { try $0.jobs.list(of: person, Self.kind) }.map { show($0) }
    }

    private func show(_ job: Job) -> ImportJob {
        ImportJob(job, job.finished == nil ? begun.withLock { $0[job.id] } : nil)
    }

    // MARK: The work

    /// Takes up what was left when the process ended, before anything new comes.
    package func resume() async throws {
        // Whoever has the journals goes on with what was begun.
        guard !services.pool.isElsewhere else { return }
        let jobs = try await control.write { control in
            try control.jobs.queueAgain(Self.kind)
            return try control.jobs.unfinished(Self.kind)
        }
        try await ImportFolder.sweep(people: people, keeping: Set(jobs.map(\.id)))
        for job in jobs {
            let share = services.scratch.share(of: job.person)
            share.note(job.total)
            guard let request = ImportRequest(job.request), job.attempts < ImportLimits.attemptsMax else {
                try await finish(job.id, of: job.person, Job.Outcome(problem: .init(Failure.importBrokenOff)))
                continue
            }
            arrivals.yield(Order(job, request, by: nil, share))
        }
    }

    /// Does what comes, until the task is cancelled. What is running then stops at its next step and waits for the next
    /// start of the server.
    package func work() async {
        await withDiscardingTaskGroup { group in
            for await order in orders { group.addTask { await self.carryOut(order) } }
            group.cancelAll()
        }
        // A task that is called off can write nothing itself.
        await Task { await self.putBack() }.value
    }

    private func putBack() async {
        let running = begun.withLock { Array($0.keys) }
        guard !running.isEmpty else { return }
        do {
            try await control.write { control in
                for id in running { try control.jobs.putBack(id) }
            }
        } catch {
            logger.error("imports could not be put back", metadata: ["failure": "\(error)"])
        }
    }

    private func carryOut(_ order: Order) async {
        // What is packed may be much more than it seems.
        let isSmall = order.size <= ImportLimits.smallFileBytesMax && !folder(of: order.person).isPacked(order.id)
        let lane = isSmall ? small : large
        do {
            try await lane.pass(order.person) { try await run(order) }
        } catch {
            // When the server stops, whatever happens is no fault of the file.
            if !Task.isCancelled { await fail(order, error) }
        }
    }

    private func run(_ order: Order) async throws {
        guard try await control.write({ try $0.jobs.start(order.id) }) != nil else { return }
        let report = ImportReport(file: order.request.file, refusedRowsMax: ImportLimits.refusedRowsMax)
        begun.withLock { $0[order.id] = ImportProgress(report: report) }
        let done = try await services.withJournal(of: order.person, logger) { journal in
            try await read(order, into: journal.file)
        }
        try await finish(order.id, of: order.person, try done.outcome(doneBytes: order.size))
        tellEnd(order)
    }

    private func read(_ order: Order, into journal: JournalFile) async throws -> ImportReport {
        let run = ImportRun(
            journal: journal, as: JournalServices.deviceName, isDryRun: order.request.isDryRun,
            choice: try order.request.choice, refusedRowsMax: ImportLimits.refusedRowsMax, rowsMax: ImportLimits.rowsMax
        )
        let (workshop, person) = (services.workshop, order.person)
        let opening = Opening(order.request, folder(of: person).path(of: order.id))
        try await workshop.run(for: person) { try await opening.open(run) }
        let source = try opening.opened
        let id = ID<FileImport>.derived("import", [order.id.description])
        return try await run.run(source, as: id, inTurns: { try await workshop.run(for: person, $0) }) {
            report, bytes in
            // Of a packed file the same part was read.
            let share = Double(bytes) / Double(max(source.size, 1))
            let done = source.size == order.size ? bytes : Int64(Double(order.size) * min(share, 1))
            note(ImportProgress(report: report, bytes: done), order)
        }
    }

    /// Finds the table in a file that came. Only one step has it at a time.
    private final class Opening: @unchecked Sendable {
        private let request: ImportRequest
        private let path: String
        private var source: ImportSource?

        init(_ request: ImportRequest, _ path: String) {
            self.request = request
            self.path = path
        }

        func open(_ run: ImportRun) async throws {
            let contents = try await run.contents(
                of: try ImportSource(request.file, at: path), unpackedBytesMax: Int64(ImportLimits.fileBytesMax))
            source = try contents.only()
        }

        var opened: ImportSource {
            get throws {
                guard let source else { throw CancellationError() }
                return source
            }
        }
    }

    private func note(_ progress: ImportProgress, _ order: Order) {
        begun.withLock { $0[order.id] = progress }
        services.feed.publish("import_progress", on: .journal, to: order.person, except: nil)
    }

    private func fail(_ order: Order, _ error: any Error) async {
        let known = error as? Failure
        if known == nil { logger.error("an import failed", metadata: ["failure": "\(error)"]) }
        let failure = known ?? Failure(.internal, "internal", "Something went wrong in the server.")
        do {
            let progress = begun.withLock { $0[order.id] }
            var outcome = try progress.map { try $0.report.outcome(doneBytes: $0.bytes) } ?? Job.Outcome()
            outcome.problem = Job.Problem(failure)
            try await finish(order.id, of: order.person, outcome)
        } catch {
            // It is begun again at the next start.
            logger.error("the end of an import could not be noted", metadata: ["failure": "\(error)"])
        }
        tellEnd(order)
    }

    private func finish(_ id: ID<Job>, of person: ID<Person>, _ outcome: Job.Outcome) async throws {
        try await control.write { try $0.jobs.finish(id, outcome) }
        begun.withLock { $0[id] = nil }
        folder(of: person).delete(id)
    }

    private func tellEnd(_ order: Order) {
        order.share.giveBack()
        let person = order.person
        if !order.request.isDryRun {
            services.feed.publish("journal_update", on: .journal, to: person, except: order.session)
        }
        services.feed.publish("import_complete", on: .journal, to: person, except: nil)
    }
}

extension Job.Problem {
    fileprivate init(_ failure: Failure) { self.init(code: failure.code, message: failure.message) }
}

extension Failure {
    static let importNotFound = Failure(
        .notFound, "import.not_found", "There is no such import. They are remembered for a day.")
    static let tooManyImports = Failure(
        .tooMany, "import.too_many",
        "\(JobStore.unfinishedPerPersonMax) files are being imported already. Wait for one to end.",
        retryAfterSeconds: 5)
    static let importBrokenOff = Failure(
        .internal, "import.broken_off",
        "The server broke off in the middle of this file, several times. What was read is in the journal; import the rest "
            + "with the CLI, which tells where it stops.")
}
