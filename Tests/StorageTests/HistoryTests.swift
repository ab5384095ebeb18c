import GRDB
import Journal
import Primitives
import Storage
import Sync
import Testing

@Suite struct HistoryTests {
    private let trade = EntityID.numbered(1)

    @Test func `the history tells who changed what, the latest first`() async throws {
        let desk = try await TestDevice("Desk")
        try await desk.put(Schema.trade, trade, ["symbol": .text("BTC_USDT"), "rating": .integer(2)], "enter a trade")
        try await desk.put(Schema.trade, trade, ["rating": .integer(4)], "rate it")
        let key = JournalState.Key(Schema.trade.kind, trade)
        let changes = try await desk.journal.read { try HistoryStore($0).changes(of: [key], countMax: 10) }
        let entries = changes.entries
        #expect(changes.isWhole)
        #expect(!changes.hasMore)
        #expect(entries.map(\.summary) == ["rate it", "enter a trade"])
        #expect(entries.map(\.device) == ["Desk", "Desk"])
        guard case .wrote("rating", .integer(2), .integer(4)) = try #require(entries.first?.changes.first) else {
            Issue.record("\(entries)")
            return
        }
        let all = try await desk.journal.read { try HistoryStore($0).newest(10) }
        #expect(all.map(\.summary) == ["rate it", "enter a trade", "name this device"])
    }

    @Test func `everyone who has the same commits reads the same history`() async throws {
        let (desk, laptop, server) = (
            try await TestDevice("Desk"), try await TestDevice("Laptop"), try await TestServer()
        )
        try await desk.put(Schema.trade, trade, ["symbol": .text("BTC_USDT")])
        try await laptop.put(Schema.tag, .numbered(2), ["name": .text("fomo")])
        try await server.sync(desk, laptop)
        let there = try await desk.journal.read { try HistoryStore($0).newest(50).map { "\($0.name) \($0.device)" } }
        let here = try await laptop.journal.read { try HistoryStore($0).newest(50).map { "\($0.name) \($0.device)" } }
        #expect(there == here)
        #expect(there.count == 4)
    }

    @Test func `the history tells what each writer had before its eyes`() async throws {
        let (desk, laptop, server) = (
            try await TestDevice("Desk"), try await TestDevice("Laptop"), try await TestServer()
        )
        try await desk.put(Schema.trade, trade, ["rating": .integer(3)], "enter")
        try await server.sync(desk, laptop)
        try await desk.put(Schema.trade, trade, ["rating": .integer(1)], "by Desk")
        try await laptop.put(Schema.trade, trade, ["rating": .integer(5)], "by Laptop")
        try await server.sync(desk, laptop)
        let key = JournalState.Key(Schema.trade.kind, trade)
        for device in [desk, laptop] {
            let entries = try await device.journal.read { try HistoryStore($0).changes(of: [key], countMax: 9) }.entries
            let told = entries.map { entry in "\(entry.summary ?? "?") \(entry.changes)" }
            #expect(told.count == 3)
            #expect(
                told.contains { $0.hasPrefix("by Desk") && $0.contains("before: Sync.Value.integer(3)") }, "\(told)")
            #expect(
                told.contains { $0.hasPrefix("by Laptop") && $0.contains("before: Sync.Value.integer(3)") }, "\(told)")
        }
    }

    @Test func `a commit is found by the last digits of its device and its counter`() async throws {
        let desk = try await TestDevice("Desk")
        let name = try await desk.put(Schema.tag, .numbered(2), ["name": .text("fomo")])
        let own = try await desk.journal.position().replica
        #expect(try await desk.journal.read { try CommitNames($0).dot(name) } == Dot(own, 2))
        #expect(try await desk.journal.read { try CommitNames($0).dot("\(own)/2") } == Dot(own, 2))
        #expect(
            await failureCode { try await desk.journal.read { _ = try CommitNames($0).dot("xyz/1") } }
                == "commit.bad_name")
    }

    @Test func `devices are listed with the last thing they wrote`() async throws {
        let (desk, laptop, server) = (
            try await TestDevice("Desk"), try await TestDevice("Laptop"), try await TestServer()
        )
        try await desk.put(Schema.tag, .numbered(2), ["name": .text("fomo")])
        try await server.sync(desk, laptop)
        let devices = try await laptop.journal.read { try HistoryStore($0).devices() }
        #expect(devices.map(\.name) == ["Laptop", "Desk"])
        #expect(devices.map(\.isThis) == [true, false])
        #expect(devices.map(\.commitCount) == [1, 2])
    }
}

@Suite struct UndoTests {
    private let trade = EntityID.numbered(1)
    private let tag = EntityID.numbered(2)

    private func desk() async throws -> TestDevice {
        let desk = try await TestDevice("Desk")
        try await desk.put(
            Schema.trade, trade, ["symbol": .text("BTC_USDT"), "rating": .integer(2), "setup": .text("breakout")])
        return desk
    }

    @Test func `undoing an edit puts the former value back`() async throws {
        let desk = try await desk()
        let edit = try await desk.put(Schema.trade, trade, ["rating": .integer(5), "setup": .text("fade")])
        let outcome = try await desk.journal.undo(edit)
        #expect(outcome.restored.count == 2)
        #expect(outcome.leftAlone.isEmpty)
        let fields = try await desk.fields(Schema.trade, trade)
        #expect(fields["rating"] == "2")
        #expect(fields["setup"] == "breakout")
    }

