import HTTPTypes
import Hummingbird
import HummingbirdCore
import Primitives

/// Finds out who calls, before a route's handler runs.
struct Admittance: Sendable {
    let doorkeeper: any Doorkeeper
    let origins: Origins
    let cookies: CookieNames
    let proxies: TrustedProxies
    /// What strangers may ask for.
    let strangers: RateLimit

    /// - Returns: nil for a route that admits anyone.
    /// - Throws: `auth.needed`, `auth.invalid_token`, `auth.foreign_origin`, `auth.owner_only`, `request.too_many`.
    func admit(_ request: Request, from address: ClientAddress?, to admission: Admission) async throws -> Caller? {
        switch admission {
        case .anyone: return nil
        case .stranger:
            try strangers.take(address)
            return nil
        case .person: return try await person(request, from: address)
        case .owner:
            let caller = try await person(request, from: address)
            guard caller.isOwner else { throw Failure.ownerOnly }
            return caller
        }
    }

    func address(of request: Request, _ context: CallContext) -> ClientAddress? {
        guard let name = HTTPField.Name("x-forwarded-for") else { return context.peer }
        return proxies.client(of: context.peer, forwardedFor: request.headers[values: name])
    }

    /// - Throws: `auth.invalid_token`; `request.too_many` when the address has shown too many of them.
    func caller(holding token: String, from address: ClientAddress?) async throws -> Caller {
        guard let caller = try await doorkeeper.caller(holding: token, from: address) else {
            try strangers.take(address)
            throw Failure.tokenInvalid
        }
        return caller
    }

    private func person(_ request: Request, from address: ClientAddress?) async throws -> Caller {
        if let authorization = request.headers[.authorization] {
            guard let token = Self.bearerToken(authorization) else { throw Failure.tokenInvalid }
            return try await caller(holding: token, from: address)
        }
        guard let cookie = request.cookies[cookies.access] else { throw Failure.signInNeeded }
        // A browser sends cookies with whatever any page makes it send; SameSite alone does not cover all of that.
        if request.isUnsafe { try request.refuseForeignOrigin(origins) }
        return try await caller(holding: cookie.value, from: address)
    }

    /// The token of `Bearer <token>`; nil for any other scheme.
    static func bearerToken(_ authorization: String) -> String? {
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}
