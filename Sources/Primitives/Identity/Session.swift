import Foundation

/// One sign-in, as long as it lasts.
package struct Session: Hashable, Sendable {
    /// What holds it. A browser keeps its tokens in cookies; a device or an extension keeps them itself, and an
    /// extension may do less.
    package enum Kind: String, Sendable, CaseIterable {
        case web, device, `extension`
    }

    /// What a session is begun with.
    package struct Holder: Hashable, Sendable {
        package let kind: Kind
        package let name: String
        /// Where it was begun from; nil when the system cannot tell.
        package let network: String?

        package static let nameLengthMax = 80

        /// - Parameter name: cut, and cleaned of what would not show as one line.
        package init(_ kind: Kind, name: String, network: String?) {
            self.kind = kind
            let shown = name.unicodeScalars.filter { !$0.properties.isDefaultIgnorableCodePoint }
                .map { $0.properties.generalCategory == .control || $0.properties.isBidiControl ? " " : Character($0) }
            let text = String(String(shown).prefix(Self.nameLengthMax)).trimmingCharacters(in: .whitespacesAndNewlines)
            self.name = text.isEmpty ? kind.rawValue.capitalized : text
            self.network = network
        }
    }

    package let id: ID<Session>
    package let person: ID<Person>
    /// The 20 bytes of the person's wallet.
    package let address: [UInt8]
    package let kind: Kind
    package let name: String
    /// Where it last called from, as a network.
    package let network: String?
    package let created: Timestamp
    /// When it last called, to the minute.
    package let seen: Timestamp
    /// The copy of the journal it writes for; nil before its first sync.
    package let replica: ReplicaID?
    /// When the token that was shown stops to count.
    package let expires: Timestamp

    package init(
        id: ID<Session>, person: ID<Person>, address: [UInt8], kind: Kind, name: String, network: String?,
        created: Timestamp, seen: Timestamp, replica: ReplicaID?, expires: Timestamp
    ) {
        self.id = id
        self.person = person
        self.address = address
        self.kind = kind
        self.name = name
        self.network = network
        self.created = created
        self.seen = seen
        self.replica = replica
        self.expires = expires
    }
}
