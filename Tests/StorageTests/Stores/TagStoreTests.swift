import Foundation
import Journal
import Primitives
import Storage
import Sync
import Testing

@Suite struct TagStoreTests {
    private func add(_ name: String, _ device: TestDevice) async throws -> Journal.Tag {
        let world = device.world
        return try await device.journal.edit("add") { draft, db in
            try TagStore(db).add(name, world: world, in: &draft)
        }
    }

    private func names(_ device: TestDevice) async throws -> [String] {
        try await device.journal.read { try TagStore($0).list().map(\.tag.name) }
    }

    @Test func `names that differ in case are one name`() async throws {
        let desk = try await TestDevice("Desk")
        _ = try await add("Breakout", desk)
        #expect(await failureCode { _ = try await add("bREAKOUT", desk) } == "tag.exists")
        #expect(try await names(desk) == ["Breakout"])
    }

    @Test func `two devices that make one tag offline have one tag`() async throws {
        let (desk, laptop, server) = (
            try await TestDevice("Desk"), try await TestDevice("Laptop"), try await TestServer()
        )
        #expect(try await add("fomo", desk).id == add("FOMO", laptop).id)
        try await server.sync(desk, laptop)
        #expect(try await names(desk).count == 1)
        #expect(try await names(desk) == names(laptop))
    }

    @Test func `a renamed tag keeps its trades, and its old name makes another tag`() async throws {
        let desk = try await TestDevice("Desk")
        let id = try await desk.addTrade()
        try await desk.tag(id, "fomo")
        try await desk.journal.edit("rename") { draft, db in
            _ = try TagStore(db).rename("FOMO", to: "Chase", in: &draft)
        }
        #expect(try await desk.onlyTrade().tags == ["Chase"])
        let new = try await add("fomo", desk)
        #expect(new.id != Journal.Tag.id(named: "fomo"))
        #expect(try await names(desk) == ["Chase", "fomo"])
        let code = await failureCode {
            try await desk.journal.edit("rename") { draft, db in
                _ = try TagStore(db).rename("fomo", to: "CHASE", in: &draft)
            }
        }
        #expect(code == "tag.exists")
    }

    @Test func `a deleted tag is on no trade, and comes back with its trades`() async throws {
        let desk = try await TestDevice("Desk")
        let id = try await desk.addTrade()
        try await desk.tag(id, "fomo", "late")
        try await desk.journal.edit("delete") { draft, db in _ = try TagStore(db).delete("fomo", in: &draft) }
        #expect(try await desk.onlyTrade().tags == ["late"])
        #expect(try await names(desk) == ["late"])
        _ = try await add("Fomo", desk)
        #expect(try await desk.onlyTrade().tags == ["Fomo", "late"])
        let counts = try await desk.journal.read { try TagStore($0).list().map(\.tradeCount) }
        #expect(counts == [1, 1])
    }

    @Test(arguments: ["", "   ", "two\nlines", String(repeating: "x", count: 101), "bell\u{7}"])
    func `a name is one plain line`(name: String) async throws {
        let desk = try await TestDevice("Desk")
        #expect(await failureCode { _ = try await add(name, desk) } == "tag.bad_name")
    }

    @Test func `blanks around and within a name do not count`() throws {
        #expect(try Journal.Tag.name(from: "  news   day ") == "news day")
    }
}
