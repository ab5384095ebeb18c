import Crypto
import Foundation
import Primitives

/// Seals secrets for the database, and opens them again.
///
/// Every sealed value has a random key of its own, under which AES-256-GCM encrypts the secret; that key is wrapped, by
/// AES-256-GCM too, under a server key, which is not in the database (`VaultKeyFile`). Who has the database without the
/// server key has random bytes. Who can write to the database, but does not have the key, can take values away, and
/// nothing else: a value opens only where it was sealed (`VaultPlace`), so it cannot be moved to another user, row or
/// column to be used there. Putting back a value that once stood in the very same place is not noticed.
///
/// Changing the server key changes the wrapping only (`rewrap`), some 60 bytes of each value.
///
/// The vault keeps nothing. It does not hide how long a secret is, nor when it was sealed anew.
package struct Vault: Sendable {
    /// The size of one secret, in bytes.
    package static let secretByteCountMax = 65_536

    private let ring: KeyRing
    private let world: World

    package init(_ ring: KeyRing, world: World) {
        self.ring = ring
        self.world = world
    }

    /// - Throws: `vault.bad_secret` for an empty or too long one, `vault.seal_failed`.
    package func seal(_ secret: Secret, at place: VaultPlace) throws(Failure) -> Data {
        guard (1...Self.secretByteCountMax).contains(secret.byteCount) else { throw .vaultBadSecret }
        let rowKey = SymmetricKey(data: world.random(VaultKey.byteCount))
        let contents = secret.withBytes { encrypt($0, using: rowKey, authenticating: place.binding()) }
        guard let contents else { throw .vaultSealFailed }
        return SealedValue(keyID: ring.current.id, wrapping: try wrap(rowKey, at: place), contents: contents).data
    }

    /// - Throws: `vault.unopenable`, whatever is wrong: the place, the bytes, their length, or that their key is not in
    ///   the ring. Only the log of whoever runs the server may tell more (`keyID`).
    package func open(_ sealed: Data, at place: VaultPlace) throws(Failure) -> Secret {
        guard let value = SealedValue(sealed) else { throw .vaultUnopenable }
        let rowKey = try unwrap(value, at: place)
        guard var plain = Self.decrypt(value.contents, using: rowKey, authenticating: place.binding()) else {
            throw .vaultUnopenable
        }
        defer { plain.resetBytes(in: plain.startIndex..<plain.endIndex) }
        return Secret(plain)
    }

    /// The same value under the current server key; nil when it is under that already. The secret is not touched, nor
    /// opened.
    ///
    /// - Throws: `vault.unopenable`, `vault.seal_failed`.
    package func rewrap(_ sealed: Data, at place: VaultPlace) throws(Failure) -> Data? {
        guard let value = SealedValue(sealed) else { throw .vaultUnopenable }
        let rowKey = try unwrap(value, at: place)
        guard value.keyID != ring.current.id else { return nil }
        return SealedValue(
            keyID: ring.current.id, wrapping: try wrap(rowKey, at: place), contents: value.contents
        ).data
    }

    /// Which server key a value says it needs: for finding the values to rewrap, and out whether a key can go. Nil for
    /// what is no sealed value.
    package static func keyID(of sealed: Data) -> VaultKeyID? { SealedValue(sealed)?.keyID }

    // MARK: Steps

    private func wrap(_ rowKey: SymmetricKey, at place: VaultPlace) throws(Failure) -> Data {
        let binding = place.binding(under: ring.current.id)
        let wrapping = rowKey.withUnsafeBytes { encrypt($0, using: ring.current.key, authenticating: binding) }
        guard let wrapping else { throw .vaultSealFailed }
        return wrapping
    }

    private func unwrap(_ value: SealedValue, at place: VaultPlace) throws(Failure) -> SymmetricKey {
        guard let key = ring.key(value.keyID)?.key,
            var bytes = Self.decrypt(
                value.wrapping, using: key, authenticating: place.binding(under: value.keyID))
        else { throw .vaultUnopenable }
        defer { bytes.resetBytes(in: bytes.startIndex..<bytes.endIndex) }
        return SymmetricKey(data: bytes)
    }

    private func encrypt(
        _ plain: UnsafeRawBufferPointer, using key: SymmetricKey, authenticating binding: Data
    ) -> Data? {
        guard let nonce = try? AES.GCM.Nonce(data: world.random(SealedValue.nonceByteCount)) else { return nil }
        return try? AES.GCM.seal(plain, using: key, nonce: nonce, authenticating: binding).combined
    }

    private static func decrypt(_ bytes: Data, using key: SymmetricKey, authenticating binding: Data) -> Data? {
        guard let box = try? AES.GCM.SealedBox(combined: bytes) else { return nil }
        return try? AES.GCM.open(box, using: key, authenticating: binding)
    }
}

