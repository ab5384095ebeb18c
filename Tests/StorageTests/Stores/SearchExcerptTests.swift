import Foundation
import GRDB
import Journal
import Primitives
import Storage
import Sync
import TestSupport
import Testing

/// The pieces that a search shows are those that FTS5's own `snippet()` would choose, without taking as long.
@Suite struct SearchExcerptTests {
    /// What `snippet()` says of every note that matches.
    private static func native(_ query: String, _ db: JournalFile.Connection) throws -> Set<String> {
        try Set(
            String.fetchAll(
                db, sql: "SELECT snippet(trade_text, 0, ?, ?, '…', 16) FROM trade_text WHERE trade_text MATCH ?",
                arguments: ["\u{2}", "\u{3}", query]))
    }

    private static let vocabulary = [
        "late", "entry", "Late", "déjà", "deja", "VU", "stop", "Ärger", "arger", "breakout", "x1", "7", "日本", "Straße",
    ]
    private static let gaps = [" ", " ", " ", ". ", ": ", ", ", "\n\n", "; ", " — ", ".", "e\u{301} "]

    private static func text(_ dice: inout Dice) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 1...60, using: &dice) {
            text += (vocabulary.randomElement(using: &dice) ?? "") + (gaps.randomElement(using: &dice) ?? "")
        }
        return text
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `a piece of a text is the one that FTS5 would show`(seed: UInt64) async throws {
        var dice = Dice(seed: seed)
        let desk = try await TestDevice("Desk")
        for number in 0..<30 {
            try await desk.put(
                Schema.trade, .numbered(UInt64(number)),
                [
                    "symbol": .text("AAPL"), "direction": .text("long"), "quantity": .text("1"),
                    "entry_price": .text("1"), "opened_ms": .integer(1), "notes": .text(Self.text(&dice)),
                ])
        }
        for asked in [
            "late", "late entry", "\"late entry\"", "sto", "deja vu ", "arger \"x1 7\" brea", "日",
            "late late \"late entry\" ",
            "straße", "\"stop stop\" stop ",
        ] {
            let words = try SearchWords(asked)
            let (ours, theirs) = try await desk.journal.read { db in
                (try SearchStore(db).search(words.query, limit: 100).map(\.snippet), try Self.native(words.query, db))
            }
            #expect(Set(ours) == theirs, "\(asked), seed \(seed)")
        }
    }

    @Test func `of an entry the better of title and body is shown`() async throws {
        let desk = try await TestDevice("Desk")
        func write(_ number: UInt64, _ title: String, _ body: String) async throws {
            try await desk.put(Schema.entry, .numbered(number), ["title": .text(title), "body": .text(body)])
        }
        try await write(1, "Late again", "Nothing.")
        try await write(2, "Late again", "A late entry.")
        let found = try await desk.journal.read { db in
            try ["late", "late entry"].map { try SearchStore(db).search(try SearchWords($0)).map(\.snippet).sorted() }
        }
        #expect(found[0] == ["\u{2}Late\u{3} again", "\u{2}Late\u{3} again"])
        #expect(found[1] == ["A \u{2}late\u{3} \u{2}entry\u{3}."])
    }

    @Test func `a word without an end is cut, and no letter in halves`() async throws {
        let desk = try await TestDevice("Desk")
        let long = String(repeating: "ä", count: 100_000)
        try await desk.put(Schema.entry, .numbered(1), ["title": .text("x"), "body": .text(long + " end")])
        let hit = try await desk.journal.read { try SearchStore($0).search(try SearchWords("end ä")).first }
        let snippet = try #require(hit?.snippet)
        #expect(snippet.utf8.count < 2200)
        #expect(snippet.hasPrefix("\u{2}ääää"))
        #expect(snippet.hasSuffix("ää\u{3}…"))
        #expect(!snippet.unicodeScalars.contains("\u{FFFD}"))
    }

    /// How many steps of a budget a search takes: the fewest with which it ends.
    private func steps(_ words: String, _ text: String) async throws -> Int {
        let desk = try await TestDevice("Desk")
        try await desk.put(Schema.entry, .numbered(1), ["title": .text("x"), "body": .text(text)])
        let words = try SearchWords(words)
        var (few, many) = (0, 1 << 24)
        while many - few > 1 {
            let budget = WorkBudget(stepsMax: (few + many) / 2, bytesMax: 1 << 30)
            let code = await failureCode {
                let found = try await WorkBudget.$current.withValue(budget) {
                    try await desk.journal.read { try SearchStore($0).search(words).count }
                }
                #expect(found == 1)
            }
            if code == nil { many = (few + many) / 2 } else { few = (few + many) / 2 }
        }
        return many
    }

    @Test(arguments: ["a ", "a", "\"a b a\" \"b a\" a ", "\"b a b a b a b a\" \"a b\" \"a b a\" \"b\" "])
    func `a text of twice the length takes twice the steps, however often it matches`(words: String) async throws {
        let half = try await steps(words, String(repeating: "a b ", count: 1000))
        let whole = try await steps(words, String(repeating: "a b ", count: 2000))
        #expect(half > 1000)
        #expect(Double(whole) <= Double(half) * 2.5)
    }

    @Test func `one search looks through so much of the texts, and shows the beginning of the others`() async throws {
        let desk = try await TestDevice("Desk")
        let filler = String(repeating: "words that nobody looks for ", count: 9000)
        for number in 1...12 as ClosedRange<UInt64> {
            try await desk.put(
                Schema.entry, .numbered(number), ["title": .text("x"), "body": .text(filler + "needle")])
        }
        let snippets = try await desk.journal.read {
            try SearchStore($0).search(try SearchWords("needle ")).map(\.snippet)
        }
        #expect(snippets.count == 12)
        // A mebibyte has four of these.
        #expect(snippets.filter { $0.contains("\u{2}needle\u{3}") }.count == 4)
        #expect(snippets.last == "x")
    }

    @Test func `one may look for so many words`() throws {
        func words(_ count: Int) -> String { (0..<count).map { "w\($0) " }.joined() }
        _ = try SearchWords(words(SearchWords.countMax))
        _ = try SearchWords(String(repeating: "again ", count: 100))
        #expect(throws: Failure.self) { try SearchWords(words(SearchWords.countMax + 1)) }
        #expect(throws: Failure.self) { try SearchWords("\"" + words(SearchWords.countMax + 1) + "\"") }
    }

    @Test func `a raw query shows where its words are`() async throws {
        let desk = try await TestDevice("Desk")
        try await desk.put(
            Schema.entry, .numbered(1), ["title": .text("Plan"), "body": .text("Only breakouts, never late.")])
        let found = try await desk.journal.read { db in
            try ["break* NOT paper", "late OR nothing", "\"never late\"", "NEAR(breakouts late)"].map {
                try SearchStore(db).search($0).map(\.snippet)
            }
        }
        #expect(
            found == [
                ["Only \u{2}breakouts\u{3}, never late."], ["Only breakouts, never \u{2}late\u{3}."],
                ["Only breakouts, \u{2}never late\u{3}."], ["Only \u{2}breakouts\u{3}, never \u{2}late\u{3}."],
            ])
    }
}
