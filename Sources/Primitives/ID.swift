/// A 128-bit name for one thing of the kind `Noun`.
///
/// Random (UUIDv7) for what a person makes, derived (UUIDv5) for what is imported. Names of different kinds cannot be
/// swapped by mistake. The text form is the 36-character lower-case UUID; on disk and on the wire it is 16 bytes.
package struct ID<Noun>: Hashable, Comparable, Sendable, CustomStringConvertible, Codable {
    package let rawValue: UInt128

    package init(rawValue: UInt128) { self.rawValue = rawValue }

    /// Reads 16 big-endian bytes. Nil for any other length.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        var value: UInt128 = 0
        for byte in bytes { value = value << 8 | UInt128(byte) }
        rawValue = value
    }

    /// Reads the UUID form, `8-4-4-4-12` hexadecimal digits in either case. Nil for anything else.
    package init?(_ text: some StringProtocol) {
        var value: UInt128 = 0
        var index = 0
        for unit in text.utf8 {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard unit == UInt8(ascii: "-") else { return nil }
            } else {
                guard index < 36, let digit = hexDigit(unit) else { return nil }
                value = value << 4 | UInt128(digit)
            }
            index += 1
        }
        guard index == 36 else { return nil }
        rawValue = value
    }

    /// The same 128 bits, read as the name of another kind of thing.
    package func cast<Other>(to: Other.Type = Other.self) -> ID<Other> { ID<Other>(rawValue: rawValue) }

    /// 16 big-endian bytes.
    package var bytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 16)
        var rest = rawValue
        for index in stride(from: 15, through: 0, by: -1) {
            bytes[index] = UInt8(truncatingIfNeeded: rest)
            rest >>= 8
        }
        return bytes
    }

    package var description: String {
        let digits = Hex.encode(bytes)
        var text = ""
        text.reserveCapacity(36)
        for (index, character) in digits.enumerated() {
            if index == 8 || index == 12 || index == 16 || index == 20 { text.append("-") }
            text.append(character)
        }
        return text
    }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected a UUID")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension ID {
    /// A new UUIDv7: 48 bits of milliseconds, 74 random bits, so that names made later sort later.
    package static func new(in world: World) -> Self {
        var bytes = world.random(16)
        let milliseconds = UInt64(bitPattern: world.now().milliseconds)
        for index in 0..<6 { bytes[index] = UInt8(truncatingIfNeeded: milliseconds >> (40 - 8 * UInt64(index))) }
        bytes[6] = bytes[6] & 0x0f | 0x70
        bytes[8] = bytes[8] & 0x3f | 0x80
        var value: UInt128 = 0
        for byte in bytes { value = value << 8 | UInt128(byte) }
        return Self(rawValue: value)
    }
}
