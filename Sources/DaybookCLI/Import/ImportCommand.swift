import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Read the fills that an exchange exports.",
        discussion: """
            Reads the exports of many exchanges and brokers as they come (docs/imports.md lists them), and any CSV with the
            header
              \(ImportFormat.genericHeader)
            (the last three columns may be missing). The file says by its header whose it is.

            Importing twice is importing once: what is known already is left as it is, on this device and on every other.
            A bad row is reported with its line and reason, and the good ones are kept; the exit code is 3 then.

            What the file leaves open is guessed where it is likely, and said; an option says otherwise. A file whose
            meaning is unsure is refused.

              daybook import binance.csv --dry-run
              daybook import fills/*.csv --account futures
              gunzip -c fills.csv.gz | daybook import -
            """)

    @Argument(
        help: ArgumentHelp("The files, or - for a pipe.", valueName: "file"), completion: .file(extensions: ["csv"]))
    var files: [String]

    @Option(name: .long, help: "Whose export it is: \(ImportFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format: ImportFormat = .auto

    @Option(
        name: .long,
        help: "What you call the account. Default: the one there is of this exchange, else “main”.",
        completion: .accounts)
    var account: String?

    @Option(name: .long, help: "The exchange of a generic file. Default: generic.")
    var exchange: String?

    @Option(name: .long, help: "live, sandbox or paper.")
    var environment: Account.Environment = .live

    // West of Greenwich an offset begins like an option.
    @Option(
        name: .long, parsing: .unconditional,
        help: "How far the file's times are ahead of UTC, as +02:00 or -04:00. Goes before what the file says.")
    var utcOffset: String?

    @Option(name: .long, help: "The zone of the file's times, with summer time, as America/New_York.")
    var zone: String?

    @Option(name: .long, help: "How to read dates like 03/04/2026: ymd, dmy or mdy. Default: as the file suggests.")
    var dateOrder: String?

    @Option(name: .long, help: "What parts the decimals: comma or point. Default: as the file suggests.")
    var decimal: String?

    @Option(name: .long, help: "What shares are priced in whose rows do not say it, as USD.")
    var currency: String?

    @Option(
        name: .long,
        help:
            "The kind of market: \(MarketKind.allCases.map(\.rawValue).joined(separator: ", ")). Default: as the file says."
    )
    var market: String?

    @Option(name: .long, help: "newest-first or oldest-first, where all rows are of one moment.")
    var order: String?

    @Option(name: .long, help: "The sign of a fee that was paid: plus or minus. Default: as the file suggests.")
    var paidFees: String?

    @Flag(name: .long, help: "Only say what would be new; write nothing.")
    var dryRun = false

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let choice = try ImportChoice(
            format: format, exchange: exchange, environment: environment, account: account,
            ImportChoice.Words(
                utcOffset: utcOffset, zone: zone, dateOrder: dateOrder, decimal: decimal, currency: currency,
                market: market, order: order, paidFees: paidFees))
        let journal = try await options.open()
        let run = ImportRun(journal: journal, isDryRun: dryRun, choice: choice)
        var reports: [ImportReport] = []
        for file in files {
            let start = World.live.now()
            var bar = ProgressBar(URL(fileURLWithPath: file).lastPathComponent)
            let report: ImportReport
            do {
                let source = try ImportSource(file)
                let size = source.size
                report = try await run.run(source) { bar.show($1, of: size, "\($0.newCount) new") }
            } catch let failure as Failure where files.count > 1 {
                var failed = ImportReport(file: file)
                failed.failure = failure
                report = failed
            } catch {
                bar.clear()
                throw error
            }
            bar.clear()
            reports.append(report)
            if !options.json {
                report.printed(isDryRun: dryRun, milliseconds: World.live.now().milliseconds - start.milliseconds)
            }
        }
        if options.json { json(reports).printed() }
        try end(reports)
    }

    private func json(_ reports: [ImportReport]) -> JSON {
        .object([
            "files": .list(reports.map(\.json)), "dry_run": .flag(dryRun),
            "new": .count(reports.map(\.newCount).reduce(0, +)),
            "known": .count(reports.map(\.knownCount).reduce(0, +)),
            "refused": .count(reports.map(\.refusedCount).reduce(0, +)),
            "skipped": .count(reports.map(\.skippedCount).reduce(0, +)),
        ])
    }

    private func end(_ reports: [ImportReport]) throws {
        if let failure = reports.compactMap(\.failure).first { throw DaybookExit(failure.kind).code }
        if reports.contains(where: { $0.refusedCount > 0 }) { throw DaybookExit.partlyDone.code }
    }
}

extension ImportFormat: ExpressibleByArgument {}
