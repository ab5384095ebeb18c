import CXXHash
import Primitives

/// A sum over everything that lives in a journal. Replicas that have seen the same commits have the same sum, whatever
/// order they applied them in, and it is kept up to date by adding and taking away.
///
/// It finds defects, not attackers: a journal's replicas all belong to one person. Hence XXH3, modulo 2¹²⁸.
package struct ContentHash: Hashable, Sendable, CustomStringConvertible {
    package private(set) var rawValue: UInt128

    package init(rawValue: UInt128 = 0) { self.rawValue = rawValue }

    /// What is hashed: the parts in a fixed width and order, then the value.
    package enum Element: Hashable, Sendable {
        case value(EntityID, Slot, Dot, Value)
        case member(Kind, owner: EntityID, EntityID, Dot)
        case tombstone(Kind, EntityID, Dot)
    }

    package mutating func insert(_ element: Element) { rawValue &+= Self.hash(element) }
    package mutating func remove(_ element: Element) { rawValue &-= Self.hash(element) }

    package var bytes: [UInt8] { ID<Self>(rawValue: rawValue).bytes }

    package init?(bytes: some Collection<UInt8>) {
        guard let id = ID<Self>(bytes: bytes) else { return nil }
        rawValue = id.rawValue
    }

    package var description: String { Hex.encode(bytes) }

    private static func hash(_ element: Element) -> UInt128 {
        switch element {
        case .value(let id, let slot, let dot, let value):
            switch value {
            case .text(let text):
                var text = text
                return text.withUTF8 { hash(1, id, UInt64(bitPattern: slot.rawValue), dot, .init($0), tag: 1) }
            case .bytes(let bytes):
                return bytes.withUnsafeBytes { hash(1, id, UInt64(bitPattern: slot.rawValue), dot, $0, tag: 3) }
            case .integer(let integer):
                return withUnsafeBytes(of: integer.littleEndian) {
                    hash(1, id, UInt64(bitPattern: slot.rawValue), dot, $0, tag: 2)
                }
            case .null:
                return hash(1, id, UInt64(bitPattern: slot.rawValue), dot, .init(start: nil, count: 0), tag: 0)
            case .opaque(let bytes):
                return bytes.withUnsafeBytes { hash(1, id, UInt64(bitPattern: slot.rawValue), dot, $0, tag: 255) }
            }
        case .member(let set, let owner, let member, let dot):
            return withUnsafeBytes(of: member.rawValue.littleEndian) {
                hash(2, owner, UInt64(set.rawValue), dot, $0, tag: 0)
            }
        case .tombstone(let kind, let id, let dot):
            return hash(3, id, UInt64(kind.rawValue), dot, .init(start: nil, count: 0), tag: 0)
        }
    }

    private static func hash(
        _ shape: UInt8, _ id: EntityID, _ number: UInt64, _ dot: Dot, _ value: UnsafeRawBufferPointer, tag: UInt8
    ) -> UInt128 {
        let headerCount = 50
        let count = headerCount + value.count
        return withUnsafeTemporaryAllocation(byteCount: count, alignment: 16) { buffer in
            buffer.storeBytes(of: id.rawValue.littleEndian, toByteOffset: 0, as: UInt128.self)
            buffer.storeBytes(of: dot.replica.rawValue.littleEndian, toByteOffset: 16, as: UInt128.self)
            buffer.storeBytes(of: number.littleEndian, toByteOffset: 32, as: UInt64.self)
            buffer.storeBytes(of: dot.counter.littleEndian, toByteOffset: 40, as: UInt64.self)
            buffer[48] = shape
            buffer[49] = tag
            if value.count > 0 {
                UnsafeMutableRawBufferPointer(rebasing: buffer[headerCount...]).copyMemory(from: value)
            }
            let hash = XXH3_128bits(buffer.baseAddress, count)
            return UInt128(hash.high64) << 64 | UInt128(hash.low64)
        }
    }
}
