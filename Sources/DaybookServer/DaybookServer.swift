import ArgumentParser
import Foundation
import Primitives

/// The server's program: `daybook-server serve --data DIR`.
@main
struct DaybookServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "daybook-server",
        abstract: "Keeps journals in step: sign-in, sync and images for the devices of any number of people.",
        subcommands: [Serve.self, QuarantineCommand.self, ThumbnailWorker.self])

    static func main() async {
        // What the process makes is nobody else's to read, also where a library makes it.
        umask(0o077)
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            // One line, without the stack of errors that the parser would print.
            FileHandle.standardError.write(Data("daybook-server: \(failure)\n".utf8))
            Foundation.exit(1)
        } catch {
            exit(withError: error)
        }
    }
}
