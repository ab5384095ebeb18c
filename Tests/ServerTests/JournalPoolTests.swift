import Foundation
import Primitives
import Storage
import Sync
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
}
