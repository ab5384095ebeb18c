import HTTPTypes
import Hummingbird
import HummingbirdCore
import Primitives

/// Finds out who calls, before a route's handler runs.
struct Admittance: Sendable {
    static let cookieName = "access_token"

    let doorkeeper: any Doorkeeper
    let origins: Origins

    /// - Returns: nil for a route that admits anyone.
    /// - Throws: `auth.needed`, `auth.invalid_token`, `auth.foreign_origin`.
    func admit(_ request: Request, to admission: Admission) async throws -> Caller? {
        guard admission == .person else { return nil }
        if let authorization = request.headers[.authorization] {
            guard let token = Self.bearerToken(authorization) else { throw Failure.tokenInvalid }
            return try await caller(holding: token)
        }
        guard let cookie = request.cookies[Self.cookieName] else { throw Failure.signInNeeded }
        // A browser sends cookies with whatever any page makes it send; SameSite alone does not cover all of that.
        if request.isUnsafe { try request.requireOwnOrigin(origins) }
        return try await caller(holding: cookie.value)
    }

    func caller(holding token: String) async throws -> Caller {
        guard let caller = try await doorkeeper.caller(holding: token) else { throw Failure.tokenInvalid }
        return caller
    }

    /// The token of `Bearer <token>`; nil for any other scheme.
    static func bearerToken(_ authorization: String) -> String? {
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}
