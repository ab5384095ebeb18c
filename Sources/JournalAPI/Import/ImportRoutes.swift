import Journal
import Logging
import Primitives
import Storage
import Web

/// Exchanges' exports over REST: a file comes in as it is sent, and is read in the background.
package struct ImportRoutes: Sendable {
    private static let fileBytesMax = 256 << 20
    private static let refusedRowsMax = 1000
    private static let uploadsMax = 8
    private static let fileField = "file"

    private let services: JournalServices
    private let desk = ImportDesk()
    /// Each may take 256 MiB of the disk.
    private let uploads = Turnstile<ID<Caller>>(countMax: uploadsMax, perPersonMax: 1)
    /// Each takes a core for a while. One after the other for each person, in the order they came.
    private let work: Turnstile<ID<Caller>>

    package init(_ services: JournalServices) {
        self.services = services
        // One core is left to small work.
        work = Turnstile(countMax: max(1, services.coreCount - 1), perPersonMax: 1)
    }

    func add(to table: inout RouteTable) {
        let job = Content.json(ImportView.shape)
        table.post(
            "/journal/import", "Import the fills that an exchange exports", takes: .multipart(Self.formShape),
            answers: [202: job], begin)
        table.get(
            "/journal/import", "List what was imported lately", answers: [200: .json(ImportsView.shape)], list)
        table.get("/journal/import/{id}", "Ask how far an import is", answers: [200: job], get)
    }

    static let formShape = Shape.object([
        "file": .file("text/csv").note("As the exchange wrote it: its header tells whose it is."),
        "format": .choice(of: ImportFormat.self).optional,
        "account": .text.optional.note("What you call the account. Default: the one there is of this exchange."),
        "exchange": .text.optional.note("Of a file in the generic format."),
        "environment": .choice(of: Account.Environment.self).optional,
        "utc_offset": .text.optional.note("How far the file's times are ahead of UTC.", example: "+02:00"),
        "date_order": .choice(["month-first", "day-first"]).optional,
        "dry_run": .choice(["true", "false"]).optional.note("true only counts what would be new."),
    ])

    /// - Throws: `import.no_file`, `import.bad_choice`, and what is wrong with the form.
    func begin(_ call: Call) async throws -> Answer {
        let caller = try call.caller
        let person: ID<Person> = caller.id.cast()
        let (file, name, texts) = try await uploads.pass(caller.id) { try await receive(call, person) }
        let choice = try Self.choice(texts)
        let isDryRun = try Self.word(Bool.self, texts["dry_run"], "dry_run") ?? false
        let job = ImportJob(
            id: .new(in: services.world), size: file.size, isDryRun: isDryRun, created: services.world.now(),
            report: ImportReport(file: name, refusedRowsMax: Self.refusedRowsMax))
        try await desk.begin(job, of: person)
        // It goes on when the caller has its answer; what became of it is asked for, and told on the live feed.
        let order = Order(job, of: person, file, choice, call)
        Task { await run(order) }
        return try Answer(status: 202, json: ImportView(job))
    }

    func list(_ call: Call) async throws -> ImportsView {
        ImportsView(imports: await desk.list(of: try call.caller.id.cast()).map { ImportView($0) })
    }

    func get(_ call: Call) async throws -> ImportView {
        guard let id = ID<Import>(call.parameter("id")) else { throw Failure.importNotFound }
        return ImportView(try await desk.require(id, of: try call.caller.id.cast()))
    }

    // MARK: The form

    private func receive(_ call: Call, _ person: ID<Person>) async throws -> (NamelessFile, String, FormTexts) {
        let file = try NamelessFile(in: services.pool.path(of: person), world: services.world)
        var name: String?
        var fileCount = 0
        let texts = try await call.multipart(
            files: [Self.fileField], FormLimits(fileBytesMax: Self.fileBytesMax)
        ) { event in
            switch event {
            case .part(let part):
                fileCount += 1
                name = part.fileName
            case .bytes(let bytes): try file.append(bytes)
            case .end: break
            }
        }
        guard fileCount == 1 else { throw Failure.importNoFile }
        return (file, Self.line(name ?? ""), texts)
    }

    /// A file's name may be anything; what goes into the history is one line.
    private static func line(_ name: String) -> String {
        let clean = String(
            String.UnicodeScalarView(
                name.unicodeScalars.filter { $0.properties.generalCategory != .control }.prefix(100)))
        return clean.isEmpty ? "a file" : clean
    }

    private static func choice(_ texts: FormTexts) throws(Failure) -> ImportChoice {
        try ImportChoice(
            format: try word(ImportFormat.self, texts["format"], "format") ?? .auto, exchange: texts["exchange"],
            environment: try word(Account.Environment.self, texts["environment"], "environment") ?? .live,
            account: texts["account"], utcOffset: texts["utc_offset"], dateOrder: texts["date_order"])
    }

    private static func word<Word: RawRepresentable<String> & CaseIterable>(
        _ type: Word.Type, _ text: String?, _ name: String
    ) throws(Failure) -> Word? {
        guard let text else { return nil }
        guard let word = Word(rawValue: text) else {
            throw .importBadChoice(name, Word.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return word
    }

    private static func word(_ type: Bool.Type, _ text: String?, _ name: String) throws(Failure) -> Bool? {
        guard let text else { return nil }
        guard let flag = Bool(text) else { throw .importBadChoice(name, "true, false") }
        return flag
    }

    // MARK: The work

    /// What is to be done. It is passed by reference: closures that carry it whole into a task go astray in Swift 6.3.1.
    private final class Order: Sendable {
        let id: ID<Import>
        let person: ID<Person>
        let file: NamelessFile
        let name: String
        let choice: ImportChoice
        let isDryRun: Bool
        let call: Call

        init(_ job: ImportJob, of person: ID<Person>, _ file: NamelessFile, _ choice: ImportChoice, _ call: Call) {
            id = job.id
            self.person = person
            self.file = file
            name = job.report.file
            self.choice = choice
            isDryRun = job.isDryRun
            self.call = call
        }
    }

    private func run(_ order: Order) async {
        do {
            try await work.pass(order.person.cast()) {
                await desk.change(order.id, of: order.person) { $0.status = .running }
                try await services.withJournal(of: order.call) { try await read(order, into: $0.file) }
            }
        } catch {
            await fail(order, error)
        }
        if !order.isDryRun { try? services.publishUpdate(of: order.call) }
        services.feed.publish("import_complete", on: .journal, to: order.person.cast(), except: nil)
    }

    private func read(_ order: Order, into journal: JournalFile) async throws {
        let run = ImportRun(
            journal: journal, as: JournalServices.deviceName, isDryRun: order.isDryRun, choice: order.choice,
            refusedRowsMax: Self.refusedRowsMax)
        let report = try await run.run(try ImportSource(order.name, order.file)) { report, bytes in
            await note(report, bytes, order)
        }
        let now = services.world.now()
        await desk.change(order.id, of: order.person) { job in
            (job.report, job.bytes, job.status, job.finished) = (report, job.size, .done, now)
        }
    }

    private func note(_ report: ImportReport, _ bytes: Int64, _ order: Order) async {
        await desk.change(order.id, of: order.person) { job in (job.report, job.bytes) = (report, bytes) }
        services.feed.publish("import_progress", on: .journal, to: order.person.cast(), except: nil)
    }

    private func fail(_ order: Order, _ error: any Error) async {
        let known = error as? Failure
        if known == nil { order.call.logger.error("an import failed", metadata: ["failure": "\(error)"]) }
        let failure = known ?? Failure(.internal, "internal", "Something went wrong in the server.")
        let now = services.world.now()
        await desk.change(order.id, of: order.person) { job in
            job.report.failure = failure
            (job.status, job.finished) = (.failed, now)
        }
    }
}

extension Failure {
    static let importNoFile = Failure(
        .invalid, "import.no_file", "Send one file, in the field \"file\" of a multipart/form-data form.")

    static func importBadChoice(_ name: String, _ wanted: String) -> Failure {
        Failure(.invalid, "import.bad_choice", "The field \"\(name)\" must be one of \(wanted).")
    }
}
