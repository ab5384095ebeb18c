import Foundation
import GRDB
import Primitives
import Testing

@testable import Storage

@Suite struct VaultTests {
    private enum Account {}

    private let row = ID<Account>(rawValue: 7)
    private let person = ID<Person>(rawValue: 9)
    private let words = "an exchange's key, é€"

    private func key(_ seed: UInt8) throws -> VaultKey {
        try VaultKey(bytes: (0..<32).map { UInt8(truncatingIfNeeded: $0 &* $0) &* 31 &+ seed })
    }

    private func vault(_ seeds: UInt8...) throws -> Vault {
        Vault(try KeyRing(seeds.map { try key($0) }), world: .live)
    }

    private var place: VaultPlace { VaultPlace(table: "account", column: "secret", row: row, person: person) }

    private func isUnopenable(_ vault: Vault, _ sealed: Data, at place: VaultPlace) -> Bool {
        do {
            _ = try vault.open(sealed, at: place)
            return false
        } catch {
            return error == .vaultUnopenable
        }
    }

    @Test func `what was sealed comes back`() throws {
        let vault = try vault(1)
        for text in ["a", words, String(repeating: "x", count: Vault.secretByteCountMax)] {
            let sealed = try vault.seal(Secret(text), at: place)
            #expect(try vault.open(sealed, at: place).text == text)
            #expect(sealed.first == 1)
            #expect(sealed.count == 97 + text.utf8.count)
        }
    }

    @Test func `nothing and too much is not sealed`() throws {
        let vault = try vault(1)
        for text in ["", String(repeating: "x", count: Vault.secretByteCountMax + 1)] {
            #expect(throws: Failure.vaultBadSecret) { try vault.seal(Secret(text), at: place) }
        }
    }

    @Test func `the same secret never looks the same`() throws {
        let vault = try vault(1)
        let sealed = try (0..<50).map { _ in try vault.seal(Secret(words), at: place) }
        #expect(Set(sealed.map { $0.dropFirst(9).prefix(12) }).count == 50, "the wrapping's nonces")
        #expect(Set(sealed.map { $0.dropFirst(21).prefix(32) }).count == 50, "the rows' keys")
        #expect(Set(sealed.map { $0.dropFirst(69) }).count == 50, "the contents")
    }

    @Test func `a value moved to another row, user, column or table is refused`() throws {
        let vault = try vault(1)
        let sealed = try vault.seal(Secret(words), at: place)
        let (row, person) = (ID<Account>(rawValue: 8), ID<Person>(rawValue: 10))
        for other in [
            VaultPlace(table: "account", column: "secret", row: row, person: self.person),
            VaultPlace(table: "account", column: "secret", row: self.row, person: person),
            VaultPlace(table: "account", column: "secret", row: person, person: row.cast()),
            VaultPlace(table: "account", column: "key", row: self.row, person: self.person),
            VaultPlace(table: "webhook", column: "secret", row: self.row, person: self.person),
        ] {
            #expect(isUnopenable(vault, sealed, at: other))
            #expect(throws: Failure.vaultUnopenable) { try vault.rewrap(sealed, at: other) }
        }
    }

    @Test func `every flipped bit is refused`() throws {
        let vault = try vault(1, 2)
        let sealed = try vault.seal(Secret("secret"), at: place)
        for bit in 0..<(8 * sealed.count) {
            var changed = sealed
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(isUnopenable(vault, changed, at: place), "bit \(bit)")
        }
    }

    @Test func `every cut and every byte too many is refused`() throws {
        let vault = try vault(1)
        let sealed = try vault.seal(Secret("secret"), at: place)
        for count in sealed.indices {
            #expect(isUnopenable(vault, sealed.prefix(count), at: place))
            #expect(isUnopenable(vault, sealed.suffix(count), at: place))
        }
        #expect(isUnopenable(vault, sealed + [0], at: place))
        #expect(isUnopenable(vault, [0] + sealed, at: place))
        #expect(isUnopenable(vault, Data(repeating: 1, count: 1 << 20), at: place))
    }

    @Test func `halves of two values do not make a third`() throws {
        let vault = try vault(1)
        let sealed = try ["one", "two"].map { try vault.seal(Secret($0), at: place) }
        #expect(isUnopenable(vault, sealed[0].prefix(69) + sealed[1].suffix(from: 69), at: place))
    }

    @Test func `a value that lies in the middle of other bytes is read all the same`() throws {
        let vault = try vault(1)
        let sealed = try vault.seal(Secret(words), at: place)
        let slice = (Data(repeating: 0, count: 5) + sealed).dropFirst(5)
        #expect(try vault.open(slice, at: place).text == words)
        #expect(Vault.keyID(of: slice) == Vault.keyID(of: sealed))
    }

    // MARK: Changing the key

    @Test func `an older key of the ring still opens, and the first one seals`() throws {
        let old = try vault(1).seal(Secret(words), at: place)
        let both = try vault(2, 1)
        #expect(try both.open(old, at: place).text == words)
        let new = try both.seal(Secret(words), at: place)
        #expect(try Vault.keyID(of: new) == key(2).id)
        #expect(try vault(2).open(new, at: place).text == words)
        #expect(isUnopenable(try vault(1), new, at: place))
        #expect(isUnopenable(try vault(2), old, at: place))
    }

