import Foundation
import Primitives
import Storage
import Sync
import Synchronization
import TestSupport
import Testing

@Suite struct JournalPoolTests {
    @Test func `the least used journal makes room for another`() async throws {
        try await withDirectory { path in
            let pool = JournalPool(directory: path, world: .live, openCountMax: 2)
            let people = (0..<5).map { _ in ID<Person>.new(in: .live) }
            var replicas: [String] = []
            for person in people {
                replicas.append(try await pool.withJournal(of: person) { "\(try await $0.file.position().replica)" })
                #expect(await pool.openCount <= 2)
            }
            for (person, replica) in zip(people, replicas) {
                #expect(try await pool.withJournal(of: person) { "\(try await $0.file.position().replica)" } == replica)
            }
            await pool.closeAll()
        }
    }

    @Test func `a journal in use is never closed`() async throws {
        try await withDirectory { path in
            let pool = JournalPool(directory: path, world: .live, openCountMax: 1)
            let (first, second) = (ID<Person>.new(in: .live), ID<Person>.new(in: .live))
            try await pool.withJournal(of: first) { journal in
                await #expect(throws: Failure.journalsBusy) { try await pool.withJournal(of: second) { _ in } }
                _ = try await journal.file.position()
            }
            try await pool.withJournal(of: second) { _ = try await $0.file.position() }
            await pool.closeAll()
            await #expect(throws: Failure.serverStopping) { try await pool.withJournal(of: first) { _ in } }
        }
    }

    @Test func `many at once share what may be open`() async throws {
        try await withDirectory { path in
            let pool = JournalPool(directory: path, world: .live, openCountMax: 3)
            let people = (0..<6).map { _ in ID<Person>.new(in: .live) }
            let served = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<60 {
                    group.addTask {
                        do {
                            try await pool.withJournal(of: people[number % 6]) { _ = try await $0.file.position() }
                            return true
                        } catch {
                            #expect(error as? Failure == .journalsBusy)
                            return false
                        }
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(served > 0)
            #expect(await pool.openCount <= 3)
            await pool.closeAll()
        }
    }

    @Test func `a journal that nobody uses is closed after a while`() async throws {
        try await withDirectory { path in
            let pool = JournalPool(directory: path, world: .live, idleSecondsMax: 0)
            try await pool.withJournal(of: .new(in: .live)) { _ in }
            try await Task.sleep(for: .milliseconds(10))
            await pool.closeIdle()
            #expect(await pool.openCount == 0)
        }
    }

    /// A clock of its own: each look is a second later, so that whatever nobody uses is idle at once.
    private static func hurried() -> World {
        let seconds = Mutex<Int64>(0)
        return World(
            now: {
                seconds.withLock { seconds in
                    seconds += 1
                    return Timestamp(milliseconds: 1_777_000_000_000 + seconds * 1000)
                }
            }, random: World.live.random)
    }

    /// While one idle journal is closed, another may be lent that was idle, too.
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `a journal that was lent while others were closed stays open`(seed: UInt64) async throws {
        try await withDirectory { path in
            let pool = JournalPool(directory: path, world: Self.hurried(), openCountMax: 5, idleSecondsMax: 1)
            let people = (0..<6).map { _ in ID<Person>.new(in: .live) }
            let closer = Task { await Self.closeIdle(pool) }
            let failures = await withTaskGroup(of: [String].self) { group in
                for lane in 0..<4 as Range<UInt64> {
                    group.addTask { await Self.use(people, of: pool, Dice(seed: seed << 8 | lane)) }
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            closer.cancel()
            await closer.value
            #expect(failures == [], "seed \(seed)")
            await pool.closeAll()
        }
    }

    private static func closeIdle(_ pool: JournalPool) async {
        while !Task.isCancelled {
            await pool.closeIdle()
            try? await Task.sleep(for: .milliseconds(1))
        }
    }

    private static func use(_ people: [ID<Person>], of pool: JournalPool, _ chance: Dice) async -> [String] {
        var (dice, failures) = (chance, [String]())
        for _ in 0..<10 {
            let (person, reads) = (dice.pick(people), 1 + dice.roll(4))
            do {
                try await pool.withJournal(of: person) { journal in
                    for _ in 0..<reads {
                        _ = try await journal.file.position()
                        await Task.yield()
                    }
                }
            } catch {
                // Five places for six people: that is no failure here.
                if error as? Failure != .journalsBusy { failures.append("\(error)") }
            }
        }
        return failures
    }

    @Test func `many requests of one person take one place`() async throws {
        try await withDirectory { path in
            let pool = JournalPool(directory: path, world: .live, openCountMax: 2)
            let (greedy, other) = (ID<Person>.new(in: .live), ID<Person>.new(in: .live))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<40 {
                    group.addTask { try await pool.withJournal(of: greedy) { _ = try await $0.file.position() } }
                }
                for _ in 0..<10 {
                    group.addTask { try await pool.withJournal(of: other) { _ = try await $0.file.position() } }
                }
                try await group.waitForAll()
            }
            #expect(await pool.openCount == 2)
            await pool.closeAll()
        }
    }
}
