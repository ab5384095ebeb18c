import Foundation
import Primitives
import Testing
import TestSupport

@testable import Ethereum

struct KeystoreTests {
    private let key: PrivateKey
    private let cheap: Argon2id.Cost

    init() throws {
        key = try PrivateKey(String(repeating: "07", count: 32))
        cheap = try Argon2id.Cost(memoryKiB: 8, passes: 1, lanes: 1)
    }

    private func sealed(_ passphrase: String = "open sesame") throws -> Keystore {
        try Keystore.seal(key, passphrase: passphrase, cost: cheap, in: .live)
    }

    private func text(_ keystore: Keystore) throws -> String { String(decoding: try keystore.json, as: UTF8.self) }

    @Test func `the published vector of argon2id comes out`() throws {
        let hash = try Argon2id.hash(
            Array("password".utf8), salt: Array("somesalt".utf8),
            cost: Argon2id.Cost(memoryKiB: 65_536, passes: 2, lanes: 1))
        #expect(Hex.encode(hash) == "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7")
    }

    @Test func `a key comes back from its file with the passphrase`() throws {
        let keystore = try Keystore(json: sealed().json)
        #expect(keystore.address == key.address)
        #expect(try keystore.open(passphrase: "open sesame").bytes == key.bytes)
    }

    @Test func `a file made with other libraries opens`() throws {
        struct Vector: Decodable {
            var passphrase: String
            var key: String
        }
        let vector = try Fixture.read("keystore.json", as: Vector.self)
        let keystore = try Fixture.read("keystore.json", as: ForeignFile.self).keystore
        #expect(try keystore.open(passphrase: vector.passphrase).bytes == Hex.decode(vector.key))
        // The accent as a code point of its own is the same passphrase.
        let decomposed = vector.passphrase.decomposedStringWithCanonicalMapping
        #expect(Array(decomposed.utf8) != Array(vector.passphrase.utf8))
        #expect(try keystore.open(passphrase: decomposed).address == keystore.address)
    }

    private struct ForeignFile: Decodable {
        struct Derivation: Codable {
            var name: String
            var memoryKiB: Int
            var passes: Int
            var lanes: Int
            var salt: String
        }
        struct Cipher: Codable {
            var name: String
            var nonce: String
            var sealed: String
        }
        struct File: Codable {
            var version: Int
            var address: String
            var kdf: Derivation
            var cipher: Cipher
        }
        var file: File
        var keystore: Keystore { get throws { try Keystore(json: JSONEncoder().encode(file)) } }
    }

    @Test func `the same key and passphrase never make the same file`() throws {
        #expect(try sealed().json != sealed().json)
    }

    @Test func `the file holds neither the key nor the passphrase`() throws {
        let text = try text(sealed())
        #expect(!text.contains(Hex.encode(key.bytes)) && !text.contains("sesame"))
        #expect(text.contains(key.address.description))
    }

    @Test func `another passphrase is refused`() throws {
        let keystore = try sealed()
        for passphrase in ["open sesam", "open sesame ", "Open sesame", "x"] {
            #expect(code { _ = try keystore.open(passphrase: passphrase) } == "keystore.wrong_passphrase")
        }
    }

    @Test func `a passphrase has 1 to 1024 bytes`() throws {
        let longest = String(repeating: "\u{e9}", count: 512)
        #expect(try sealed(longest).open(passphrase: longest).address == key.address)
        for passphrase in ["", longest + "a"] {
            #expect(code { _ = try sealed(passphrase) } == "keystore.bad_passphrase")
            #expect(code { _ = try sealed().open(passphrase: passphrase) } == "keystore.bad_passphrase")
        }
    }

