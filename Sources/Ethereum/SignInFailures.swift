import Primitives

/// Why a message is no EIP-4361 message: the first part, from the top, that does not fit.
extension Failure {
    package static let signInTooLarge = Failure(
        .tooLarge, "siwe.too_large", "A sign-in message may have 8192 bytes: leave out resources.")
    package static let signInBadHeader = malformed(
        "header", "The first line must be the site and \"\(SignInMessageReader.invitation.dropFirst())\"")
    package static let signInBadScheme = malformed("scheme", "Before :// in the first line must stand https or http.")
    package static let signInBadDomain = malformed(
        "domain", "The first line must begin with the site's host, and its port if it has one.")
    package static let signInBadAddress = malformed(
        "address", "The second line must be the account's address, with the capitals of its EIP-55 checksum.")
    package static let signInBadStatement = malformed(
        "statement",
        "After the address there must be an empty line, then perhaps one line of text in the characters of a URI "
            + "and blanks, then another empty line.")
    package static let signInBadURI = malformed("uri", "After the statement must stand \"URI: \" and an RFC 3986 URI.")
    package static let signInBadVersion = malformed("version", "After the URI must stand \"Version: 1\".")
    package static let signInBadChainID = malformed(
        "chain_id", "After the version must stand \"Chain ID: \" and a decimal number below 2^64.")
    package static let signInBadNonce = malformed(
        "nonce", "After the chain id must stand \"Nonce: \" and at least 8 letters or digits: ask for one first.")
    package static let signInBadIssuedAt = malformed(
        "issued_at", "After the nonce must stand \"Issued At: \" and a time such as 2026-11-21T09:30:00Z.")
    package static let signInBadExpirationTime = malformed(
        "expiration_time", "After \"Expiration Time: \" must stand a time such as 2026-11-21T09:30:00Z.")
    package static let signInBadNotBefore = malformed(
        "not_before", "After \"Not Before: \" must stand a time such as 2026-11-21T09:30:00Z.")
    package static let signInBadRequestID = malformed(
        "request_id", "After \"Request ID: \" may stand letters, digits and -._~!$&'()*+,;=:@ only.")
    package static let signInBadResource = malformed(
        "resource", "Every line after \"Resources:\" must be \"- \" and an RFC 3986 URI.")
    package static let signInUnexpectedLine = malformed(
        "line", "A line of the message is unknown, stands twice or out of order, or is an empty one at the end.")
    package static let signInAmbiguous = malformed(
        "field", "A field would change the meaning of the lines after it: remove line breaks from the fields.")

    private static func malformed(_ part: String, _ message: String) -> Failure {
        Failure(.invalid, "siwe.bad_\(part)", message)
    }
}

/// Why a message is not for this server, or not for now.
extension Failure {
    package static let signInBadPolicy = Failure(
        .invalid, "siwe.bad_policy",
        "Sign-in needs an origin such as https://daybook.example, at least one chain id, and windows of up to 86400 s.")
    package static let signInWrongDomain = Failure(
        .unauthenticated, "siwe.wrong_domain", "The message is for another site: sign in from this one.")
    package static let signInWrongScheme = Failure(
        .unauthenticated, "siwe.wrong_scheme", "The message names http or https where this site uses the other.")
    package static let signInWrongOrigin = Failure(
        .unauthenticated, "siwe.wrong_origin", "The message's URI is not of this site: sign in from this one.")
    package static let signInWrongChain = Failure(
        .unauthenticated, "siwe.wrong_chain", "The message is for a network not accepted here: switch the wallet's.")
    package static let signInIssuedTooLongAgo = Failure(
        .unauthenticated, "siwe.issued_too_long_ago", "The message was made too long ago: sign in again.")
    package static let signInIssuedInFuture = Failure(
        .unauthenticated, "siwe.issued_in_future", "The message was made in the future: set the device's clock.")
    package static let signInExpired = Failure(
        .unauthenticated, "siwe.expired", "The message has expired: sign in again.")
    package static let signInNotYetValid = Failure(
        .unauthenticated, "siwe.not_yet_valid", "The message is not valid yet: wait, or set the device's clock.")
}
