import GRDB
import Journal
import Primitives
import Sync
import TestSupport
import Testing
@testable import Storage

/// A long text of which there are more versions, or longer ones, than anybody could read at once.
@Suite struct ManyVersionsTests {
    private static let trade = EntityID.numbered(1)
    private static let key = JournalState.Key(Schema.trade.kind, trade)
    private static let notes = Schema.trade.number(of: "notes")

    /// A version of the notes by each of so many replicas, none of which had seen another's.
    private func versions(_ count: Int, text: (Int) -> String) throws -> [EncodedCommit] {
        try (0..<count).map { number in
            var writer = HostileWriter(UInt64(1000 + number))
            return try writer.next([
                .put(Schema.trade.kind, Self.trade, [FieldWrite(Self.notes, .text(text(number)))])
            ])
        }
    }

    @Test func `of two hundred versions some are told at a time, each can be had whole, and any can be kept`()
        async throws
    {
        let journal = try await JournalFile.inMemory(world: .live)
        let text = { (number: Int) in "\(number) " + String(repeating: "word ", count: 20_000) }
        try await journal.receive(try versions(200, text: text))
        // All were written at one time: then the replica decides, on every device alike.
        #expect(try await journal.shown(Schema.trade, Self.trade, "notes") == .text(text(199)))
        let told = try await journal.read { try ConflictStore($0).fields() }
        let conflict = try #require(told.first)
        #expect(told.count == 1)
        #expect(conflict.versionCount == 200)
        #expect(conflict.versions.map(\.number) == Array(1...ConflictReading.versionsMax))
        #expect(conflict.merged?.hasOverlap == true)
        let bytes = conflict.versions.reduce(conflict.merged?.text.utf8.count ?? 0) { $0 + $1.value.byteCount }
        #expect(bytes < ConflictReading.wholeBytesMax + CommitLimits.textBytesMax + 20 * ConflictReading.cutBytes)
        #expect(conflict.versions.last?.isCut == true)
        #expect(conflict.versions.last?.byteCount == text(180).utf8.count)

        var reading = ConflictReading()
        reading.first = 191
        let last = try await journal.read { [reading] in
            try ConflictStore($0).require(Self.key, field: "notes", reading)
        }
        #expect(last.versions.map(\.number) == Array(191...200))
        let whole = try await journal.read { try ConflictStore($0).version(150, Self.key, field: "notes") }
        #expect(whole.value == .text(text(50)))
        #expect(!whole.isCut)
        #expect(
            await failureCode {
                _ = try await journal.read { try ConflictStore($0).version(201, Self.key, field: "notes") }
            }
                == "conflict.no_version")
        #expect(try await journal.settle(Self.key, field: "notes", keeping: "150") == .text(text(50)))
        #expect(try await journal.shown(Schema.trade, Self.trade, "notes") == .text(text(50)))
        #expect(try await journal.read { try ConflictStore($0).count() } == 0)
    }

    @Test func `of very many deletions and edits of one thing the latest are told`() async throws {
        let journal = try await JournalFile.inMemory(world: .live)
        var first = HostileWriter()
        let made = try first.next([
            .put(Schema.trade.kind, Self.trade, [FieldWrite(Schema.trade.number(of: "symbol"), .text("AAPL"))])
        ])
        let rating = Schema.trade.number(of: "rating")
        let start = AdversarialClock.noon
        // By turns, a second apart, each by somebody who has only seen how it was made. Whose id is the lowest wrote last.
        var commits = [made]
        for number in 1...Int64(2 * (Contest.actsMax + 10)) {
            let time = HybridTime(rawValue: UInt64(start + number * 1000) << 16)
            let edit = Mutation.put(
                Schema.trade.kind, Self.trade, [FieldWrite(rating, .integer(number % 5 + 1))])
            let act = number % 2 == 0 ? .delete(Schema.trade.kind, Self.trade) : edit
            commits.append(
                try HostileWriter(UInt64(1000 - number)).commit(context: [made.dot], time: time, [act]))
        }
        try await journal.receive(commits)
        let told = try await journal.read { try ConflictStore($0).contests() }
        #expect(told.count == 1)
        let contest = try #require(told.first)
        for acts in [contest.deletions, contest.edits] {
            #expect(acts.count == Contest.actsMax)
            #expect(acts.allSatisfy { $0.time.milliseconds > start + 20_000 })
        }
    }

    @Test(arguments: [3, ProseRegister.versionsMax, ProseRegister.versionsMax + 1, 40])
    func `every order and every parting into transactions shows the same text`(count: Int) async throws {
        var dice = Dice(seed: UInt64(count))
        let commits = try versions(count) { "version \($0)\nof a text\n" }
        var shown: Set<Value> = []
        for _ in 0..<6 {
            let journal = try await JournalFile.inMemory(world: .live)
            var rest = commits.shuffled(using: &dice)[...]
            while !rest.isEmpty {
                let part = rest.prefix(1 + dice.roll(count))
                rest = rest.dropFirst(part.count)
                try await journal.receive(Array(part))
            }
            shown.insert(try await journal.shown(Schema.trade, Self.trade, "notes"))
        }
        #expect(shown.count == 1)
        #expect(
            shown.first
                == .text(
                    count > ProseRegister.versionsMax
                        ? "version \(count - 1)\nof a text\n"
                        : (0..<count).map { "version \($0)\nof a text\n" }.joined()))
    }

    @Test func `a text that is written many times in one transaction is merged once`() async throws {
        let journal = try await JournalFile.inMemory(world: .live)
        var writers = [HostileWriter(77), HostileWriter(78)]
        var commits: [EncodedCommit] = []
        for number in 0..<300 {
            let index = number % 2
            commits.append(
                try writers[index].next([
                    .put(Schema.trade.kind, Self.trade, [FieldWrite(Self.notes, .text("\(number) of \(index)\n"))])
                ]))
        }
        let (own, all) = (try await journal.position().replica, commits)
        let merges = try await journal.write { db, changes in
            let merge = try MergeTransaction(db, .current)
            try merge.receive(all, own: own)
            changes.note(try merge.finish())
            return merge.mergeCount
        }
        #expect(merges == 1)
        #expect(try await journal.shown(Schema.trade, Self.trade, "notes") == .text("298 of 0\n299 of 1\n"))
    }

    @Test func `commits that come in the worst order are decoded about as often as there are of them`() async throws {
        let journal = try await JournalFile.inMemory(world: .live)
        var writers = (0..<40).map { HostileWriter(UInt64(100 + $0)) }
        var commits: [EncodedCommit] = []
        var last: Dot?
        for number in 0..<1000 {
            let index = (number * 7) % 40
            let seen = last.flatMap { $0.replica == writers[index].replica ? nil : [$0] } ?? []
            commits.append(
                try writers[index].next(
                    context: seen, [.put(Schema.trade.kind, Self.trade, [FieldWrite(7, .integer(Int64(number)))])]))
            last = commits.last?.dot
        }
        let (own, reversed) = (try await journal.position().replica, Array(commits.reversed()))
        let attempts = try await journal.write { db, changes in
            let merge = try MergeTransaction(db, .current)
            try merge.receive(reversed, own: own)
            changes.note(try merge.finish())
            return merge.attemptCount
        }
        #expect(attempts <= 3 * commits.count)
        #expect(try await journal.shown(Schema.trade, Self.trade, "opened_ms") == .integer(999))
    }

    @Test func `hashes are told as far as the log may be read for them, and at least one`() async throws {
        let journal = try await JournalFile.inMemory(world: .live)
        var writer = HostileWriter()
        var commits: [EncodedCommit] = []
        for number in 0..<10 {
            let text = "\(number) " + String(repeating: "long ", count: 2_000)
            commits.append(
                try writer.next([.put(Schema.trade.kind, Self.trade, [FieldWrite(Self.notes, .text(text))])]))
        }
        try await journal.receive(commits)
        let dots = commits.dropLast().map(\.dot)
        let expected = commits.dropLast().map { CommitHash(of: $0.dot, bytes: $0.bytes) }
        #expect(try await journal.hashes(of: dots) == expected)
        #expect(try await journal.hashes(of: dots, bytesMax: 25_000) == Array(expected.prefix(3)))
        #expect(try await journal.hashes(of: dots, bytesMax: 1) == Array(expected.prefix(1)))
    }

    @Test func `many long texts that change at once are found by their new words`() async throws {
        let journal = try await JournalFile.inMemory(world: .live)
        let count = UInt64(TextIndex.bytesMax / CommitLimits.textBytesMax + 4)
        var writer = HostileWriter()
        for word in ["alpha", "beta"] {
            let text = String(repeating: "long words ", count: 23_000) + word
            try await journal.receive(
                try (1...count).map { number in
                    try writer.next([.put(Schema.trade.kind, .numbered(number), [FieldWrite(Self.notes, .text(text))])])
                })
        }
        let found = try await journal.read { db in
            try ["alpha", "beta"].map { word in
                try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM trade_text WHERE trade_text MATCH ?", arguments: [word]) ?? 0
            }
        }
        #expect(found == [0, Int(count)])
    }
}
