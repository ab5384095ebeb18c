import ArgumentParser
import Foundation
import Primitives

/// The exit codes of `daybook`: the one place where a failure meets a number. They never change their meaning.
enum DaybookExit: Int32, CaseIterable {
    case done = 0
    case failed = 1
    case conflict = 2
    case partlyDone = 3
    case notFound = 4
    case notAllowed = 5
    case unavailable = 6
    case damaged = 7
    case unconfirmed = 8
    case usage = 64

    init(_ kind: Failure.Kind) {
        self =
            switch kind {
            case .invalid, .wrongMethod, .tooLarge: .usage
            case .unauthenticated, .forbidden: .notAllowed
            case .notFound: .notFound
            case .conflict, .stale, .gone: .conflict
            case .tooMany, .unavailable: .unavailable
            case .corrupt: .damaged
            case .internal: .failed
            }
    }

    init(_ failure: Failure) {
        self = Self.unconfirmedCodes.contains(failure.code) ? .unconfirmed : DaybookExit(failure.kind)
    }

    private static let unconfirmedCodes: Set = [
        "sync.unconfirmed", "trade.unconfirmed_stop", "account.unconfirmed_currency",
    ]

    /// What a command throws that has said all there is to say.
    var code: ExitCode { ExitCode(rawValue) }

    var meaning: String {
        switch self {
        case .done: "done"
        case .failed: "failed in a way that Daybook has no word for"
        case .conflict: "it clashes with what is there, such as a name that is taken"
        case .partlyDone:
            "done in part: rows of an import were refused or look like others, or images of a sync were refused"
        case .notFound: "there is no such journal, trade, entry, tag, image, file"
        case .notAllowed: "not signed in, or not yours"
        case .unavailable: "not now: locked, disk full, or no answer from the server"
        case .damaged: "the journal or a file is damaged"
        case .unconfirmed: "it needs a yes that nobody gave: --yes gives it"
        case .usage: "an argument or a value was not understood"
        }
    }

    static var table: String {
        allCases.map { "  \(String($0.rawValue).padded(to: 4))\($0.meaning)" }.joined(separator: "\n")
    }

    /// Says what went wrong on standard error and ends the process.
    ///
    /// - Parameter json: whether the failure is printed as `{"error": {"code": …, "message": …}}`.
    static func end(with error: any Error, json: Bool) -> Never {
        let failure: Failure
        switch error {
        case let known as Failure: failure = known
        case is CancellationError: failure = Failure(.unavailable, "command.interrupted", "Interrupted.")
        case let error as CocoaError:
            failure = Failure(
                .unavailable, "file.unusable", "\(error.localizedDescription) Check the path and its permissions.")
        default: failure = Failure(.internal, "command.internal", "Unexpected: \(error)")
        }
        if json {
            let fields: [String: JSON] = ["code": .text(failure.code), "message": .text(failure.message)]
            Terminal.note(JSON.object(["error": .object(fields)]).description)
        } else {
            let label = Terminal.error.styled("daybook:", .red)
            let code = Terminal.error.styled("[\(failure.code)]", .dim)
            Terminal.note("\(label) \(failure.message.forTerminal) \(code)")
        }
        exit(DaybookExit(failure).rawValue)
    }
}
