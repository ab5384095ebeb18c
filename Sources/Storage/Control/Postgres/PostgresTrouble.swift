import Primitives

/// What came between a statement and its answer.
enum PostgresTrouble: Error {
    /// There is no connection, or no longer. What was not committed is undone.
    case lost(reason: String)
    /// The connection broke while a transaction was being committed: nobody knows whether it was.
    case unsettled
    /// No answer within the time for it.
    case late
    /// The database has refused the statement.
    case refused(state: String, message: String)

    /// Whether another transaction was in the way, and the same again may succeed at once.
    var isConflict: Bool {
        guard case .refused(let state, _) = self else { return false }
        return state == "40001" || state == "40P01"
    }

    /// Whether the database is about to end the connection, or has.
    var isLost: Bool {
        switch self {
        case .lost: true
        case .refused(let state, _): state.hasPrefix("08") || state.hasPrefix("57P")
        case .unsettled, .late: false
        }
    }

    /// What a caller is told; what nobody expected stays as it is.
    var failure: any Error {
        switch self {
        case .lost, .unsettled, .late: return Failure.controlLost
        case .refused(let state, _):
            if isLost { return Failure.controlLost }
            switch state {
            case "53100": return Failure.controlDiskFull
            case "40001", "40P01", "53000", "53200", "53300", "55P03", "57014": return Failure.controlBusy
            case "25006", "42501": return Failure.controlUnwritable
            case "58030": return Failure.controlIO
            case "XX001", "XX002": return Failure.controlDamaged
            default: return self
            }
        }
    }
}

extension Failure {
    package static let controlLost = Failure(
        .unavailable, "server.database_lost", "The server's database did not answer. Try again in a moment.",
        retryAfterSeconds: 1)

    /// - Parameter reason: libpq's, which never has a password in it.
    static func controlUnreachable(_ reason: String) -> Failure {
        Failure(
            .unavailable, "server.database_unreachable",
            "The database given with --database cannot be used: "
                + reason.split(whereSeparator: \.isNewline).joined(separator: " "))
    }
}
