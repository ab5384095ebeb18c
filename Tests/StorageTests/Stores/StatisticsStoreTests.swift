import Foundation
import Journal
import Primitives
import Storage
import Sync
import Testing

@Suite struct StatisticsStoreTests {
    @Test func `trades in different currencies are never added up`() async throws {
        let desk = try await TestDevice("Desk")
        _ = try await desk.addTrade("AAPL", exit: "110", stop: "95")
        let tagged = try await desk.addTrade("ETH_BTC", exit: "90")
        _ = try await desk.addTrade("SOL_USDT", exit: "90")
        _ = try await desk.addTrade("SOL_USDT")
        _ = try await desk.addTrade("DOGE_USDT", exit: "120")
        try await desk.tag(tagged, "late")
        let populations = try await desk.journal.read { try StatisticsStore($0).populations() }
        #expect(populations.map(\.quote) == ["USDT", "", "BTC"])
        #expect(populations.map(\.closed.count) == [2, 1, 1])
        #expect(populations.map(\.left.openCount) == [1, 0, 0])
        #expect(populations[1].closed[0].r == 2)
        #expect(populations[2].closed[0].tags == ["late"])
        #expect(populations[2].closed[0].r == nil)
    }

    @Test func `a trade with two tags of one name counts once under it`() async throws {
        let desk = try await TestDevice("Desk")
        let trade = try await desk.addTrade("SOL_USDT", exit: "90")
        // As two devices make them that cannot see each other, once one of them is renamed.
        try await desk.journal.edit("tags") { draft in
            for number in 1...2 {
                let tag = ID<Journal.Tag>(rawValue: UInt128(number))
                draft.put(Schema.tag, tag, ["name": .text("late")])
                draft.add(Schema.tradeTags, to: trade, tag)
            }
        }
        let populations = try await desk.journal.read { try StatisticsStore($0).populations() }
        #expect(populations.flatMap(\.closed).map(\.tags) == [["late"]])
    }

    @Test func `a summary counts what lives`() async throws {
        let desk = try await TestDevice("Desk")
        try await desk.add(TestDevice.fill(1, .buy))
        let id = try await desk.addTrade()
        try await desk.tag(id, "a", "b")
        try await desk.journal.edit("delete") { draft, db in _ = try TagStore(db).delete("a", in: &draft) }
        let summary = try await desk.journal.read { try JournalSummary($0) }
        #expect(summary.deviceName == "Desk")
        #expect(summary.fillCount == 1)
        #expect(summary.tradeCount == 2)
        #expect(summary.openTradeCount == 2)
        #expect(summary.tagCount == 1)
        #expect(summary.commitCount == 5)
        #expect(summary.unsyncedCount == 5)
        let server = try await TestServer()
        _ = try await server.run(desk.journal)
        let after = try await desk.journal.read { try JournalSummary($0) }
        #expect(after.hasSynced)
        #expect(after.unsyncedCount == 0)
    }
}
