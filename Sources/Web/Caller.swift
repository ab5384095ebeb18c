import Primitives

/// Who calls, as far as the papers that came with the request say.
package struct Caller: Hashable, Sendable {
    package let id: ID<Caller>
    package let session: ID<CallerSession>
    /// When the token that was shown stops to count.
    package let expires: Timestamp

    package init(id: ID<Caller>, session: ID<CallerSession>, expires: Timestamp) {
        self.id = id
        self.session = session
        self.expires = expires
    }
}

/// Marks the ids of callers' sessions.
package enum CallerSession {}

/// Knows people by their tokens.
package protocol Doorkeeper: Sendable {
    /// Nil for a token that is unknown, has expired or was revoked.
    func caller(holding token: String) async throws -> Caller?
}

/// Whom a route lets in.
package enum Admission: String, Sendable {
    case anyone, person
}

extension Failure {
    package static let signInNeeded = Failure(
        .unauthenticated, "auth.needed", "Sign in first: send a Bearer token or the access_token cookie.")
    package static let tokenInvalid = Failure(
        .unauthenticated, "auth.invalid_token", "The token is unknown or has expired: refresh it, or sign in again.")
    package static let foreignOrigin = Failure(
        .forbidden, "auth.foreign_origin", "The request comes from another site, or does not say where it comes from.")
}
