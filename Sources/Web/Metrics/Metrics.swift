import Synchronization

/// Counts what the server does. No label names a person.
package final class Metrics: Sendable {
    /// A count that only grows.
    package enum Counter: String, CaseIterable, Sendable {
        case exchanges = "daybook_sync_exchanges_total"
        case commitsReceived = "daybook_sync_commits_received_total"
        case commitsSent = "daybook_sync_commits_sent_total"
        case partings = "daybook_sync_partings_total"
        case blobBytesReceived = "daybook_sync_blob_bytes_received_total"
        case blobBytesSent = "daybook_sync_blob_bytes_sent_total"
        case signIns = "daybook_sign_ins_total"
        case signInsRefused = "daybook_sign_ins_refused_total"
        case pairingsRefused = "daybook_pairings_refused_total"
        case refreshesReused = "daybook_refresh_tokens_reused_total"
        case liveEvents = "daybook_live_events_total"
        case slowReadersDropped = "daybook_live_slow_readers_total"
        case slowReadersClosed = "daybook_slow_readers_total"
        case connectionsRefused = "daybook_connections_refused_total"
        case requestsCalledOff = "daybook_requests_called_off_total"

        var help: String {
            switch self {
            case .exchanges: "Exchanges that were answered."
            case .commitsReceived: "Commits that devices sent."
            case .commitsSent: "Commits that were sent to devices."
            case .partings: "Syncs that had to find out first what both sides have."
            case .blobBytesReceived: "Bytes of images that devices sent."
            case .blobBytesSent: "Bytes of images that were sent to devices."
            case .signIns: "Sign-ins."
            case .signInsRefused: "Sign-ins that were refused."
            case .pairingsRefused: "Pairing codes that were refused."
            case .refreshesReused: "Refresh tokens that were shown again long after they were replaced."
            case .liveEvents: "Events that were sent over WebSocket."
            case .slowReadersDropped: "WebSocket connections that were closed because they did not read."
            case .slowReadersClosed: "Connections that were closed because they did not read their answers."
            case .connectionsRefused: "Connections that were closed at once: their address had too many."
            case .requestsCalledOff: "Requests whose work ended before it was done: nobody waited, or it took too long."
            }
        }
    }

    struct RequestKey: Hashable {
        let method: String
        let route: String
        let status: Int
    }

    /// A histogram of durations: how many were at most as long as each bound.
    struct Durations {
        static let boundsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
        var counts = [Int](repeating: 0, count: boundsSeconds.count)
        var count = 0
        var sumSeconds = 0.0

        mutating func add(_ seconds: Double) {
            count += 1
            sumSeconds += seconds
            if let index = Self.boundsSeconds.firstIndex(where: { seconds <= $0 }) { counts[index] += 1 }
        }
    }

    struct State {
        var counters: [Counter: Int] = [:]
        var requests: [RequestKey: Int] = [:]
        /// By route.
        var durations: [String: Durations] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package func add(_ count: Int = 1, to counter: Counter) {
        state.withLock { $0.counters[counter, default: 0] += count }
    }

    func observe(_ method: String, _ route: String, status: Int, seconds: Double) {
        // A method is whatever the caller wrote, and would otherwise grow the table without end.
        let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].contains(method) ? method : "other"
        state.withLock { state in
            state.requests[RequestKey(method: known, route: route, status: status), default: 0] += 1
            state.durations[route, default: Durations()].add(seconds)
        }
    }

    func snapshot() -> State { state.withLock { $0 } }
}
