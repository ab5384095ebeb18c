import ArgumentParser
import Foundation
import Primitives

/// `daybook`: a trading journal that works offline and merges.
@main
struct DaybookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "daybook",
        abstract: "A trading journal that works offline, on as many devices as you like, and loses nothing.",
        discussion: """
            BEGIN
              daybook init                          a journal on this device
              daybook import binance.csv            an exchange's fills become trades
              daybook trade add AAPL long --qty 10 --entry 189.5 --exit 194.2
              daybook trade list                    ids are at the left: 4 digits will do
              daybook trade note last "Late entry"  `last` is the trade opened last
              daybook stats --by symbol

            WITH A SERVER
              daybook login --server https://journal.example
              daybook pair --new                    six digits sign another device in
              daybook sync                          every edit of every device, merged
              daybook conflicts                     what two devices changed at once

            Every command works without a network, but login, pair, logout and sync.
            --journal DIR, or $DAYBOOK_JOURNAL, chooses another journal than
            ~/.local/share/daybook; it stands before or behind the command. --json prints
            data for scripts, and lists are whole then. Days are 2026-11-21, 2026-11,
            yesterday, monday, 7d or last-week. Times without an offset are by this
            machine's clock; JSON has UTC. --generate-completion-script bash, zsh or fish
            prints what lets the shell complete commands, ids, tags and the like.

            EXIT CODES
            \(DaybookExit.table)
            """,
        version: Release.version,
        groupedSubcommands: [
            CommandGroup(
                name: "Journal:",
                subcommands: [
                    InitCommand.self, WhoamiCommand.self, ImportCommand.self, MappingCommand.self,
                    AccountCommand.self, InstrumentCommand.self,
                    SettingsCommand.self,
                ]),
            CommandGroup(
                name: "Write and read:",
                subcommands: [
                    TradeCommand.self, FillCommand.self, EntryCommand.self, TagCommand.self, ImageCommand.self,
                    SearchCommand.self, StatsCommand.self,
                ]),
            CommandGroup(
                name: "Devices and the server:",
                subcommands: [
                    LoginCommand.self, PairCommand.self, LogoutCommand.self, DevicesCommand.self, SyncCommand.self,
                    ConflictsCommand.self,
                ]),
            CommandGroup(
                name: "History and safety:",
                subcommands: [
                    LogCommand.self, UndoCommand.self, ExportCommand.self, BackupCommand.self, RestoreCommand.self,
                    VerifyCommand.self,
                ]),
        ])

    static func main() async {
        let command: any ParsableCommand
        do {
            command = try await asyncParseAsRoot(
                CommandWords.arranged(Array(CommandLine.arguments.dropFirst()), for: Self.self))
        } catch {
            exit(withError: error)
        }
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                var plain = command
                try plain.run()
            }
        } catch {
            // Help, versions and usage are the argument parser's own; whatever else it would only call a failure.
            if !(error is Failure), exitCode(for: error) != .failure || error is ExitCode { exit(withError: error) }
            DaybookExit.end(with: error, json: CommandLine.arguments.contains("--json"))
        }
    }
}
