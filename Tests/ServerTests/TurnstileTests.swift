import JournalAPI
import Primitives
import Testing

@Suite struct TurnstileTests {
    @Test func `only so many are inside at once, and all get through`() async throws {
        let turnstile = Turnstile<Int>(countMax: 3, perPersonMax: 2)
        let tally = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<30 {
                group.addTask {
                    try await turnstile.pass(number) {
                        await tally.enter()
                        try await Task.sleep(for: .milliseconds(2))
                        await tally.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(await tally.most == 3)
    }

    @Test func `one person's work does not keep another's waiting`() async throws {
        let turnstile = Turnstile<Int>(countMax: 2, perPersonMax: 1)
        let tally = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<5 {
                group.addTask { try await turnstile.pass(1) { try await Task.sleep(for: .milliseconds(50)) } }
            }
            try await Task.sleep(for: .milliseconds(20))
            group.addTask { try await turnstile.pass(2) { await tally.enter() } }
            try await Task.sleep(for: .milliseconds(20))
            #expect(await tally.most == 1)
            try await group.waitForAll()
        }
    }

    @Test func `too many who wait are sent away`() async throws {
        let turnstile = Turnstile<Int>(countMax: 1, perPersonMax: 1, waitingMax: 1)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    do {
                        try await turnstile.pass(1) { try await Task.sleep(for: .milliseconds(50)) }
                        return true
                    } catch {
                        return error as? Failure != .serverBusy
                    }
                }
            }
            #expect(await group.reduce(into: 0) { $0 += $1 ? 1 : 0 } == 2)
        }
    }
}

private actor Tally {
    private var now = 0
    private(set) var most = 0

    func enter() {
        now += 1
        most = max(most, now)
    }

    func leave() { now -= 1 }
}
