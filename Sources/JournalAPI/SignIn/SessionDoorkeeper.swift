import Primitives
import Storage
import Web

/// Knows callers by the sessions in the control database. Asked on every request, so that a session that was ended
/// is over at once.
package struct SessionDoorkeeper: Doorkeeper {
    private let control: ControlDatabase
    private let world: World

    package init(control: ControlDatabase, world: World) {
        self.control = control
        self.world = world
    }

    package func caller(holding token: String) async throws -> Caller? {
        guard let token = Token(token) else { return nil }
        let now = world.now()
        return try await control.read { try $0.sessions.find(access: token, at: now) }.map { session in
            Caller(id: session.person.cast(), session: session.id.cast(), expires: session.expires)
        }
    }
}
