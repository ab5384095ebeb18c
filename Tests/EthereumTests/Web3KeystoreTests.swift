import Foundation
import Primitives
import TestSupport
import Testing

@testable import Ethereum

struct Web3KeystoreTests {
    struct Recorded: Decodable, Sendable, CustomTestStringConvertible {
        struct Stretched: Decodable {
            var n: Int
            var r: Int
            var p: Int
            var salt: String
            var hash: String
        }
        struct Vectors: Decodable {
            var keystores: [Recorded]
            var scrypt: [Stretched]
        }
        var name: String
        var passphrase: String
        var key: String
        var file: JSONText

        var testDescription: String { name }
        var bytes: [UInt8] {
            let digits = Hex.decode(key) ?? []
            return [UInt8](repeating: 0, count: 32 - digits.count) + digits
        }
        func opened(_ passphrase: String? = nil) throws -> PrivateKey {
            try Web3Keystore(json: file.bytes).open(passphrase: passphrase ?? self.passphrase)
        }
    }

    static let vectors: Recorded.Vectors? = try? Fixture.read("web3_keystores.json")
    static let keystores = vectors?.keystores ?? []

    private func recorded(_ name: String) throws -> Recorded {
        try #require(Self.keystores.first { $0.name == name })
    }

    /// A cheap file, with one thing in it changed.
    private func changed(_ change: (inout [String: Any]) -> Void) throws -> [UInt8] {
        let text = try recorded("eth-account, pbkdf2").file
        var file = try #require(try JSONSerialization.jsonObject(with: Data(text.bytes)) as? [String: Any])
        change(&file)
        return Array(try JSONSerialization.data(withJSONObject: file))
    }

    private func changedCrypto(_ name: String, _ value: Any?) throws -> [UInt8] {
        try changed { file in
            var crypto = file["crypto"] as? [String: Any] ?? [:]
            crypto[name] = value
            file["crypto"] = crypto
        }
    }

    private func derived(_ kdf: String, _ parameters: [String: Any]) throws -> [UInt8] {
        try changed { file in
            var crypto = file["crypto"] as? [String: Any] ?? [:]
            crypto["kdf"] = kdf
            crypto["kdfparams"] = ["dklen": 32, "salt": "00112233"].merging(parameters) { $1 }
            file["crypto"] = crypto
        }
    }

    @Test(arguments: keystores) func `what the standard publishes and what eth-account writes is opened`(
        recorded: Recorded
    ) throws {
        let key = try recorded.opened()
        #expect(key.bytes == recorded.bytes)
        let file = try JSONSerialization.jsonObject(with: Data(recorded.file.bytes)) as? [String: Any]
        let isNamed = try #require(file)["address"] != nil
        #expect(try Web3Keystore(json: recorded.file.bytes).address == (isNamed ? key.address : nil))
    }

    @Test func `all of them were there to be opened`() { #expect(Self.keystores.count == 9) }

    @Test(arguments: ["eth-account, pbkdf2", "eth-account, scrypt"]) func `another passphrase opens nothing`(
        name: String
    ) throws {
        let recorded = try recorded(name)
        for wrong in ["another", recorded.passphrase + " ", recorded.passphrase.uppercased()] {
            #expect(throws: Failure.web3KeystoreWrongPassphrase) { try recorded.opened(wrong) }
        }
        #expect(throws: Failure.keystoreBadPassphrase) { try recorded.opened("") }
        #expect(throws: Failure.keystoreBadPassphrase) { try recorded.opened(String(repeating: "a", count: 1025)) }
    }

    @Test func `an accent typed as a code point of its own is the same passphrase`() throws {
        let recorded = try recorded("eth-account, pbkdf2")
        let decomposed = recorded.passphrase.decomposedStringWithCanonicalMapping
        #expect(Array(decomposed.utf8) != Array(recorded.passphrase.utf8))
        #expect(try recorded.opened(decomposed).bytes == recorded.bytes)
    }

    @Test func `a changed ciphertext, check or salt opens nothing`() throws {
        let recorded = try recorded("eth-account, pbkdf2")
        for (name, length) in [("ciphertext", 32), ("mac", 32)] {
            for index in 0..<length {
                var bytes = [UInt8](repeating: 0, count: length)
                let file = try changed { file in
                    var crypto = file["crypto"] as? [String: Any] ?? [:]
                    bytes = (crypto[name] as? String).flatMap { Hex.decode($0) } ?? []
                    bytes[index] ^= 1
                    crypto[name] = Hex.encode(bytes)
                    file["crypto"] = crypto
                }
                #expect(throws: Failure.web3KeystoreWrongPassphrase) {
                    try Web3Keystore(json: file).open(passphrase: recorded.passphrase)
                }
            }
        }
    }

