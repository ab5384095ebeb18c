import Primitives

/// What a field can hold on the wire. Amounts travel as canonical text, moments as milliseconds, ids as 16 bytes.
package enum Value: Hashable, Sendable {
    case null
    case text(String)
    case integer(Int64)
    case bytes([UInt8])
    /// A value of a type this version does not know, as it came.
    case opaque([UInt8])

    package static func id(_ id: ID<some Any>) -> Value { .bytes(id.bytes) }

    /// Swift compares strings by canonical equivalence; a journal compares what was typed.
    package static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.text(let a), .text(let b)): a.utf8.elementsEqual(b.utf8)
        case (.integer(let a), .integer(let b)): a == b
        case (.bytes(let a), .bytes(let b)): a == b
        case (.opaque(let a), .opaque(let b)): a == b
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(canonicalBytes) }

    /// The size of what it holds.
    package var byteCount: Int {
        switch self {
        case .null: 0
        case .text(let text): text.utf8.count
        case .integer: 8
        case .bytes(let bytes), .opaque(let bytes): bytes.count
        }
    }

    /// One tag byte and the payload: the form in which siblings are stored and hashed.
    package var canonicalBytes: [UInt8] {
        switch self {
        case .null: [0]
        case .text(let text): [1] + Array(text.utf8)
        case .integer(let integer): [2] + withUnsafeBytes(of: integer.littleEndian) { Array($0) }
        case .bytes(let bytes): [3] + bytes
        case .opaque(let bytes): [255] + bytes
        }
    }

    /// Reads `canonicalBytes`. Nil when they are damaged.
    package init?(canonicalBytes bytes: some RandomAccessCollection<UInt8>) {
        guard let tag = bytes.first else { return nil }
        let payload = bytes.dropFirst()
        switch tag {
        case 0 where payload.isEmpty: self = .null
        case 1:
            guard let text = String(validating: payload, as: UTF8.self) else { return nil }
            self = .text(text)
        case 2 where payload.count == 8:
            var value: UInt64 = 0
            for (index, byte) in payload.enumerated() { value |= UInt64(byte) << (8 * UInt64(index)) }
            self = .integer(Int64(bitPattern: value))
        case 3: self = .bytes(Array(payload))
        case 255: self = .opaque(Array(payload))
        default: return nil
        }
    }
}
