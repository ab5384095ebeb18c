import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Primitives

/// Says in plain words what went wrong between here and the server.
enum ServerFailure {
    /// The longest text that is taken over from an answer, in characters.
    private static let messageCountMax = 600

    private struct Body: Decodable {
        let error: String
        let message: String
    }

    /// An answer that is a refusal.
    static func of(_ answer: ServerAnswer, from server: ServerURL) -> Failure {
        let wait = answer.retryAfterSeconds
        guard let body = try? JSONDecoder().decode(Body.self, from: Data(answer.body)), isCode(body.error) else {
            return Failure(
                kind(of: answer.status), "server.refused",
                "\(server) answered \(answer.status) without saying why. Check that it is a Daybook server, and its log.",
                retryAfterSeconds: wait)
        }
        return Failure(kind(of: answer.status), body.error, printable(body.message), retryAfterSeconds: wait)
    }

    private static func kind(of status: Int) -> Failure.Kind {
        switch status {
        case 401: .unauthenticated
        case 403: .forbidden
        case 404: .notFound
        case 405: .wrongMethod
        case 409: .conflict
        case 410: .gone
        case 412: .stale
        case 413: .tooLarge
        case 429: .tooMany
        case 502, 503, 504: .unavailable
        case 400...499: .invalid
        default: .internal
        }
    }

    private static func isCode(_ text: String) -> Bool {
        text.utf8.count <= 100 && text.utf8.allSatisfy { (33...126).contains($0) }
    }

    /// A server must not be able to move the cursor of the terminal it is shown in.
    private static func printable(_ text: String) -> String {
        String(
            text.unicodeScalars.prefix(messageCountMax).map { scalar -> Character in
                scalar.misleads ? " " : Character(scalar)
            })
    }

    /// No answer at all.
    static func network(_ error: any Error, _ server: ServerURL) -> Failure {
        Failure(
            .unavailable, "server.unreachable",
            "\(server) cannot be reached: \(reason(error)). Your work is safe in this journal; sync again when you "
                + "are online.")
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError where error == .connectTimeout: "it did not answer in time"
        case let error as HTTPClientError where error == .readTimeout || error == .deadlineExceeded:
            "it stopped to answer"
        case is HTTPClientError: "the connection was cut"
        case let error as NIOConnectionError:
            error.connectionErrors.isEmpty ? "its name is not known" : reason(error.connectionErrors[0].error)
        case let error as IOError: String(cString: strerror(error.errnoCode)).lowercased()
        default: "the connection failed"
        }
    }

    /// Whether the request never left: trying again at once would end the same.
    static func isOffline(_ error: any Error) -> Bool {
        if error is NIOConnectionError { return true }
        if let error = error as? HTTPClientError { return error == .connectTimeout }
        return (error as? IOError).map { $0.errnoCode == ECONNREFUSED } ?? false
    }
}

extension Failure {
    package static let sessionExpired = Failure(
        .unauthenticated, "session.expired",
        "The session has ended. Run `daybook login` to sign in again; nothing in this journal is lost.")

    static func serverBadAnswer(_ server: ServerURL) -> Failure {
        Failure(
            .invalid, "server.bad_answer",
            "The answer of \(server) makes no sense. Check that it is a Daybook server, and update both sides.")
    }
}