    @Test func `undoing an import takes the account along only when none of its fills stays`() async throws {
        for stays in [true, false] {
            let desk = try await TestDevice("Desk")
            let account = Account.named(exchange: "Binance", environment: .live, label: "main")
            let fill = { @Sendable (number: Int64) in
                Fill(
                    id: .numbered(UInt64(number)), account: account.id, symbol: "BTC_USDT", side: .buy,
                    price: Amount(whole: 100), quantity: Amount(whole: 1), fee: .zero, feeCurrency: "",
                    time: Timestamp(milliseconds: number), sequence: number, externalID: "")
            }
            try await desk.journal.edit("import") { draft in
                draft.put(
                    Schema.account, account.id,
                    ["exchange": .text("Binance"), "environment": .text("live"), "label": .text("main")])
                draft.put(fill(1))
            }
            let name = try #require(try await desk.journal.read { try HistoryStore($0).newest(1).first?.name })
            if stays { try await desk.journal.edit("import") { $0.put(fill(2)) } }
            _ = try await desk.journal.undo(name)
            let left = try await desk.journal.read { try AccountStore($0).list().count }
            #expect(left == (stays ? 1 : 0))
        }
    }

    @Test func `undoing leaves alone what was changed since`() async throws {
        let desk = try await desk()
        let edit = try await desk.put(Schema.trade, trade, ["rating": .integer(5), "setup": .text("fade")])
        try await desk.put(Schema.trade, trade, ["setup": .text("range")])
        let outcome = try await desk.journal.undo(edit)
        #expect(outcome.restored.map(\.field) == ["rating"])
        #expect(outcome.leftAlone.map(\.field) == ["setup"])
        let fields = try await desk.fields(Schema.trade, trade)
        #expect(fields["rating"] == "2")
        #expect(fields["setup"] == "range")
    }

    @Test func `undoing twice says that nothing is left`() async throws {
        let desk = try await desk()
        let edit = try await desk.put(Schema.trade, trade, ["rating": .integer(5)])
        _ = try await desk.journal.undo(edit)
        #expect(await failureCode { _ = try await desk.journal.undo(edit) } == "undo.nothing_left")
    }

    @Test func `an undo can be undone`() async throws {
        let desk = try await desk()
        let edit = try await desk.put(Schema.trade, trade, ["rating": .integer(5)])
        _ = try await desk.journal.undo(edit)
        _ = try await desk.journal.undo(try await desk.lastCommit())
        #expect(try await desk.fields(Schema.trade, trade)["rating"] == "5")
    }

    @Test func `undoing a creation deletes, undoing a deletion puts back`() async throws {
        let desk = try await TestDevice("Desk")
        let creation = try await desk.put(
            Schema.entry, trade, ["day": .text("2026-05-01"), "title": .text("Patience")])
        _ = try await desk.journal.undo(creation)
        #expect(try await desk.presence(Schema.entry, trade) == .deleted)
        _ = try await desk.journal.undo(try await desk.lastCommit())
        #expect(try await desk.presence(Schema.entry, trade) == .alive)
        #expect(try await desk.fields(Schema.entry, trade)["title"] == "Patience")
    }

    @Test func `a creation that was built on is left alone`() async throws {
        let desk = try await TestDevice("Desk")
        let creation = try await desk.put(
            Schema.entry, trade, ["day": .text("2026-05-01"), "title": .text("Patience")])
        try await desk.put(Schema.entry, trade, ["title": .text("More patience")])
        #expect(await failureCode { _ = try await desk.journal.undo(creation) } == "undo.nothing_left")
        #expect(try await desk.presence(Schema.entry, trade) == .alive)
    }

    @Test func `a tag that was added is taken away, and one that was taken away is added`() async throws {
        let desk = try await desk()
        try await desk.put(Schema.tag, tag, ["name": .text("fomo")])
        let (trade, tag) = (trade, tag)
        try await desk.journal.edit("tag") { $0.add(Schema.tradeTags, to: trade, tag) }
        let addition = try await desk.lastCommit()
        func members() async throws -> Int {
            try await desk.journal.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM member") ?? 0 }
        }
        _ = try await desk.journal.undo(addition)
        #expect(try await members() == 0)
        _ = try await desk.journal.undo(try await desk.lastCommit())
        #expect(try await members() == 1)
    }

    @Test func `an edit that another device made at the same time survives an undo`() async throws {
        let (desk, laptop, server) = (try await desk(), try await TestDevice("Laptop"), try await TestServer())
        try await server.sync(desk, laptop)
        let edit = try await desk.put(Schema.trade, trade, ["rating": .integer(5)])
        try await laptop.put(Schema.trade, trade, ["rating": .integer(1)])
        try await server.sync(desk, laptop)
        _ = try await desk.journal.undo(edit)
        #expect(try await desk.fields(Schema.trade, trade)["rating"] == "1")
        #expect(try await desk.journal.read { try ConflictStore($0).count() } == 0)
    }

    @Test func `an undo syncs like any other edit`() async throws {
        let (desk, laptop, server) = (try await desk(), try await TestDevice("Laptop"), try await TestServer())
        let edit = try await desk.put(Schema.trade, trade, ["rating": .integer(5)])
        try await server.sync(desk, laptop)
        _ = try await laptop.journal.undo(edit)
        try await server.sync(laptop, desk)
        #expect(try await desk.fields(Schema.trade, trade)["rating"] == "2")
    }
}
