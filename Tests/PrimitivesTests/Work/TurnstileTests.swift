import Primitives
import Synchronization
import TestSupport
import Testing

@Suite struct TurnstileTests {
    private static func turnstile(
        inside: Int, perPerson: Int = 1, waiting: Int = 1000, waitingPerPerson: Int = 1000
    ) -> Turnstile<Int> {
        Turnstile(
            .init(
                insideMax: inside, insidePerPersonMax: perPerson, waitingMax: waiting,
                waitingPerPersonMax: waitingPerPerson))
    }

    /// Whatever comes and is called off in whatever order: never more inside than may be, everybody who stays gets in,
    /// and nothing is left behind.
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func `random people come and go`(seed: UInt64) async throws {
        var dice = Dice(seed: seed)
        let (insideMax, perPersonMax) = (1 + dice.roll(3), 1 + dice.roll(2))
        let turnstile = Self.turnstile(inside: insideMax, perPerson: perPersonMax)
        let tally = Tally()
        var visits: [(person: Int, rounds: Int, task: Task<Void, any Error>)] = []
        var cancelled: Set<Int> = []
        for number in 0..<300 {
            let (person, rounds) = (dice.roll(5), dice.roll(6))
            visits.append((person, rounds, Task { try await tally.visit(turnstile, person, number, rounds) }))
            if dice.chance(30) {
                let victim = dice.roll(visits.count)
                visits[victim].task.cancel()
                cancelled.insert(victim)
            }
            if dice.chance(20) { await Task.yield() }
        }
        for (number, visit) in visits.enumerated() {
            let result = await visit.task.result
            #expect(result.isCancellation != tally.hasVisited(number), "visit \(number), seed \(seed)")
            if !cancelled.contains(number) { #expect(!result.isCancellation, "visit \(number), seed \(seed)") }
        }
        #expect(tally.most <= insideMax, "seed \(seed)")
        #expect(tally.mostOfOne <= perPersonMax, "seed \(seed)")
        #expect(turnstile.occupancy == (0, 0), "seed \(seed)")
    }

    @Test func `people take turns, however many wait in one line`() async throws {
        let turnstile = Self.turnstile(inside: 1)
        let (gate, order) = (Gate(), Order())
        let first = Task { try await turnstile.pass(0) { await gate.pass() } }
        try await turnstile.hasInside(1)
        var visits: [Task<Void, any Error>] = []
        for (number, person) in [1, 1, 1, 1, 2, 2, 3].enumerated() {
            visits.append(Task { try await turnstile.pass(person) { order.add(person) } })
            try await turnstile.hasWaiting(number + 1)
        }
        await gate.open()
        for visit in visits { try await visit.value }
        try await first.value
        #expect(order.people == [1, 2, 3, 1, 2, 1, 1])
    }

    @Test func `one person's work does not keep another's waiting`() async throws {
        let turnstile = Self.turnstile(inside: 2)
        let gate = Gate()
        let visits = (0..<5).map { _ in Task { try await turnstile.pass(1) { await gate.pass() } } }
        try await turnstile.hasWaiting(4)
        try await turnstile.pass(2) {}
        #expect(turnstile.occupancy == (1, 4))
        await gate.open()
        for visit in visits { try await visit.value }
    }

    @Test func `who is called off while waiting leaves at once`() async throws {
        let turnstile = Self.turnstile(inside: 1)
        let gate = Gate()
        let inside = Task { try await turnstile.pass(1) { await gate.pass() } }
        try await turnstile.hasInside(1)
        let waiting = Task { try await turnstile.pass(2) {} }
        try await turnstile.hasWaiting(1)
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(turnstile.occupancy == (1, 0))
        await gate.open()
        try await inside.value
        #expect(turnstile.occupancy == (0, 0))
    }

    @Test func `a full line sends its own person away, and nobody else`() async throws {
        let turnstile = Self.turnstile(inside: 1, waitingPerPerson: 3)
        let gate = Gate()
        let visits = (0..<4).map { _ in Task { try await turnstile.pass(1) { await gate.pass() } } }
        try await turnstile.hasWaiting(3)
        await #expect(throws: Failure.serverBusy) { try await turnstile.pass(1) {} }
        let other = Task { try await turnstile.pass(2) {} }
        try await turnstile.hasWaiting(4)
        await gate.open()
        for visit in visits { try await visit.value }
        try await other.value
    }

    @Test func `no line takes so many places that none is left for the next person`() async throws {
        let turnstile = Self.turnstile(inside: 1, waiting: 16)
        let gate = Gate()
        let inside = Task { try await turnstile.pass(0) { await gate.pass() } }
        try await turnstile.hasInside(1)
        let refused = Order()
        var visits: [Task<Void, any Error>] = []
        for person in 1...4 {
            for _ in 0..<16 {
                visits.append(
                    Task {
                        do { try await turnstile.pass(person) {} } catch is Failure { refused.add(person) }
                    })
            }
            try await eventually { turnstile.occupancy.waiting + refused.people.count == visits.count }
        }
        #expect(Set(refused.people) == [1, 2, 3, 4])
        let waiting = turnstile.occupancy.waiting
        #expect(waiting < 16)
        let last = Task { try await turnstile.pass(5) {} }
        try await turnstile.hasWaiting(waiting + 1)
        await gate.open()
        for visit in visits + [last, inside] { try await visit.value }
        #expect(turnstile.occupancy == (0, 0))
    }
}

extension Turnstile {
    fileprivate func hasInside(_ count: Int) async throws { try await eventually { occupancy.inside == count } }
    fileprivate func hasWaiting(_ count: Int) async throws { try await eventually { occupancy.waiting == count } }
}

extension Result where Failure == any Error {
    fileprivate var isCancellation: Bool {
        if case .failure(let error) = self { error is CancellationError } else { false }
    }
}

/// Who came, in their order.
private final class Order: Sendable {
    private let seen = Mutex<[Int]>([])

    var people: [Int] { seen.withLock { $0 } }

    func add(_ person: Int) { seen.withLock { $0.append(person) } }
}

/// Who is inside, and how many ever were at once.
private final class Tally: Sendable {
    private struct State {
        var inside: [Int: Int] = [:]
        var most = 0
        var mostOfOne = 0
        var visited: Set<Int> = []
    }

    private let state = Mutex(State())

    var most: Int { state.withLock { $0.most } }
    var mostOfOne: Int { state.withLock { $0.mostOfOne } }

    func hasVisited(_ number: Int) -> Bool { state.withLock { $0.visited.contains(number) } }

    func visit(_ turnstile: Turnstile<Int>, _ person: Int, _ number: Int, _ rounds: Int) async throws {
        try await turnstile.pass(person) {
            state.withLock { state in
                state.inside[person, default: 0] += 1
                state.most = max(state.most, state.inside.values.reduce(0, +))
                state.mostOfOne = max(state.mostOfOne, state.inside[person] ?? 0)
                state.visited.insert(number)
            }
            for _ in 0..<rounds { await Task.yield() }
            state.withLock { $0.inside[person, default: 0] -= 1 }
        }
    }
}
