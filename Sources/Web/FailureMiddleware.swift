import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOHTTP1
import Primitives

/// The only place where a failure meets a status code.
struct FailureMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPParserError {
            // The connection itself is broken; whoever reads from it answers and closes it.
            throw error
        } catch {
            let response = Answer(Self.failure(error, context), requestID: context.id).hummingbird
            return request.method == .head ? response.createHeadResponse() : response
        }
    }

    private static func failure(_ error: any Error, _ context: CallContext) -> Failure {
        switch error {
        case let failure as Failure:
            if [.internal, .corrupt, .unavailable].contains(failure.kind) {
                context.logger.error("failed", metadata: ["failure": "\(failure)"])
            }
            return failure
        case let error as HTTPError where error.status == .notFound: return .routeUnknown
        case is CancellationError:
            return Failure(.unavailable, "request.cancelled", "The request was broken off.", retryAfterSeconds: 1)
        default:
            context.logger.error("failed", metadata: ["failure": "\(error)"])
            return Failure(.internal, "internal", "")
        }
    }
}

extension Answer {
    private struct ErrorView: Encodable {
        let error: String
        let message: String
    }

    /// The one shape of an error body: `{"error": code, "message": text}`.
    package init(_ failure: Failure, requestID: String) {
        let view =
            failure.kind == .internal
            ? ErrorView(
                error: "internal",
                message: "Something went wrong in the server. Whoever runs it finds out what under \(requestID).")
            : ErrorView(error: failure.code, message: failure.message)
        let status = Self.status(of: failure.kind)
        self = (try? Answer(status: status, json: view)) ?? Answer(status: status)
        if failure.kind == .unauthenticated { self["www-authenticate"] = "Bearer" }
        if let seconds = failure.retryAfterSeconds { self["retry-after"] = String(seconds) }
        // Whatever of a body that is too large still comes will not be read.
        if failure.kind == .tooLarge { self["connection"] = "close" }
    }

    private static func status(of kind: Failure.Kind) -> Int {
        switch kind {
        case .invalid: 400
        case .unauthenticated: 401
        case .forbidden: 403
        case .notFound: 404
        case .conflict: 409
        case .gone: 410
        case .tooLarge: 413
        case .tooMany: 429
        case .internal, .corrupt: 500
        case .unavailable: 503
        }
    }
}

extension Call {
    /// The answer to a failure, for a handler that has to add a header to it.
    package func refusal(_ failure: Failure) -> Answer { Answer(failure, requestID: requestID) }
}

extension Failure {
    static let routeUnknown = Failure(.notFound, "route.unknown", "There is nothing at this path for this method.")
}
