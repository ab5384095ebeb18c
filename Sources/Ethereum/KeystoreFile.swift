import Primitives

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where a keystore rests. Only its owner may read the file, and it is there either whole or not at all.
package enum KeystoreFile {
    /// Throws `keystore.not_found`; `keystore.exposed` when others than the owner may read or write the file, because
    /// whoever could read it may be guessing at its passphrase already; `keystore.unreadable`; and what reading the
    /// contents throws.
    package static func load(from path: String) throws(Failure) -> Keystore {
        let file = try contents(of: path, byteCountMax: Keystore.byteCountMax)
        guard !file.isExposed else { throw .keystoreExposed(path) }
        return try Keystore(json: file.contents)
    }

    /// A key that another wallet has exported. Those rarely care who can read the file, so that is told and not
    /// refused: the key is about to move into a file of ours.
    ///
    /// Throws `keystore.not_found`, `keystore.unreadable`, and what reading the contents throws.
    package static func loadWeb3(from path: String) throws(Failure) -> (keystore: Web3Keystore, isExposed: Bool) {
        let file = try contents(of: path, byteCountMax: Web3Keystore.byteCountMax)
        return (try Web3Keystore(json: file.contents), file.isExposed)
    }

    /// One byte more than the bound is read, so that a reader of the contents sees when they are too long.
    private static func contents(
        of path: String, byteCountMax: Int
    ) throws(Failure) -> (contents: ArraySlice<UInt8>, isExposed: Bool) {
        // O_NONBLOCK: a pipe in the file's place would otherwise wait for a writer for ever.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw errno == ENOENT ? .keystoreNotFound(path) : .keystoreUnreadable(path) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw .keystoreUnreadable(path) }
        var contents = [UInt8](repeating: 0, count: byteCountMax + 1)
        var count = 0
        while count < contents.count {
            let more = contents.withUnsafeMutableBytes {
                read(file, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            if more < 0, errno == EINTR { continue }
            guard more >= 0 else { throw .keystoreUnreadable(path) }
            if more == 0 { break }
            count += more
        }
        return (contents.prefix(count), status.st_mode & 0o077 != 0)
    }

    /// Writes beside the path, makes sure the disk has it, then gives it its name. Throws `keystore.exists` rather than
    /// write over another key, unless `replacing`; and `keystore.unwritable`.
    package static func save(
        _ keystore: Keystore, to path: String, replacing: Bool = false, in world: World
    ) throws(Failure) {
        let contents = try keystore.json
        let draft = "\(path).\(Hex.encode(world.random(8))).tmp"
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw .keystoreUnwritable(path, errno) }
        defer { unlink(draft) }
        let problem = PrivateContents.put(contents, in: file)
        close(file)
        guard problem == 0 else { throw .keystoreUnwritable(path, problem) }
        // A link, unlike a rename, fails when the name is taken.
        guard (replacing ? rename(draft, path) : link(draft, path)) == 0 else {
            throw errno == EEXIST && !replacing ? .keystoreExists(path) : .keystoreUnwritable(path, errno)
        }
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let handle = open(folder, O_RDONLY | O_CLOEXEC)
        guard handle >= 0 else { throw .keystoreUnwritable(path, errno) }
        defer { close(handle) }
        guard fsync(handle) == 0 else { throw .keystoreUnwritable(path, errno) }
    }
}

extension Failure {
    package static func keystoreNotFound(_ path: String) -> Failure {
        Failure(.notFound, "keystore.not_found", "There is no wallet file at \(path): make one, or name another path.")
    }
    package static func keystoreExposed(_ path: String) -> Failure {
        Failure(
            .forbidden, "keystore.exposed",
            "Others than you may read or change the wallet file: run \"chmod 600 '\(path)'\" first.")
    }
    package static func keystoreUnreadable(_ path: String) -> Failure {
        Failure(
            .unavailable, "keystore.unreadable", "The wallet file \(path) cannot be read: check that it is yours.")
    }
    package static func keystoreExists(_ path: String) -> Failure {
        Failure(
            .conflict, "keystore.exists",
            "There is a wallet file at \(path) already: move it away, or name another path.")
    }
    package static func keystoreUnwritable(_ path: String, _ number: Int32) -> Failure {
        Failure(
            .unavailable, "keystore.unwritable",
            "The wallet file \(path) could not be written (\(String(cString: strerror(number)))): "
                + "check the folder and the free space.")
    }
}
