import Ethereum
import Foundation
import Primitives

/// Where the passphrase of the wallet key comes from: a file, the environment, or a person at a terminal. It is never
/// an argument, which every other user of the machine could read.
struct Passphrase {
    static let variable = "DAYBOOK_PASSPHRASE"

    private let file: String?

    init(file: String?) { self.file = file }

    /// Fewer can be tried one after the other, by whoever has a copy of the file.
    static let characterCountMin = 8

    /// - Parameter isNew: it must be long enough then, and is typed twice, because nobody could find out a slip later.
    /// - Throws: `passphrase.missing`, `passphrase.unreadable`, `passphrase.mismatch`, `passphrase.too_short`.
    func ask(_ prompt: String, isNew: Bool) throws -> String {
        let text = try given(prompt, isNew: isNew)
        guard !isNew || text.count >= Self.characterCountMin else { throw Failure.passphraseTooShort }
        return text
    }

    private func given(_ prompt: String, isNew: Bool) throws -> String {
        if let file { return try firstLine(of: file) }
        if let text = ProcessInfo.processInfo.environment[Self.variable], !text.isEmpty { return text }
        guard Terminal.canAsk else { throw Failure.passphraseMissing }
        let first = try typed(prompt)
        guard isNew, first.count >= Self.characterCountMin else { return first }
        guard try typed("The same once more: ") == first else { throw Failure.passphraseMismatch }
        return first
    }

    private func firstLine(of path: String) throws(Failure) -> String {
        guard let file = FileHandle(forReadingAtPath: path),
            let data = try? file.read(upToCount: Keystore.passphraseByteCountMax + 2),
            let text = String(data: data, encoding: .utf8)
        else { throw .passphraseUnreadable(path) }
        return text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    }

    /// Reads a line without showing it. The terminal is put back as it was, also when the line never ends.
    private func typed(_ prompt: String) throws(Failure) -> String {
        FileHandle.standardError.write(Data(prompt.utf8))
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { throw .passphraseMissing }
        let shown = settings
        settings.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
        defer {
            var shown = shown
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            FileHandle.standardError.write(Data("\n".utf8))
        }
        guard let line = readLine(strippingNewline: true), !line.isEmpty else { throw .passphraseMissing }
        return line
    }
}

/// The wallet key that signs in, in its keystore.
struct WalletKey {
    let path: String

    /// - Parameter given: `--key`; else `wallet.json` in the configuration directory, which all journals of this
    ///   machine share, because they belong to one person.
    init(_ given: String?) {
        let environment = ProcessInfo.processInfo.environment
        let home = FileManager.default.homeDirectoryForCurrentUser.path
        let configuration = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home + "/.config"
        let path = given.map { ($0 as NSString).expandingTildeInPath } ?? configuration + "/daybook/wallet.json"
        self.path = URL(fileURLWithPath: path).standardizedFileURL.path
    }

    /// Opens the key, or makes one when there is none.
    ///
    /// - Throws: what `KeystoreFile`, `Keystore` and `Passphrase` throw.
    func open(_ passphrase: Passphrase, world: World) throws -> (key: PrivateKey, isNew: Bool) {
        do {
            let keystore = try KeystoreFile.load(from: path)
            let text = try passphrase.ask("Passphrase of \(keystore.address): ", isNew: false)
            return (try keystore.open(passphrase: text), false)
        } catch let failure as Failure where failure.code == "keystore.not_found" {
            let text = try passphrase.ask("A passphrase for your new wallet key: ", isNew: true)
            let key = try PrivateKey.new(in: world)
            try save(key, text, world: world)
            return (key, true)
        }
    }

    /// Makes the wallet file from a key that another wallet has exported; its passphrase stays the same.
    ///
    /// - Throws: `keystore.exists` when there is a key already, and what `Web3Keystore` and `Passphrase` throw.
    func take(from source: String, _ passphrase: Passphrase, world: World) throws -> PrivateKey {
        guard !FileManager.default.fileExists(atPath: path) else { throw Failure.keystoreExists(path) }
        let found = try KeystoreFile.loadWeb3(from: source)
        if found.isExposed {
            Terminal.note(
                "Others than you may read \(source): run \"chmod 600 '\(source)'\", or delete it when you have signed in."
                    .forTerminal)
        }
        let owner = found.keystore.address.map { " of \($0)" } ?? ""
        let text = try passphrase.ask("Passphrase\(owner) in \(source): ".forTerminal, isNew: false)
        let key = try found.keystore.open(passphrase: text)
        if text.count < Passphrase.characterCountMin {
            Terminal.note(
                "This passphrase has fewer than \(Passphrase.characterCountMin) characters: whoever gets hold of the file "
                    + "can try them all. Give your wallet a longer one, and import it anew.")
        }
        try save(key, text, world: world)
        return key
    }

    private func save(_ key: PrivateKey, _ passphrase: String, world: World) throws {
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        try KeystoreFile.save(try Keystore.seal(key, passphrase: passphrase, in: world), to: path, in: world)
    }
}

extension Failure {
    static let passphraseMissing = Failure(
        .invalid, "passphrase.missing",
        "The wallet key needs its passphrase, and nobody is there to type it. Set \(Passphrase.variable), or give "
            + "--passphrase-file FILE.")
    static let passphraseMismatch = Failure(
        .invalid, "passphrase.mismatch", "The two passphrases differ. Nothing was made; try again.")
    static let passphraseTooShort = Failure(
        .invalid, "passphrase.too_short",
        "A new passphrase needs at least \(Passphrase.characterCountMin) characters: whoever gets hold of the file could try "
            + "shorter ones. Nothing was made; several words in a row are easy to remember.")
    static func passphraseUnreadable(_ path: String) -> Failure {
        Failure(.notFound, "passphrase.unreadable", "The passphrase file \(path) cannot be read.")
    }
}
