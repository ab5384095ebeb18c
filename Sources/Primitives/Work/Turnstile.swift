import Synchronization

/// Lets only so many in at a time, and only so many of each person.
///
/// Whoever has to wait waits in their own person's line, and the people take turns: however many wait in one line, the
/// next turn is another person's. Whoever is called off while waiting leaves at once.
package final class Turnstile<Person: Hashable & Sendable>: Sendable {
    package struct Limits: Hashable, Sendable {
        package let insideMax: Int
        package let insidePerPersonMax: Int
        package let waitingMax: Int
        package let waitingPerPersonMax: Int

        package init(insideMax: Int, insidePerPersonMax: Int, waitingMax: Int, waitingPerPersonMax: Int) {
            self.insideMax = insideMax
            self.insidePerPersonMax = insidePerPersonMax
            self.waitingMax = waitingMax
            self.waitingPerPersonMax = waitingPerPersonMax
        }
    }

    private typealias Ticket = CheckedContinuation<Void, any Error>

    private struct Line {
        var inside = 0
        /// By the order of their coming.
        var waiting: [(number: UInt64, ticket: Ticket)] = []
    }

    private struct State {
        var lines: [Person: Line] = [:]
        /// Those of whom somebody waits, the next one to have a turn first.
        var turns: [Person] = []
        var inside = 0
        var waiting = 0
        var lastNumber: UInt64 = 0
    }

    private let limits: Limits
    private let state = Mutex(State())

    package init(_ limits: Limits) { self.limits = limits }

    /// How many are inside and how many wait, of all people.
    package var occupancy: (inside: Int, waiting: Int) { state.withLock { ($0.inside, $0.waiting) } }

    /// - Throws: `server.busy` when too many wait already, of all or of this person; `CancellationError` when it is
    ///   called off while it waits; what `body` throws.
    package func pass<T>(_ person: Person, _ body: () async throws -> T) async throws -> T {
        try await enter(person)
        defer { leave(person) }
        try Task.checkCancellation()
        return try await body()
    }

    private func enter(_ person: Person) async throws {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (ticket: Ticket) in
                let answer = state.withLock { state in
                    // Whoever is called off from here on finds its ticket in the line.
                    Task.isCancelled ? .failure(CancellationError()) : ask(&state, person, number, ticket)
                }
                if let answer { ticket.resume(with: answer) }
            }
        } onCancel: {
            state.withLock { withdraw(&$0, person, number) }?.resume(throwing: CancellationError())
        }
    }

    private func leave(_ person: Person) {
        let next = state.withLock { state in
            state.inside -= 1
            state.lines[person]?.inside -= 1
            forget(&state, person)
            return admitWaiting(&state)
        }
        for ticket in next { ticket.resume() }
    }

    // MARK: Under the lock

    /// - Returns: nil when the ticket has to wait.
    private func ask(
        _ state: inout State, _ person: Person, _ number: UInt64, _ ticket: Ticket
    ) -> Result<Void, any Error>? {
        var line = state.lines[person] ?? Line()
        // Nobody is passed by: while there is a place, all who wait have as many inside as they may.
        if state.inside < limits.insideMax, line.inside < limits.insidePerPersonMax {
            line.inside += 1
            state.inside += 1
            state.lines[person] = line
            return .success(())
        }
        // No line may be longer than there are places left, so that there is one for whoever comes last.
        guard line.waiting.count < min(limits.waitingPerPersonMax, limits.waitingMax - state.waiting) else {
            return .failure(Failure.serverBusy)
        }
        if line.waiting.isEmpty { state.turns.append(person) }
        line.waiting.append((number, ticket))
        state.waiting += 1
        state.lines[person] = line
        return nil
    }

    private func admitWaiting(_ state: inout State) -> [Ticket] {
        var admitted: [Ticket] = []
        while state.inside < limits.insideMax,
            let index = state.turns.firstIndex(where: {
                state.lines[$0]?.inside ?? 0 < limits.insidePerPersonMax
            })
        {
            let person = state.turns.remove(at: index)
            guard var line = state.lines[person], let first = line.waiting.first else { continue }
            line.waiting.removeFirst()
            line.inside += 1
            if !line.waiting.isEmpty { state.turns.append(person) }
            state.lines[person] = line
            state.inside += 1
            state.waiting -= 1
            admitted.append(first.ticket)
        }
        return admitted
    }

    /// - Returns: nil for a ticket that does not wait, or no more.
    private func withdraw(_ state: inout State, _ person: Person, _ number: UInt64) -> Ticket? {
        guard let index = state.lines[person]?.waiting.firstIndex(where: { $0.number == number }) else { return nil }
        let ticket = state.lines[person]?.waiting.remove(at: index).ticket
        state.waiting -= 1
        if state.lines[person]?.waiting.isEmpty ?? true { state.turns.removeAll { $0 == person } }
        forget(&state, person)
        return ticket
    }

    /// Keeps no line that nobody stands in.
    private func forget(_ state: inout State, _ person: Person) {
        guard let line = state.lines[person], line.inside == 0, line.waiting.isEmpty else { return }
        state.lines[person] = nil
    }
}

extension Failure {
    package static let serverBusy = Failure(
        .tooMany, "server.busy", "The server has too much to do right now. Try again in a moment.",
        retryAfterSeconds: 2)
}
