import Foundation
import Primitives
import Storage
import Testing

/// What a start makes of how the process before it ended.
@Suite struct QuarantineTests {
    private func board(_ path: String) throws -> WorkBoard {
        try PrivateFile.createDirectory(path)
        return try WorkBoard(in: path, placeCount: 4)
    }

    private func quarantine(_ path: String, version: String = "1") throws -> Quarantine {
        try PrivateFile.createDirectory(path)
        return Quarantine(in: path, world: .live, version: version)
    }

    private func aftermath(marked: [ID<Person>] = [], inUse: [ID<Person>] = []) -> WorkBoard.Aftermath {
        WorkBoard.Aftermath(signal: 4, marked: marked, inUse: inUse)
    }

    private let first = ID<Person>.new(in: .live)
    private let second = ID<Person>.new(in: .live)
    private let third = ID<Person>.new(in: .live)

    @Test func `a process that was killed sets nobody aside`() async throws {
        try await withDirectory { path in
            #expect(WorkBoard.aftermath(in: path) == nil)
            let pool = JournalPool(directory: path, world: .live, board: try board(path))
            try await pool.withJournal(of: first) { journal in
                _ = try await journal.file.position()
                // What a start would find now: it is in use, and nothing trapped.
                #expect(WorkBoard.aftermath(in: path) == nil)
            }
            await pool.closeAll()
        }
    }

    @Test func `whatever stands in the place of the board is no reason not to start`() async throws {
        try await withDirectory { path in
            try PrivateFile.createDirectory(path)
            for bytes in [[], Array("DAYBOARD".utf8), [UInt8](repeating: 255, count: 100)] as [[UInt8]] {
                try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + WorkBoard.fileName))
                #expect(WorkBoard.aftermath(in: path) == nil)
            }
            // A board that says of itself that everything trapped, cut in the middle of a place.
            let broken = Array("DAYBOARD".utf8) + [UInt8](repeating: 255, count: 56 + 32 + 17)
            try Data(broken).write(to: URL(fileURLWithPath: path + "/" + WorkBoard.fileName))
            #expect(WorkBoard.aftermath(in: path)?.marked.count == 1)
        }
    }

    @Test func `the journal of the thread that trapped is set aside at once, and no other`() async throws {
        try await withDirectory { path in
            let quarantine = try quarantine(path)
            #expect(try quarantine.settle(aftermath(marked: [first], inUse: [second])) == [first])
            #expect(try quarantine.settle(aftermath(marked: [third], inUse: [second])) == [third])
            #expect(Set(quarantine.list().map(\.person)) == [first, third])
            #expect(quarantine.count == 2)
            #expect(throws: Failure.journalQuarantined) { try quarantine.check(first) }
            try quarantine.check(second)
        }
    }

    @Test func `without a mark, who was there at two traps in a row is set aside`() async throws {
        try await withDirectory { path in
            let quarantine = try quarantine(path)
            #expect(try quarantine.settle(aftermath(inUse: [first, second])) == [])
            #expect(try quarantine.settle(aftermath(inUse: [third, second])) == [second])
            #expect(try quarantine.settle(aftermath(inUse: [third])) == [third])
            try quarantine.check(first)
        }
    }

    @Test func `a stretch without a trap takes the suspicion away`() async throws {
        try await withDirectory { path in
            let quarantine = try quarantine(path)
            #expect(try quarantine.settle(aftermath(inUse: [first])) == [])
            quarantine.forgetStrikes()
            #expect(try quarantine.settle(aftermath(inUse: [first])) == [])
            // A kill in between does not.
            #expect(try quarantine.settle(nil) == [])
            #expect(try quarantine.settle(aftermath(inUse: [first])) == [first])
        }
    }

    @Test func `another version of the program tries again, and an operator may`() async throws {
        try await withDirectory { path in
            _ = try quarantine(path).settle(aftermath(marked: [first, second]))
            let same = try quarantine(path)
            _ = try same.settle(nil)
            #expect(same.count == 2)
            #expect(same.lift(second))
            #expect(!same.lift(second))
            same.countAgain()
            #expect(same.count == 1)
            let next = try quarantine(path, version: "2")
            _ = try next.settle(nil)
            #expect(next.count == 0)
            try next.check(first)
        }
    }

    @Test func `every door to a journal that is set aside is closed, and others stand open`() async throws {
        try await withDirectory { path in
            let quarantine = try quarantine(path)
            let pool = JournalPool(directory: path, world: .live, board: try board(path), quarantine: quarantine)
            _ = try quarantine.settle(aftermath(marked: [first]))
            await #expect(throws: Failure.journalQuarantined) { try await pool.withJournal(of: first) { _ in } }
            try await pool.withJournal(of: second) { _ = try await $0.file.position() }
            #expect(await pool.openCount == 1)
            quarantine.lift(first)
            try await pool.withJournal(of: first) { _ = try await $0.file.position() }
            await pool.closeAll()
        }
    }
}
