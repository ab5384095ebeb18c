import GRDB
import Journal
import Primitives
import Sync
import Testing

@testable import Storage

/// Values beyond all bounds, from a device or from a version that let them in: kept, passed on, and shown as none.
@Suite struct BoundTests {
    private static let trade = EntityID.numbered(1)
    private static let complete: [FieldWrite] = [
        FieldWrite(2, .text("BTC_USDT")), FieldWrite(3, .text("long")), FieldWrite(4, .text("1")),
        FieldWrite(5, .text("100")), FieldWrite(6, .text("90")), FieldWrite(7, .integer(1_700_000_000_000)),
        FieldWrite(8, .integer(.max)), FieldWrite(13, .text("alpha")),
    ]

    @Test func `a time beyond all years is kept and passed on, shown as none, and listed`() async throws {
        let server = try await AdversarialServer()
        let (first, second) = (try await AdversarialDevice("Desk"), try await AdversarialDevice("Phone"))
        var writer = HostileWriter()
        try await first.journal.receive([try writer.next([.put(Schema.trade.kind, Self.trade, Self.complete)])])
        try await server.settle(first, second)
        for device in [first, second] {
            #expect(try await device.journal.shown(Schema.trade, Self.trade, "closed_ms") == .null)
            #expect(try await device.journal.standing(Schema.trade, Self.trade, "closed_ms") == [.integer(.max)])
            #expect(try await device.journal.shown(Schema.trade, Self.trade, "notes") == .text("alpha"))
            let trade = try await device.journal.read { try TradeStore($0).list(TradeQuery()) }[0]
            #expect(trade.isOpen)
            let result = try await device.journal.verify(device.images())
            #expect(result.isSound)
            let listed = result.findings.filter { $0.part == .values }.map(\.text)
            #expect(listed.count == 1)
            #expect(listed[0].contains("closed_ms") && listed[0].contains("9223372036854775807"))
        }
        // Who writes it anew settles it.
        try await second.put(Schema.trade, Self.trade, ["closed_ms": .integer(1_700_000_100_000)])
        try await server.settle(second, first)
        #expect(try await first.journal.shown(Schema.trade, Self.trade, "closed_ms") == .integer(1_700_000_100_000))
        #expect(try await first.journal.verify(first.images()).findings == [])
    }

    @Test func `what an older version showed beyond its bounds is moved beside, and the content stays what it was`()
        async throws
    {
        let (world, image) = (AdversarialClock().world, EntityID.numbered(2))
        let older = try await JournalFile.inMemory(
            world: world, schema: Schema(kinds: Schema.current.kinds.map(\.withoutBounds)))
        let newer = try await JournalFile.inMemory(world: world)
        var (writer, other) = (HostileWriter(), HostileWriter(78))
        let commits = [
            try writer.next([
                .put(Schema.trade.kind, Self.trade, Self.complete),
                .put(Schema.image.kind, image, [FieldWrite(4, .integer(-1))]),
                .put(Schema.tag.kind, .numbered(3), [FieldWrite(1, .text(String(repeating: "x", count: 5000)))]),
            ]),
            try writer.next([.put(Schema.image.kind, image, [FieldWrite(6, .integer(.min))])]),
            // The same once more, by somebody who had not seen it.
            try other.next([.put(Schema.trade.kind, Self.trade, Self.complete)]),
        ]
        for journal in [older, newer] { try await journal.receive(commits) }
        #expect(try await older.shown(Schema.trade, Self.trade, "closed_ms") == .integer(.max))
        #expect(try await older.shown(Schema.image, image, "created_ms") == .integer(.min))

        let upgraded = try await JournalFile.inMemory(world: world, copying: older)
        try await upgraded.absorbNewFields(of: .current)
        for (kind, id, field) in [
            (Schema.trade, Self.trade, "closed_ms"), (Schema.image, image, "size"), (Schema.image, image, "created_ms"),
            (Schema.tag, .numbered(3), "name"),
        ] {
            #expect(try await upgraded.shown(kind, id, field) == .null, "\(field)")
            #expect(try await upgraded.standing(kind, id, field).count == 1, "\(field)")
        }
        #expect(try await upgraded.position().content == newer.position().content)
        #expect(try await upgraded.damage() == [])
        // And a replay of its log comes to the same.
        let before = try await upgraded.elements()
        try await upgraded.heal()
        #expect(Set(try await upgraded.elements()) == Set(before))
        #expect(try await upgraded.shown(Schema.image, image, "size") == .null)
    }

    @Test func `a value that stands in a row beyond its bound is found`() async throws {
        let device = try await AdversarialDevice("Desk")
        try await device.put(
            Schema.image, .numbered(2), ["size": .integer(9), "sha256": .bytes(.init(repeating: 7, count: 32))])
        try await device.journal.write { try $0.execute(sql: "UPDATE image SET size = -9") }
        let result = try await device.journal.verify(device.images())
        #expect(!result.isSound)
        #expect(result.findings.contains { $0.part == .values && $0.isDamage && $0.text.contains("size of image") })
    }

    @Test func `a commit later than any clock can tell is refused by name, and one at the end of the clock is not`()
        async throws
    {
        let device = try await AdversarialDevice("Desk")
        let writer = HostileWriter()
        for time in [UInt64.max, CommitLimits.timeMax + 1] {
            let commit = try writer.commit(time: HybridTime(rawValue: time))
            #expect(await failureCode { try await device.journal.receive([commit]) } == "sync.bad_time")
        }
        try await device.journal.receive([try writer.commit(time: HybridTime(rawValue: CommitLimits.timeMax))])
        #expect(try await device.journal.position().clock[writer.replica] == 1)
        // It does not pull the device's own clock along.
        try await device.put(Schema.trade, Self.trade, ["rating": .integer(3)])
        let own = try await device.journal.read { try HistoryStore($0).devices() }.first { $0.isThis }
        #expect(own?.lastCommit?.milliseconds == AdversarialClock.noon)
    }

    @Test(arguments: [Int64.min, -1]) func `a counter that cannot be is damage, and ends nobody`(counter: Int64)
        async throws
    {
        let device = try await AdversarialDevice("Desk")
        try await device.put(Schema.trade, Self.trade, ["rating": .integer(3)])
        try await device.journal.write { db in
            try db.execute(sql: "UPDATE log SET counter = ? WHERE counter = 1", arguments: [counter])
            try db.execute(sql: "UPDATE replica SET counter = ?", arguments: [counter])
        }
        let code = await failureCode { try await device.journal.read { _ = try HistoryStore($0).newest(10) } }
        #expect(code == "journal.damaged")
        _ = try? await device.journal.position()
        #expect(try await device.journal.verify(device.images()).isSound == false)
    }
}

extension AdversarialDevice {
    fileprivate func images() throws -> BlobStore {
        try BlobStore(directory: folder.path + "/blobs", world: clock.world)
    }
}
