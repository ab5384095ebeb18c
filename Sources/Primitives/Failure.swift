/// The one kind of error a person is shown.
///
/// `code` is for programs and never changes; `message` is for people and says what to do. Whatever is not a `Failure`
/// is internal: it is logged, and its text goes to nobody.
package struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// What went wrong, as far as a caller must tell cases apart. `Web` maps it to a status, the CLI to an exit code.
    package enum Kind: String, Sendable, CaseIterable {
        case invalid, unauthenticated, forbidden, notFound, conflict, gone, tooLarge, tooMany, unavailable, corrupt
        case `internal`
    }

    package let kind: Kind
    package let code: String
    package let message: String
    /// For `tooMany` and `unavailable`: when to try again, in whole seconds.
    package let retryAfterSeconds: Int?

    package init(_ kind: Kind, _ code: String, _ message: String, retryAfterSeconds: Int? = nil) {
        self.kind = kind
        self.code = code
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
    }

    package var description: String { "\(message) [\(code)]" }
}
