import Primitives

/// A secret that signs for one account.
///
/// It prints as its address, also in a debugger's dump, so that a key cannot reach a log by accident.
package struct PrivateKey: Sendable, CustomStringConvertible, CustomReflectable {
    package static let byteCount = 32

    let bytes: [UInt8]

    /// The account the key signs for.
    package let address: Address

    /// Throws `key.invalid` unless these are 32 bytes, not zero, and below the order of the curve.
    package init(bytes: some Collection<UInt8>) throws(Failure) {
        self.bytes = Array(bytes)
        address = try Address(publicKey: Secp256k1.publicKey(of: self.bytes))
    }

    /// Reads 64 hexadecimal digits, with or without `0x`, as wallets export them. Throws `key.invalid`.
    package init(_ text: some StringProtocol) throws(Failure) {
        let digits = text.hasPrefix("0x") ? text.dropFirst(2) : text[...]
        guard let bytes = Hex.decode(digits) else { throw .keyInvalid }
        try self.init(bytes: bytes)
    }

    /// A new key. Nearly every number of 256 bits is one: if this throws `key.invalid`, chance itself is broken.
    package static func new(in world: World) throws(Failure) -> PrivateKey {
        try PrivateKey(bytes: world.random(byteCount))
    }

    package var description: String { "PrivateKey(\(address))" }
    package var customMirror: Mirror { Mirror(self, children: ["address": address]) }
}

extension Failure {
    package static let keyInvalid = Failure(
        .invalid, "key.invalid", "A private key is 64 hexadecimal digits, neither zero nor above the curve's order.")
}
