import Dispatch
import Primitives
import Synchronization

/// A few connections, each used on a thread of its own that may wait. Who finds none free waits for a bounded time, in a
/// line of bounded length.
final class PostgresPool: Sendable {
    static let connectionsMax = 8
    static let waitingMax = 1000
    static let waitingTime = DispatchTimeInterval.seconds(5)

    private struct Waiting {
        let number: UInt64
        let continuation: CheckedContinuation<PostgresConnection, any Error>
    }

    private struct State {
        var idle: [PostgresConnection]
        var waiting: [Waiting] = []
        var number: UInt64 = 0
        var isClosed = false
    }

    private let state: Mutex<State>

    init(_ address: PostgresAddress) {
        state = Mutex(State(idle: (0..<Self.connectionsMax).map { _ in PostgresConnection(address) }))
    }

    /// Ends all connections that nobody uses, and each other one after its use.
    func close() {
        let (idle, waiting) = state.withLock { state in
            state.isClosed = true
            defer { (state.idle, state.waiting) = ([], []) }
            return (state.idle, state.waiting)
        }
        for connection in idle { connection.close() }
        for waiter in waiting { waiter.continuation.resume(throwing: Failure.serverStopping) }
    }

    /// - Throws: `server.database_busy` when all are in use for too long, `server.stopping`; what `body` throws.
    func run<T: Sendable>(_ body: @Sendable @escaping (PostgresConnection) throws -> T) async throws -> T {
        let connection = try await take()
        return try await BlockingCall.run {
            defer { self.giveBack(connection) }
            return try body(connection)
        }
    }

    private func take() async throws -> PostgresConnection {
        try await withCheckedThrowingContinuation { continuation in
            let taken: Result<PostgresConnection, Failure>? = state.withLock { state in
                guard !state.isClosed else { return .failure(.serverStopping) }
                // The one that was used last is the most likely to be connected.
                if let connection = state.idle.popLast() { return .success(connection) }
                guard state.waiting.count < Self.waitingMax else { return .failure(.controlBusy) }
                state.number += 1
                state.waiting.append(Waiting(number: state.number, continuation: continuation))
                expire(state.number)
                return nil
            }
            if let taken { continuation.resume(with: taken.mapError { $0 as any Error }) }
        }
    }

    private func expire(_ number: UInt64) {
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.waitingTime) {
            let late = self.state.withLock { state in
                state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0) }
            }
            late?.continuation.resume(throwing: Failure.controlBusy)
        }
    }

    private func giveBack(_ connection: PostgresConnection) {
        let (next, isClosed) = state.withLock { state -> (Waiting?, Bool) in
            if state.isClosed { return (nil, true) }
            if !state.waiting.isEmpty { return (state.waiting.removeFirst(), false) }
            state.idle.append(connection)
            return (nil, false)
        }
        if isClosed { connection.close() }
        next?.continuation.resume(returning: connection)
    }
}
