import Primitives
import Synchronization

/// The work on one request, which ends when its caller has gone, when it takes too long, or when the server stops.
///
/// What is called off is told so in both ways that there are: its task is cancelled, and so is its budget, which
/// threads know that know no tasks.
final class RequestWork: Sendable {
    enum Reason: Sendable {
        case callerGone, tooLong, serverStops
    }

    private struct State {
        var reason: Reason?
        /// Nil before there is a task, and after it.
        var cancel: (@Sendable () -> Void)?
        var worked = Duration.zero
        /// Since when it works; nil while it waits for more of the body.
        var working: ContinuousClock.Instant? = .now
    }

    private let budget: WorkBudget
    private let timeMax: Duration
    private let metrics: Metrics
    private let state = Mutex(State())

    /// - Parameter seconds: how long it may take, without the time in which the body comes.
    init(budget: WorkBudget, seconds: Int, metrics: Metrics) {
        self.budget = budget
        timeMax = .seconds(seconds)
        self.metrics = metrics
    }

    /// Whether it has had its time.
    var isOverdue: Bool {
        state.withLock { state in
            state.worked + (state.working.map { ContinuousClock.now - $0 } ?? .zero) > timeMax
        }
    }

    func callOff(_ reason: Reason) {
        let cancel = state.withLock { state in
            if state.reason == nil { state.reason = reason }
            return state.cancel
        }
        budget.cancel()
        cancel?()
    }

    /// Whether `body` takes long is up to whoever is at the other end, and not counted.
    func receiving<T>(_ body: () async throws -> T) async throws -> T {
        state.withLock { state in
            if let began = state.working { state.worked += .now - began }
            state.working = nil
        }
        defer { state.withLock { $0.working = .now } }
        return try await body()
    }

    /// Runs `job` to its end, which comes soon when it is called off.
    ///
    /// - Throws: `request.too_long`; `CancellationError` when there is nobody to be told; what `job` throws.
    func run<Job: RequestJob>(_ job: Job) async throws -> Job.Product {
        let task = WorkBudget.$current.withValue(budget) { Task { try await job.perform() } }
        let isCalledOff = state.withLock { state in
            state.cancel = { task.cancel() }
            return state.reason != nil
        }
        if isCalledOff { task.cancel() }
        let result = await withTaskCancellationHandler {
            await task.result
        } onCancel: {
            callOff(.serverStops)
        }
        let reason = state.withLock { state in
            state.cancel = nil
            return state.reason
        }
        if reason != nil { metrics.add(to: .requestsCalledOff) }
        switch (result, reason) {
        // Whatever it was that failed, it failed because of that.
        case (.failure, .tooLong): throw Failure.requestTooLong
        case (.failure, .callerGone), (.failure, .serverStops): throw CancellationError()
        default: return try result.get()
        }
    }
}

/// What is done for a request. A class, so that what is handed to a task is one reference.
protocol RequestJob: AnyObject, Sendable {
    associatedtype Product: Sendable

    func perform() async throws -> Product
}

extension WorkBudget {
    /// Of one request.
    static func ofRequest() -> WorkBudget {
        WorkBudget(stepsMax: WebLimits.workStepsMax, bytesMax: WebLimits.workBytesMax)
    }
}

extension Failure {
    static let requestTooLong = Failure(
        .unavailable, "request.too_long",
        "That took longer than the server works on one request, so it stopped. Ask for less at once, or try again later.",
        retryAfterSeconds: 10)
}
