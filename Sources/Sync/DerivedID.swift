import Crypto
import Primitives

/// Daybook's namespace. Any constant would do; it has to stay the same for ever.
private let namespace: [UInt8] = [
    0x6f, 0x0b, 0x8a, 0x8e, 0x6c, 0x7a, 0x5b, 0x1f, 0x9d, 0x3e, 0x2a, 0x4c, 0x5b, 0x6d, 0x7e, 0x8f,
]

extension ID {
    /// The UUIDv5 (RFC 9562, SHA-1) of `parts` under Daybook's namespace for `kind`.
    ///
    /// Two devices that import the same thing, offline, arrive at the same name. Each part is preceded by its length,
    /// so `["ab", "c"]` and `["a", "bc"]` differ.
    package static func derived(_ kind: String, _ parts: [String]) -> Self {
        var hash = Insecure.SHA1()
        hash.update(data: namespace)
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
