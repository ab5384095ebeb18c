import Primitives
import Sync

/// A word that a trader puts on trades, to find and to compare them by.
package struct Tag: Hashable, Sendable {
    package let id: ID<Tag>
    package let name: String
    /// As a person or a program wrote it, such as `#3b82f6`; nil for none.
    package let color: String?

    package init(id: ID<Tag>, name: String, color: String? = nil) {
        self.id = id
        self.name = name
        self.color = color
    }

    package static let nameBytesMax = GivenName.bytesMax

    /// The name as it is kept: without blanks around it.
    ///
    /// - Throws: `tag.bad_name` for one that is empty, too long, or has line breaks or other control characters.
    package static func name(from text: String) throws(Failure) -> String {
        guard let name = GivenName.kept(text) else {
            throw Failure(.invalid, "tag.bad_name", GivenName.problem("tag"))
        }
        return name
    }

    /// Names that differ only in case are one name.
    package static func key(_ name: String) -> String { name.lowercased() }

    /// The id of a tag of that name, so that two devices that make it offline make one.
    package static func id(named name: String) -> ID<Tag> { .derived("tag", [key(name)]) }
}
