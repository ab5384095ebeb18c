import Foundation
import Testing

/// Searches that cost as much as a person can make them cost.
@Suite struct SearchAttackTests {
    /// What all searches together may take of the processors, in seconds: FTS5's own pieces of these texts take minutes.
    private static let processorSecondsMax = 60.0

    @Test func `eight searches in texts full of matches are answered, and nothing goes on afterwards`() async throws {
        try await Attack.onServer { attack in
            let text = String(repeating: "a b ", count: (256 << 10) / 4)
            for number in 0..<2 {
                try attack.attacker.ask("POST", "/entries", ["title": "a \(number)", "body": text])
            }
            let trade = try attack.attacker.trade()["id"].text ?? ""
            try attack.attacker.ask("PATCH", "/trades/\(trade)/notes", ["notes": text])
            let before = attack.server.processorSeconds
            try await attack.run {
                try await withThrowingTaskGroup(of: Int?.self) { group in
                    for asked in ["a", "a b", "\"a b a\" b", "b a ", "\"b a b a b a b\" a", "a", "a b", "\"a b\""] {
                        group.addTask {
                            let found = try attack.attacker.ask("/search?limit=100&q=\(asked.escaped)")
                            return found["results"].list.count
                        }
                    }
                    for try await count in group { #expect(count == 3) }
                }
            }
            #expect(attack.server.processorSeconds - before < Self.processorSecondsMax)
            #expect(attack.coresInUse() < 0.5)
        }
    }

    @Test func `a search for too many words is refused by name`() async throws {
        try await withServer { server in
            let trader = try Trader(server)
            let words = (0..<40).map { "w\($0)" }.joined(separator: "+")
            let answer = try trader.get("/search?q=\(words)")
            #expect(answer.status == 400)
            #expect(answer.tree["error"].text == "search.too_many_words")
            #expect(try trader.get("/trades?q=\(words)").tree["error"].text == "search.too_many_words")
        }
    }
}
