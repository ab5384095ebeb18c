import Primitives
import Storage
import Web

/// What pairing allows.
package struct PairingSettings: Sendable {
    package let key: PairingKey
    /// How long a code counts.
    package var codeSeconds = 300
    /// Wrong codes from one address, and for how long they are held against it.
    package var addressMissesMax = 5
    package var addressSeconds = 600
    /// Wrong codes from all addresses together.
    package var allMissesMax = 50
    package var allSeconds = 300
    /// Codes that one person may make within `codesSeconds`.
    package var codesMax = 20
    package var codesSeconds = 600

    package init(key: PairingKey) { self.key = key }
}

/// Pairing an extension or a device with six digits that the person reads to it.
///
/// The one who shows the code need not say who they are, so the code alone opens the door only from the network in
/// which it was made; from elsewhere the person has to confirm it first.
package struct PairingRoutes: Sendable {
    /// When to ask again whether a claim was confirmed.
    private static let retrySeconds = 2

    private let services: IdentityServices
    private let budget: PairingBudget
    private let codes: Allowance
    static let codeFields: [any QueryParameter] = [PairingQuery.kind]
    private var control: ControlDatabase { services.control }

    package init(_ services: IdentityServices) {
        self.services = services
        budget = PairingBudget(services.pairing, in: services.control)
        codes = Allowance(services.pairing.codesMax, seconds: services.pairing.codesSeconds, world: services.world)
    }

    /// - Throws: `pairing.too_many_codes`.
    func make(_ call: Call) async throws -> PairingCodeView {
        let kind = try call.value(of: PairingQuery.kind)
        if let wait = codes.take(try call.caller.id) { throw Failure.pairingTooManyCodes(waitSeconds: wait) }
        let session = try await services.session(of: call)
        let (network, settings) = (call.network, services.pairing)
        let code = try await control.write { [world = services.world] control in
            let code = try control.pairings.make(
                kind.session, for: session, from: network, seconds: settings.codeSeconds, key: settings.key, in: world)
            try control.audit.record(
                .codeMade, person: session.person, session: session.id, network: network)
            return code
        }
        return PairingCodeView(code: code.digits, expires_in: settings.codeSeconds)
    }

    func status(_ call: Call) async throws -> PairingStatusView {
        let person = try call.caller.id
        let (status, now) = try await control.read { (try $0.pairings.status(of: person), try $0.now) }
        return PairingStatusView(status, at: now)
    }

    /// - Throws: `pairing.no_claim`.
    func confirm(_ call: Call) async throws -> Answer {
        let caller = try call.caller
        let request: PairingConfirmation = try await call.json()
        guard let claim = ID<PairingClaim>(request.claim) else { throw Failure.pairingNoClaim }
        let network = call.network
        let isConfirmed = try await control.write { control in
            guard try control.pairings.confirm(claim, of: caller.id) else { return false }
            try control.audit.record(
                .claimConfirmed, person: caller.id, session: caller.session, network: network)
            return true
        }
        guard isConfirmed else { throw Failure.pairingNoClaim }
        return Answer(status: 204)
    }

    func withdraw(_ call: Call) async throws -> Answer {
        let person = try call.caller.id
        try await control.write { try $0.pairings.withdraw(of: person) }
        return Answer(status: 204)
    }

    /// - Throws: `pairing.refused` for every code that is not good, whatever is wrong with it; `pairing.too_many`.
    func claim(_ call: Call) async throws -> Answer {
        let request: PairingRequest = try await call.json()
        let guess = try await budget.take(call.address)
        // What cannot be answered stays paid for: that it went wrong may tell something of the code, too.
        switch try await claim(request, guess, call) {
        case .granted(let grant):
            await budget.refund(guess)
            for session in grant.ended { services.feed.end(session) }
            return try TokensView(grant).answer()
        case .pending:
            await budget.refund(guess)
            var answer = try Answer(status: 202, json: PairingPendingView(retry_after: Self.retrySeconds))
            answer["retry-after"] = String(Self.retrySeconds)
            return answer
        case .refused:
            services.metrics.add(to: .pairingsRefused)
            throw Failure.pairingRefused
        case nil: throw await budget.refuse(guess)
        }
    }

    /// Looks a code up that was paid for.
    ///
    /// - Returns: nil when all together have guessed too often, and no code was made in this network.
    private func claim(
        _ request: PairingRequest, _ guess: PairingBudget.Guess, _ call: Call
    ) async throws -> PairingStore.Claimed? {
        let network = call.network
        if !guess.isAgainstAll, try await !control.read({ try $0.pairings.isExpected(from: network) }) {
            return nil
        }
        guard let code = PairingCode(request.code) else { return .refused }
        services.metrics.add(to: .pairingLookups)
        let holder = Session.Holder(
            request.kind?.session ?? .extension,
            name: request.name ?? ProgramName.of(userAgent: call.header("user-agent")), network: network)
        let (world, settings, lifetimes) = (services.world, services.pairing, services.settings.lifetimes)
        return try await control.write { control in
            let claimed = try control.pairings.claim(
                code, by: holder, isNearOnly: !guess.isAgainstAll, lifetimes: lifetimes, key: settings.key, in: world)
            switch claimed {
            case .granted(let grant):
                try control.audit.record(
                    .paired, person: grant.session.person, session: grant.session.id, network: network)
            case .pending(let person, isNew: true):
                try control.audit.record(.claimWaits, person: person, session: nil, network: network)
            case .pending, .refused: break
            }
            return claimed
        }
    }
}

extension Failure {
    /// The same for a code that never was, has expired, was used, or is someone else's.
    package static let pairingRefused = Failure(
        .unauthenticated, "pairing.refused",
        "The code is not good. Codes count once, for five minutes, and only for what they were made for: an extension or "
            + "a device. Make a new one.")
    package static let pairingNoClaim = Failure(
        .notFound, "pairing.no_claim", "Nobody waits under this id. Ask for the status of the pairing again.")
    static func pairingTooManyCodes(waitSeconds: Int) -> Failure {
        Failure(
            .tooMany, "pairing.too_many_codes",
            "You have made too many codes. Wait \(waitSeconds) seconds, and make another then.",
            retryAfterSeconds: waitSeconds)
    }
}
