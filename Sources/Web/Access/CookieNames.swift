/// What the cookies of a session are called.
///
/// The reference's names are plain. With a prefix, a browser itself refuses such a cookie from another host or without
/// TLS (RFC 6265bis, 4.1.3).
package struct CookieNames: Hashable, Sendable {
    package let access: String
    package let refresh: String

    package static let plain = CookieNames(access: "access_token", refresh: "refresh_token")
    /// The refresh cookie has a path of its own, which `__Host-` does not allow.
    package static let prefixed = CookieNames(access: "__Host-access_token", refresh: "__Secure-refresh_token")
}
