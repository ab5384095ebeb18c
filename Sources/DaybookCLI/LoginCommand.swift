import ArgumentParser
import Ethereum
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

            A key from another wallet comes in by --import, as the Ethereum JSON keystore (Web3 Secret Storage) that the wallet \
            exports. Daybook's own wallet file then has the same passphrase.

            Scripts give the passphrase in \(Passphrase.variable) or with --passphrase-file.

              daybook login --server https://daybook.example
              daybook login --server http://127.0.0.1:8080 --key ~/keys/wallet.json
              daybook login --server https://daybook.example --import ~/UTC--2026-11-21--7e5f45.json
            """)

    @OptionGroup var options: JournalOptions

    @Option(help: ArgumentHelp("Where the server is: https://HOST, or http://127.0.0.1:PORT.", valueName: "url"))
    var server: String?

    @Option(
        help: ArgumentHelp(
            "The wallet file.", discussion: "Default: $XDG_CONFIG_HOME/daybook/wallet.json.", valueName: "file"),
        completion: .file())
    var key: String?

    @Option(
        name: .customLong("import"),
        help: ArgumentHelp("An Ethereum JSON keystore, to make the wallet file from.", valueName: "file"),
        completion: .file())
    var imported: String?

    @Option(help: ArgumentHelp("A file whose first line is the passphrase.", valueName: "file"), completion: .file())
    var passphraseFile: String?

    func run() async throws {
        let directory = options.directory
        let journal = try await options.open()
        let former = try? SessionFile.find(journalDirectory: directory)
        guard let address = server ?? former?.server else { throw Failure.serverMissing }
        let url = try ServerURL(address)
        let wallet = WalletKey(key)
        let passphrase = Passphrase(file: passphraseFile)
        let (key, isNew) = try openKey(of: wallet, passphrase)
        if isNew, imported == nil {
            Terminal.note(
                "Made a wallet key in \(wallet.path). Keep a copy of it: without the file and its passphrase nobody "
                    + "can sign in as you, you included.")
        }
        let name = try await SavedSession.deviceName(nil, of: journal)
        let saved = try await SavedSession.begin(at: url, for: journal) { connection in
            try await SignIn(connection, world: .live).begin(with: key, device: name)
        }
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

    private func openKey(of wallet: WalletKey, _ passphrase: Passphrase) throws -> (key: PrivateKey, isNew: Bool) {
        guard let imported else { return try wallet.open(passphrase, world: .live) }
        let source = URL(fileURLWithPath: (imported as NSString).expandingTildeInPath).standardizedFileURL.path
        let key = try wallet.take(from: source, passphrase, world: .live)
        Terminal.note(
            "The key of \(key.address) is now in \(wallet.path) too, under the same passphrase. Keep a copy of one of "
                + "the two files.")
        return (key, true)
    }
}

extension Failure {
    static let serverMissing = Failure(
        .invalid, "server.missing", "Say where the server is: add --server https://daybook.example.")
}
