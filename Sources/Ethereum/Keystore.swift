import Crypto
import Foundation
import Primitives

/// A private key under a passphrase, as it rests on disk.
///
/// Argon2id makes the encryption key and AES-256-GCM seals the private one. Everything else in the file is bound to
/// the seal, so that neither the address it claims nor its cost can be changed without notice. The file is JSON,
/// because people look into such files to find out whose key it is.
package struct Keystore: Hashable, Sendable {
    /// The size of a passphrase, in bytes of UTF-8.
    package static let passphraseByteCountMax = 1024
    /// The size of a file, in bytes. A real one has about 500.
    package static let byteCountMax = 16_384

    private static let version = 1
    private static let saltByteCount = 16
    private static let nonceByteCount = 12
    private static let tagByteCount = 16

    /// Whose key it is. It can be read without the passphrase, and is verified with it.
    package let address: Address
    package let cost: Argon2id.Cost
    private let salt: [UInt8]
    private let nonce: [UInt8]
    /// The ciphertext and, behind it, the tag.
    private let sealed: [UInt8]

    /// Throws `keystore.bad_passphrase` for an empty or too long one.
    package static func seal(
        _ key: PrivateKey, passphrase: String, cost: Argon2id.Cost = .standard, in world: World
    ) throws(Failure) -> Keystore {
        let salt = world.random(saltByteCount)
        let nonce = world.random(nonceByteCount)
        let secret = try encryptionKey(passphrase, salt: salt, cost: cost)
        let binding = binding(key.address, cost, salt: salt)
        guard
            let box = try? AES.GCM.seal(
                key.bytes, using: secret, nonce: AES.GCM.Nonce(data: nonce), authenticating: binding)
        else { throw .keystoreSealFailed }
        return Keystore(
            address: key.address, cost: cost, salt: salt, nonce: nonce, sealed: Array(box.ciphertext + box.tag))
    }

    /// Throws `keystore.wrong_passphrase`, which is also what a changed file looks like.
    package func open(passphrase: String) throws(Failure) -> PrivateKey {
        let secret = try Self.encryptionKey(passphrase, salt: salt, cost: cost)
        let binding = Self.binding(address, cost, salt: salt)
        guard
            let box = try? AES.GCM.SealedBox(
                nonce: AES.GCM.Nonce(data: nonce), ciphertext: sealed.dropLast(Self.tagByteCount),
                tag: sealed.suffix(Self.tagByteCount)),
            let bytes = try? AES.GCM.open(box, using: secret, authenticating: binding)
        else { throw .keystoreWrongPassphrase }
        let key = try PrivateKey(bytes: bytes)
        guard key.address == address else { throw .keystoreMalformed }
        return key
    }

    /// The same passphrase can be typed as different code points on different systems, so it is composed first (NFC).
    private static func encryptionKey(
        _ passphrase: String, salt: [UInt8], cost: Argon2id.Cost
    ) throws(Failure) -> SymmetricKey {
        let bytes = Array(passphrase.precomposedStringWithCanonicalMapping.utf8)
        guard !bytes.isEmpty, bytes.count <= passphraseByteCountMax else { throw .keystoreBadPassphrase }
        return SymmetricKey(data: try Argon2id.hash(bytes, salt: salt, cost: cost))
    }

    private static func binding(_ address: Address, _ cost: Argon2id.Cost, salt: [UInt8]) -> [UInt8] {
        let parts = [
            "daybook.keystore", "\(version)", "\(address)", "argon2id", "\(cost.memoryKiB)", "\(cost.passes)",
            "\(cost.lanes)", Hex.encode(salt), "aes-256-gcm",
        ]
        return Array(parts.joined(separator: "|").utf8)
    }
}

extension Keystore {
    private struct Document: Codable {
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
        var version: Int
        var address: String
        var kdf: Derivation
        var cipher: Cipher
    }

    /// Throws `keystore.malformed`, `keystore.unknown_version`, or `argon2.bad_cost` for a cost nobody should pay.
    package init(json: some Collection<UInt8>) throws(Failure) {
        guard json.count <= Self.byteCountMax, let document = try? JSONDecoder().decode(Document.self, from: Data(json))
        else { throw .keystoreMalformed }
        guard document.version == Self.version, document.kdf.name == "argon2id", document.cipher.name == "aes-256-gcm"
        else { throw .keystoreUnknownVersion }
        guard let address = try? Address(document.address),
            let salt = Hex.decode(document.kdf.salt), Argon2id.saltByteCount.contains(salt.count),
            let nonce = Hex.decode(document.cipher.nonce), nonce.count == Self.nonceByteCount,
            let sealed = Hex.decode(document.cipher.sealed),
            sealed.count == PrivateKey.byteCount + Self.tagByteCount
        else { throw .keystoreMalformed }
        let cost = try Argon2id.Cost(
            memoryKiB: document.kdf.memoryKiB, passes: document.kdf.passes, lanes: document.kdf.lanes)
        self.init(address: address, cost: cost, salt: salt, nonce: nonce, sealed: sealed)
    }

    /// The contents of the file, with a line break at the end.
    package var json: [UInt8] {
        get throws(Failure) {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            let document = Document(
                version: Self.version, address: address.description,
                kdf: .init(
                    name: "argon2id", memoryKiB: cost.memoryKiB, passes: cost.passes, lanes: cost.lanes,
                    salt: Hex.encode(salt)),
                cipher: .init(name: "aes-256-gcm", nonce: Hex.encode(nonce), sealed: Hex.encode(sealed)))
            guard let data = try? encoder.encode(document) else { throw .keystoreSealFailed }
            return Array(data) + [UInt8(ascii: "\n")]
        }
    }
}

extension Failure {
    package static let keystoreBadPassphrase = Failure(
        .invalid, "keystore.bad_passphrase", "A passphrase has 1 to 1024 bytes: choose another one.")
    package static let keystoreWrongPassphrase = Failure(
        .unauthenticated, "keystore.wrong_passphrase",
        "The passphrase is wrong, or the wallet file was changed: type it again, or restore the file from a backup.")
    package static let keystoreMalformed = Failure(
        .corrupt, "keystore.malformed", "This is no wallet file of Daybook, or it is damaged: restore it from a backup."
    )
    package static let keystoreUnknownVersion = Failure(
        .invalid, "keystore.unknown_version", "The wallet file was made by another version of Daybook: update this one."
    )
    package static let keystoreSealFailed = Failure(
        .internal, "keystore.seal_failed", "The key could not be encrypted: nothing was written.")
}
