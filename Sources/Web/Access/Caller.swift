import Primitives

/// Who calls, as far as the credentials of the request say.
package struct Caller: Hashable, Sendable {
    package let id: ID<Person>
    package let session: ID<Session>
    /// When the token that was shown stops to count.
    package let expires: Timestamp
    /// Whether it may do all that the person may. An extension may not let others in or throw them out.
    package let isOwner: Bool

    package init(id: ID<Person>, session: ID<Session>, expires: Timestamp, isOwner: Bool) {
        self.id = id
        self.session = session
        self.expires = expires
        self.isOwner = isOwner
    }
}

/// Knows people by their access tokens.
package protocol Authenticator: Sendable {
    /// Nil for a token that is unknown, has expired or was revoked.
    ///
    /// - Parameter address: where it was shown; nil when the system cannot tell.
    func caller(holding token: String, from address: ClientAddress?) async throws -> Caller?
}

extension Failure {
    package static let signInNeeded = Failure(
        .unauthenticated, "auth.needed", "Sign in first: send a Bearer token or the access_token cookie.")
    package static let tokenInvalid = Failure(
        .unauthenticated, "auth.invalid_token", "The token is unknown or has expired: refresh it, or sign in again.")
    package static let ownerOnly = Failure(
        .forbidden, "auth.owner_only", "An extension may not do that: use the web app or a device.")
    package static let foreignOrigin = Failure(
        .forbidden, "auth.foreign_origin", "The request comes from another site, or does not say where it comes from.")
}
