import Crypto
import Foundation
import Primitives

/// A server key: what the keys of the rows are wrapped with. It prints as its name.
package struct VaultKey: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    package static let byteCount = 32
    /// Chance gives thirty-two bytes with fewer different ones than this less than once in 10²⁰ keys; people who try
    /// something out do all the time.
    private static let differentBytesMin = 12

    let key: SymmetricKey
    /// Names the key without telling anything about it, so that the same key has one name wherever it came from.
    package let id: VaultKeyID

    /// - Throws: `vault.bad_key` for another size than 32 bytes; `vault.weak_key` for zeros and other patterns.
    package init(bytes: some Collection<UInt8>) throws(Failure) {
        guard bytes.count == Self.byteCount else { throw .vaultBadKey }
        guard Set(bytes).count >= Self.differentBytesMin, !Self.isStaircase(Array(bytes)) else { throw .vaultWeakKey }
        key = SymmetricKey(data: Array(bytes))
        let name = HMAC<SHA256>.authenticationCode(for: Data("daybook vault key".utf8), using: key)
        id = VaultKeyID(bytes: Array(name.prefix(VaultKeyID.byteCount)))
    }

    /// Reads 64 hexadecimal digits, or base64 in either alphabet with or without its padding.
    ///
    /// - Throws: `vault.bad_key`, `vault.weak_key`.
    package init(_ text: some StringProtocol) throws(Failure) {
        if let bytes = Hex.decode(text), bytes.count == Self.byteCount {
            try self.init(bytes: bytes)
            return
        }
        var base64 = String(text).replacing("-", with: "+").replacing("_", with: "/")
        while base64.hasSuffix("=") { base64.removeLast() }
        guard base64.utf8.count == 43, let bytes = Data(base64Encoded: base64 + "=") else { throw .vaultBadKey }
        try self.init(bytes: bytes)
    }

    package static func new(in world: World) throws(Failure) -> VaultKey {
        try VaultKey(bytes: world.random(byteCount))
    }

    /// 00 01 02 …, as examples have it.
    private static func isStaircase(_ bytes: [UInt8]) -> Bool {
        let steps = zip(bytes, bytes.dropFirst()).map { $1 &- $0 }
        return steps.allSatisfy { $0 == steps[0] }
    }

    /// As it stands in a key file.
    var digits: String { key.withUnsafeBytes { Hex.encode($0) } }

    package var description: String { "vault key \(id)" }
    package var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}

/// The name of a server key: eight bytes that stand, readable, in every sealed value.
package struct VaultKeyID: Hashable, Sendable, CustomStringConvertible {
    static let byteCount = 8

    let bytes: [UInt8]

    package var description: String { Hex.encode(bytes) }
}

/// The server keys that are in use: one that seals, and older ones that still open.
///
/// To change the key without stopping anything: add the new one behind the old one on every node; when all have it, put
/// it in front; rewrap every sealed value; when none names the old key any more, take that out.
package struct KeyRing: Sendable, CustomStringConvertible, CustomReflectable {
    package static let keyCountMax = 16

    /// Seals.
    package let current: VaultKey
    private let keys: [VaultKeyID: VaultKey]

    /// - Parameter keys: the first one seals, all of them open.
    /// - Throws: `vault.bad_ring` for none, too many, or one twice.
    package init(_ keys: [VaultKey]) throws(Failure) {
        guard let current = keys.first, keys.count <= Self.keyCountMax, Set(keys.map(\.id)).count == keys.count else {
            throw .vaultBadRing
        }
        self.current = current
        self.keys = Dictionary(uniqueKeysWithValues: keys.map { ($0.id, $0) })
    }

    package func key(_ id: VaultKeyID) -> VaultKey? { keys[id] }
    package var ids: Set<VaultKeyID> { Set(keys.keys) }

    package var description: String { "\(keys.count) vault keys, sealing with \(current.id)" }
    package var customMirror: Mirror { Mirror(self, children: ["current": current.id]) }
}

extension Failure {
    package static let vaultBadKey = Failure(
        .invalid, "vault.bad_key",
        "A vault key has 32 bytes, written as 64 hexadecimal digits or as base64: make one with `openssl rand -hex 32`."
    )
    package static let vaultWeakKey = Failure(
        .invalid, "vault.weak_key",
        "This vault key is no random number, so anybody could guess it: make one with `openssl rand -hex 32`.")
    package static let vaultBadRing = Failure(
        .invalid, "vault.bad_ring", "The vault needs 1 to 16 different keys, the one that seals first.")
}
