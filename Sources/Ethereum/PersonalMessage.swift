import Primitives

/// A text as a wallet signs it (EIP-191, version 0x45, `personal_sign`).
///
/// The wallet puts a fixed sentence and the length in front, so that no signed text can ever be a transaction. The
/// length counts bytes of UTF-8, not characters.
package struct PersonalMessage: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    /// Takes the text byte for byte: what was received is what is verified.
    package init(_ text: some StringProtocol) { bytes = Array(String(text).utf8) }

    /// What is really signed: 32 bytes.
    package var hash: [UInt8] {
        Keccak256.hash(Array("\u{19}Ethereum Signed Message:\n\(bytes.count)".utf8) + bytes)
    }

    package func sign(with key: PrivateKey) throws(Failure) -> Signature { try Secp256k1.sign(hash, with: key) }

    /// The account whose key made this signature. Every signature in range has one, so the answer means nothing until
    /// it is compared with an address; `verify` does that. Throws `signature.unrecoverable`.
    package func signer(of signature: Signature) throws(Failure) -> Address {
        try Address(publicKey: Secp256k1.recover(signature, over: hash))
    }

    /// Throws `signature.wrong_signer` unless `signature`, `0x` and 130 digits, was made by that account over exactly
    /// these bytes; and whatever `Signature` throws for what is no signature.
    package func verify(_ signature: some StringProtocol, by address: Address) throws(Failure) {
        guard try signer(of: Signature(signature)) == address else { throw .signatureWrongSigner }
    }
}
