import ArgumentParser
import Foundation
import Primitives
import Storage
import Sync

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Begin a journal on this device.",
        discussion: """
            Makes one SQLite file that only you can read. Run it once on each device; with `daybook login` and
            `daybook sync` they become one journal.
            """)

    @OptionGroup var options: JournalOptions

    @Option(name: .long, help: "What this device is called in the history. Default: the name of the machine.")
    var device: String?

    func run() async throws {
        let name = (device ?? ProcessInfo.processInfo.hostName).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !name.isEmpty, name.utf8.count <= 100, !name.contains("\n") else {
            throw Failure.deviceBadName
        }
        let journal = try await JournalFile.create(in: options.directory, world: .live, deviceName: name)
        _ = try options.blobs()
        let replica = try await journal.position().replica
        if options.json {
            JSON.object(["journal": .text(options.directory), "replica": .id(replica), "device": .text(name)]).printed()
        } else {
            print("A journal has begun in \(options.directory.onOneLine) for the device “\(name.onOneLine)”.")
            print("Next: `daybook import FILE` or `daybook trade add`.")
        }
    }
}

extension Failure {
    static let deviceBadName = Failure(
        .invalid, "device.bad_name", "A device's name is one line of 1 to 100 bytes: give another one.")
}