    @Test func `wrapping anew changes the wrapping and nothing else`() throws {
        let old = try vault(1).seal(Secret(words), at: place)
        let new = try #require(try vault(2, 1).rewrap(old, at: place))
        #expect(new.count == old.count)
        #expect(new.suffix(from: 69) == old.suffix(from: 69))
        #expect(new.prefix(69) != old.prefix(69))
        #expect(try Vault.keyID(of: new) == key(2).id)
        #expect(try vault(2).open(new, at: place).text == words)
        #expect(isUnopenable(try vault(1), new, at: place))
        #expect(try vault(2, 1).rewrap(new, at: place) == nil)
    }

    @Test func `while the key changes, nodes with either order of keys open everything`() throws {
        let (before, after) = (try vault(1, 2), try vault(2, 1))
        var sealed = [try before.seal(Secret(words), at: place), try after.seal(Secret(words), at: place)]
        sealed += try sealed.compactMap { try after.rewrap($0, at: place) }
        #expect(sealed.count == 3)
        for value in sealed {
            for vault in [before, after] { #expect(try vault.open(value, at: place).text == words) }
        }
    }

    @Test func `a ring has one to sixteen different keys`() throws {
        #expect(throws: Failure.vaultBadRing) { try KeyRing([]) }
        #expect(throws: Failure.vaultBadRing) { try KeyRing([key(1), key(2), key(1)]) }
        #expect(throws: Failure.vaultBadRing) { try KeyRing((0..<17).map { try key($0) }) }
        #expect(try KeyRing((0..<16).map { try key($0) }).ids.count == 16)
    }

    // MARK: What is not told

    @Test func `a stolen database without the key file gives nothing`() throws {
        let path = FileManager.default.temporaryDirectory.path + "/daybook-vault-" + Hex.encode(World.live.random(6))
        defer { for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) } }
        let key = try VaultKey.new(in: .live)
        let vault = Vault(try KeyRing([key]), world: .live)
        let database = try DatabaseQueue(path: path)
        try database.write { db in
            try db.execute(sql: "CREATE TABLE account (id INTEGER PRIMARY KEY, secret BLOB NOT NULL)")
            for index in 0..<20 {
                let sealed = try vault.seal(Secret("\(words) \(index)"), at: place)
                try db.execute(sql: "INSERT INTO account (secret) VALUES (?)", arguments: [sealed])
            }
        }
        let values = try database.read { try Data.fetchAll($0, sql: "SELECT secret FROM account") }
        try database.close()
        let stolen = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(stolen.range(of: values[0]) != nil)
        #expect(stolen.range(of: Data(words.utf8)) == nil)
        #expect(stolen.range(of: Data(words.utf8.prefix(6))) == nil)
        #expect(stolen.range(of: Data(try #require(Hex.decode(key.digits)))) == nil)
        #expect(stolen.range(of: Data(key.digits.utf8)) == nil)
        let thief = Vault(try KeyRing([.new(in: .live), try self.key(1)]), world: .live)
        for value in values { #expect(isUnopenable(thief, value, at: place)) }
    }

    @Test func `no secret and no key is printed, dumped or described`() throws {
        struct Holder {
            let secret: Secret
            let key: VaultKey
            let ring: KeyRing
            let vault: Vault
            let text = "shown"
        }
        let key = try key(1)
        let ring = try KeyRing([key])
        let holder = Holder(secret: Secret(words), key: key, ring: ring, vault: Vault(ring, world: .live))
        var dumped = ""
        dump(holder, to: &dumped)
        dump(holder.vault, to: &dumped)
        let texts = [
            dumped, "\(holder)", String(reflecting: holder), "\(holder.secret)", String(reflecting: holder.secret),
            "\(Optional(holder.secret) as Any)", "\([holder.secret])", "\(key)", String(reflecting: key), "\(ring)",
            "\(Failure.vaultUnopenable)",
        ]
        #expect(dumped.contains("shown"))
        for text in texts {
            #expect(!text.contains(words))
            #expect(!text.lowercased().contains(key.digits))
            #expect(!text.contains(key.digits.prefix(8)))
        }
        #expect("\(holder.secret)" == "secret")
        #expect("\(key)" == "vault key \(key.id)")
    }

    @Test func `the name of a key is no part of it, and is the same wherever the key comes from`() throws {
        let key = try key(1)
        #expect(!key.digits.contains("\(key.id)"))
        let bytes = Data(try #require(Hex.decode(key.digits)))
        let base64 = bytes.base64EncodedString()
        for text in [
            key.digits, key.digits.uppercased(), base64, base64.replacing("=", with: ""),
            base64.replacing("+", with: "-").replacing("/", with: "_"),
        ] {
            #expect(try VaultKey(text) == key)
        }
    }

    @Test func `a key that is none, or that anybody could guess, is refused`() throws {
        for text in [
            "", "00", "secret", String(repeating: "z", count: 64), String(repeating: "ab", count: 31),
            String(repeating: "ab", count: 33), String(repeating: "A", count: 44),
            "é" + String(repeating: "a", count: 41),
        ] {
            #expect(throws: Failure.vaultBadKey, "\(text)") { try VaultKey(text) }
        }
        for bytes in [
            [UInt8](repeating: 0, count: 32), [UInt8](repeating: 255, count: 32), Array(0..<32), Array(1...32),
            Array((0..<32).reversed()), (0..<32).map { $0 % 8 }, Array("passwordpasswordpasswordpassword".utf8),
        ] as [[UInt8]] {
            #expect(throws: Failure.vaultWeakKey, "\(bytes)") { try VaultKey(bytes: bytes) }
        }
        for count in [0, 1, 16, 31, 33, 64] {
            #expect(throws: Failure.vaultBadKey) { try VaultKey(bytes: World.live.random(count)) }
        }
        for _ in 0..<2000 { _ = try VaultKey.new(in: .live) }
    }
}
