import Journal
import Primitives
import Storage
import Sync
import Testing

/// Versions of Daybook that know different things, on one journal.
@Suite struct AdversarialSchemaTests {
    private static let trade = EntityID.numbered(1)
    private static let entry = EntityID.numbered(2)

    /// What a version of some years ago knew: no entries, and the first eleven fields of a trade.
    private static let old = Schema(
        kinds: Schema.current.kinds.filter { $0.kind != Schema.entry.kind }.map {
            $0.kind == Schema.trade.kind ? $0.limited(toFields: 11) : $0
        })

    private func sync(_ journals: JournalFile..., through server: LocalSync) async throws {
        for journal in journals + journals { _ = try await SyncSession(device: journal, server: server).run() }
    }

    private func put(_ journal: JournalFile, _ kind: EntityKind, _ id: EntityID, _ fields: [String: Value]) async throws
    {
        try await journal.edit("put") { $0.put(kind, id, fields) }
    }

    private func upgraded(_ journal: JournalFile, _ world: World) async throws -> JournalFile {
        let new = try await JournalFile.inMemory(world: world, schema: .current, copying: journal)
        try await new.absorbNewFields(of: .current)
        return new
    }

    private func expectEqual(_ journals: [JournalFile], sourceLocation: SourceLocation = #_sourceLocation) async throws
    {
        let expected = try await JournalDump.shared(journals[0])
        for journal in journals.dropFirst() {
            let difference = JournalDump.difference(try await JournalDump.shared(journal), expected)
            #expect(difference == "", sourceLocation: sourceLocation)
        }
    }

    @Test func `one device upgrades while the other has unsynced edits, and nothing is lost on either`() async throws {
        let clock = AdversarialClock()
        let server = try await JournalFile.inMemory(world: clock.world)
        let endpoint = LocalSync(journal: server)
        let desk = try await JournalFile.inMemory(world: clock.world, schema: Self.old)
        let phone = try await JournalFile.inMemory(world: clock.world, schema: Self.old)
        try await put(desk, Schema.trade, Self.trade, ["symbol": .text("BTC_USDT"), "target_price": .text("110")])
        try await sync(desk, phone, through: endpoint)

        // The phone writes with the old version, offline; the desk upgrades and writes what the old one cannot know.
        try await put(phone, Schema.trade, Self.trade, ["target_price": .text("120")])
        let newDesk = try await upgraded(desk, clock.world)
        try await put(newDesk, Schema.trade, Self.trade, ["rating": .integer(5), "notes": .text("alpha")])
        try await put(newDesk, Schema.entry, Self.entry, ["title": .text("Monday"), "body": .text("gamma")])
        try await sync(newDesk, phone, through: endpoint)
        #expect(try await phone.shown(Schema.trade, Self.trade, "target_price") == .text("120"))
        #expect(try await newDesk.shown(Schema.trade, Self.trade, "target_price") == .text("120"))

        // The old one goes on beside what it does not understand, and then upgrades too.
        try await put(phone, Schema.trade, Self.trade, ["stop_price": .text("95")])
        let newPhone = try await upgraded(phone, clock.world)
        try await expectEqual([newPhone, try await upgraded(phone, clock.world)])
        try await sync(newPhone, newDesk, through: endpoint)
        try await expectEqual([server, newDesk, newPhone])
        #expect(try await newPhone.shown(Schema.trade, Self.trade, "rating") == .integer(5))
        #expect(try await newPhone.shown(Schema.trade, Self.trade, "notes") == .text("alpha"))
        #expect(try await newPhone.shown(Schema.entry, Self.entry, "title") == .text("Monday"))
        #expect(try await newDesk.shown(Schema.trade, Self.trade, "stop_price") == .text("95"))
    }

    @Test func `notes that an old version relayed unseen are merged over their common text once it upgrades`()
        async throws
    {
        let clock = AdversarialClock()
        let server = try await JournalFile.inMemory(world: clock.world)
        let endpoint = LocalSync(journal: server)
        let desk = try await JournalFile.inMemory(world: clock.world)
        let phone = try await JournalFile.inMemory(world: clock.world)
        let tablet = try await JournalFile.inMemory(world: clock.world, schema: Self.old)
        try await put(
            desk, Schema.trade, Self.trade, ["symbol": .text("BTC_USDT"), "notes": .text("one\ntwo\nthree\n")])
        try await sync(desk, phone, tablet, through: endpoint)
        try await put(desk, Schema.trade, Self.trade, ["notes": .text("ONE\ntwo\nthree\n")])
        try await put(phone, Schema.trade, Self.trade, ["notes": .text("one\ntwo\nTHREE\n")])
        try await sync(desk, phone, tablet, through: endpoint)
        let upgradedTablet = try await upgraded(tablet, clock.world)
        #expect(try await upgradedTablet.shown(Schema.trade, Self.trade, "notes") == .text("ONE\ntwo\nTHREE\n"))
        try await expectEqual([server, desk, phone, upgradedTablet])
    }

    @Test func `a deletion by an old version does not hide what it could not see`() async throws {
        let clock = AdversarialClock()
        let server = try await JournalFile.inMemory(world: clock.world)
        let endpoint = LocalSync(journal: server)
        let desk = try await JournalFile.inMemory(world: clock.world)
        let phone = try await JournalFile.inMemory(world: clock.world, schema: Self.old)
        try await put(desk, Schema.trade, Self.trade, ["symbol": .text("BTC_USDT")])
        try await sync(desk, phone, through: endpoint)
        try await put(desk, Schema.trade, Self.trade, ["rating": .integer(5)])
        try await phone.edit("delete") { $0.delete(Schema.trade, Self.trade) }
        try await sync(desk, phone, through: endpoint)
        let newPhone = try await upgraded(phone, clock.world)
        try await expectEqual([server, desk, newPhone])
        #expect(try await newPhone.isAlive(Schema.trade, Self.trade) == .contested)
    }
}
