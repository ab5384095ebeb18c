import Primitives
import Storage
import Web

/// What a person sees of their sessions, and how they end them.
package struct SessionRoutes: Sendable {
    private let services: IdentityServices
    private var control: ControlDatabase { services.control }

    private static let auditLimit = 50
    private static let auditLimitMax = 500

    package init(_ services: IdentityServices) { self.services = services }

    func me(_ call: Call) async throws -> MeView { try MeView(try await services.session(of: call)) }

    func list(_ call: Call) async throws -> SessionsView {
        let caller = try call.caller
        let now = services.world.now()
        let sessions = try await control.read { try $0.sessions.live(of: caller.id.cast(), at: now) }
        return SessionsView(sessions, current: caller.session.cast())
    }

    func logout(_ call: Call) async throws -> Answer {
        let session = try await services.session(of: call)
        try await end(session.id, of: session.person, .signedOut, call)
        return services.withoutCookies(Answer(status: 204))
    }

    /// - Throws: `session.not_found`, also for somebody else's.
    func revoke(_ call: Call) async throws -> Answer {
        let caller = try call.caller
        let now = services.world.now()
        guard let id = ID<Session>(call.parameter("id")),
            try await control.read({ try $0.sessions.live(of: caller.id.cast(), at: now) }).contains(where: {
                $0.id == id
            })
        else { throw Failure.sessionNotFound }
        try await end(id, of: caller.id.cast(), .sessionRevoked, call)
        let answer = Answer(status: 204)
        return id == caller.session.cast() ? services.withoutCookies(answer) : answer
    }

    func revokeAll(_ call: Call) async throws -> Answer {
        let caller = try call.caller
        let (network, now) = (call.network, services.world.now())
        let ended = try await control.write { control in
            let ended = try control.sessions.revokeAll(of: caller.id.cast(), at: now)
            try control.audit.record(
                .allRevoked, person: caller.id.cast(), session: caller.session.cast(), network: network, at: now)
            return ended
        }
        for session in ended { services.feed.end(session.cast()) }
        return services.withoutCookies(Answer(status: 204))
    }

    /// - Throws: `request.bad_query`.
    func audit(_ call: Call) async throws -> AuditView {
        let person: ID<Person> = try call.caller.id.cast()
        let before = try call.query("before").map { text in
            guard let number = Int64(text) else { throw Failure.badQuery("before", "an event's id") }
            return number
        }
        let limit = try call.query("limit").map { text in
            guard let number = Int(text), (1...Self.auditLimitMax).contains(number) else {
                throw Failure.badQuery("limit", "a number between 1 and \(Self.auditLimitMax)")
            }
            return number
        }
        let count = limit ?? Self.auditLimit
        let lines = try await control.read { try $0.audit.lines(of: person, before: before, limit: count + 1) }
        return AuditView(lines, countMax: count)
    }

    private func end(_ id: ID<Session>, of person: ID<Person>, _ event: AuditStore.Event, _ call: Call) async throws {
        let (network, now) = (call.network, services.world.now())
        try await control.write { control in
            try control.sessions.revoke(id, at: now)
            try control.audit.record(event, person: person, session: id, network: network, at: now)
        }
        services.feed.end(id.cast())
    }
}

extension Failure {
    package static let sessionNotFound = Failure(.notFound, "session.not_found", "You have no such session.")

    package static func badQuery(_ name: String, _ wanted: String) -> Failure {
        Failure(.invalid, "request.bad_query", "\"\(name)\" in the query must be \(wanted).")
    }
}