/// Where a secret stands: the only place where it can be opened.
package struct VaultPlace: Hashable, Sendable {
    private let text: String

    /// - Parameters:
    ///   - table, column: names of the schema, which never change their meaning.
    ///   - row: the row's id, which is used for no other row afterwards.
    ///   - person: whose secret it is.
    package init<Noun>(table: StaticString, column: StaticString, row: ID<Noun>, person: ID<Person>) {
        // Neither ids nor names of a schema have a bar, so no two places read alike.
        text = "\(SealedValue.versionName)|\(table)|\(column)|\(row)|\(person)"
    }

    /// What the secret itself is bound to. The server key is not in it, because that changes.
    fileprivate func binding() -> Data { Data(text.utf8) }

    /// What the wrapping of the row's key is bound to.
    fileprivate func binding(under key: VaultKeyID) -> Data { Data("\(text)|\(key)".utf8) }
}

/// The bytes of a sealed value:
///
///     0   1  version, 1
///     1   8  id of the server key
///     9  60  the row's key, wrapped: nonce 12, ciphertext 32, tag 16
///     69  …  the secret: nonce 12, ciphertext, tag 16
private struct SealedValue {
    static let version: UInt8 = 1
    static let versionName = "v1"
    static let nonceByteCount = 12
    private static let tagByteCount = 16
    private static let wrappingByteCount = nonceByteCount + VaultKey.byteCount + tagByteCount
    private static let headByteCount = 1 + VaultKeyID.byteCount + wrappingByteCount
    /// Of everything but the secret itself.
    private static let extraByteCount = headByteCount + nonceByteCount + tagByteCount
    private static let byteCount = (extraByteCount + 1)...(extraByteCount + Vault.secretByteCountMax)

    let keyID: VaultKeyID
    let wrapping: Data
    let contents: Data

    init(keyID: VaultKeyID, wrapping: Data, contents: Data) {
        self.keyID = keyID
        self.wrapping = wrapping
        self.contents = contents
    }

    init?(_ data: Data) {
        guard Self.byteCount.contains(data.count), data.first == Self.version else { return nil }
        let rest = data.dropFirst()
        keyID = VaultKeyID(bytes: Array(rest.prefix(VaultKeyID.byteCount)))
        wrapping = rest.dropFirst(VaultKeyID.byteCount).prefix(Self.wrappingByteCount)
        contents = data.dropFirst(Self.headByteCount)
    }

    var data: Data { Data([Self.version]) + keyID.bytes + wrapping + contents }
}

extension Failure {
    package static let vaultBadSecret = Failure(
        .invalid, "vault.bad_secret", "A secret has 1 to 65536 bytes: check what was entered.")
    package static let vaultUnopenable = Failure(
        .corrupt, "vault.unopenable",
        "This secret cannot be opened: enter it anew, or let whoever runs the server put the vault key back.")
    package static let vaultSealFailed = Failure(
        .internal, "vault.seal_failed", "The secret could not be encrypted: nothing was written.")
}
