/// The one kind of error a person is shown.
///
/// `code` is for programs and never changes; `message` is for people and says what to do. Whatever is not a `Failure`
/// is internal: it is logged, and its text goes to nobody.
package struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// What went wrong, as far as a caller must tell cases apart. `Web` maps it to a status, the CLI to an exit code.
    package enum Kind: String, Sendable, CaseIterable {
        case invalid, unauthenticated, forbidden, notFound, wrongMethod, conflict, stale, gone, tooLarge, tooMany
        case unavailable, corrupt
        case `internal`
    }

    package let kind: Kind
    package let code: String
    package let message: String
    /// For `tooMany` and `unavailable`: when to try again, in whole seconds.
    package let retryAfterSeconds: Int?
    /// Numbers that a program can show in its own way: how much is used of how much.
    package let details: [String: Int64]

    package init(
        _ kind: Kind, _ code: String, _ message: String, retryAfterSeconds: Int? = nil, details: [String: Int64] = [:]
    ) {
        self.kind = kind
        self.code = code
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
        self.details = details
    }

    package var description: String { "\(message) [\(code)]" }
}
