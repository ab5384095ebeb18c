import Primitives
import Storage
import Web

struct SessionsView: View {
    static let shape = Shape.object("Sessions", ["sessions": .list(of: Item.shape)])

    struct Item: Encodable, Sendable {
        static let shape = Shape.object(
            "Session",
            [
                "id": .id, "kind": .choice(of: Session.Kind.self), "name": .text, "created_at": .time,
                "last_seen_at": .time, "expires_at": .time,
                "network": .text.optional.note("From where it was begun, as far as the system could tell."),
                "current": .flag.note("Whether it is the one that asks."),
            ])

        let id: String
        let kind: String
        let name: String
        let created_at: String
        let last_seen_at: String
        let expires_at: String
        let network: String?
        /// Whether it is the one that asks.
        let current: Bool
    }

    let sessions: [Item]

    init(_ sessions: [Session], current: ID<Session>) {
        self.sessions = sessions.map { session in
            Item(
                id: session.id.description, kind: session.kind.rawValue, name: session.name,
                created_at: session.created.description, last_seen_at: session.seen.description,
                expires_at: session.expires.description, network: session.network, current: session.id == current)
        }
    }
}

struct AuditView: View {
    static let shape = Shape.object(
        "Audit",
        [
            "events": .list(
                of: .object(
                    "AuditEvent",
                    [
                        "id": .integer, "at": .time, "event": .text, "session": .id.optional,
                        "network": .text.optional,
                    ])),
            "next": .integer.optional.note("What to ask for as `before` to read on; missing at the end."),
        ])

    struct Event: Encodable, Sendable {
        let id: Int64
        let at: String
        let event: String
        let session: String?
        let network: String?
    }

    let events: [Event]
    /// What to ask for as `before` to read on; nil at the end.
    let next: Int64?

    /// - Parameter lines: one more than are shown, when there are more.
    init(_ lines: [AuditStore.Line], countMax: Int) {
        events = lines.prefix(countMax).map { line in
            Event(
                id: line.number, at: line.at.description, event: line.event, session: line.session?.description,
                network: line.network)
        }
        next = lines.count > countMax ? events.last?.id : nil
    }
}
