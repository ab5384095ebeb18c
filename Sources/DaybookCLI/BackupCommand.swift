import ArgumentParser
import Foundation
import Primitives
import Storage

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Write the journal and its images to one file.",
        discussion: """
            The file is an SQLite database that only you can read; `daybook restore` makes a journal of it. The session and \
            the wallet key are not in it. It can be made while other commands write.
            """)

    @OptionGroup var options: JournalOptions

    @Argument(help: "The file to write.", completion: .file()) var file: String

    @Flag(help: "Replace a file that is there.") var force = false

    func run() async throws {
        let journal = try await options.open()
        let path = URL(fileURLWithPath: (file as NSString).expandingTildeInPath).standardizedFileURL.path
        let bar = SharedBar("backup")
        defer { bar.clear() }
        let outcome = try await Backup.write(
            journal, try options.blobs(), to: path, replacing: force, report: bar.show)
        bar.clear()
        if options.json {
            JSON.object([
                "file": .text(path), "commits": .count(outcome.commitCount), "images": .count(outcome.blobCount),
                "bytes": .integer(outcome.byteCount),
            ]).printed()
        } else {
            print("Wrote \(outcome.commitCount) changes and \(outcome.blobCount) images to \(path).")
        }
    }
}
