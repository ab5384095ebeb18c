import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

struct ImportFileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "file", abstract: "Read files. `daybook import FILE` does the same.")

    @Argument(
        help: ArgumentHelp("The files: CSV, JSON, XLSX, ZIP or gzip; - for a pipe.", valueName: "file"),
        completion: .file(extensions: ["csv", "zip", "xlsx", "gz", "json"]))
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
        var leftOut: [String] = []
        for file in files {
            do {
                let contents = try await run.contents(of: try ImportSource(file))
                while let part = try contents.next() {
                    let isAlone = files.count == 1 && contents.name == part.name
                    reports.append(try await read(part, with: run, isAlone: isAlone))
                }
                leftOut += contents.leftOut.map { "\(contents.name)/\($0)" }
            } catch let failure as Failure where files.count > 1 {
                reports.append(told(ImportReport(file: file, failure), milliseconds: 0))
            }
        }
        if let name, !dryRun { try await save(name, choice, reports.first?.header, in: journal) }
        if options.json {
            json(reports, leftOut).printed()
        } else {
            for name in leftOut { print("left out, since it is no table: \(name)".onOneLine) }
        }
        try end(reports)
    }

    /// - Parameter isAlone: whether nothing else is to be read, so that a failure is the command's.
    private func read(
        _ part: ImportContents.Part, with run: ImportRun, isAlone: Bool
    ) async throws -> ImportReport {
        let start = World.live.now()
        var bar = ProgressBar(part.name)
        defer { bar.clear() }
        do {
            let source = try part.source.get()
            let size = source.size
            let report = try await run.run(source) { bar.show($1, of: size, "\($0.newCount) new") }
            bar.clear()
            return told(report, milliseconds: World.live.now().milliseconds - start.milliseconds)
        } catch let failure as Failure where !isAlone {
            bar.clear()
            return told(ImportReport(file: part.name, failure), milliseconds: 0)
        }
    }

    private func told(_ report: ImportReport, milliseconds: Int64) -> ImportReport {
        if !options.json { report.printed(isDryRun: dryRun, milliseconds: milliseconds) }
        return report
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

    private func json(_ reports: [ImportReport], _ leftOut: [String]) -> JSON {
        func sum(_ count: (ImportReport) -> Int) -> JSON { .count(reports.map(count).reduce(0, +)) }
        return .object([
            "files": .list(reports.map(\.json)), "dry_run": .flag(dryRun), "new": sum(\.newCount),
            "known": sum(\.knownCount), "refused": sum(\.refusedCount), "skipped": sum(\.skippedCount),
            "doubles": sum(\.doubleCount), "known_elsewhere": sum(\.elsewhereCount),
            "left_out": .list(leftOut.map { .text($0) }),
        ])
    }

    private func end(_ reports: [ImportReport]) throws {
        if let failure = reports.compactMap(\.failure).first { throw DaybookExit(failure.kind).code }
        if reports.contains(where: \.isDoubtful) { throw DaybookExit.partlyDone.code }
    }
}

extension ImportFormat: ExpressibleByArgument {}
