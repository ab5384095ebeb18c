import Journal
import Primitives
import Storage
import Web

/// Exchanges' exports over REST: a file comes in as it is sent, and is read in the background.
package struct ImportRoutes: Sendable {
    private static let fileField = "file"

    private let services: JournalServices
    private let jobs: ImportJobs
    /// Where files are received.
    private let uploads = Turnstile<ID<Person>>(
        .init(
            insideMax: .max, insidePerPersonMax: ImportLimits.receivingPerPersonMax, waitingMax: .max,
            waitingPerPersonMax: ImportLimits.receivingWaitingPerPersonMax))

    package init(_ services: JournalServices, _ jobs: ImportJobs) {
        self.services = services
        self.jobs = jobs
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
        "file": .file("text/csv").note(
            "As the exchange wrote it: its header tells whose it is. A workbook, or one table packed as ZIP or gzip, too."
        ),
        "format": .choice(of: ImportFormat.self).optional,
        "account": .text.optional.note("What you call the account. Default: the one there is of this exchange."),
        "exchange": .text.optional.note("Of a file in the generic format."),
        "environment": .choice(of: Account.Environment.self).optional,
        "utc_offset": .text.optional.note("How far the file's times are ahead of UTC.", example: "+02:00"),
        "zone": .text.optional.note("The zone of the file's times, with summer time.", example: "America/New_York"),
        "date_order": .choice(["ymd", "dmy", "mdy", "year-first", "month-first", "day-first"]).optional,
        "decimal": .choice(of: NumberForm.self).optional.note("What parts the decimals."),
        "currency": .text.optional.note("What shares are priced in whose rows do not say it.", example: "USD"),
        "market": .choice(MarketKind.sayable.map(\.rawValue)).optional.note(
            "The kind of market, where the file does not say it."),
        "order": .choice(["newest-first", "oldest-first"]).optional.note("Where all rows are of one moment."),
        "paid_fees": .choice(of: ImportOptions.PaidFees.self).optional.note("The sign of a fee that was paid."),
        "map": .text.optional.note(
            "Which column is which, of a file that no layout knows. It goes before saved mappings.",
            example: "time=Date,symbol=Ticker,side=Action,price=Px,quantity=Qty"),
        "allow_duplicates": .choice(["true", "false"]).optional.note(
            "true lets rows in, and counts them, that look like fills which are here already."),
        "dry_run": .choice(["true", "false"]).optional.note("true only counts what would be new."),
    ])

    /// - Throws: `import.no_file`, `import.bad_choice`, `import.too_many`, `server.busy`, and what is wrong with the form.
    func begin(_ call: Call) async throws -> Answer {
        let caller = try call.caller
        let person = caller.id
        try services.pool.requireHere()
        try await jobs.refuseTooMany(of: person)
        return try await uploads.pass(caller.id) {
            let id = ID<Job>.new(in: services.world)
            // It goes with the file.
            let share = services.scratch.share(of: person)
            let file = try jobs.folder(of: person).receive(id)
            let (name, texts) = try await receive(call, into: file, share)
            let isDryRun = try Self.word(Bool.self, texts["dry_run"], "dry_run") ?? false
            let request = ImportRequest(file: name, try Self.choice(texts), isDryRun: isDryRun)
            try await file.keep()
            return try Answer(
                status: 202, json: ImportView(try await jobs.add(id, request, size: file.size, by: caller, share)))
        }
    }

    func list(_ call: Call) async throws -> ImportsView {
        ImportsView(imports: try await jobs.list(of: try call.caller.id).map { ImportView($0) })
    }

    func get(_ call: Call) async throws -> ImportView {
        guard let id = ID<Job>(call.parameter("id")) else { throw Failure.importNotFound }
        return ImportView(try await jobs.require(id, of: try call.caller.id))
    }

    // MARK: The form

    private func receive(
        _ call: Call, into file: IncomingFile, _ share: FairSpace<ID<Person>>.Share
    ) async throws -> (name: String, FormTexts) {
        var name: String?
        var fileCount = 0
        let texts = try await call.multipart(
            files: [Self.fileField], FormLimits(fileBytesMax: ImportLimits.fileBytesMax)
        ) { event in
            switch event {
            case .part(let part):
                fileCount += 1
                name = part.fileName
            case .bytes(let bytes):
                try share.take(Int64(bytes.count))
                try file.append(bytes)
            case .end: break
            }
        }
        guard fileCount == 1 else { throw Failure.importNoFile }
        return (ImportSource.line(name ?? ""), texts)
    }

    private static func choice(_ texts: FormTexts) throws(Failure) -> ImportChoice {
        try ImportChoice(
            format: try word(ImportFormat.self, texts["format"], "format") ?? .auto, exchange: texts["exchange"],
            environment: try word(Account.Environment.self, texts["environment"], "environment") ?? .live,
            account: texts["account"],
            allowsDuplicates: try word(Bool.self, texts["allow_duplicates"], "allow_duplicates") ?? false,
            ImportChoice.Words(
                utcOffset: texts["utc_offset"], zone: texts["zone"], dateOrder: texts["date_order"],
                decimal: texts["decimal"], currency: texts["currency"], market: texts["market"],
                order: texts["order"], paidFees: texts["paid_fees"], map: texts["map"]))
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
}

extension Failure {
    static let importNoFile = Failure(
        .invalid, "import.no_file", "Send one file, in the field \"file\" of a multipart/form-data form.")

    static func importBadChoice(_ name: String, _ wanted: String) -> Failure {
        Failure(.invalid, "import.bad_choice", "The field \"\(name)\" must be one of \(wanted).")
    }
}
