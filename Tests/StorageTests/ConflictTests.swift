import Journal
import Primitives
import Storage
import Sync
import Testing

@Suite struct ConflictTests {
    private let trade = EntityID.numbered(1)
    private var key: JournalState.Key { JournalState.Key(Schema.trade.kind, trade) }

    /// Two devices that have the same trade.
    private func two(
        _ fields: [String: Value] = [
            "symbol": .text("BTC_USDT"), "rating": .integer(3), "notes": .text("one\ntwo\nthree\n"),
        ]
    ) async throws -> (desk: TestDevice, laptop: TestDevice, server: TestServer) {
        let (desk, laptop, server) = (
            try await TestDevice("Desk"), try await TestDevice("Laptop"), try await TestServer()
        )
        try await desk.put(Schema.trade, trade, fields)
        try await server.sync(desk, laptop)
        return (desk, laptop, server)
    }

    private func conflicts(_ device: TestDevice) async throws -> [Conflict] {
        try await device.journal.read { try ConflictStore($0).fields() }
    }

    @Test func `both values are listed with the device that wrote them`() async throws {
        let (desk, laptop, server) = try await two()
        try await desk.put(Schema.trade, trade, ["rating": .integer(1)])
        try await laptop.put(Schema.trade, trade, ["rating": .integer(5)])
        try await server.sync(desk, laptop)
        let listed = try await conflicts(desk)
        #expect(listed.map(\.field.name) == ["rating"])
        let versions = try #require(listed.first?.versions)
        #expect(Set(versions.map { "\($0.device) \($0.value)" }) == ["Desk integer(1)", "Laptop integer(5)"])
        #expect(versions.map(\.number) == [1, 2])
        #expect(versions.map(\.isShown) == [true, false])
        let there = try await conflicts(laptop)
        #expect(there.first?.versions.map(\.value) == versions.map(\.value))
        #expect(try await desk.journal.read { try ConflictStore($0).count() } == 1)
    }

    @Test(arguments: ["Desk", "Laptop"]) func `keeping a device's value settles it everywhere`(device: String)
        async throws
    {
        let (desk, laptop, server) = try await two()
        try await desk.put(Schema.trade, trade, ["rating": .integer(1)])
        try await laptop.put(Schema.trade, trade, ["rating": .integer(5)])
        try await server.sync(desk, laptop)
        let kept = try await desk.journal.settle(key, field: "rating", keeping: device)
        #expect(kept == .integer(device == "Desk" ? 1 : 5))
        try await server.sync(desk, laptop)
        #expect(try await conflicts(laptop).isEmpty)
        #expect(try await laptop.fields(Schema.trade, trade)["rating"] == (device == "Desk" ? "1" : "5"))
    }

    @Test func `keeping by number keeps what the list shows under it`() async throws {
        let (desk, laptop, server) = try await two()
        try await desk.put(Schema.trade, trade, ["rating": .integer(1)])
        try await laptop.put(Schema.trade, trade, ["rating": .integer(5)])
        try await server.sync(desk, laptop)
        let second = try #require(try await conflicts(desk).first?.versions.last)
        #expect(try await desk.journal.settle(key, field: "rating", keeping: "2") == second.value)
    }

