import Primitives
import Storage
import Web

struct SessionsView: View {
    struct Session: Encodable, Sendable {
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

    let sessions: [Session]

    init(_ sessions: [Storage.Session], current: ID<Storage.Session>) {
        self.sessions = sessions.map { session in
            Session(
                id: session.id.description, kind: session.kind.rawValue, name: session.name,
                created_at: session.created.description, last_seen_at: session.seen.description,
                expires_at: session.expires.description, network: session.network, current: session.id == current)
        }
    }
}

struct AuditView: View {
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
