import Primitives

/// Who calls, as far as the papers that came with the request say.
package struct Caller: Hashable, Sendable {
    package let id: ID<Caller>
    package let session: ID<CallerSession>
    /// When the token that was shown stops to count.
    package let expires: Timestamp
    /// Whether it may do all that the person may. An extension may not let others in or throw them out.
    package let isOwner: Bool

    package init(id: ID<Caller>, session: ID<CallerSession>, expires: Timestamp, isOwner: Bool) {
        self.id = id
        self.session = session
        self.expires = expires
        self.isOwner = isOwner
    }
}

/// Marks the ids of callers' sessions.
package enum CallerSession {}

/// Knows people by their tokens.
package protocol Doorkeeper: Sendable {
    /// Nil for a token that is unknown, has expired or was revoked.
    ///
    /// - Parameter address: where it was shown; nil when the system cannot tell.
    func caller(holding token: String, from address: ClientAddress?) async throws -> Caller?
}

/// Whom a route lets in.
package enum Admission: String, Sendable {
    /// Everybody, as often as they like: for what costs nothing to answer.
    case anyone
    /// Everybody, as often as `RateLimit` lets them: for what is to become a session.
    case stranger
    /// Whoever has a session.
    case person
    /// Whoever has a session that may do all.
    case owner
}

extension Failure {
    package static let signInNeeded = Failure(
        .unauthenticated, "auth.needed", "Sign in first: send a Bearer token or the access_token cookie.")
    package static let tokenInvalid = Failure(
        .unauthenticated, "auth.invalid_token", "The token is unknown or has expired: refresh it, or sign in again.")
    package static let ownerOnly = Failure(
        .forbidden, "auth.owner_only", "An extension may not do that: use the Desk or a device.")
    package static let foreignOrigin = Failure(
        .forbidden, "auth.foreign_origin", "The request comes from another site, or does not say where it comes from.")
}
