import Crypto
import CryptoExtras
import Foundation
import Primitives

/// A private key as other wallets keep it: an Ethereum JSON keystore, Web3 Secret Storage version 3.
///
/// It is read, never written: what comes in goes into a `Keystore`, whose passphrase is dearer to guess. Whoever made
/// the file is a stranger, so everything in it is bounded before anything is computed from it.
package struct Web3Keystore: Sendable {
    /// The size of a file, in bytes. A real one has about 500.
    package static let byteCountMax = 16_384
    /// Some seconds. Wallets take 262,144.
    static let pbkdf2RoundsMax = 1 << 23

    private enum Derivation: Hashable, Sendable {
        case scrypt(Scrypt.Cost)
        case pbkdf2(rounds: Int)
    }

    /// Whose key the file says it is; many say nothing. It is verified when the key is out.
    package let address: Address?
    private let derivation: Derivation
    private let salt: [UInt8]
    private let nonce: [UInt8]
    private let ciphertext: [UInt8]
    private let mac: [UInt8]

    /// Throws `web3_keystore.malformed`, `web3_keystore.unknown_version` for what another cipher, derivation or version
    /// has made, and `web3_keystore.bad_cost`.
    package init(json: some Collection<UInt8>) throws(Failure) {
        let decoder = JSONDecoder()
        // Old versions of go-ethereum wrote "Crypto", and read the names in any case.
        decoder.keyDecodingStrategy = .custom { AnyKey($0.last?.stringValue.lowercased() ?? "") }
        guard json.count <= Self.byteCountMax else { throw .web3KeystoreMalformed }
        let data = Data(json)
        guard let version = try? decoder.decode(Version.self, from: data).version else { throw .web3KeystoreMalformed }
        guard version == 3 else { throw .web3KeystoreUnknownVersion }
        guard let document = try? decoder.decode(Document.self, from: data) else { throw .web3KeystoreMalformed }
        let crypto = document.crypto
        guard crypto.cipher == "aes-128-ctr" else { throw .web3KeystoreUnknownVersion }
        derivation = try Self.derivation(crypto)
        guard let salt = Hex.decode(crypto.kdfparams.salt), (1...256).contains(salt.count),
            let nonce = Hex.decode(crypto.cipherparams.iv), (1...16).contains(nonce.count),
            let ciphertext = Hex.decode(crypto.ciphertext), (1...PrivateKey.byteCount).contains(ciphertext.count),
            let mac = Hex.decode(crypto.mac), mac.count == Keccak256.byteCount
        else { throw .web3KeystoreMalformed }
        self.salt = salt
        // Some wallets write the nonce as a number, without the zeros that it begins with.
        self.nonce = Self.padded(nonce, to: 16)
        self.ciphertext = ciphertext
        self.mac = mac
        address = try Self.address(document.address ?? "")
    }

    private static func derivation(_ crypto: Document.Crypto) throws(Failure) -> Derivation {
        let given = crypto.kdfparams
        // The first 32 bytes are the same, however many are asked for.
        guard (32...1024).contains(given.dklen) else { throw .web3KeystoreMalformed }
        switch crypto.kdf {
        case "scrypt":
            guard let n = given.n, let r = given.r, let p = given.p else { throw .web3KeystoreMalformed }
            return .scrypt(try Scrypt.Cost(n: n, r: r, p: p))
        case "pbkdf2":
            guard let rounds = given.c, let prf = given.prf else { throw .web3KeystoreMalformed }
            guard prf == "hmac-sha256" else { throw .web3KeystoreUnknownVersion }
            guard (1...pbkdf2RoundsMax).contains(rounds) else { throw .web3KeystoreBadCost }
            return .pbkdf2(rounds: rounds)
        default: throw .web3KeystoreUnknownVersion
        }
    }

    /// Written with and without `0x`, with and without the capitals of the checksum; the key tells better.
    private static func address(_ text: String) throws(Failure) -> Address? {
        guard !text.isEmpty else { return nil }
        let digits = text.lowercased().hasPrefix("0x") ? text.dropFirst(2) : text[...]
        guard let bytes = Hex.decode(digits), bytes.count == Address.byteCount else { throw .web3KeystoreMalformed }
        return try Address(bytes: bytes)
    }

    /// Throws `web3_keystore.wrong_passphrase`, which is also what a changed file looks like; `web3_keystore.malformed`
    /// when the key is another than the file says; `keystore.bad_passphrase`; `web3_keystore.failed`.
    package func open(passphrase: String) throws(Failure) -> PrivateKey {
        // Most wallets take the passphrase as it is typed, some compose it first (NFKC, as ethers does).
        var spellings = [Array(passphrase.utf8)]
        let composed = Array(passphrase.precomposedStringWithCompatibilityMapping.utf8)
        if composed != spellings[0] { spellings.append(composed) }
        for spelling in spellings {
            guard (1...Keystore.passphraseByteCountMax).contains(spelling.count) else { throw .keystoreBadPassphrase }
            if let key = try key(under: spelling) { return key }
        }
        throw .web3KeystoreWrongPassphrase
    }

    /// Nil when the passphrase is wrong.
    private func key(under passphrase: [UInt8]) throws(Failure) -> PrivateKey? {
        let derived = try derive(passphrase)
        guard Self.isEqual(Keccak256.hash(derived[16..<32] + ciphertext), mac) else { return nil }
        let plain = try? AES._CTR.decrypt(
            ciphertext, using: SymmetricKey(data: derived[0..<16]), nonce: AES._CTR.Nonce(nonceBytes: nonce))
        guard let plain else { throw .web3KeystoreFailed }
        // A key that begins with zeros has sometimes been written without them.
        let key = try PrivateKey(bytes: Self.padded(Array(plain), to: PrivateKey.byteCount))
        guard address == nil || address == key.address else { throw .web3KeystoreMalformed }
        return key
    }

    private func derive(_ passphrase: [UInt8]) throws(Failure) -> [UInt8] {
        switch derivation {
        case .scrypt(let cost): return try Scrypt.hash(passphrase, salt: salt, cost: cost, byteCount: 32)
        case .pbkdf2(let rounds):
            let key = try? KDF.Insecure.PBKDF2.deriveKey(
                from: passphrase, salt: salt, using: .sha256, outputByteCount: 32, unsafeUncheckedRounds: rounds)
            guard let key else { throw .web3KeystoreFailed }
            return key.withUnsafeBytes { Array($0) }
        }
    }

    /// Takes as long wherever the two differ.
    private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func padded(_ bytes: [UInt8], to count: Int) -> [UInt8] {
        [UInt8](repeating: 0, count: max(count - bytes.count, 0)) + bytes
    }
}