    @Test func `nothing in the file can be changed without notice`() throws {
        let text = try text(sealed())
        let other = try PrivateKey(String(repeating: "08", count: 32)).address
        let changes = [
            (key.address.description, other.description), ("\"memoryKiB\" : 8", "\"memoryKiB\" : 9"),
            ("\"passes\" : 1", "\"passes\" : 2"),
        ]
        for (old, new) in changes {
            try #require(text.contains(old))
            let changed = try Keystore(json: Array(text.replacing(old, with: new).utf8))
            #expect(code { _ = try changed.open(passphrase: "open sesame") } == "keystore.wrong_passphrase")
        }
        for name in ["salt", "nonce", "sealed"] {
            let start = try #require(text.range(of: "\"\(name)\" : \"")).upperBound
            for offset in [0, 15, 23] {
                var changed = Array(text)
                let index = text.distance(from: text.startIndex, to: start) + offset
                changed[index] = changed[index] == "0" ? "1" : "0"
                let keystore = try Keystore(json: Array(String(changed).utf8))
                #expect(code { _ = try keystore.open(passphrase: "open sesame") } == "keystore.wrong_passphrase")
            }
        }
    }

    @Test func `a cost that would stop the machine is refused before it is paid`() throws {
        let text = try text(sealed())
        for (old, new) in [
            ("\"memoryKiB\" : 8", "\"memoryKiB\" : 524289"), ("\"memoryKiB\" : 8", "\"memoryKiB\" : 7"),
            ("\"memoryKiB\" : 8", "\"memoryKiB\" : -1"), ("\"memoryKiB\" : 8", "\"memoryKiB\" : 4294967304"),
            ("\"passes\" : 1", "\"passes\" : 17"), ("\"passes\" : 1", "\"passes\" : 0"),
            ("\"lanes\" : 1", "\"lanes\" : 9"), ("\"lanes\" : 1", "\"lanes\" : 2"), ("\"lanes\" : 1", "\"lanes\" : 0"),
        ] {
            try #require(text.contains(old))
            #expect(
                code { _ = try Keystore(json: Array(text.replacing(old, with: new).utf8)) } == "argon2.bad_cost",
                "\(new)")
        }
    }

    @Test func `a file of another version is refused as such`() throws {
        let text = try text(sealed())
        for (old, new) in [
            ("\"version\" : 1", "\"version\" : 2"), ("argon2id", "scrypt"), ("aes-256-gcm", "aes-128-ctr"),
        ] {
            #expect(
                code { _ = try Keystore(json: Array(text.replacing(old, with: new).utf8)) }
                    == "keystore.unknown_version")
        }
    }

    @Test func `damaged files are refused`() throws {
        let good = try sealed().json
        for count in 0..<(good.count - 2) {
            #expect(code { _ = try Keystore(json: good.prefix(count)) } == "keystore.malformed")
        }
        let text = try text(sealed())
        for (old, new) in [
            ("\"nonce\" : \"", "\"nonce\" : \"00"), ("\"salt\" : \"", "\"salt\" : \"0"),
            ("\"sealed\" : \"", "\"sealed\" : \"zz"), ("\"address\" : \"0x", "\"address\" : \""),
            ("\"passes\" : 1", "\"passes\" : \"1\""), ("\"passes\" : 1", "\"passes\" : 1e99"),
        ] {
            #expect(
                code { _ = try Keystore(json: Array(text.replacing(old, with: new).utf8)) } == "keystore.malformed",
                "\(new)")
        }
        #expect(code { _ = try Keystore(json: good + [UInt8](repeating: 0x20, count: 16_384)) } == "keystore.malformed")
    }

    @Test func `bytes of chance in a file never end the process`() throws {
        let seed: UInt64 = 16
        var dice = Dice(seed: seed)
        let good = try sealed().json
        var refused = 0
        for _ in 0..<400 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...3, using: &dice) {
                bytes[Int.random(in: 0..<bytes.count, using: &dice)] = UInt8.random(in: .min ... .max, using: &dice)
            }
            guard let failure = code({ _ = try Keystore(json: bytes) }) else { continue }
            refused += 1
            #expect(["keystore", "argon2"].contains(failure.prefix { $0 != "." }), "seed \(seed): \(failure)")
        }
        #expect((1..<400).contains(refused))
    }

    @Test func `the usual cost is 64 MiB, 3 passes and one lane`() throws {
        let keystore = try Keystore.seal(key, passphrase: "a", in: .live)
        #expect(keystore.cost.memoryKiB == 65_536 && keystore.cost.passes == 3 && keystore.cost.lanes == 1)
        #expect(try keystore.open(passphrase: "a").address == key.address)
    }
}
