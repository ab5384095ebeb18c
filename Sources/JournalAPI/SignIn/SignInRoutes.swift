import Ethereum
import Logging
import Primitives
import Storage
import Web

/// What signing in asks for, and for how long it lasts.
package struct SignInSettings: Sendable {
    package var chainIDs: Set<UInt64>
    package var ageSecondsMax: Int
    package var aheadSecondsMax: Int
    package var nonceSeconds: Int
    package var lifetimes: SessionLifetimes

    package init(
        chainIDs: Set<UInt64> = [1], ageSecondsMax: Int = SignInPolicy.ageSecondsMax,
        aheadSecondsMax: Int = SignInPolicy.aheadSecondsMax, nonceSeconds: Int = NonceStore.lifetimeSeconds,
        lifetimes: SessionLifetimes = SessionLifetimes()
    ) {
        self.chainIDs = chainIDs
        self.ageSecondsMax = ageSecondsMax
        self.aheadSecondsMax = aheadSecondsMax
        self.nonceSeconds = nonceSeconds
        self.lifetimes = lifetimes
    }

    /// What a message for one of our sites must say.
    ///
    /// - Parameter origin: `https://daybook.example`.
    /// - Throws: `siwe.bad_policy`.
    package func policy(for origin: String) throws(Failure) -> SignInPolicy {
        try SignInPolicy(
            origin: origin, chainIDs: chainIDs, ageSecondsMax: ageSecondsMax, aheadSecondsMax: aheadSecondsMax)
    }
}

