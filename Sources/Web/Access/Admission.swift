import HTTPTypes
import Hummingbird
import HummingbirdCore
import Primitives

/// Who may use a route, and how callers show that they may.
///
/// Each family declares its own: a session (`SessionAdmission`), a token with scopes, a shared secret.
package struct Admission: Sendable {
    /// Who may use the route, in a sentence for the documentation.
    package let note: String
    /// Any one of these lets a caller in. Empty for a route that needs no credentials.
    package let schemes: [SecurityScheme]
    /// False where an answer could hold a secret beside text that a stranger chose: see `Representation`.
    package let mayCompress: Bool
    private let check: @Sendable (Credentials) async throws -> Caller?

    /// - Parameter check: finds out who calls; nil where nobody has to say. Throws what refuses the request.
    package init(
        note: String, schemes: [SecurityScheme] = [], mayCompress: Bool = true,
        _ check: @escaping @Sendable (Credentials) async throws -> Caller?
    ) {
        self.note = note
        self.schemes = schemes
        self.mayCompress = mayCompress
        self.check = check
    }

    /// Everybody, as often as they like: for what costs nothing to answer.
    package static let anyone = Admission(note: "For everyone.") { _ in nil }

    func admit(_ credentials: Credentials) async throws -> Caller? { try await check(credentials) }
}

/// A way to show who calls, as the OpenAPI document describes it.
package struct SecurityScheme: Hashable, Sendable {
    package let name: String
    /// The Security Scheme Object of OpenAPI 3.1.
    package let node: JSON

    package init(name: String, node: JSON) {
        self.name = name
        self.node = node
    }
}

/// What a request brings to show who sends it.
package struct Credentials: Sendable {
    private let request: Request
    /// Where the request comes from; nil when the system cannot tell.
    package let address: ClientAddress?

    init(_ request: Request, from address: ClientAddress?) {
        self.request = request
        self.address = address
    }

    package func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { request.headers[$0] } }

    package func cookie(_ name: String) -> String? { request.cookies[name]?.value }

    /// Whether the method may change something.
    package var isUnsafe: Bool { request.isUnsafe }

    /// The token of `Authorization: Bearer <token>`; nil without that header field.
    ///
    /// - Throws: `auth.invalid_token` for any other scheme.
    package var bearerToken: String? {
        get throws(Failure) {
            guard let field = header("authorization") else { return nil }
            guard let token = Self.bearerToken(field) else { throw .tokenInvalid }
            return token
        }
    }

    /// Refuses what a page of another site sent.
    ///
    /// - Throws: `auth.foreign_origin`.
    package func refuseForeignOrigin(_ origins: Origins) throws(Failure) { try request.refuseForeignOrigin(origins) }

    /// The token of `Bearer <token>`; nil for any other scheme.
    static func bearerToken(_ field: String) -> String? {
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}
