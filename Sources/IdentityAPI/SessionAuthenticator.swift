import Primitives
import Storage
import Web

/// Knows callers by the sessions in the control database. Asked on every request, so that a session that was ended
/// is over at once.
package struct SessionAuthenticator: Authenticator {
    private let control: ControlDatabase
    private let world: World
    private let seen = SeenNotes()

    package init(control: ControlDatabase, world: World) {
        self.control = control
        self.world = world
    }

    package func caller(holding token: String, from address: ClientAddress?) async throws -> Caller? {
        guard let token = Token(token) else { return nil }
        guard let session = try await control.session(access: token) else { return nil }
        let notes = seen.note(session, from: address?.network, at: world.now())
        if !notes.isEmpty {
            // It is only for people to look at: when it cannot be written, the call goes on without.
            try? await control.write { control in
                for (id, note) in notes { try control.sessions.noteSeen(id, from: note.network, at: note.at) }
            }
        }
        return Caller(
            id: session.person, session: session.id, expires: session.expires,
            isOwner: session.kind != .extension)
    }
}