extension Web3Keystore {
    private struct Version: Decodable {
        var version: Int
    }

    private struct Document: Decodable {
        struct Crypto: Decodable {
            var cipher: String
            var cipherparams: Parameters
            var ciphertext: String
            var kdf: String
            var kdfparams: Derivation
            var mac: String
        }
        struct Parameters: Decodable {
            var iv: String
        }
        struct Derivation: Decodable {
            var salt: String
            var dklen: Int
            var n: Int?
            var r: Int?
            var p: Int?
            var c: Int?
            var prf: String?
        }
        var address: String?
        var crypto: Crypto
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ text: String) { stringValue = text }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

extension Failure {
    package static let web3KeystoreMalformed = Failure(
        .corrupt, "web3_keystore.malformed",
        "This is no Ethereum JSON keystore (Web3 Secret Storage), or it is damaged: export it from the wallet again.")
    package static let web3KeystoreUnknownVersion = Failure(
        .invalid, "web3_keystore.unknown_version",
        "This Ethereum keystore is of a kind that is not read here. Export it as version 3, with scrypt or PBKDF2 and "
            + "AES-128-CTR, as go-ethereum, MetaMask's tools and eth-account do.")
    package static let web3KeystoreBadCost = Failure(
        .invalid, "web3_keystore.bad_cost",
        "Opening this Ethereum keystore would take more than 512 MiB or some seconds, or its cost makes no sense: "
            + "export it with the wallet's standard settings.")
    package static let web3KeystoreWrongPassphrase = Failure(
        .unauthenticated, "web3_keystore.wrong_passphrase",
        "The passphrase is not the one of this Ethereum keystore, or the file was changed: type it again.")
    package static let web3KeystoreFailed = Failure(
        .unavailable, "web3_keystore.failed",
        "The passphrase could not be processed: free some memory and try again.", retryAfterSeconds: 1)
}
