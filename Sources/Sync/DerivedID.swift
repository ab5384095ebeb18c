import Crypto
import Primitives

extension ID {
    /// The UUIDv5 (RFC 9562, SHA-1) of `parts` under Daybook's namespace for `kind`.
    ///
    /// Two devices that import the same thing, offline, arrive at the same name. Each part is preceded by its length,
    /// so `["ab", "c"]` and `["a", "bc"]` differ.
    package static func derived(_ kind: String, _ parts: [String]) -> Self {
        // An arbitrary constant in place of a namespace UUID; it only has to stay the same for ever.
        var hash = Insecure.SHA1()
        hash.update(data: [UInt8]("6f0b8a8e6c7a5b1f9d3e2a4c5b6d7e8f".utf8))
        for part in [kind] + parts {
            let bytes = [UInt8](part.utf8)
            hash.update(data: [UInt8](String(bytes.count).utf8) + [UInt8(ascii: ":")])
            hash.update(data: bytes)
        }
        var value: UInt128 = 0
        for byte in hash.finalize().prefix(16) { value = value << 8 | UInt128(byte) }
        value = value & ~(UInt128(0xf) << 76) | UInt128(5) << 76
        value = value & ~(UInt128(0x3) << 62) | UInt128(2) << 62
        return ID(rawValue: value)
    }
}
