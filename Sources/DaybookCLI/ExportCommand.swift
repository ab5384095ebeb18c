import ArgumentParser
import Foundation
import Primitives
import Storage

struct ExportCommand: AsyncParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case csv, json, md

        var format: ExportFormat {
            switch self {
            case .csv: .csv
            case .json: .json
            case .md: .markdown
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write everything into files that other programs read.",
        discussion: """
            DIR gets trades, fills, entries, tags and images as one file each, and the images themselves in images/, named by \
            the end of their id and their name. With md, every entry is a page of its own in entries/. Times are UTC, \
            amounts exact.

            In CSV, an apostrophe stands wherever a spreadsheet could begin a cell with = + - or @, unless the cell is a \
            number, so that none takes a note for a formula. In md, HTML, pictures from elsewhere and links that lead to no \
            page show as they were written.
            """)

    @OptionGroup var options: JournalOptions

    @Option(help: "csv, json or md.") var format: Format

    @Argument(help: "A directory that is empty or not there yet.", completion: .directory) var directory: String

    @Flag(help: "Write into a directory that has files in it, over those of the same names.") var force = false

    func run() async throws {
        let journal = try await options.open()
        let path = URL(fileURLWithPath: (directory as NSString).expandingTildeInPath).standardizedFileURL.path
        let there = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        guard force || there.isEmpty else { throw Failure.exportNotEmpty(path) }
        let bar = SharedBar("export")
        defer { bar.clear() }
        let export = Export(journal: journal, blobs: try options.blobs(), directory: path, progress: bar.show)
        let outcome = try await export.run(format.format)
        bar.clear()
        if options.json {
            var object: [String: JSON] = ["directory": .text(path), "image_files": .count(outcome.imageCount)]
            for row in outcome.rows { object[row.table] = .count(row.count) }
            object["images_absent"] = .count(outcome.absentCount)
            return JSON.object(object).printed()
        }
        let counts = outcome.rows.map { "\($0.count) \($0.table)" }.joined(separator: ", ")
        print("Wrote \(counts) to \(path).")
        if outcome.absentCount > 0 {
            Terminal.note("\(outcome.absentCount) images are not on this device yet: `daybook sync` brings them.")
        }
    }
}

extension Failure {
    static func exportNotEmpty(_ path: String) -> Failure {
        Failure(
            .conflict, "export.not_empty",
            "There are files in \(path) already. Name another directory, or give --force to write among them.")
    }
}
