import Primitives

/// A recoverable ECDSA signature in the one form we accept: `r` and `s` in range, `s` in the lower half.
///
/// For every signature (r, s) there is another, (r, n − s), of the same message by the same key. Accepting both would
/// let a stranger make a second valid signature from one he saw, so the higher one is refused (EIP-2).
package struct Signature: Hashable, Sendable, CustomStringConvertible {
    package static let byteCount = 65

    /// `r` and `s`, 32 big-endian bytes each.
    let compact: [UInt8]

    /// 0 or 1: which of the two points with this `r` was meant. libsecp256k1 ends the process for anything outside
    /// 0...3, so no other value may get past the initialiser.
    let recoveryID: Int32

    /// Reads r ‖ s ‖ v, with v one of 0, 1, 27 and 28. Throws `signature.malformed`, `signature.bad_recovery_id`,
    /// `signature.out_of_range` or `signature.high_s`.
    package init(bytes: some Collection<UInt8>) throws(Failure) {
        guard bytes.count == Self.byteCount, let v = bytes.dropFirst(64).first else { throw .signatureMalformed }
        switch v {
        case 0, 1: recoveryID = Int32(v)
        case 27, 28: recoveryID = Int32(v) - 27
        default: throw .signatureBadRecoveryID
        }
        compact = Array(bytes.prefix(64))
        let (r, s) = (compact[..<32], compact[32...])
        for number in [r, s] {
            guard number.contains(where: { $0 != 0 }), number.lexicographicallyPrecedes(Self.order) else {
                throw .signatureOutOfRange
            }
        }
        guard !Self.halfOrder.lexicographicallyPrecedes(s) else { throw .signatureHighS }
    }

    /// Reads `0x` and 130 hexadecimal digits. Throws as `init(bytes:)` does.
    package init(_ text: some StringProtocol) throws(Failure) {
        let text = Array(String(text).utf8)
        guard text.count == 2 + 2 * Self.byteCount, text.starts(with: "0x".utf8), let bytes = Hex.decode(text[2...])
        else { throw .signatureMalformed }
        try self.init(bytes: bytes)
    }

    /// r ‖ s ‖ v, with v as wallets write it: 27 or 28.
    package var bytes: [UInt8] { compact + [recoveryID == 0 ? 27 : 28] }

    package var description: String { "0x" + Hex.encode(bytes) }

    /// n, the number of points of secp256k1.
    private static let order: [UInt8] = [
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
        0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
    ]

    /// (n − 1) ÷ 2, the greatest `s` of the lower half.
    private static let halfOrder: [UInt8] = [
        0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
    ]
}

extension Failure {
    package static let signatureMalformed = Failure(
        .invalid, "signature.malformed",
        "A signature is 0x and 130 hexadecimal digits (65 bytes): send what the wallet's personal_sign returned.")
    package static let signatureBadRecoveryID = Failure(
        .invalid, "signature.bad_recovery_id", "The last byte of a signature must be 0, 1, 27 or 28.")
    package static let signatureOutOfRange = Failure(
        .invalid, "signature.out_of_range", "A part of the signature is zero or above the curve's order: sign again.")
    package static let signatureHighS = Failure(
        .invalid, "signature.high_s", "The signature's s is in the upper half: sign with a wallet that follows EIP-2.")
    package static let signatureUnrecoverable = Failure(
        .unauthenticated, "signature.unrecoverable", "No key can have made this signature: sign again.")
    package static let signatureWrongSigner = Failure(
        .unauthenticated, "signature.wrong_signer",
        "The signature was not made by the address in the message: sign with that account.")
}
