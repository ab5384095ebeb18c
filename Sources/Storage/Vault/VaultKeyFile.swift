import Foundation
import Primitives

/// Where the server keys come from: the environment, or a file that only its owner can read.
///
/// The file has a key on each line; the first one seals, the others open what was sealed before (`KeyRing`). What stands
/// behind a `#` is a remark. A file of exactly 32 bytes is one key as it is.
///
/// **Keep a copy of the file, and keep it apart from the backups of the database.** Without it nothing in the vault can
/// be opened again, by nobody; with it and the database together, everything can. So it belongs neither into the
/// database's directory nor onto its backups' disk.
package enum VaultKeyFile {
    /// One or more keys, with commas between them; the first one seals. It is preferred to the file.
    package static let variable = "DAYBOOK_VAULT_KEY"
    private static let byteCountMax = 16_384

    /// The keys of the environment if it has any, else those of the file.
    ///
    /// - Parameter isCreated: whether a missing file is made, with a new key. Say no when something is sealed already:
    ///   a new key would open none of it, and hide that the old one is gone.
    /// - Throws: `vault.key_missing`, `vault.key_exposed` when others than the owner may read or write the file,
    ///   `vault.key_unreadable`, `vault.key_unwritable`, `vault.bad_key`, `vault.weak_key`, `vault.bad_ring`.
    package static func ring(
        file path: String, environment: [String: String], creating isCreated: Bool, in world: World
    ) throws(Failure) -> KeyRing {
        if let text = environment[variable], !text.isEmpty {
            return try ring(text.split(separator: ",", omittingEmptySubsequences: false).map { trimmed($0) })
        }
        do {
            return try read(path)
        } catch let failure where failure.code == "vault.key_missing" && isCreated {
            try create(path, in: world)
            // Whoever else made one at the same time may have been faster.
            return try read(path)
        }
    }

    private static func trimmed(_ text: Substring) -> String { text.trimmingCharacters(in: .whitespaces) }

    private static func ring(_ texts: [String]) throws(Failure) -> KeyRing {
        var keys: [VaultKey] = []
        for text in texts { keys.append(try VaultKey(text)) }
        return try KeyRing(keys)
    }

    // MARK: The file

    private static func read(_ path: String) throws(Failure) -> KeyRing {
        // O_NONBLOCK: a pipe in the file's place would otherwise wait for a writer for ever.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw errno == ENOENT ? .vaultKeyMissing(path) : .vaultKeyUnreadable(path) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw .vaultKeyUnreadable(path) }
        guard status.st_mode & 0o077 == 0 else { throw .vaultKeyExposed(path) }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: false)
        guard let contents = try? handle.read(upToCount: byteCountMax + 1) ?? Data(), contents.count <= byteCountMax
        else { throw .vaultKeyUnreadable(path) }
        if contents.count == VaultKey.byteCount { return try KeyRing([VaultKey(bytes: contents)]) }
        guard let text = String(data: contents, encoding: .utf8) else { throw .vaultBadKey }
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            trimmed(line.prefix { $0 != "#" })
        }
        return try ring(lines.filter { !$0.isEmpty })
    }

    /// Writes beside the path, makes sure the disk has it, then gives it its name. A file that is there stays.
    private static func create(_ path: String, in world: World) throws(Failure) {
        let key = try VaultKey.new(in: world)
        let text = """
            # The vault key of this Daybook server. Keep a copy, apart from the backups of the database:
            # without it, the exchange keys in the database can never be opened again.
            \(key.digits)

            """
        let directory = (path as NSString).deletingLastPathComponent
        do {
            try PrivateFile.createDirectory(directory.isEmpty ? "." : directory)
        } catch {
            throw .vaultKeyUnwritable(path, errno)
        }
        let draft = "\(path).\(Hex.encode(world.random(8))).tmp"
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw .vaultKeyUnwritable(path, errno) }
        defer { unlink(draft) }
        let problem = PrivateContents.put(Array(text.utf8), in: file)
        close(file)
        guard problem == 0 else { throw .vaultKeyUnwritable(path, problem) }
        // A link, unlike a rename, fails when the name is taken.
        guard link(draft, path) == 0 || errno == EEXIST else { throw .vaultKeyUnwritable(path, errno) }
        do {
            try PrivateFile.syncDirectory(directory.isEmpty ? "." : directory)
        } catch {
            throw .vaultKeyUnwritable(path, errno)
        }
    }
}

extension Failure {
    package static func vaultKeyMissing(_ path: String) -> Failure {
        Failure(
            .notFound, "vault.key_missing",
            "There is no vault key at \(path): put the copy of it back. Without it, what is sealed stays closed.")
    }
    package static func vaultKeyExposed(_ path: String) -> Failure {
        Failure(
            .forbidden, "vault.key_exposed",
            "Others than you may read or change the vault key: run \"chmod 600 '\(path)'\" first, and change the key if "
                + "somebody has read it.")
    }
    package static func vaultKeyUnreadable(_ path: String) -> Failure {
        Failure(
            .unavailable, "vault.key_unreadable", "The vault key \(path) cannot be read: check that the file is yours.")
    }
    package static func vaultKeyUnwritable(_ path: String, _ number: Int32) -> Failure {
        Failure(
            .unavailable, "vault.key_unwritable",
            "The vault key \(path) could not be written (\(String(cString: strerror(number)))): check the folder and "
                + "the free space.")
    }
}
