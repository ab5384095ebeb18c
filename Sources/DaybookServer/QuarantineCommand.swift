import ArgumentParser
import Foundation
import Primitives
import Storage

/// What an operator does about journals that are set aside. It can be used while the server runs.
struct QuarantineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "Show or lift the quarantine of journals that ended the server.",
        discussion: """
            When the server traps, which is a mistake in it, the journal that it worked on is set aside at the next start:
            its person gets 503 until another version of the server runs, or until the quarantine is lifted here.
            """,
        subcommands: [List.self, Lift.self])

    struct Place: ParsableArguments {
        @Option(help: ArgumentHelp("The server's data directory.", valueName: "dir"))
        var data: String?

        /// - Throws: `config.missing`.
        func quarantine() throws(Failure) -> Quarantine {
            let settings = Settings(environment: ProcessInfo.processInfo.environment)
            return Quarantine(in: try settings.text("data", data, or: nil), world: .live)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Print the people whose journals are set aside: id, since when, signal, version, certain or suspected.")

        @OptionGroup var place: Place

        func run() throws {
            for (person, reason) in try place.quarantine().list() {
                let since = Timestamp(milliseconds: reason.since_ms)
                let certainty = reason.isCertain ? "certain" : "suspected"
                print("\(person)  \(since)  signal \(reason.signal)  \(reason.version)  \(certainty)")
            }
        }
    }

    struct Lift: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Serve a person's journal again, from now on.")

        @Argument(help: "The person's id, as the list shows it.")
        var person: String

        @OptionGroup var place: Place

        func run() throws {
            guard let id = ID<Person>(person), try place.quarantine().lift(id) else {
                throw Failure(
                    .notFound, "quarantine.not_found",
                    "The journal of “\(person)” is not set aside. `daybook-server quarantine list` shows which are.")
            }
            print("lifted \(id)")
        }
    }
}
