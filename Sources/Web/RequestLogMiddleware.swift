import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging

/// One line and one measurement for each request.
///
/// What is written is the route, never the path, a header, an address or a body: nothing that was secret, and nothing
/// that names a person.
struct RequestLogMiddleware: RouterMiddleware {
    let metrics: Metrics

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        let begin = ContinuousClock.now
        let response = try await next(request, context)
        let route = context.endpointPath ?? "unknown"
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        metrics.observe(request.method.rawValue, route, status: response.status.code, seconds: seconds)
        context.logger.info(
            "request",
            metadata: [
                "method": "\(request.method)", "route": "\(route)", "status": "\(response.status.code)",
                "ms": "\(Int((seconds * 1000).rounded()))",
            ])
        return response
    }
}
