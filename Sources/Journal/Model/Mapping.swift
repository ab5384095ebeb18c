import Primitives
import Sync

/// What a person saved of the columns of a file that no layout knows: files of the same header are read by it.
package struct Mapping: Hashable, Sendable {
    package let id: ID<Mapping>
    package let name: String
    /// The folded titles between commas.
    package let header: String
    /// As `ColumnMap.text` writes it.
    package let map: String
    /// How such files are read otherwise, as `zone=Europe/Berlin,decimal=comma`; empty for nothing.
    package let options: String

    package init(id: ID<Mapping>, name: String, header: String, map: String, options: String) {
        self.id = id
        self.name = name
        self.header = header
        self.map = map
        self.options = options
    }

    package static let nameBytesMax = GivenName.bytesMax

    /// The name as it is kept: without blanks around it.
    ///
    /// - Throws: `mapping.bad_name` for one that is empty, too long, or has line breaks or other control characters.
    package static func name(from text: String) throws(Failure) -> String {
        guard let name = GivenName.kept(text) else {
            throw Failure(.invalid, "mapping.bad_name", GivenName.problem("mapping"))
        }
        return name
    }

    /// The id of the mapping of that name, in whatever case, so that two devices that save it offline save one.
    package static func id(named name: String) -> ID<Mapping> { .derived("mapping", [name.lowercased()]) }
}
