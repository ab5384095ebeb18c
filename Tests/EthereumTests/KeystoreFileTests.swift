import Foundation
import Primitives
import Testing

@testable import Ethereum

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A folder of its own for each test, removed after it.
final class KeystoreFileTests {
    private let folder: URL
    private let path: String
    private let keystore: Keystore

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "daybook-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appending(path: "wallet.json").path
        let key = try PrivateKey(String(repeating: "07", count: 32))
        keystore = try Keystore.seal(
            key, passphrase: "a", cost: Argon2id.Cost(memoryKiB: 8, passes: 1, lanes: 1), in: .live)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
    }

    private func another() throws -> Keystore {
        try Keystore.seal(PrivateKey.new(in: .live), passphrase: "a", cost: keystore.cost, in: .live)
    }

    @Test func `a file is for its owner alone and leaves nothing beside it`() throws {
        try KeystoreFile.save(keystore, to: path, in: .live)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(try names == ["wallet.json"])
        #expect(try KeystoreFile.load(from: path) == keystore)
    }

    @Test func `another key is not written over`() throws {
        try KeystoreFile.save(keystore, to: path, in: .live)
        #expect(code { try KeystoreFile.save(another(), to: path, in: .live) } == "keystore.exists")
        #expect(try KeystoreFile.load(from: path) == keystore)
        #expect(try names == ["wallet.json"])
    }

    @Test func `another key is written over when that is asked for`() throws {
        try KeystoreFile.save(keystore, to: path, in: .live)
        let other = try another()
        try KeystoreFile.save(other, to: path, replacing: true, in: .live)
        #expect(try KeystoreFile.load(from: path) == other)
        #expect(try names == ["wallet.json"])
    }

    @Test func `a file that others may open is refused, and the message says what to do`() throws {
        try KeystoreFile.save(keystore, to: path, in: .live)
        for mode: mode_t in [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o666, 0o777] {
            #expect(chmod(path, mode) == 0)
            #expect(throws: Failure.keystoreExposed(path)) { try KeystoreFile.load(from: self.path) }
        }
        #expect(Failure.keystoreExposed(path).message.contains("chmod 600 '\(path)'"))
        for mode: mode_t in [0o600, 0o400] {
            #expect(chmod(path, mode) == 0)
            #expect(try KeystoreFile.load(from: path) == keystore)
        }
    }

    @Test func `what is not there, or no file, is refused`() throws {
        #expect(code { _ = try KeystoreFile.load(from: path) } == "keystore.not_found")
        #expect(code { _ = try KeystoreFile.load(from: folder.path) } == "keystore.unreadable")
        #expect(code { _ = try KeystoreFile.load(from: "/dev/zero") } == "keystore.unreadable")
        #expect(mkfifo(path, 0o600) == 0)
        #expect(code { _ = try KeystoreFile.load(from: path) } == "keystore.unreadable")
    }

    @Test func `a folder that is not there is no place to write`() throws {
        let lost = folder.appending(path: "nowhere/wallet.json").path
        #expect(code { try KeystoreFile.save(keystore, to: lost, in: .live) } == "keystore.unwritable")
        #expect(code { try KeystoreFile.save(keystore, to: folder.path, replacing: true, in: .live) } != nil)
    }

    @Test func `a file larger than any keystore is not read to its end`() throws {
        let large = Data(repeating: 0x20, count: 1 << 20)
        #expect(FileManager.default.createFile(atPath: path, contents: large, attributes: [.posixPermissions: 0o600]))
        #expect(code { _ = try KeystoreFile.load(from: path) } == "keystore.malformed")
    }
}
