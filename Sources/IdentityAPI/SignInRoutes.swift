import Ethereum
import Logging
import Primitives
import Storage
import Web

/// Signing in with a wallet (EIP-4361), and what follows from it.
///
/// The order of `verify` is what keeps it safe: the exact bytes are read strictly, the nonce is used up before
/// anything else is asked, and only then is the message compared with what this server asks for and the signature
/// with the message.
package struct SignInRoutes: Sendable {
    private static let nonceCookie = "sign_in"

    private let services: IdentityServices
    private var control: ControlDatabase { services.control }
    private var settings: SignInSettings { services.settings }
    private var metrics: Metrics { services.metrics }
    private var world: World { services.world }

    package init(_ services: IdentityServices) { self.services = services }

    func nonce(_ call: Call) async throws -> Answer {
        // Tabs of one browser share the cookie, so that a second one does not void the nonce of the first.
        let binding = call.cookie(Self.nonceCookie).flatMap { Token($0) } ?? .new(in: world)
        let nonce = Hex.encode(world.random(16))
        try await control.write { [seconds = settings.nonceSeconds] control in
            try control.nonces.put(nonce, binding: binding, lifetimeSeconds: seconds)
        }
        var answer = try NonceView(nonce: nonce).answer()
        answer.setCookie(
            Self.nonceCookie, binding.text, path: IdentityServices.authPath, seconds: settings.nonceSeconds)
        return answer
    }

    func verify(_ call: Call) async throws -> Answer {
        try call.refuseForeignOrigin()
        let proof: SignInProof = try await call.json()
        do {
            let message = try SignInMessage(proof.message)
            try await useNonce(of: message, call)
            try policy(for: message).check(message, at: world.now())
            try await verify(proof, by: message.address, call)
            let grant = try await begin(message.address, holder(proof, call), call.address)
            for session in grant.ended { services.feed.end(session) }
            metrics.add(to: .signIns)
            // A page has the cookies, which its scripts cannot read, and must never see a token.
            var answer = try SignInView(grant).answer()
            if grant.session.kind == .web { answer = services.withCookies(answer, grant) }
            answer.setCookie(Self.nonceCookie, "", path: IdentityServices.authPath, seconds: 0)
            return answer
        } catch let failure as Failure where failure.kind != .unavailable {
            metrics.add(to: .signInsRefused)
            throw failure
        }
    }

    func refreshCookies(_ call: Call) async throws -> Answer {
        try call.refuseForeignOrigin()
        do {
            let grant = try await refresh(call.cookie(services.cookies.refresh), of: [.web], call)
            return services.withCookies(try RefreshedView(expires_in: grant.accessSeconds).answer(), grant)
        } catch let failure as Failure where failure.kind == .unauthenticated {
            return services.withoutCookies(call.refusal(failure))
        }
    }

    func refreshTokens(_ call: Call) async throws -> TokensView {
        let request: RefreshRequest = try await call.json()
        return TokensView(try await refresh(request.refresh_token, of: [.device, .extension], call))
    }

    // MARK: Steps

    private func useNonce(of message: SignInMessage, _ call: Call) async throws {
        let binding = call.cookie(Self.nonceCookie).flatMap { Token($0) }
        let isOurs = try await control.write { try $0.nonces.consume(message.nonce, binding: binding) }
        guard isOurs else { throw Failure.signInRefused }
    }

    private func policy(for message: SignInMessage) throws -> SignInPolicy {
        let policies = try services.origins.all.map { try settings.policy(for: $0) }
        guard let policy = policies.first(where: { $0.domain == message.domain.lowercased() }) else {
            throw Failure.signInWrongDomain
        }
        return policy
    }

    private func verify(_ proof: SignInProof, by address: Address, _ call: Call) async throws {
        do {
            try PersonalMessage(proof.message).verify(proof.signature, by: address)
        } catch {
            // Whoever the message names finds out that someone tried.
            let network = call.network
            try await control.write { control in
                guard let person = try control.persons.find(address: address.bytes) else { return }
                try control.audit.record(.signInRefused, person: person.id, session: nil, network: network)
            }
            throw Failure.signInRefused
        }
    }

    private func holder(_ proof: SignInProof, _ call: Call) -> Session.Holder {
        if let device = proof.device { return Session.Holder(.device, name: device, network: call.network) }
        return Session.Holder(
            .web, name: ProgramName.of(userAgent: call.header("user-agent")), network: call.network)
    }

    /// - Throws: `auth.too_many_newcomers`.
    private func begin(
        _ address: Address, _ holder: Session.Holder, _ caller: ClientAddress?
    ) async throws -> Grant {
        if try await control.read({ try $0.persons.find(address: address.bytes) }) == nil {
            try await services.newcomers.charge(caller)
        }
        return try await control.write { [world, settings] control in
            let person = try control.persons.findOrJoin(address: address.bytes, in: world)
            let grant = try control.sessions.begin(person.id, holder, lifetimes: settings.lifetimes, in: world)
            try control.audit.record(
                .signedIn, person: person.id, session: grant.session.id, network: holder.network)
            return grant
        }
    }

    /// - Parameter kinds: those that refresh by this door: a page by its cookie, which no answer shows to it, and the
    ///   others by the token in the body.
    /// - Throws: `auth.invalid_token` for every token that is not good, whatever is wrong with it.
    private func refresh(_ text: String?, of kinds: Set<Session.Kind>, _ call: Call) async throws -> Grant {
        guard let token = text.flatMap({ Token($0) }) else { throw Failure.tokenInvalid }
        let network = call.network
        let refreshed = try await control.write { [world, settings] control in
            let refreshed = try control.sessions.refresh(token, of: kinds, lifetimes: settings.lifetimes, in: world)
            if case .reused(let session, let person) = refreshed {
                try control.audit.record(
                    .refreshReused, person: person, session: session, network: network)
            }
            return refreshed
        }
        switch refreshed {
        case .granted(let grant): return grant
        case .refused: throw Failure.tokenInvalid
        case .reused(let session, _):
            metrics.add(to: .refreshesReused)
            call.logger.warning("a refresh token was reused; its session was ended")
            services.feed.end(session)
            throw Failure.tokenInvalid
        }
    }
}

extension SignInPolicy {
    fileprivate func check(_ message: SignInMessage, at now: Timestamp) throws(Failure) {
        try message.check(against: self, at: now)
    }
}

extension Failure {
    /// The same for an unknown nonce, a used one and a bad signature: it tells nobody which one it was.
    package static let signInRefused = Failure(
        .unauthenticated, "auth.refused", "The sign-in was refused: ask for a new nonce and sign again.")
}
