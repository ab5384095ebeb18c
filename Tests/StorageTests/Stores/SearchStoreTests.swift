import Foundation
import Journal
import Primitives
import Storage
import Sync
import Testing

@Suite struct SearchStoreTests {
    private func search(_ device: TestDevice, _ text: String) async throws -> [String] {
        let words = try SearchWords(text)
        return try await device.journal.read { db in
            try SearchStore(db).search(words).map { hit in
                switch hit {
                case .trade(let trade, _): "trade \(trade.symbol)"
                case .entry(let entry, _): "entry \(entry.title)"
                case .stray(_, let label, _): "stray \(label)"
                }
            }
        }
    }

    private func filled() async throws -> TestDevice {
        let desk = try await TestDevice("Desk")
        let id = try await desk.addTrade("AAPL")
        try await desk.note(id, "Chased the breakout late; out at the target.")
        try await desk.put(
            Schema.entry, .numbered(7),
            ["day": .text("2026-11-21"), "title": .text("Café review"), "body": .text("No more late entries.")])
        return desk
    }

    @Test func `every word must occur, the last may be a beginning`() async throws {
        let desk = try await filled()
        #expect(try await Set(search(desk, "late")) == ["trade AAPL", "entry Café review"])
        #expect(try await search(desk, "breakout la") == ["trade AAPL"])
        #expect(try await search(desk, "breakout entries").isEmpty)
        #expect(try await search(desk, "cafe") == ["entry Café review"])
    }

    @Test func `words in double quotes stand together`() async throws {
        let desk = try await filled()
        #expect(try await search(desk, "\"at the target\"") == ["trade AAPL"])
        #expect(try await search(desk, "\"target the at\"").isEmpty)
    }

    @Test(arguments: [
        "late AND (", "late OR", "NEAR(late", "notes:late", "late*\"", "^late", "-late", "late + out", "\"late",
        "late'; DROP TABLE trade; --", "{late}", "a\0b",
    ])
    func `nothing a person types is syntax`(text: String) async throws {
        let desk = try await filled()
        _ = try await search(desk, text)
    }

    @Test func `a search without a word is refused`() {
        for text in ["", "   ", "\"\"", "(*)", "--"] {
            #expect(throws: Failure.self) { try SearchStore.query(text) }
        }
    }

    @Test func `deleted things are not found, and changed ones by their new words only`() async throws {
        let desk = try await filled()
        let id = try await desk.onlyTrade().id
        try await desk.note(id, "All calm.")
        #expect(try await search(desk, "chased").isEmpty)
        #expect(try await search(desk, "calm") == ["trade AAPL"])
        _ = try await desk.delete(Schema.trade, id.cast())
        _ = try await desk.delete(Schema.entry, .numbered(7))
        #expect(try await search(desk, "calm").isEmpty)
        #expect(try await search(desk, "late").isEmpty)
    }

    @Test func `bad syntax in a raw query is told`() async throws {
        let desk = try await filled()
        let code = await failureCode { _ = try await desk.journal.read { try SearchStore($0).search("late AND (") } }
        #expect(code == "search.bad_query")
    }
}
