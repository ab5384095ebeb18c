import ArgumentParser

struct DevicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices",
        abstract: "List the devices that write to this journal, and what is signed in; sign one of them out.",
        discussion: """
            Without a word it lists.

              daybook devices
              daybook devices revoke 5c1e
            """,
        subcommands: [DevicesListCommand.self, DevicesRevokeCommand.self],
        defaultSubcommand: DevicesListCommand.self)
}