    @Test func `a choice that nobody made, and a field without a conflict, are refused`() async throws {
        let (desk, laptop, server) = try await two()
        try await desk.put(Schema.trade, trade, ["rating": .integer(1)])
        try await laptop.put(Schema.trade, trade, ["rating": .integer(5)])
        try await server.sync(desk, laptop)
        let key = key
        #expect(
            await failureCode { _ = try await desk.journal.settle(key, field: "rating", keeping: "3") }
                == "conflict.unknown_choice")
        #expect(
            await failureCode { _ = try await desk.journal.settle(key, field: "setup", keeping: "1") }
                == "conflict.not_found")
        #expect(
            await failureCode { _ = try await desk.journal.settle(key, field: "colour", keeping: "1") }
                == "conflict.unknown_field")
        #expect(
            await failureCode { _ = try await desk.journal.settle(key, field: "rating", merging: nil) }
                == "conflict.not_prose")
    }

    @Test func `texts that change different lines merge as they are shown`() async throws {
        let (desk, laptop, server) = try await two()
        try await desk.put(Schema.trade, trade, ["notes": .text("ONE\ntwo\nthree\n")])
        try await laptop.put(Schema.trade, trade, ["notes": .text("one\ntwo\nTHREE\n")])
        try await server.sync(desk, laptop)
        let conflict = try #require(try await conflicts(desk).first)
        #expect(conflict.merged?.text == "ONE\ntwo\nTHREE\n")
        #expect(conflict.merged?.hasOverlap == false)
        #expect(try await desk.fields(Schema.trade, trade)["notes"] == "ONE\ntwo\nTHREE\n")
        _ = try await laptop.journal.settle(key, field: "notes", merging: nil)
        try await server.sync(laptop, desk)
        #expect(try await conflicts(desk).isEmpty)
        #expect(try await desk.fields(Schema.trade, trade)["notes"] == "ONE\ntwo\nTHREE\n")
    }

    @Test func `texts that change the same words need a person's own text`() async throws {
        let (desk, laptop, server) = try await two()
        try await desk.put(Schema.trade, trade, ["notes": .text("one\nzwei\nthree\n")])
        try await laptop.put(Schema.trade, trade, ["notes": .text("one\ndeux\nthree\n")])
        try await server.sync(desk, laptop)
        let key = key
        #expect(
            await failureCode { _ = try await desk.journal.settle(key, field: "notes", merging: nil) }
                == "conflict.overlaps")
        #expect(try await desk.journal.settle(key, field: "notes", merging: "zwei, deux") == "zwei, deux")
        #expect(try await conflicts(desk).isEmpty)
    }

    @Test func `equal values are no conflict`() async throws {
        let (desk, laptop, server) = try await two()
        try await desk.put(Schema.trade, trade, ["rating": .integer(5)])
        try await laptop.put(Schema.trade, trade, ["rating": .integer(5)])
        try await server.sync(desk, laptop)
        #expect(try await conflicts(desk).isEmpty)
    }

    @Test(arguments: [true, false])
    func `what was deleted there and edited here waits for a decision`(alive: Bool) async throws {
        let (desk, laptop, server) = try await two()
        _ = try await desk.delete(Schema.trade, trade)
        try await laptop.put(Schema.trade, trade, ["rating": .integer(5)])
        try await server.sync(desk, laptop)
        let contest = try #require(try await desk.journal.read { try ConflictStore($0).contests() }.first)
        #expect(contest.deletions.map(\.device) == ["Desk"])
        #expect(contest.edits.map(\.device) == ["Laptop"])
        #expect(contest.edits.first?.fields == ["rating"])
        try await laptop.journal.settle(key, alive: alive)
        try await server.sync(laptop, desk)
        #expect(try await desk.presence(Schema.trade, trade) == (alive ? .alive : .deleted))
        #expect(try await desk.journal.read { try ConflictStore($0).contests() }.isEmpty)
        #expect(try await desk.fields(Schema.trade, trade)["rating"] == "5")
        let key = key
        #expect(
            await failureCode { try await desk.journal.settle(key, alive: true) } == "conflict.not_contested")
    }

    @Test func `what was deleted is in no list`() async throws {
        let (desk, laptop, server) = try await two()
        try await desk.put(Schema.trade, trade, ["rating": .integer(1)])
        try await laptop.put(Schema.trade, trade, ["rating": .integer(5)])
        try await server.sync(desk, laptop)
        _ = try await desk.delete(Schema.trade, trade)
        #expect(try await conflicts(desk).isEmpty)
    }
}
