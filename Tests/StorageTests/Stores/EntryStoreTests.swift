import Foundation
import Journal
import Primitives
import Storage
import Sync
import Testing

@Suite struct EntryStoreTests {
    private func add(
        _ device: TestDevice, day: String, _ title: String, type: Entry.Form = .daily, about trade: ID<Trade>? = nil
    ) async throws -> ID<Entry> {
        let id = ID<Entry>.new(in: device.world)
        let now = device.world.now()
        var fields = EntryFields()
        fields.day = CivilDay(day)
        fields.title = title
        fields.type = type
        fields.trade = trade.map { .set($0) } ?? .keep
        let given = fields
        try await device.journal.edit("add") { draft, db in try EntryStore(db).add(id, given, at: now, in: &draft) }
        return id
    }

    private func list(_ device: TestDevice, _ change: (inout EntryQuery) -> Void = { _ in }) async throws -> [String] {
        var query = EntryQuery()
        change(&query)
        let asked = query
        return try await device.journal.read { try EntryStore($0).list(asked).map(\.title) }
    }

    @Test func `entries come newest day first, and can be chosen by day and type`() async throws {
        let desk = try await TestDevice("Desk")
        _ = try await add(desk, day: "2026-11-19", "Idea", type: .idea)
        _ = try await add(desk, day: "2026-11-21", "Today")
        _ = try await add(desk, day: "2026-11-20", "Yesterday")
        #expect(try await list(desk) == ["Today", "Yesterday", "Idea"])
        #expect(try await list(desk) { $0.firstDay = CivilDay("2026-11-20") } == ["Today", "Yesterday"])
        #expect(try await list(desk) { $0.lastDay = CivilDay("2026-11-20") } == ["Yesterday", "Idea"])
        #expect(try await list(desk) { $0.types = ["idea", "weekly"] } == ["Idea"])
        #expect(try await list(desk) { $0.limit = 1 } == ["Today"])
    }

    @Test func `an entry is edited and deleted`() async throws {
        let desk = try await TestDevice("Desk")
        let id = try await add(desk, day: "2026-11-21", "Plan")
        var fields = EntryFields()
        fields.body = "Wait."
        let given = fields
        try await desk.journal.edit("edit") { draft, db in try EntryStore(db).edit(id, given, in: &draft) }
        let entry = try await desk.journal.read { try EntryStore($0).require(id) }
        #expect(entry.title == "Plan")
        #expect(entry.body == "Wait.")
        try await desk.journal.edit("delete") { draft, db in _ = try EntryStore(db).delete(id, in: &draft) }
        #expect(
            await failureCode { _ = try await desk.journal.read { try EntryStore($0).require(id) } }
                == "entry.not_found")
    }

    @Test func `an entry about a derived trade stays with it when the trade is regrouped`() async throws {
        let desk = try await TestDevice("Desk")
        try await desk.add(TestDevice.fill(5, .buy), TestDevice.fill(6, .sell))
        let trade = try await desk.onlyTrade().id
        let id = try await add(desk, day: "2026-11-21", "Review", about: trade)
        try await desk.add(TestDevice.fill(4, .buy))
        let now = try await desk.onlyTrade()
        #expect(try await desk.detail(now.id).entries.map(\.id) == [id])
    }

    @Test func `an entry without a word is refused`() async throws {
        let desk = try await TestDevice("Desk")
        #expect(await failureCode { _ = try await add(desk, day: "2026-11-21", "") } == "entry.empty")
        #expect(await failureCode { _ = try await add(desk, day: "2026-11-21", "two\nlines") } == "entry.bad_title")
    }

    @Test func `days that are none are told`() {
        #expect(CivilDay("2026-02-29") == nil)
        #expect(CivilDay("2026-2-1") == nil)
        #expect(CivilDay("2026-11-21T00:00") == nil)
        #expect(CivilDay("2024-02-29")?.description == "2024-02-29")
    }
}
