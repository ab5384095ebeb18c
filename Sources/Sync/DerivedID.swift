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
        // One buffer and one call: hashing part by part costs five times as much, and imports do it for every row.
        var bytes = namespace
        bytes.reserveCapacity(256)
        func append(_ part: String) {
            bytes.append(contentsOf: String(part.utf8.count).utf8)
            bytes.append(UInt8(ascii: ":"))
            bytes.append(contentsOf: part.utf8)
        }
        append(kind)
        for part in parts { append(part) }
        var value: UInt128 = 0
        for byte in Insecure.SHA1.hash(data: bytes).prefix(16) { value = value << 8 | UInt128(byte) }
        value = value & ~(UInt128(0xf) << 76) | UInt128(5) << 76
        value = value & ~(UInt128(0x3) << 62) | UInt128(2) << 62
        return ID(rawValue: value)
    }
}
