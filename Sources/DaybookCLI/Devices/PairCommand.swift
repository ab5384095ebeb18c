import ArgumentParser
import Foundation
import Gateways
import Primitives
import Storage

struct PairCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pair",
        abstract: "Sign a device in with six digits instead of a wallet key.",
        discussion: """
            A device that is signed in shows a code; the new one types it, within five minutes. When the two are in different \
            networks, the one that shows the code is asked first.

              daybook pair --new                                     on the device that is signed in
              daybook pair 042917 --server https://daybook.example   on the new one
            """)

    @OptionGroup var options: JournalOptions

    @Argument(help: ArgumentHelp("The six digits that the other device shows.", valueName: "code"))
    var code: String?

    @Flag(name: .customLong("new"), help: "Show a code, and wait until another device has used it.")
    var isNew = false

    @Option(
        help: ArgumentHelp(
            "Where the server is: https://HOST, or http://127.0.0.1:PORT.",
            discussion: "Default: the server that this journal was signed in to.", valueName: "url"))
    var server: String?

    @Option(help: ArgumentHelp("What this device is called. Default: as in the journal's history.", valueName: "name"))
    var name: String?

    func validate() throws {
        guard (code != nil) != isNew else {
            throw ValidationError("Give the code that another device shows, or --new to show one here.")
        }
        guard !isNew || (server == nil && name == nil) else {
            throw ValidationError("--server and --name belong to the device that types the code.")
        }
    }

    func run() async throws {
        guard let code else { return try await show() }
        // People group digits: 042 917, 042-917.
        try await claim(code.filter { $0 != " " && $0 != "-" })
    }

    private func show() async throws {
        let directory = options.directory
        guard let saved = try SessionFile.find(journalDirectory: directory) else { throw Failure.sessionMissing }
        let json = options.json
        try await SessionFile.connected(saved, journalDirectory: directory) { connection in
            let pairing = Pairing(connection, world: .live)
            try await PairingWatch(pairing, server: saved.server, json: json).run()
        }
    }

    private func claim(_ code: String) async throws {
        guard Pairing.isCode(code) else { throw Failure.pairingBadCode }
        let directory = options.directory
        let journal = try await options.open()
        let former = try? SessionFile.find(journalDirectory: directory)
        guard let address = server ?? former?.server else { throw Failure.serverMissing }
        let url = try ServerURL(address)
        let name = try await SavedSession.deviceName(name, of: journal)
        let saved = try await SavedSession.begin(at: url, for: journal) { connection in
            try await Pairing(connection, world: .live).claim(code, as: name) {
                Terminal.note("The other device is in another network. Confirm there that this is you …")
            }
        }
        try await journal.close()
        if options.json {
            JSON.object([
                "server": .text(saved.server), "address": .text(saved.address), "user_id": .text(saved.person),
                "name": .text(name),
            ]).printed()
        } else {
            print(
                "Signed in to \(saved.server) as \(saved.address). `daybook sync` brings your journal there."
                    .onOneLine)
        }
    }
}
