import HTTPTypes
import Hummingbird
import HummingbirdCore

/// Lets the pages of other sites and extensions call, as far as the configuration names them; never with cookies.
struct CrossOriginMiddleware: RouterMiddleware {
    /// Exact origins: `https://app.example`, `chrome-extension://<id>`.
    let allowed: Set<String>

    private static let methods = "GET, HEAD, POST, PUT, PATCH, DELETE"
    private static let headers = "Authorization, Content-Type, If-Match, If-None-Match, Daybook-Replica"
    /// Of the answers, besides those that every script may read.
    private static let shown = "ETag, Retry-After"
    private static let cachedSeconds = "600"

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        guard let origin = request.headers[.origin], !allowed.isEmpty else { return try await next(request, context) }
        let isAllowed = allowed.contains(origin)
        var response: Response
        if isAllowed, request.method == .options, request.headers[.accessControlRequestMethod] != nil {
            response = Response(status: .noContent)
            response.headers[.accessControlAllowMethods] = Self.methods
            response.headers[.accessControlAllowHeaders] = Self.headers
            response.headers[.accessControlMaxAge] = Self.cachedSeconds
        } else {
            response = try await next(request, context)
        }
        if isAllowed {
            response.headers[.accessControlAllowOrigin] = origin
            response.headers[.accessControlExposeHeaders] = Self.shown
        }
        response.headers.append(HTTPField(name: .vary, value: "Origin"))
        return response
    }
}