    @Test func `the nonce is no part of the check, but another key than the address says is refused`() throws {
        let recorded = try recorded("eth-account, pbkdf2")
        let file = try changedCrypto("cipherparams", ["iv": String(repeating: "00", count: 16)])
        #expect(throws: Failure.web3KeystoreMalformed) {
            try Web3Keystore(json: file).open(passphrase: recorded.passphrase)
        }
    }

    @Test(arguments: ["", "0x"]) func `the address may be left out, and written in other ways`(prefix: String) throws {
        let recorded = try recorded("eth-account, pbkdf2")
        let address = try recorded.opened().address
        for text in [address.description.dropFirst(2).lowercased(), address.description.dropFirst(2).uppercased()] {
            let file = try changed { $0["address"] = prefix + text }
            #expect(try Web3Keystore(json: file).address == address)
        }
        for file in [try changed { $0["address"] = nil }, try changed { $0["address"] = "" }] {
            #expect(try Web3Keystore(json: file).address == nil)
            #expect(try Web3Keystore(json: file).open(passphrase: recorded.passphrase).address == address)
        }
    }

    @Test func `old files that write Crypto with a capital are read`() throws {
        let recorded = try recorded("eth-account, pbkdf2")
        let file = try changed { file in
            file["Crypto"] = file["crypto"]
            file["crypto"] = nil
        }
        #expect(try Web3Keystore(json: file).open(passphrase: recorded.passphrase).bytes == recorded.bytes)
    }

    @Test(arguments: [
        (1 << 23, 1, 1), (1 << 22, 2, 1), (1 << 20, 8, 1), (1 << 18, 16, 3), (1 << 18, 8, 8), (Int.max, 1, 1),
        (1 << 62, 8, 1), (1024, Int.max, 1), (1024, 8, Int.max), (1024, 17, 1), (1024, 8, 257), (0, 8, 1), (1, 8, 1),
        (3, 8, 1), (1000, 8, 1), (-1024, 8, 1), (1024, 0, 1), (1024, -8, 1), (1024, 8, 0), (1024, 8, -1),
        (Int.min, Int.min, Int.min),
    ]) func `a cost that nobody should pay is refused before anything is computed`(n: Int, r: Int, p: Int) throws {
        let file = try derived("scrypt", ["n": n, "r": r, "p": p])
        #expect(throws: Failure.web3KeystoreBadCost) { try Web3Keystore(json: file) }
    }

    @Test(arguments: [0, -1, (1 << 23) + 1, Int.max, Int.min]) func `so are rounds without end`(rounds: Int) throws {
        let file = try derived("pbkdf2", ["c": rounds, "prf": "hmac-sha256"])
        #expect(throws: Failure.web3KeystoreBadCost) { try Web3Keystore(json: file) }
    }

    @Test(arguments: [(1 << 18, 8, 1), (1 << 18, 8, 4), (1 << 22, 1, 2), (1 << 18, 1, 8), (1 << 17, 8, 1)])
    func `the costs that wallets have are taken`(n: Int, r: Int, p: Int) throws {
        _ = try Web3Keystore(json: derived("scrypt", ["n": n, "r": r, "p": p]))
    }

    @Test func `other versions, ciphers and derivations are told by name`() throws {
        for file in [
            try changed { $0["version"] = 1 }, try changed { $0["version"] = 4 },
            try changedCrypto("cipher", "aes-128-cbc"), try changedCrypto("kdf", "argon2id"),
            try derived("pbkdf2", ["c": 1000, "prf": "hmac-sha512"]),
        ] {
            #expect(throws: Failure.web3KeystoreUnknownVersion) { try Web3Keystore(json: file) }
        }
    }

    @Test func `what is no keystore is refused`() throws {
        let texts = ["", "{}", "[]", "null", "{\"version\":3}", String(repeating: "[", count: 16_000)]
        var files = texts.map { Array($0.utf8) }
        for (name, value) in [
            ("mac", "00"), ("mac", "zz"), ("ciphertext", ""), ("ciphertext", String(repeating: "00", count: 33)),
            ("ciphertext", "0"), ("kdfparams", nil), ("cipherparams", ["iv": ""]),
            ("cipherparams", ["iv": String(repeating: "00", count: 17)]),
        ] as [(String, Any?)] {
            files.append(try changedCrypto(name, value))
        }
        files += [
            try derived("scrypt", ["n": 1024, "r": 8]), try derived("scrypt", ["n": 1.5, "r": 8, "p": 1]),
            try derived("scrypt", ["n": 1024, "r": 8, "p": 1, "dklen": 31]),
            try derived("scrypt", ["n": 1024, "r": 8, "p": 1, "salt": ""]),
            try derived("pbkdf2", ["c": 1000]), try changed { $0["address"] = "0x12" },
        ]
        for file in files {
            #expect(throws: Failure.web3KeystoreMalformed, "\(String(decoding: file.prefix(300), as: UTF8.self))") {
                try Web3Keystore(json: file)
            }
        }
    }

    @Test func `a file larger than any keystore is not parsed`() throws {
        let file = try recorded("eth-account, pbkdf2").file.bytes
        let blanks = [UInt8](repeating: 0x20, count: Web3Keystore.byteCountMax + 1 - file.count)
        _ = try Web3Keystore(json: file + blanks.dropLast())
        #expect(throws: Failure.web3KeystoreMalformed) { try Web3Keystore(json: file + blanks) }
    }

    @Test func `damaged files are refused and never trap`() throws {
        let file = try recorded("a short nonce").file.bytes
        var dice = Dice(seed: 3)
        var refused = 0
        for _ in 0..<1000 {
            var bytes = file
            for _ in 0..<Int.random(in: 1...4, using: &dice) {
                bytes[Int.random(in: bytes.indices, using: &dice)] = UInt8.random(in: 32...126, using: &dice)
            }
            guard let failure = code({ _ = try Web3Keystore(json: bytes) }) else { continue }
            refused += 1
            #expect(failure.hasPrefix("web3_keystore."))
        }
        #expect((1..<1000).contains(refused))
    }

    @Test func `scrypt gives what another implementation gives, also where r = 1`() throws {
        let passphrase = Array("pleaseletmein".utf8)
        let vectors = try #require(Self.vectors).scrypt
        #expect(vectors.count == 6)
        for vector in vectors {
            let salt = try #require(Hex.decode(vector.salt))
            let cost = try Scrypt.Cost(n: vector.n, r: vector.r, p: vector.p)
            let hash = try Scrypt.hash(passphrase, salt: salt, cost: cost, byteCount: 64)
            #expect(Hex.encode(hash) == vector.hash, "\(cost)")
        }
    }

    @Test func `a file that others may read is opened, and that is told`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "daybook-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "exported.json").path
        let contents = Data(try recorded("a short nonce").file.bytes)
        for (mode, isExposed) in [(0o600, false), (0o644, true)] {
            #expect(
                FileManager.default.createFile(
                    atPath: path, contents: contents, attributes: [.posixPermissions: mode]))
            let found = try KeystoreFile.loadWeb3(from: path)
            #expect(found.isExposed == isExposed)
            #expect(try found.keystore.open(passphrase: "a").bytes == recorded("a short nonce").bytes)
            try FileManager.default.removeItem(atPath: path)
        }
        #expect(code { _ = try KeystoreFile.loadWeb3(from: path) } == "keystore.not_found")
        #expect(code { _ = try KeystoreFile.loadWeb3(from: "/dev/zero") } == "keystore.unreadable")
    }
}

/// A part of a JSON document, as text.
struct JSONText: Decodable, Sendable {
    private enum Value: Codable, Sendable {
        case text(String)
        case number(Int)
        case object([String: Value])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let number = try? container.decode(Int.self) {
                self = .number(number)
            } else {
                self = .object(try container.decode([String: Value].self))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .number(let number): try container.encode(number)
            case .object(let object): try container.encode(object)
            }
        }
    }

    let bytes: [UInt8]

    init(from decoder: any Decoder) throws {
        bytes = Array(try JSONEncoder().encode(Value(from: decoder)))
    }
}
