import Foundation
import Journal
import Primitives
import Storage
import Sync
import Testing

/// What figures of many journals take in memory.
@Suite struct StatisticsShelfTests {
    private static let basis = StatisticsBasis(zone: .gmt)

    private static func journal(_ trades: Int, on shelf: StatisticsShelf) async throws -> JournalFile {
        let journal = try await JournalFile.inMemory(world: .live, shelf: shelf)
        _ = try await journal.edit("trades", as: "test") { draft, _ in
            for number in 0..<trades {
                draft.put(
                    Schema.trade, EntityID(rawValue: UInt128(number + 1)),
                    [
                        "symbol": .text("BTC_USDT"), "direction": .text("long"), "quantity": .text("1"),
                        "entry_price": .text("100"), "exit_price": .text("101"), "opened_ms": .integer(0),
                        "closed_ms": .integer(Int64(number) * 86_400_000), "setup": .text("setup \(number)"),
                    ])
            }
        }
        return journal
    }

    @discardableResult
    private static func count(_ journal: JournalFile) async throws -> Int {
        try await journal.statistics(basis, startBalance: nil) { book, _ in book.closed(in: "USDT").count }
    }

    @Test func `journals beyond the budget give theirs up, the one that was asked the longest ago first`() async throws
    {
        let one = StatisticsShelf(bytesMax: .max)
        let alone = try await Self.journal(20, on: one)
        try await Self.count(alone)
        let each = one.bytesUsed
        #expect(each > 20 * 200)
        let shelf = StatisticsShelf(bytesMax: each * 5 / 2)
        var journals: [JournalFile] = []
        for _ in 0..<5 {
            let journal = try await Self.journal(20, on: shelf)
            #expect(try await Self.count(journal) == 20)
            journals.append(journal)
            // The first one is asked again each time, and stays.
            #expect(try await Self.count(journals[0]) == 20)
            #expect(shelf.bytesUsed <= each * 5 / 2)
            #expect(journals[0].figures.isKept)
        }
        #expect(journals.map(\.figures.isKept) == [true, false, false, false, true])
        // What was given up is read again, and is the same.
        for journal in journals { #expect(try await Self.count(journal) == 20) }
        #expect(shelf.bytesUsed > 0)
        journals = []
        #expect(shelf.bytesUsed == 0)
    }

    @Test func `a journal that is larger than the budget is answered, and not kept`() async throws {
        let shelf = StatisticsShelf(bytesMax: 10_000)
        let journal = try await Self.journal(50, on: shelf)
        for _ in 0..<3 {
            #expect(try await Self.count(journal) == 50)
            #expect(!journal.figures.isKept)
            #expect(shelf.bytesUsed == 0)
        }
    }

    @Test func `figures cost their names`() async throws {
        let journal = try await Self.journal(50, on: StatisticsShelf(bytesMax: .max))
        await #expect(throws: Failure.tooMuchWork) {
            try await WorkBudget.$current.withValue(WorkBudget(stepsMax: 1000, bytesMax: 100)) {
                try await Self.count(journal)
            }
        }
        let count = try await WorkBudget.$current.withValue(WorkBudget(stepsMax: 50, bytesMax: 1000)) {
            try await Self.count(journal)
        }
        #expect(count == 50)
    }
}
