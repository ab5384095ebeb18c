import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOHTTP1
import Primitives

/// Answers whatever a handler throws, in the shape of the family that the path belongs to.
struct FailureMiddleware: RouterMiddleware {
    let shapes: FailureShapes

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPParserError {
            // The connection itself is broken; whoever reads from it answers and closes it.
            throw error
        } catch {
            let shape = shapes.shape(of: request.uri.path)
            let response = shape.answer(Self.failure(error, context), requestID: context.id).hummingbird
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

/// The failure shapes of all families, by the path below which each holds.
struct FailureShapes: Sendable {
    private let shapes: [(base: String, shape: FailureShape)]

    init(_ tables: [RouteTable]) {
        shapes = tables.filter { !$0.base.isEmpty }.map { ($0.base, $0.failures) }
            .sorted { $0.0.utf8.count > $1.0.utf8.count }
    }

    func shape(of path: String) -> FailureShape {
        shapes.first { path == $0.base || path.hasPrefix($0.base + "/") }?.shape ?? .standard
    }
}

extension Call {
    /// The answer to a failure, for a handler that has to add a header to it.
    package func refusal(_ failure: Failure) -> Answer { failures.answer(failure, requestID: requestID) }

    /// The answer to a failure that comes with more than numbers: with what is there now, say.
    package func refusal(_ failure: Failure, details: some Encodable) -> Answer {
        failures.answer(failure, requestID: requestID, details: details)
    }
}

extension Failure {
    static let routeUnknown = Failure(.notFound, "route.unknown", "There is nothing at this path.")

    static func wrongMethod(_ allowed: [String]) -> Failure {
        Failure(
            .wrongMethod, "route.wrong_method", "This path knows other methods: \(allowed.joined(separator: ", ")).")
    }
}
