import Primitives
import Storage
import Web

/// What a person sees of their sessions, and how they end them.
package struct SessionRoutes: Sendable {
    private let services: IdentityServices
    private var control: ControlDatabase { services.control }

    private static let before = QueryField.integer(
        "before", in: 1...Int.max, "Only what came before the event of this id.")
    private static let limit = QueryField.integer("limit", in: 1...500, or: 50, "How many events to read.")
    static let auditFields: [any QueryParameter] = [before, limit]

    package init(_ services: IdentityServices) { self.services = services }

    func me(_ call: Call) async throws -> MeView { try MeView(try await services.session(of: call)) }

    func list(_ call: Call) async throws -> SessionsView {
        let caller = try call.caller
        let sessions = try await control.read { try $0.sessions.live(of: caller.id) }
        return SessionsView(sessions, current: caller.session)
    }

    func logout(_ call: Call) async throws -> Answer {
        let caller = try call.caller
        _ = try await end(caller.session, of: caller.id, .signedOut, call)
        return services.withoutCookies(Answer(status: 204))
    }

    /// - Throws: `session.not_found`, also for somebody else's.
    func revoke(_ call: Call) async throws -> Answer {
        let caller = try call.caller
        guard let id = ID<Session>(call.parameter("id")),
            try await end(id, of: caller.id, .sessionRevoked, call)
        else { throw Failure.sessionNotFound }
        let answer = Answer(status: 204)
        return id == caller.session ? services.withoutCookies(answer) : answer
    }

    func revokeAll(_ call: Call) async throws -> Answer {
        let caller = try call.caller
        let network = call.network
        let ended = try await control.write { control in
            let ended = try control.sessions.endAll(of: caller.id)
            // Of many who ask at once, one has done it.
            guard !ended.isEmpty else { return ended }
            try control.audit.record(
                .allRevoked, person: caller.id, session: caller.session, network: network)
            return ended
        }
        for session in ended { services.feed.end(session) }
        return services.withoutCookies(Answer(status: 204))
    }

    /// - Throws: `request.bad_query`.
    func audit(_ call: Call) async throws -> AuditView {
        let person = try call.caller.id
        let before = try call.value(of: Self.before)
        let count = try call.value(of: Self.limit)
        let lines = try await control.read { control in
            try control.audit.lines(of: person, before: before.map { Int64($0) }, limit: count + 1)
        }
        return AuditView(lines, countMax: count)
    }

    /// - Returns: false when the person has no such session, or no longer.
    private func end(
        _ id: ID<Session>, of person: ID<Person>, _ event: AuditStore.Event, _ call: Call
    ) async throws -> Bool {
        let network = call.network
        let isEnded = try await control.write { control in
            guard try control.sessions.end(id, of: person) else { return false }
            try control.audit.record(event, person: person, session: id, network: network)
            return true
        }
        if isEnded { services.feed.end(id) }
        return isEnded
    }
}

extension Failure {
    package static let sessionNotFound = Failure(.notFound, "session.not_found", "You have no such session.")
}
