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
    private struct ErrorView<Details: Encodable>: Encodable {
        let error: String
        let message: String
        let details: Details?
    }

    /// The one shape of an error body: `{"error": code, "message": text}`, and `details` where there are some.
    init(_ failure: Failure, requestID: String) {
        self.init(failure, requestID: requestID, details: failure.details.isEmpty ? nil : failure.details)
    }

    init(_ failure: Failure, requestID: String, details: (some Encodable)?) {
        let isOurs = failure.kind == .internal
        let view = ErrorView(
            error: isOurs ? "internal" : failure.code,
            message: isOurs
                ? "Something went wrong in the server. Whoever runs it finds out what under \(requestID)."
                : failure.message,
            details: isOurs ? nil : details)
        let status = Self.status(of: failure.kind)
        self = (try? Answer(status: status, json: view)) ?? Answer(status: status)
        if failure.kind == .unauthenticated { self["www-authenticate"] = "Bearer" }
        if let seconds = failure.retryAfterSeconds { self["retry-after"] = String(seconds) }
        // Whatever of a body that is too large still comes will not be read; nor will one whose reader was called off.
        let isLast = failure.kind == .tooLarge || failure.code == Failure.requestTooLong.code
        if isLast { self["connection"] = "close" }
    }

    private static func status(of kind: Failure.Kind) -> Int {
        switch kind {
        case .invalid: 400
        case .unauthenticated: 401
        case .forbidden: 403
        case .notFound: 404
        case .wrongMethod: 405
        case .conflict: 409
        case .gone: 410
        case .stale: 412
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

    /// The answer to a failure that comes with more than numbers: with what is there now, say.
    package func refusal(_ failure: Failure, details: some Encodable) -> Answer {
        Answer(failure, requestID: requestID, details: details)
    }
}

extension Shape {
    /// The one shape of an error body.
    package static let failure = Shape.object(
        "Error",
        [
            "error": .text.note("What went wrong, for programs: it never changes.", example: "trade.not_found"),
            "message": .text.note("What went wrong and what to do about it, for people."),
            "details": Shape.map(of: .anything).optional.note("What belongs to it: numbers, or what is there now."),
        ])
}

extension Failure {
    static let routeUnknown = Failure(.notFound, "route.unknown", "There is nothing at this path.")

    static func wrongMethod(_ allowed: [String]) -> Failure {
        Failure(
            .wrongMethod, "route.wrong_method", "This path knows other methods: \(allowed.joined(separator: ", ")).")
    }
}
