import Primitives

/// Lets people in by their session: an access token as a Bearer token, or in a cookie on pages of our own sites.
package struct SessionAdmission: Sendable {
    let authenticator: any Authenticator
    let origins: Origins
    let cookies: CookieNames
    /// What callers without a session may ask for.
    let anonymousLimit: RateLimit

    package init(
        authenticator: any Authenticator, origins: Origins, cookies: CookieNames, anonymousLimit: RateLimit
    ) {
        self.authenticator = authenticator
        self.origins = origins
        self.cookies = cookies
        self.anonymousLimit = anonymousLimit
    }

    /// Everybody, as often as the rate limit allows: for what is to become a session.
    package var anonymous: Admission {
        Admission(note: "For everyone, so many times in a minute.", mayCompress: false) { [anonymousLimit] in
            try anonymousLimit.take($0.address)
            return nil
        }
    }

    /// Whoever has a session.
    package var person: Admission {
        Admission(note: "For whoever is signed in.", schemes: Self.schemes) { try await person($0) }
    }

    /// Whoever has a session that may do all that the person may.
    package var owner: Admission {
        Admission(note: "For whoever is signed in; not for an extension.", schemes: Self.schemes) {
            let caller = try await person($0)
            guard caller.isOwner else { throw Failure.ownerOnly }
            return caller
        }
    }

    /// - Throws: `auth.invalid_token`; `request.too_many` when the address has shown too many of them.
    func caller(holding token: String, from address: ClientAddress?) async throws -> Caller {
        guard let caller = try await authenticator.caller(holding: token, from: address) else {
            try anonymousLimit.take(address)
            throw Failure.tokenInvalid
        }
        return caller
    }

    /// - Throws: `auth.needed`, `auth.invalid_token`, `auth.foreign_origin`, `request.too_many`.
    private func person(_ credentials: Credentials) async throws -> Caller {
        if let token = try credentials.bearerToken {
            return try await caller(holding: token, from: credentials.address)
        }
        guard let cookie = credentials.cookie(cookies.access) else { throw Failure.signInNeeded }
        // A browser sends cookies with whatever any page makes it send; SameSite alone does not cover all of that.
        if credentials.isUnsafe { try credentials.refuseForeignOrigin(origins) }
        return try await caller(holding: cookie, from: credentials.address)
    }

    private static let schemes = [
        SecurityScheme(
            name: "bearer",
            node: [
                "type": "http", "scheme": "bearer",
                "description": "The access token that a device, an extension or a program has got.",
            ]),
        SecurityScheme(
            name: "cookie",
            node: [
                "type": "apiKey", "in": "cookie", "name": "access_token",
                "description": "What a browser gets when its person signs in; it counts on pages of this site only.",
            ]),
    ]
}
