import Journal
import Primitives
import Sync

/// A field with values that were written on devices which could not see each other.
package struct Conflict: Sendable {
    package struct Version: Sendable {
        /// From 1; the latest first.
        package let number: Int
        /// The beginning of a text that is cut.
        package let value: Value
        package let isCut: Bool
        /// The size of the whole value, in bytes.
        package let byteCount: Int
        package let dot: Dot
        /// The name of the commit that wrote it.
        package let commit: String
        package let device: String
        package let time: Timestamp
        package let isShown: Bool
    }

    /// A long text made of its versions.
    package struct Merged: Sendable {
        /// The beginning of a text that is cut; whole, it is what the thing itself shows.
        package let text: String
        package let isCut: Bool
        /// Whether the versions change the same words, or are too many to be merged.
        package let hasOverlap: Bool
    }

    package let key: JournalState.Key
    package let entity: String
    package let field: Field
    /// Some of them: those that were asked for.
    package let versions: [Version]
    /// How many there are.
    package let versionCount: Int
    /// Of a long text: the versions made one, which is what is shown.
    package let merged: Merged?
}

/// How much of conflicts is read. A field may have a thousand versions of 256 KiB.
package struct ConflictReading: Sendable {
    /// How many versions of a field are told at once.
    package static let versionsMax = 20
    /// How much of the texts is told whole, of all together, in bytes; the one that exceeds it still is.
    package static let wholeBytesMax = 512 << 10
    /// What is left of the texts after that, in bytes each.
    package static let cutBytes = 256

    /// The number of the first version that is told.
    package var first = 1
    package var versionsMax = Self.versionsMax
    package var wholeBytesMax = Self.wholeBytesMax

    package init() {}

    mutating func take(_ value: Value) -> (value: Value, isCut: Bool) {
        guard case .text(let text) = value else { return (value, false) }
        let count = text.utf8.count
        guard wholeBytesMax <= 0, count > Self.cutBytes else {
            wholeBytesMax -= count
            return (value, false)
        }
        return (.text(text.beginning(bytesMax: Self.cutBytes)), true)
    }
}

extension String {
    /// As many whole characters as there is room for.
    fileprivate func beginning(bytesMax: Int) -> String {
        var end = utf8.index(startIndex, offsetBy: bytesMax, limitedBy: endIndex) ?? endIndex
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}

/// Something that one device deleted while another edited it. It is alive until a person settles it. Or what was said of
/// a trade whose fills are gone: then it waits for them or for its own end.
package struct Contest: Sendable {
    package struct Act: Sendable, Hashable {
        package let device: String
        package let time: Timestamp
        /// What was edited, by name; empty for a deletion.
        package let fields: [String]
    }

    package let key: JournalState.Key
    package let entity: String
    /// At most `actsMax`.
    package let deletions: [Act]
    /// At most `actsMax`, the latest.
    package let edits: [Act]

    /// Whoever decides looks at the last few.
    package static let actsMax = 50
}
