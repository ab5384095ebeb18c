import HTTPTypes
import Hummingbird
import HummingbirdCore

/// Tells browsers to take answers for nothing but what they are.
///
/// A device's exchange is no browser's business and counts its bytes: it gets the one header that a cache between the
/// two needs, and nothing when there is nothing to keep.
struct AnswerHeaderMiddleware: RouterMiddleware {
    /// Whether browsers reach the server over TLS only, at this end or at a proxy's.
    let isSecure: Bool

    /// A year (RFC 6797, 6.1.1).
    private static let strictTransport = "max-age=31536000; includeSubDomains"

    private let fields: HTTPFields = {
        var fields = HTTPFields()
        fields[.cacheControl] = "no-store"
        fields[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        fields[.xContentTypeOptions] = "nosniff"
        if let name = HTTPField.Name("referrer-policy") { fields[name] = "no-referrer" }
        return fields
    }()

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        if isSecure { response.headers[.strictTransportSecurity] = Self.strictTransport }
        switch response.headers[.contentType] {
        // What a 304 says of an answer that is not sent is as it was when it was sent.
        case nil where response.status == .notModified: keepPrivate(&response)
        case nil: break
        case "application/x-protobuf": response.headers[.cacheControl] = "no-store"
        default:
            keepPrivate(&response)
            // A page says itself what it may load.
            for field in fields where response.headers[field.name] == nil { response.headers[field.name] = field.value }
        }
        return response
    }

    /// Whoever asks may keep what has a tag, has to ask again each time, and no cache between may keep it.
    private func keepPrivate(_ response: inout Response) {
        guard response.headers[.eTag] != nil, response.headers[.cacheControl] == nil else { return }
        response.headers[.cacheControl] = "private, no-cache"
    }
}
