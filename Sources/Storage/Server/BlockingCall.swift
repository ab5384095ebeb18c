import Dispatch

/// Calls that wait for a disk, on threads where nobody else's work waits behind them.
enum BlockingCall {
    private static let queue = DispatchQueue(label: "daybook.blocking", attributes: .concurrent)

    static func run<T: Sendable>(_ body: @Sendable @escaping () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
            queue.async { continuation.resume(with: Result(catching: body)) }
        }
    }
}
