import ArgumentParser
import Foundation
import Gateways
import Primitives
import Storage

struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Sign in to a server with a wallet key.",
        discussion: """
            The key is kept in a file that only you can read, under a passphrase; it is made on first use. Whoever has both is \
            you: copy the file to your other devices, and sign in there with --key.

            Scripts give the passphrase in \(Passphrase.variable) or with --passphrase-file.

              daybook login --server https://daybook.example
              daybook login --server http://127.0.0.1:8080 --key ~/keys/wallet.json
            """)

    @OptionGroup var options: JournalOptions

    @Option(help: ArgumentHelp("Where the server is: https://HOST, or http://127.0.0.1:PORT.", valueName: "url"))
    var server: String?

    @Option(
        help: ArgumentHelp(
            "The wallet file.", discussion: "Default: $XDG_CONFIG_HOME/daybook/wallet.json.", valueName: "file"))
    var key: String?

    @Option(help: ArgumentHelp("A file whose first line is the passphrase.", valueName: "file"))
    var passphraseFile: String?

    func run() async throws {
        let directory = options.directory
        let journal = try await options.open()
        let former = try? SessionFile.find(journalDirectory: directory)
        guard let address = server ?? former?.server else { throw Failure.serverMissing }
        let url = try ServerURL(address)
        let wallet = WalletKey(key)
        let (key, isNew) = try wallet.open(Passphrase(file: passphraseFile), world: .live)
        if isNew {
            Terminal.note(
                "Made a wallet key in \(wallet.path). Keep a copy of it: without the file and its passphrase nobody "
                    + "can sign in as you, you included.")
        }
        let connection = ServerConnection(url, keeper: nil, world: .live)
        let begun: SignIn.Begun
        do {
            begun = try await SignIn(connection, world: .live).begin(with: key)
            await connection.close()
        } catch {
            await connection.close()
            throw error
        }
        let saved = SavedSession(server: url, begun: begun)
        if former?.server != saved.server || former?.person != saved.person {
            // What another server has says nothing about this one.
            try await journal.forgetBlobsOnServer()
        }
        try await SessionFile(journalDirectory: directory, world: .live).save(saved)
        try await journal.close()
        if options.json {
            JSON.object([
                "server": .text(saved.server), "address": .text(saved.address), "user_id": .text(saved.person),
                "key_file": .text(wallet.path), "key_is_new": .flag(isNew),
            ]).printed()
        } else {
            print("Signed in to \(saved.server) as \(saved.address). `daybook sync` brings your journal there.")
        }
    }
}

extension Failure {
    static let serverMissing = Failure(
        .invalid, "server.missing", "Say where the server is: daybook login --server https://daybook.example.")
}
