import ArgumentParser
import Foundation
import Primitives
import Storage

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a journal of a backup.",
        discussion: """
            A backup may be restored anywhere, more than once, and while its journal lives on: the next sync finds out that \
            there are two, and makes this one a device of its own without losing anything.
            """)

    @OptionGroup var options: JournalOptions

    @Argument(help: "The backup.", completion: .file()) var file: String

    @Flag(help: "Move a journal that is there aside.") var force = false

    func run() async throws {
        let path = URL(fileURLWithPath: (file as NSString).expandingTildeInPath).standardizedFileURL.path
        let directory = options.directory
        let bar = SharedBar("restore")
        defer { bar.clear() }
        let outcome = try await Backup.restore(
            path, into: directory, world: .live, replacing: force, report: bar.show)
        bar.clear()
        if options.json {
            JSON.object([
                "journal": .text(directory), "commits": .count(outcome.commitCount),
                "images": .count(outcome.blobCount),
                "replaced": .text(outcome.replaced),
            ]).printed()
        } else {
            print("Restored \(outcome.commitCount) changes and \(outcome.blobCount) images to \(directory).")
            if let replaced = outcome.replaced { print("The journal that was there is now \(replaced).") }
        }
    }
}
