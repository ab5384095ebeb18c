import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

struct ImportFileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "file", abstract: "Read files. `daybook import FILE` does the same.")

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

    @Option(name: .long, help: "live, sandbox or paper.")
    var environment: Account.Environment = .live

    @OptionGroup var reading: ReadingOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Also save --map and the options beside it, for all files of this header.", valueName: "name"),
        completion: .mappings)
    var saveMapping: String?

    @Flag(name: .long, help: "Let rows in, and count them, that look like fills which are here already.")
    var allowDuplicates = false

    @Flag(name: .long, help: "Only say what would be new; write nothing. Likely doubles are not looked for.")
    var dryRun = false

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let choice = try ImportChoice(
            format: format, exchange: reading.exchange, environment: environment, account: account,
            allowsDuplicates: allowDuplicates, reading.words)
        let name = try saveMapping.map { try Mapping.name(from: $0) }
        guard name == nil || (reading.map != nil && files.count == 1) else {
            throw Failure(.invalid, "mapping.one_file", "--save-mapping goes with one file and --map.")
        }
        let journal = try await options.open()
        let run = ImportRun(journal: journal, isDryRun: dryRun, choice: choice, zone: .current)
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
        if let name, !dryRun { try await save(name, choice, reports.first?.header, in: journal) }
        if options.json { json(reports).printed() }
        try end(reports)
    }

    private func save(
        _ name: String, _ choice: ImportChoice, _ header: String?, in journal: JournalFile
    ) async throws {
        guard let header else { throw Failure.mappingWithoutHeader }
        try await journal.edit("save mapping \(name)") { draft, db in
            try MappingStore(db).save(name, header: header, choice, in: &draft)
        }
        if !options.json { print("  Mapping “\(name)” is saved: files of this header are read by it.".onOneLine) }
    }

    private func json(_ reports: [ImportReport]) -> JSON {
        func sum(_ count: (ImportReport) -> Int) -> JSON { .count(reports.map(count).reduce(0, +)) }
        return .object([
            "files": .list(reports.map(\.json)), "dry_run": .flag(dryRun), "new": sum(\.newCount),
            "known": sum(\.knownCount), "refused": sum(\.refusedCount), "skipped": sum(\.skippedCount),
            "doubles": sum(\.doubleCount), "known_elsewhere": sum(\.elsewhereCount),
        ])
    }

    private func end(_ reports: [ImportReport]) throws {
        if let failure = reports.compactMap(\.failure).first { throw DaybookExit(failure.kind).code }
        if reports.contains(where: \.isDoubtful) { throw DaybookExit.partlyDone.code }
    }
}

extension ImportFormat: ExpressibleByArgument {}
