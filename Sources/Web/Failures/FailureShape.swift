import Primitives

/// How a family tells what went wrong: one JSON shape, whatever fails.
package struct FailureShape: Sendable {
    /// As the document of the family describes it.
    package let shape: Shape
    private let view: @Sendable (FailureContent) -> any Encodable

    package init(_ shape: Shape, _ view: @escaping @Sendable (FailureContent) -> any Encodable) {
        self.shape = shape
        self.view = view
    }

    /// `{"error": code, "message": text}`, and `details` where there are some.
    package static let standard = FailureShape(
        .object(
            "Error",
            [
                "error": .text.note("What went wrong, for programs: it never changes.", example: "trade.not_found"),
                "message": .text.note("What went wrong and what to do about it, for people."),
                "details": Shape.map(of: .anything).optional.note(
                    "What belongs to it: numbers, or what is there now."),
            ])
    ) { content in
        StandardFailureView(
            error: content.code, message: content.message, details: content.details.map { AnyView($0) })
    }

    /// - Parameter details: what the failure comes with besides its text; left out of failures of the server.
    func answer(_ failure: Failure, requestID: String, details: (any Encodable)?) -> Answer {
        let isOurs = failure.kind == .internal
        let status = failure.kind.status
        let content = FailureContent(
            status: status, code: isOurs ? "internal" : failure.code,
            message: isOurs
                ? "Something went wrong in the server. Whoever runs it finds out what under \(requestID)."
                : failure.message,
            requestID: requestID, details: isOurs ? nil : details)
        var answer = (try? Answer(status: status, json: AnyView(view(content)))) ?? Answer(status: status)
        if failure.kind == .unauthenticated { answer["www-authenticate"] = "Bearer" }
        if let seconds = failure.retryAfterSeconds { answer["retry-after"] = String(seconds) }
        // Whatever of a body that is too large still comes will not be read; nor will one whose reader was called off.
        let isLast = failure.kind == .tooLarge || failure.code == Failure.requestTooLong.code
        if isLast { answer["connection"] = "close" }
        return answer
    }

    func answer(_ failure: Failure, requestID: String) -> Answer {
        answer(failure, requestID: requestID, details: failure.details.isEmpty ? nil : failure.details)
    }
}

/// What a failure tells its caller.
package struct FailureContent {
    /// The HTTP status.
    package let status: Int
    /// For programs: it never changes its meaning.
    package let code: String
    /// For people: what went wrong and what to do.
    package let message: String
    package let requestID: String
    package let details: (any Encodable)?
}

private struct StandardFailureView: Encodable {
    let error: String
    let message: String
    let details: AnyView?
}

private struct AnyView: Encodable {
    private let view: any Encodable

    init(_ view: any Encodable) { self.view = view }

    func encode(to encoder: any Encoder) throws { try view.encode(to: encoder) }
}

extension Failure.Kind {
    /// The only place where a failure meets a status code.
    fileprivate var status: Int {
        switch self {
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
