import Primitives

/// Lets only so many in at a time, and only so many of each person, in the order they came.
///
/// Big work waits here, so that small work of others does not wait for it.
package actor Turnstile<Person: Hashable & Sendable> {
    private struct Waiting {
        let person: Person
        let continuation: CheckedContinuation<Void, Never>
    }

    private let countMax: Int
    private let perPersonMax: Int
    private let waitingMax: Int
    private var count = 0
    private var inside: [Person: Int] = [:]
    private var waiting: [Waiting] = []

    package init(countMax: Int, perPersonMax: Int, waitingMax: Int = 512) {
        self.countMax = countMax
        self.perPersonMax = perPersonMax
        self.waitingMax = waitingMax
    }

    /// - Throws: `server.busy` when too many wait already; what `body` throws.
    package func pass<T: Sendable>(
        _ person: Person, _ body: @Sendable () async throws -> T
    ) async throws -> T {
        try await enter(person)
        do {
            let result = try await body()
            leave(person)
            return result
        } catch {
            leave(person)
            throw error
        }
    }

    private func enter(_ person: Person) async throws {
        if waiting.isEmpty, mayEnter(person) {
            admit(person)
            return
        }
        guard waiting.count < waitingMax else { throw Failure.serverBusy }
        await withCheckedContinuation { continuation in
            waiting.append(Waiting(person: person, continuation: continuation))
            admitWaiting()
        }
    }

    private func leave(_ person: Person) {
        count -= 1
        let rest = inside[person, default: 1] - 1
        inside[person] = rest > 0 ? rest : nil
        admitWaiting()
    }

    private func admitWaiting() {
        while count < countMax, let index = waiting.firstIndex(where: { mayEnter($0.person) }) {
            let next = waiting.remove(at: index)
            admit(next.person)
            next.continuation.resume()
        }
    }

    private func mayEnter(_ person: Person) -> Bool {
        count < countMax && inside[person, default: 0] < perPersonMax
    }

    private func admit(_ person: Person) {
        count += 1
        inside[person, default: 0] += 1
    }
}

extension Failure {
    package static let serverBusy = Failure(
        .tooMany, "server.busy", "The server has too much to do right now. Try again in a moment.",
        retryAfterSeconds: 2)
}
