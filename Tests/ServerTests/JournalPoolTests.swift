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

    /// Keeps files from being closed: somebody reads in them, who has given the journal back.
    private struct Brake {
        private let gate = DispatchSemaphore(value: 0)

        func hold(_ file: JournalFile) async {
            await withCheckedContinuation { begun in
                Task { [gate] in
                    try? await file.read { _ in
                        begun.resume()
                        gate.wait()
                    }
                }
            }
        }

        func release(_ count: Int) { for _ in 0..<count { gate.signal() } }
    }

    @Test func `what was lent while another journal was closed for being idle stays open`() async throws {
        try await withDirectory { path in
            let pool = JournalPool(directory: path, world: Self.hurried(), idleSecondsMax: 0)
            let (people, brake) = ((0..<2).map { _ in ID<Person>.new(in: .live) }, Brake())
            for person in people { await brake.hold(try await pool.withJournal(of: person) { $0.file }) }
            // It begins with either, and has to wait; the other is lent before it goes on.
            let closing = Task.immediate { await pool.closeIdle() }
            let uses = people.map { person in
                Task.immediate { try await Self.keep(pool, person) { await closing.value } }
            }
            _ = await pool.openCount
            brake.release(2)
            for use in uses { await #expect(throws: Never.self) { try await use.value } }
            await pool.closeAll()
        }
    }

    @Test func `what was lent while another journal made room stays open, and no more are open than may be`()
        async throws
    {
        try await withDirectory { path in
            let pool = JournalPool(directory: path, world: .live, openCountMax: 2)
            let (people, brake) = ((0..<4).map { _ in ID<Person>.new(in: .live) }, Brake())
            await brake.hold(try await pool.withJournal(of: people[0]) { $0.file })
            try await pool.withJournal(of: people[1]) { _ in }
            // The first has to make room for the third. The fourth waits for that as well, and the second is lent meanwhile.
            let waiting = people[2...].map { person in Task.immediate { try await Self.keep(pool, person) } }
            let use = Task.immediate {
                try await Self.keep(pool, people[1]) { for one in waiting { _ = await one.result } }
            }
            _ = await pool.openCount
            brake.release(1)
            await #expect(throws: Never.self) { try await use.value }
            var served = 0
            for one in waiting {
                switch await one.result {
                case .success: served += 1
                case .failure(let error): #expect(error as? Failure == .journalsBusy)
                }
            }
            #expect(served > 0)
            #expect(await pool.openCount <= 2)
            await pool.closeAll()
        }
    }

    /// Borrows a journal, waits for something, and looks whether it still is the one that is lent: to read in one that was
    /// closed could end the process.
    private static func keep(
        _ pool: JournalPool, _ person: ID<Person>, after event: @Sendable () async -> Void = {}
    ) async throws {
        try await pool.withJournal(of: person) { journal in
            await event()
            let isSame = try await pool.withJournal(of: person) { $0.file === journal.file }
            #expect(isSame)
            if isSame { _ = try await journal.file.position() }
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