/// Signing in with a wallet (EIP-4361), and what follows from it.
///
/// The order of `verify` is what keeps it safe: the exact bytes are read strictly, the nonce is used up before
/// anything else is asked, and only then is the message compared with what this server asks for and the signature
/// with the message.
package struct SignInRoutes: Sendable {
    private static let nonceCookie = "sign_in"
    private static let accessCookie = "access_token"
    private static let refreshCookie = "refresh_token"
    private static let authPath = "/api/v1/auth"

    private let control: ControlDatabase
    private let origins: Origins
    private let settings: SignInSettings
    private let feed: LiveFeed
    private let metrics: Metrics
    private let world: World

    package init(
        control: ControlDatabase, origins: Origins, settings: SignInSettings, feed: LiveFeed, metrics: Metrics,
        world: World
    ) {
        self.control = control
        self.origins = origins
        self.settings = settings
        self.feed = feed
        self.metrics = metrics
        self.world = world
    }

    func nonce(_ call: Call) async throws -> Answer {
        // Tabs of one browser share the cookie, so that a second one does not void the nonce of the first.
        let binding = call.cookie(Self.nonceCookie).flatMap { Token($0) } ?? .new(in: world)
        let nonce = Hex.encode(world.random(16))
        let expires = world.now().adding(milliseconds: Int64(settings.nonceSeconds) * 1000)
        try await control.write { try $0.nonces.put(nonce, binding: binding, expires: expires) }
        var answer = try NonceView(nonce: nonce).answer()
        answer.setCookie(Self.nonceCookie, binding.text, path: Self.authPath, seconds: settings.nonceSeconds)
        return answer
    }

    func verify(_ call: Call) async throws -> Answer {
        try call.refuseForeignOrigin()
        let proof: SignInProof = try await call.json()
        do {
            let message = try SignInMessage(proof.message)
            try await useNonce(of: message, call)
            try policy(for: message).check(message, at: world.now())
            do {
                try PersonalMessage(proof.message).verify(proof.signature, by: message.address)
            } catch {
                throw Failure.signInRefused
            }
            let grant = try await begin(message.address, call)
            metrics.add(to: .signIns)
            return withCookies(try SignInView(grant).answer(), grant)
        } catch let failure as Failure where failure.kind != .unavailable {
            metrics.add(to: .signInsRefused)
            throw failure
        }
    }

    func refreshCookies(_ call: Call) async throws -> Answer {
        try call.requireOwnOrigin()
        do {
            let grant = try await refresh(call.cookie(Self.refreshCookie), call)
            return withCookies(try RefreshedView(expires_in: grant.accessSeconds).answer(), grant)
        } catch let failure as Failure where failure.kind == .unauthenticated {
            return withoutCookies(call.refusal(failure))
        }
    }

    func refreshTokens(_ call: Call) async throws -> TokensView {
        let request: RefreshRequest = try await call.json()
        return TokensView(try await refresh(request.refresh_token, call))
    }

    func me(_ call: Call) async throws -> MeView { try MeView(try await session(of: call)) }

    func logout(_ call: Call) async throws -> Answer {
        let session = try await session(of: call)
        let now = world.now()
        let network = call.network
        try await control.write { control in
            try control.sessions.revoke(session.id, at: now)
            try control.audit.record(.signedOut, person: session.person, session: session.id, network: network, at: now)
        }
        feed.end(session.id.cast())
        return withoutCookies(Answer(status: 204))
    }

    // MARK: Steps

    private func useNonce(of message: SignInMessage, _ call: Call) async throws {
        let cookie = call.cookie(Self.nonceCookie)
        let binding = cookie.flatMap { Token($0) }
        let now = world.now()
        let isOurs = try await control.write { try $0.nonces.consume(message.nonce, binding: binding, at: now) }
        guard isOurs, cookie == nil || binding != nil else { throw Failure.signInRefused }
    }

    private func policy(for message: SignInMessage) throws -> SignInPolicy {
        let policies = try origins.all.map { try settings.policy(for: $0) }
        guard let policy = policies.first(where: { $0.domain == message.domain.lowercased() }) else {
            throw Failure.signInWrongDomain
        }
        return policy
    }

    private func begin(_ address: Address, _ call: Call) async throws -> Grant {
        let kind: Session.Kind = call.cookie(Self.nonceCookie) == nil ? .device : .web
        let network = call.network
        return try await control.write { [world, settings] control in
            let person = try control.persons.findOrJoin(address: address.bytes, in: world)
            let grant = try control.sessions.begin(person, kind: kind, lifetimes: settings.lifetimes, in: world)
            try control.audit.record(
                .signedIn, person: person.id, session: grant.session.id, network: network, at: world.now())
            return grant
        }
    }

    /// - Throws: `auth.invalid_token` for every token that is not good, whatever is wrong with it.
    private func refresh(_ text: String?, _ call: Call) async throws -> Grant {
        guard let token = text.flatMap({ Token($0) }) else { throw Failure.tokenInvalid }
        let network = call.network
        let refreshed = try await control.write { [world, settings] control in
            let refreshed = try control.sessions.refresh(token, lifetimes: settings.lifetimes, in: world)
            if case .reused(let session, let person) = refreshed {
                try control.audit.record(
                    .refreshReused, person: person, session: session, network: network, at: world.now())
            }
            return refreshed
        }
        switch refreshed {
        case .granted(let grant): return grant
        case .refused: throw Failure.tokenInvalid
        case .reused(let session, _):
            metrics.add(to: .refreshesReused)
            call.logger.warning("a refresh token was reused; its session was ended")
            feed.end(session.cast())
            throw Failure.tokenInvalid
        }
    }

    private func session(of call: Call) async throws -> Session {
        let caller = try call.caller
        guard let session = try await control.read({ try $0.sessions.find(caller.session.cast()) }) else {
            throw Failure.tokenInvalid
        }
        return session
    }

    private func withCookies(_ answer: Answer, _ grant: Grant) -> Answer {
        var answer = answer
        answer.setCookie(Self.accessCookie, grant.access.text, path: "/", seconds: grant.accessSeconds)
        answer.setCookie(Self.refreshCookie, grant.refresh.text, path: Self.authPath, seconds: grant.refreshSeconds)
        answer.setCookie(Self.nonceCookie, "", path: Self.authPath, seconds: 0)
        return answer
    }

    private func withoutCookies(_ answer: Answer) -> Answer {
        var answer = answer
        answer.setCookie(Self.accessCookie, "", path: "/", seconds: 0)
        answer.setCookie(Self.refreshCookie, "", path: Self.authPath, seconds: 0)
        return answer
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
