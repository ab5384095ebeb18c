import Primitives

/// Marks the ids of whatever a journal holds, when the kind is told beside it.
package enum Entity {}
package typealias EntityID = ID<Entity>

/// The number of a kind of entity or set. What the numbers mean is the journal's business.
package struct Kind: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// One field of one kind, packed into a number that sorts by kind.
package struct Slot: Hashable, Comparable, Sendable {
    package let rawValue: Int64

    /// One more than the greatest field number. Numbers are small so that a slot takes two bytes on disk.
    package static let fieldCount: UInt32 = 4096
    /// One more than the greatest kind number.
    package static let kindCount: UInt32 = 65_536

    package init(_ kind: Kind, _ field: UInt32) {
        rawValue = Int64(kind.rawValue) * Int64(Self.fieldCount) + Int64(field)
    }

    package init(rawValue: Int64) { self.rawValue = rawValue }

    package var kind: Kind { Kind(rawValue: UInt32(truncatingIfNeeded: rawValue / Int64(Self.fieldCount))) }
    package var field: UInt32 { UInt32(truncatingIfNeeded: rawValue % Int64(Self.fieldCount)) }
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
