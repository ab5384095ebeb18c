import Primitives
import Storage
import Web

/// Knows callers by the sessions in the control database. Asked on every request, so that a session that was ended
/// is over at once.
package struct SessionDoorkeeper: Doorkeeper {
    /// When a session last called is kept to the minute: writing it down each time would cost more than the call.
    private static let seenMilliseconds: Int64 = 60_000

    private let control: ControlDatabase
    private let world: World

    package init(control: ControlDatabase, world: World) {
        self.control = control
        self.world = world
    }

    package func caller(holding token: String, from address: ClientAddress?) async throws -> Caller? {
        guard let token = Token(token) else { return nil }
        let now = world.now()
        guard let session = try await control.session(access: token, at: now) else { return nil }
        let network = address?.network
        if now.milliseconds - session.seen.milliseconds >= Self.seenMilliseconds || network != session.network {
            try await control.write { try $0.sessions.noteSeen(session.id, from: network, at: now) }
        }
        return Caller(
            id: session.person.cast(), session: session.id.cast(), expires: session.expires,
            isOwner: session.kind != .extension)
    }
}
