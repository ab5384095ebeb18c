import CSecp256k1
import Primitives

/// The curve, by libsecp256k1.
///
/// The library's answer to an argument it considers impossible is to end the process, so lengths are checked here and
/// the rest is guaranteed by `Signature`.
enum Secp256k1 {
    /// Made once, blinded against timing once, and never changed again: the library allows any number of threads to
    /// use a context that nobody changes. Nil when there was no memory for it.
    private nonisolated(unsafe) static let context: OpaquePointer? = {
        guard let context: OpaquePointer = secp256k1_context_create(UInt32(SECP256K1_CONTEXT_NONE)) else { return nil }
        guard secp256k1_context_randomize(context, World.live.random(32)) == 1 else { return nil }
        return context
    }()

    /// The two coordinates, 64 bytes. Throws `key.invalid` for bytes that are no private key.
    static func publicKey(of privateKey: [UInt8]) throws(Failure) -> [UInt8] {
        guard let context else { throw .curveUnavailable }
        var point = secp256k1_pubkey()
        guard privateKey.count == PrivateKey.byteCount, secp256k1_ec_pubkey_create(context, &point, privateKey) == 1
        else { throw .keyInvalid }
        return try coordinates(of: point, context)
    }

    /// Signs a hash of 32 bytes. The same hash and key give the same signature (RFC 6979), with `s` in the lower half.
    static func sign(_ hash: [UInt8], with key: PrivateKey) throws(Failure) -> Signature {
        guard let context else { throw .curveUnavailable }
        guard hash.count == Keccak256.byteCount else { throw .hashMalformed }
        var raw = secp256k1_ecdsa_recoverable_signature()
        var compact = [UInt8](repeating: 0, count: 64)
        var recoveryID: Int32 = 0
        guard secp256k1_ecdsa_sign_recoverable(context, &raw, hash, key.bytes, nil, nil) == 1,
            secp256k1_ecdsa_recoverable_signature_serialize_compact(context, &compact, &recoveryID, &raw) == 1
        else { throw .keyInvalid }
        return try Signature(bytes: compact + [UInt8(truncatingIfNeeded: recoveryID)])
    }

    /// The public key (64 bytes) that signed this hash of 32 bytes. Throws `signature.unrecoverable` when there is none.
    static func recover(_ signature: Signature, over hash: [UInt8]) throws(Failure) -> [UInt8] {
        guard let context else { throw .curveUnavailable }
        guard hash.count == Keccak256.byteCount else { throw .hashMalformed }
        var raw = secp256k1_ecdsa_recoverable_signature()
        var point = secp256k1_pubkey()
        guard
            secp256k1_ecdsa_recoverable_signature_parse_compact(
                context, &raw, signature.compact, signature.recoveryID) == 1,
            secp256k1_ecdsa_recover(context, &point, &raw, hash) == 1
        else { throw .signatureUnrecoverable }
        return try coordinates(of: point, context)
    }

    private static func coordinates(of point: secp256k1_pubkey, _ context: OpaquePointer) throws(Failure) -> [UInt8] {
        var point = point
        var bytes = [UInt8](repeating: 0, count: 65)
        var count = bytes.count
        guard
            secp256k1_ec_pubkey_serialize(context, &bytes, &count, &point, UInt32(SECP256K1_EC_UNCOMPRESSED)) == 1,
            count == bytes.count
        else { throw .curveUnavailable }
        return Array(bytes.dropFirst())
    }
}

extension Failure {
    static let curveUnavailable = Failure(
        .internal, "key.curve_unavailable", "Signatures cannot be computed at the moment: check the free memory.")
    static let hashMalformed = Failure(.invalid, "signature.bad_hash", "What is signed must be a hash of 32 bytes.")
}
