import Foundation
import Primitives
import Testing

@testable import Storage

/// A folder of its own for each test, removed after it.
final class VaultKeyFileTests {
    private let folder: String
    private let path: String
    private let keys: [VaultKey]

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/daybook-keys-" + Hex.encode(World.live.random(6))
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        path = folder + "/vault.key"
        keys = try (0..<3).map { _ in try VaultKey.new(in: .live) }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func write(_ text: String, mode: Int = 0o600) { write(Data(text.utf8), mode: mode) }

    private func write(_ data: Data, mode: Int = 0o600) {
        #expect(FileManager.default.createFile(atPath: path, contents: data, attributes: [.posixPermissions: mode]))
    }

    private func ring(_ environment: [String: String] = [:], creating isCreated: Bool = false) throws -> KeyRing {
        try VaultKeyFile.ring(file: path, environment: environment, creating: isCreated, in: .live)
    }

    private func code(_ environment: [String: String] = [:], creating isCreated: Bool = false) -> String? {
        do {
            _ = try ring(environment, creating: isCreated)
            return nil
        } catch {
            return (error as? Failure)?.code ?? "\(error)"
        }
    }

    @Test func `a missing file is made for its owner alone, and stays`() throws {
        let made = try ring(creating: true)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["vault.key"])
        #expect(try ring(creating: true).current == made.current)
        #expect(try ring().current == made.current)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("apart from the backups"))
    }

    @Test func `a missing file is not made where something is sealed already`() throws {
        #expect(code() == "vault.key_missing")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }

    @Test func `servers that start at once have one key`() async throws {
        let path = path
        let made = try await withThrowingTaskGroup(of: VaultKeyID.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try VaultKeyFile.ring(file: path, environment: [:], creating: true, in: .live).current.id
                }
            }
            return try await group.reduce(into: Set<VaultKeyID>()) { $0.insert($1) }
        }
        #expect(made.count == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["vault.key"])
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o666, 0o777])
    func `a file that others may open is refused, and the message says what to do`(mode: Int) throws {
        write(keys[0].digits, mode: mode)
        #expect(chmod(path, mode_t(mode)) == 0)
        #expect(throws: Failure.vaultKeyExposed(path)) { try self.ring() }
        #expect(throws: Failure.vaultKeyExposed(path)) { try self.ring(creating: true) }
        #expect(Failure.vaultKeyExposed(path).message.contains("chmod 600 '\(path)'"))
        #expect(chmod(path, 0o400) == 0)
        #expect(try ring().current == keys[0])
    }

    @Test func `the first key seals, the others open, and remarks are passed over`() throws {
        write("# remark\n\n\(keys[1].digits)  # new\r\n  \(keys[0].digits)\n")
        let ring = try ring()
        #expect(ring.current == keys[1])
        #expect(ring.ids == [keys[0].id, keys[1].id])
    }

    @Test func `thirty-two bytes are one key as it is`() throws {
        write(Data(try #require(Hex.decode(keys[0].digits))))
        #expect(try ring().current == keys[0])
    }

    @Test func `a file with no key, half a key or a guessable one is refused`() throws {
        for (text, expected) in [
            ("", "vault.bad_ring"), ("# nothing\n", "vault.bad_ring"),
            (String(keys[0].digits.dropLast(2)), "vault.bad_key"),
            (keys[0].digits + "00", "vault.bad_key"), ("\(keys[0].digits)\nrest", "vault.bad_key"),
            (String(repeating: "0", count: 64), "vault.weak_key"),
            ("\(keys[0].digits)\n\(keys[0].digits)", "vault.bad_ring"),
            (String(repeating: " ", count: 20_000), "vault.key_unreadable"),
        ] {
            write(text)
            #expect(code() == expected, "\(text.prefix(80))")
        }
        for data in [Data(count: 32), Data([0xff]) + Data(count: 40)] {
            write(data)
            #expect(code() == (data.count == 32 ? "vault.weak_key" : "vault.bad_key"))
        }
        for count in [16, 31, 33] {
            write(Data(World.live.random(count)))
            #expect(code() != nil)
        }
    }

    @Test func `what is no file is refused`() throws {
        #expect(mkfifo(path, 0o600) == 0)
        #expect(code() == "vault.key_unreadable")
        #expect(unlink(path) == 0)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        #expect(code(creating: true) == "vault.key_unreadable")
    }

    @Test func `a place that cannot be written to is told`() throws {
        write("in the way")
        let path = path + "/vault.key"
        #expect {
            try VaultKeyFile.ring(file: path, environment: [:], creating: true, in: .live)
        } throws: {
            ($0 as? Failure)?.code.hasPrefix("vault.key_un") ?? false
        }
    }

    @Test func `the environment is preferred to the file, and may hold several keys`() throws {
        write(keys[0].digits)
        let environment = [VaultKeyFile.variable: "\(keys[1].digits), \(keys[2].digits)"]
        let ring = try ring(environment)
        #expect(ring.current == keys[1])
        #expect(ring.ids == [keys[1].id, keys[2].id])
        #expect(try self.ring([VaultKeyFile.variable: ""]).current == keys[0])
        for text in ["nonsense", "\(keys[1].digits),", String(repeating: "0", count: 63)] {
            #expect(code([VaultKeyFile.variable: text]) == "vault.bad_key")
        }
        #expect(code([VaultKeyFile.variable: String(repeating: "0", count: 64)]) == "vault.weak_key")
    }
}
