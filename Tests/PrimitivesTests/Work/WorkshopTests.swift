import Foundation
import Primitives
import Synchronization
import TestSupport
import Testing

@Suite struct WorkshopTests {
    private static func person(_ number: UInt128) -> ID<Person> { ID(rawValue: number) }

    /// As the system has it: `Thread.current` may be another's object in a task, which changes threads.
    private static func threadName() -> String {
        (try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)) ?? ""
    }

    @Test func `work is done on threads of its own, also after it has waited for something`() async throws {
        let workshop = Workshop(runningMax: 2)
        let names = try await workshop.run(for: Self.person(1)) {
            let before = Self.threadName()
            await Task.yield()
            return [before, Self.threadName()]
        }
        #expect(names.allSatisfy { $0.hasPrefix("daybook work") }, "\(names)")
        #expect(!Self.threadName().hasPrefix("daybook work"))
    }

    @Test func `work that blocks keeps nobody else from going on`() async throws {
        let workshop = Workshop(runningMax: 8)
        let (arrived, free) = (Semaphore(), Semaphore())
        let blocked = (0..<8).map { number in
            Task {
                try await workshop.run(for: Self.person(UInt128(number))) {
                    arrived.signal()
                    return free.wait()
                }
            }
        }
        // More are blocked at once than this machine has threads for all tasks together.
        Thread {
            for _ in 0..<8 { arrived.wait() }
            for _ in 0..<8 { free.signal() }
        }.start()
        for task in blocked { #expect(try await task.value) }
    }

    @Test func `one person's work is done piece by piece`() async throws {
        let workshop = Workshop(runningMax: 4)
        let gate = Gate()
        let pieces = (0..<5).map { _ in Task { try await workshop.run(for: Self.person(1)) { await gate.pass() } } }
        try await eventually { workshop.occupancy == (1, 4) }
        try await workshop.run(for: Self.person(2)) {}
        await gate.open()
        for piece in pieces { try await piece.value }
        #expect(workshop.occupancy == (0, 0))
    }

    @Test(arguments: [true, false])
    func `work ends at its next step when it is called off`(hasBudget: Bool) async throws {
        let workshop = Workshop(runningMax: 1)
        let budget = hasBudget ? WorkBudget(stepsMax: 1 << 50, bytesMax: 1 << 50) : nil
        let steps = Atomic(0)
        let work = Task {
            try await WorkBudget.$current.withValue(budget) {
                try await workshop.run(for: Self.person(1)) {
                    while true {
                        try WorkBudget.spend()
                        steps.add(1, ordering: .relaxed)
                    }
                }
            }
        }
        try await eventually { steps.load(ordering: .relaxed) > 0 }
        work.cancel()
        await #expect(throws: CancellationError.self) { try await work.value }
        #expect(workshop.occupancy == (0, 0))
    }

    @Test func `a budget that is spent ends the work, and the next is done`() async throws {
        let workshop = Workshop(runningMax: 1)
        await #expect(throws: Failure.tooMuchWork) {
            try await WorkBudget.$current.withValue(WorkBudget(stepsMax: 3, bytesMax: 3)) {
                try await workshop.run(for: Self.person(1)) { for _ in 0..<4 { try WorkBudget.spend() } }
            }
        }
        try await workshop.run(for: Self.person(1)) {}
        #expect(workshop.occupancy == (0, 0))
    }
}

/// A semaphore that nobody waits at for ever.
private final class Semaphore: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func signal() { semaphore.signal() }

    /// False when it was in vain.
    @discardableResult
    func wait() -> Bool { semaphore.wait(timeout: .now() + 300) == .success }
}
