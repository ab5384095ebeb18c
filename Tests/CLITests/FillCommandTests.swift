import Foundation
import Journal
import Primitives
import Storage
import Sync
import Testing

@Suite struct FillCommandTests {
    /// A journal with a purchase of two, and a sale of five.
    private func daybook() async throws -> Daybook {
        let daybook = try Daybook()
        let journal = try await JournalFile.open(in: daybook.directory + "/journal", world: .live)
        let account = Account.named(exchange: "okx", environment: .live, label: "main")
        @Sendable func fill(_ number: Int64, _ side: Side, _ quantity: Int64, _ price: Int64) -> Fill {
            Fill(
                id: .derived("fill", ["okx", "\(number)"]), account: account.id, symbol: "SOL_USDT", side: side,
                price: Amount(whole: price), quantity: Amount(whole: quantity), fee: .zero, feeCurrency: "",
                time: Timestamp(milliseconds: 1_790_000_000_000 + number * 1000), sequence: number,
                externalID: "x\(number)", marketKind: .spot)
        }
        try await journal.edit("fills") { draft, db in
            try AccountStore(db).ensure(account, in: &draft)
            for fill in [fill(1, .buy, 2, 100), fill(2, .sell, 5, 130)] { draft.put(fill) }
        }
        try await journal.close()
        return daybook
    }

    @Test func `what came from elsewhere waits, and counts as soon as a person says what it had cost`() async throws {
        let daybook = try await daybook()
        let trades = try daybook.ask("trade", "list")
        #expect(trades.list.map(\.["net"].text) == ["60"])
        #expect(trades.list.first?["partial_history"].flag == true)
        #expect(try daybook.run("trade", "list").output.contains("(partial history)"))
        #expect(try daybook.run("trade", "show", "last").output.contains("daybook fill list --partial"))
        let waiting = try daybook.ask("fill", "list", "--partial").list
        #expect(waiting.map(\.["quantity"].text) == ["3"] && waiting.map(\.["whole_quantity"].text) == ["5"])
        #expect(try daybook.run("fill", "list").output.contains("3 of 5"))
        let id = try #require(waiting.first?["id"].text)

        try daybook.run("fill", "cost", String(id.suffix(8)), "90")
        #expect(
            try daybook.ask("trade", "list").list.map(\.["net"].text).sorted { ($0 ?? "") < ($1 ?? "") } == [
                "120", "60",
            ])
        #expect(try daybook.ask("fill", "list").list.map(\.["cost_price"].text) == ["90"])
        try daybook.run("fill", "cost", String(id.suffix(8)), "--clear")
        #expect(try daybook.ask("trade", "list").list.map(\.["net"].text) == ["60"])
    }

    @Test func `what cannot be is refused`() async throws {
        let daybook = try await daybook()
        #expect(try daybook.run("fill", "cost", "last", "-1").status != 0)
        #expect(try daybook.run("fill", "cost", "last", "cheap").code == "argument.bad_amount")
        #expect(try daybook.run("fill", "cost", "last").status != 0)
        #expect(try daybook.run("fill", "cost", "ffff0000ffff", "1").code == "fill.not_found")
        #expect(try daybook.run("verify").status == 0)
    }
}
