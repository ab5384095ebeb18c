import Primitives

/// What this server asks of a sign-in message, besides being one.
///
/// The origin comes from the configuration and never from a request: a `Host` header is written by whoever sends it.
package struct SignInPolicy: Hashable, Sendable {
    /// How old a message may be: time to find the wallet and type its password.
    package static let ageSecondsMax = 600
    /// How far the wallet's clock may run ahead of ours.
    package static let aheadSecondsMax = 60

    /// `https`.
    package let scheme: String
    /// The authority of the origin: `daybook.example:8443`.
    package let domain: String
    /// `scheme://domain`, in lower case and without the scheme's own port.
    package let origin: String
    /// The networks a session may be for.
    package let chainIDs: Set<UInt64>
    let ageMillisecondsMax: Int64
    let aheadMillisecondsMax: Int64

    /// Throws `siwe.bad_policy` unless `origin` is `http(s)://host[:port]` with nothing after it, there is a chain, and
    /// the two windows are between 0 seconds and a day.
    package init(
        origin: String, chainIDs: Set<UInt64>, ageSecondsMax: Int = SignInPolicy.ageSecondsMax,
        aheadSecondsMax: Int = SignInPolicy.aheadSecondsMax
    ) throws(Failure) {
        let bare = origin.hasSuffix("/") ? origin.dropLast() : origin[...]
        guard let canonical = URIGrammar.origin(of: Array(bare.utf8)[...]),
            let scheme = ["https", "http"].first(where: { canonical.hasPrefix($0 + "://") })
        else { throw .signInBadPolicy }
        let domain = canonical.dropFirst(scheme.count + 3)
        let windows = 0...86_400
        guard !URIGrammar.hasEmptyHost(Array(domain.utf8)[...]),
            bare.dropFirst(scheme.count + 3).utf8.allSatisfy({ !"/?#@".utf8.contains($0) }), !chainIDs.isEmpty,
            windows.contains(ageSecondsMax), windows.contains(aheadSecondsMax)
        else { throw .signInBadPolicy }
        self.scheme = scheme
        self.domain = String(domain)
        self.origin = canonical
        self.chainIDs = chainIDs
        ageMillisecondsMax = Int64(ageSecondsMax) * 1000
        aheadMillisecondsMax = Int64(aheadSecondsMax) * 1000
    }
}

extension SignInMessage {
    /// Whether the message was meant for this server, and is meant for now. Throws `siwe.wrong_domain`, `_scheme`,
    /// `_origin` or `_chain`; `siwe.issued_too_long_ago`, `siwe.issued_in_future`, `siwe.expired` or
    /// `siwe.not_yet_valid`. The nonce and the signature are the caller's to check.
    package func check(against policy: SignInPolicy, at now: Timestamp) throws(Failure) {
        guard domain.lowercased() == policy.domain else { throw .signInWrongDomain }
        guard scheme.map({ $0.lowercased() == policy.scheme }) ?? true else { throw .signInWrongScheme }
        guard URIGrammar.origin(of: Array(uri.utf8)[...]) == policy.origin else { throw .signInWrongOrigin }
        guard policy.chainIDs.contains(chainID) else { throw .signInWrongChain }
        guard issuedAt >= now.adding(milliseconds: -policy.ageMillisecondsMax) else { throw .signInIssuedTooLongAgo }
        guard issuedAt <= now.adding(milliseconds: policy.aheadMillisecondsMax) else { throw .signInIssuedInFuture }
        guard expirationTime.map({ now < $0 }) ?? true else { throw .signInExpired }
        guard notBefore.map({ now >= $0 }) ?? true else { throw .signInNotYetValid }
    }
}
