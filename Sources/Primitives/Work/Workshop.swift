/// Where all big work of the process is done: what takes a core for a while, or blocks.
///
/// There is one. It runs on threads of its own, so many pieces at once as leave a core to small work, one of each person,
/// and the people take turns. A piece is called off with the request that wants it: its budget and its SQL end.
///
/// Work that goes on for long takes a turn for each of its steps, so that others get theirs in between.
package final class Workshop: Sendable {
    /// Pieces of one person that run at once.
    private static let runningPerPersonMax = 1
    /// Pieces of one person that wait for their turn.
    package static let waitingPerPersonMax = 64
    /// The same of all people.
    private static let waitingMax = 4096

    private let turnstile: Turnstile<ID<Person>>
    private let threads: WorkThreads

    /// - Parameter coreCount: of this machine.
    package convenience init(coreCount: Int) { self.init(runningMax: max(1, coreCount - 1)) }

    package init(runningMax: Int) {
        turnstile = Turnstile(
            .init(
                insideMax: runningMax, insidePerPersonMax: Self.runningPerPersonMax,
                waitingMax: Self.waitingMax, waitingPerPersonMax: Self.waitingPerPersonMax))
        threads = WorkThreads(count: runningMax)
    }

    /// How many pieces run, and how many wait.
    package var occupancy: (running: Int, waiting: Int) {
        let (running, waiting) = turnstile.occupancy
        return (running, waiting)
    }

    /// Waits for a turn, and does a piece of work.
    ///
    /// - Throws: `server.busy` when too many wait already, of all or of this person; `CancellationError` when it is
    ///   called off; what `body` throws.
    package func run<T: Sendable>(
        for person: ID<Person>, _ body: () async throws -> T
    ) async throws -> T {
        try await turnstile.pass(person) {
            // What nobody has given a budget can be called off all the same.
            let budget = WorkBudget.current ?? WorkBudget(stepsMax: .max, bytesMax: .max)
            return try await withTaskCancellationHandler {
                try await WorkBudget.$current.withValue(budget) {
                    try await withTaskExecutorPreference(threads) { try await body() }
                }
            } onCancel: {
                budget.cancel()
            }
        }
    }
}
