import Journal
import Primitives
import Storage
import Sync
import Testing

/// What other programs that sync lose, double or never notice: two devices, one server, each case by itself.
@Suite struct AdversarialSyncTests {
    private static let trade = EntityID.numbered(1)
    private static let second: Int64 = 1000
    private static let minute: Int64 = 60_000
    private static let year: Int64 = 365 * 86_400_000

    /// Two devices that both have one trade.
    private struct Setting {
        let server: AdversarialServer
        let desk: AdversarialDevice
        let phone: AdversarialDevice

        init(deskAt: Int64 = AdversarialClock.noon, phoneAt: Int64 = AdversarialClock.noon) async throws {
            server = try await AdversarialServer()
            desk = try await AdversarialDevice("Desk", at: deskAt)
            phone = try await AdversarialDevice("Phone", at: phoneAt)
            try await desk.put(
                Schema.trade, trade,
                [
                    "symbol": .text("BTC_USDT"), "direction": .text("long"), "quantity": .text("1"),
                    "entry_price": .text("100"), "opened_ms": .integer(1), "notes": .text("Plan.\n"),
                    "rating": .integer(1),
                ])
            try await settle()
        }

        func settle(sourceLocation: SourceLocation = #_sourceLocation) async throws {
            try await server.settle(desk, phone, sourceLocation: sourceLocation)
        }

        func shown(_ field: String) async throws -> Value {
            try await phone.journal.shown(Schema.trade, trade, field)
        }

        func standing(_ field: String) async throws -> Set<Value> {
            try await phone.journal.standing(Schema.trade, trade, field)
        }
    }

    // MARK: Edits that meet

    @Test func `edits of different fields of one trade are both kept and are no conflict`() async throws {
        let all = try await Setting()
        try await all.desk.put(Schema.trade, Self.trade, ["rating": .integer(5)])
        try await all.phone.put(Schema.trade, Self.trade, ["stop_price": .text("95")])
        try await all.settle()
        #expect(try await all.standing("rating") == [.integer(5)])
        #expect(try await all.standing("stop_price") == [.text("95")])
        #expect(try await all.shown("rating") == .integer(5))
        #expect(try await all.shown("stop_price") == .text("95"))
    }

    @Test func `edits of different fields within the same millisecond are both kept`() async throws {
        let all = try await Setting()
        for count in 1...3 {
            try await all.desk.put(Schema.trade, Self.trade, ["rating": .integer(Int64(count))])
            try await all.phone.put(Schema.trade, Self.trade, ["target_price": .text("\(110 + count)")])
            try await all.settle()
            #expect(try await all.standing("rating") == [.integer(Int64(count))])
            #expect(try await all.standing("target_price") == [.text("\(110 + count)")])
        }
    }

    @Test func `edits of one field within the same millisecond are both kept, and all show the same one`() async throws
    {
        let all = try await Setting()
        try await all.desk.put(Schema.trade, Self.trade, ["rating": .integer(5)])
        try await all.phone.put(Schema.trade, Self.trade, ["rating": .integer(2)])
        try await all.settle()
        #expect(try await all.standing("rating") == [.integer(5), .integer(2)])
        // The device that is settled later wins over both.
        try await all.phone.put(Schema.trade, Self.trade, ["rating": .integer(3)])
        try await all.settle()
        #expect(try await all.standing("rating") == [.integer(3)])
    }

    @Test func `the later of two edits of one field is shown, and the earlier is a conflict and not lost`() async throws
    {
        let all = try await Setting()
        all.desk.clock.advance(Self.minute)
        try await all.desk.put(Schema.trade, Self.trade, ["rating": .integer(5)])
        try await all.phone.put(Schema.trade, Self.trade, ["rating": .integer(2)])
        try await all.settle()
        #expect(try await all.shown("rating") == .integer(5))
        #expect(try await all.standing("rating") == [.integer(5), .integer(2)])
    }

    @Test func `the same value written on both devices is no conflict`() async throws {
        let all = try await Setting()
        try await all.desk.put(Schema.trade, Self.trade, ["rating": .integer(5)])
        try await all.phone.put(Schema.trade, Self.trade, ["rating": .integer(5)])
        try await all.settle()
        #expect(try await all.standing("rating") == [.integer(5)])
        #expect(try await all.phone.journal.read { try ConflictStore($0).fields().count } == 0)
    }

    @Test func `paragraphs appended to one note on both devices are both in it`() async throws {
        let all = try await Setting()
        try await all.desk.put(Schema.trade, Self.trade, ["notes": .text("Plan.\n\nFrom the desk.\n")])
        try await all.phone.put(Schema.trade, Self.trade, ["notes": .text("Plan.\n\nFrom the phone.\n")])
        try await all.settle()
        guard case .text(let note) = try await all.shown("notes") else {
            Issue.record("no note")
            return
        }
        #expect(note.hasPrefix("Plan.\n"))
        #expect(note.contains("From the desk.") && note.contains("From the phone."))
        #expect(!note.contains("<<<<<<<"))
        // Whoever edits what is shown settles it.
        try await all.desk.put(Schema.trade, Self.trade, ["notes": .text(note + "Done.\n")])
        try await all.settle()
        #expect(try await all.standing("notes") == [.text(note + "Done.\n")])
    }

    @Test func `three rounds of appending to one note keep every paragraph once`() async throws {
        let all = try await Setting()
        for round in 1...3 {
            for (device, name) in [(all.desk, "desk"), (all.phone, "phone")] {
                guard case .text(let note) = try await device.journal.shown(Schema.trade, Self.trade, "notes") else {
                    Issue.record("no note on the \(name)")
                    return
                }
                try await device.put(Schema.trade, Self.trade, ["notes": .text(note + "\n\(name) \(round)\n")])
            }
            try await all.settle()
        }
        guard case .text(let note) = try await all.shown("notes") else {
            Issue.record("no note")
            return
        }
        for round in 1...3 {
            for name in ["desk", "phone"] {
                #expect(
                    note.split(separator: "\n").count { $0 == "\(name) \(round)" } == 1, "\(name) \(round): \(note)")
            }
        }
    }

    @Test func `tags changed on both devices are all kept, and a removal takes away what it saw`() async throws {
        let all = try await Setting()
        let (old, left, right) = (EntityID.numbered(20), EntityID.numbered(21), EntityID.numbered(22))
        try await all.desk.tag(Self.trade, old)
        try await all.settle()
        try await all.desk.tag(Self.trade, left)
        try await all.desk.untag(Self.trade, old)
        try await all.phone.tag(Self.trade, right)
        try await all.settle()
        #expect(try await all.phone.journal.members(Schema.tradeTags, of: Self.trade) == [left, right])
    }

    @Test func `a tag taken off here and put on again there stays`() async throws {
        let all = try await Setting()
        let tag = EntityID.numbered(20)
        try await all.desk.tag(Self.trade, tag)
        try await all.settle()
        try await all.desk.untag(Self.trade, tag)
        try await all.phone.tag(Self.trade, tag)
        try await all.settle()
        #expect(try await all.desk.journal.members(Schema.tradeTags, of: Self.trade) == [tag])
    }

    // MARK: Deletions

    @Test(arguments: [-minute, 0, minute]) func `an edit beats a deletion, be it earlier or later`(lead: Int64)
        async throws
    {
        let all = try await Setting()
        all.desk.clock.advance(2 * Self.minute)
        all.phone.clock.advance(2 * Self.minute + lead)
        try await all.desk.delete(Schema.trade, Self.trade)
        try await all.phone.put(Schema.trade, Self.trade, ["rating": .integer(5)])
        try await all.settle()
        #expect(try await all.desk.journal.isAlive(Schema.trade, Self.trade) == .contested)
        #expect(try await all.shown("rating") == .integer(5))
        #expect(try await all.shown("notes") == .text("Plan.\n"))
        #expect(try await all.desk.journal.read { try ConflictStore($0).contests().count } == 1)
    }

    @Test func `a tag put on there beats a deletion here`() async throws {
        let all = try await Setting()
        try await all.desk.delete(Schema.trade, Self.trade)
        try await all.phone.tag(Self.trade, .numbered(20))
        try await all.settle()
        #expect(try await all.desk.journal.isAlive(Schema.trade, Self.trade) == .contested)
    }

    @Test func `what was deleted on both devices is deleted`() async throws {
        let all = try await Setting()
        try await all.desk.delete(Schema.trade, Self.trade)
        try await all.phone.delete(Schema.trade, Self.trade)
        try await all.settle()
        #expect(try await all.desk.journal.isAlive(Schema.trade, Self.trade) == .deleted)
        #expect(try await all.desk.journal.count("SELECT count(*) FROM round_trip") == 0)
    }

    @Test func `what was deleted and then made again is alive everywhere and no conflict`() async throws {
        let all = try await Setting()
        try await all.desk.delete(Schema.trade, Self.trade)
        try await all.settle()
        let fields: [String: Value] = [
            "symbol": .text("BTC_USDT"), "direction": .text("long"), "quantity": .text("1"),
            "entry_price": .text("100"),
            "opened_ms": .integer(1), "notes": .text("Plan.\n"), "rating": .integer(1),
        ]
        try await all.phone.put(Schema.trade, Self.trade, fields)
        try await all.settle()
        #expect(try await all.desk.journal.isAlive(Schema.trade, Self.trade) == .alive)
        #expect(try await all.desk.journal.count("SELECT count(*) FROM round_trip") == 1)
        // And deleted again it is gone again.
        try await all.desk.delete(Schema.trade, Self.trade)
        try await all.settle()
        #expect(try await all.phone.journal.isAlive(Schema.trade, Self.trade) == .deleted)
    }

    // MARK: Clocks

    @Test(arguments: [4 * minute, 10 * year, -10 * year])
    func `a wrong clock neither keeps a later edit from counting nor spreads`(skew: Int64) async throws {
        let all = try await Setting(phoneAt: AdversarialClock.noon + skew)
        try await all.phone.put(Schema.trade, Self.trade, ["rating": .integer(2)])
        try await all.settle()
        // The desk has seen it: its edit supersedes, whatever the times say.
        all.desk.clock.advance(Self.minute)
        try await all.desk.put(Schema.trade, Self.trade, ["rating": .integer(5)])
        try await all.settle()
        #expect(try await all.standing("rating") == [.integer(5)])
        #expect(try await all.shown("rating") == .integer(5))

        let desk = try await all.desk.journal.position().replica
        let last = try await all.desk.journal.commits(missingFrom: VectorClock(), bytesMax: .max).commits
            .last { $0.dot.replica == desk }
        let commit = try #require(last)
        let time = try Commit(dot: commit.dot, encoded: commit.bytes).time.wallTime.milliseconds
        let lead = time - (AdversarialClock.noon + Self.minute)
        #expect((0...HybridTime.adoptedLeadMillisecondsMax).contains(lead))
    }

    @Test(arguments: [4 * minute, 10 * year])
    func `concurrent with a clock that is ahead, both edits stand`(skew: Int64) async throws {
        let all = try await Setting(phoneAt: AdversarialClock.noon + skew)
        try await all.phone.put(Schema.trade, Self.trade, ["rating": .integer(2)])
        all.desk.clock.advance(Self.minute)
        try await all.desk.put(Schema.trade, Self.trade, ["rating": .integer(5)])
        try await all.settle()
        #expect(try await all.standing("rating") == [.integer(2), .integer(5)])
        // Four minutes are adopted, and then replicas decide; of ten years the later is shown, and the other listed.
        if skew > Self.year { #expect(try await all.shown("rating") == .integer(2)) }
    }

    @Test func `a clock that was set back loses nothing of its own`() async throws {
        let all = try await Setting()
        all.phone.clock.set(AdversarialClock.noon + 10 * Self.year)
        try await all.phone.put(Schema.trade, Self.trade, ["rating": .integer(2)])
        all.phone.clock.set(AdversarialClock.noon)
        try await all.phone.put(Schema.trade, Self.trade, ["rating": .integer(3)])
        try await all.settle()
        #expect(try await all.standing("rating") == [.integer(3)])
        #expect(try await all.desk.journal.shown(Schema.trade, Self.trade, "rating") == .integer(3))
    }

    @Test func `a push whose reply is lost is not done twice, and an edit on top with a slow clock stands`()
        async throws
    {
        let all = try await Setting(phoneAt: AdversarialClock.noon - 86_400_000)
        try await all.desk.put(Schema.trade, Self.trade, ["rating": .integer(2)])
        let lossy = LossySync(all.server.endpoint)
        await #expect(throws: LossySync.Lost.self) {
            try await SyncSession(device: all.desk.journal, server: lossy).run()
        }
        // The server has it, the desk does not know. The phone sees it and writes on top, a day earlier by its clock.
        try await all.server.sync(all.phone)
        #expect(try await all.shown("rating") == .integer(2))
        try await all.phone.put(Schema.trade, Self.trade, ["rating": .integer(4)])
        try await all.server.sync(all.phone)
        try await all.settle()
        #expect(try await all.standing("rating") == [.integer(4)])
        #expect(try await all.desk.journal.shown(Schema.trade, Self.trade, "rating") == .integer(4))
        let desk = try await all.desk.journal.position().replica
        #expect(try await all.server.journal.position().clock[desk] == all.desk.journal.position().clock[desk])
    }

    // MARK: Images

    @Test func `an image replaced in place on one device and captioned on the other keeps both`() async throws {
        let all = try await Setting()
        let image = EntityID.numbered(30)
        let (before, after) = ([UInt8](repeating: 1, count: 32), [UInt8](repeating: 2, count: 32))
        try await all.desk.put(
            Schema.image, image, ["sha256": .bytes(before), "name": .text("chart.png"), "size": .integer(9)])
        try await all.settle()
        try await all.desk.put(Schema.image, image, ["sha256": .bytes(after), "size": .integer(12)])
        try await all.phone.put(Schema.image, image, ["caption": .text("the breakout")])
        try await all.settle()
        #expect(try await all.phone.journal.shown(Schema.image, image, "sha256") == .bytes(after))
        #expect(try await all.desk.journal.shown(Schema.image, image, "caption") == .text("the breakout"))
        #expect(try await all.desk.journal.standing(Schema.image, image, "sha256") == [.bytes(after)])
    }

    @Test func `an image replaced in place on both devices keeps both pictures`() async throws {
        let all = try await Setting()
        let image = EntityID.numbered(30)
        let pictures = (1...3).map { [UInt8](repeating: $0, count: 32) }
        try await all.desk.put(Schema.image, image, ["sha256": .bytes(pictures[0]), "name": .text("chart.png")])
        try await all.settle()
        try await all.desk.put(Schema.image, image, ["sha256": .bytes(pictures[1])])
        try await all.phone.put(Schema.image, image, ["sha256": .bytes(pictures[2])])
        try await all.settle()
        #expect(
            try await all.desk.journal.standing(Schema.image, image, "sha256") == [
                .bytes(pictures[1]), .bytes(pictures[2]),
            ])
    }

    @Test func `twenty names for one image are twenty names and one file`() async throws {
        let all = try await Setting()
        let picture = Array("one picture".utf8)
        for (offset, device) in [all.desk, all.phone].enumerated() {
            let blobs = try BlobStore(directory: device.folder.path + "/blobs", world: device.clock.world)
            for number in 0..<10 {
                let name = try await blobs.put(picture)
                try await device.put(
                    Schema.image, .numbered(UInt64(100 + offset * 10 + number)),
                    ["sha256": .bytes(name.bytes), "name": .text("chart \(offset)-\(number).png")])
            }
            #expect(try await blobs.list().count == 1)
        }
        try await all.settle()
        #expect(try await all.phone.journal.count("SELECT count(DISTINCT name) FROM image WHERE presence = 0") == 20)
        #expect(try await all.phone.journal.count("SELECT count(DISTINCT sha256) FROM image") == 1)
    }

    // MARK: Imports

    @Test func `two offline devices that import the same statement agree on it`() async throws {
        let all = try await Setting()
        let account = Account.named(exchange: "Binance", environment: .live, label: "main")
        for device in [all.desk, all.phone] {
            try await device.journal.edit("import") { draft in
                draft.put(
                    Schema.account, account.id,
                    ["exchange": .text(account.exchange), "environment": .text("live"), "label": .text("main")])
                for fill in Self.statement(account.id) { draft.put(fill) }
            }
            device.clock.advance(Self.minute)
        }
        try await all.settle()
        #expect(try await all.phone.journal.count("SELECT count(*) FROM fill") == 6)
        #expect(try await all.phone.journal.count("SELECT count(*) FROM round_trip WHERE first_fill IS NOT NULL") == 3)
        #expect(try await all.phone.journal.read { try ConflictStore($0).fields().count } == 0)
        // A second import of the statement is no change.
        let known = try await all.phone.journal.read { try FillStore($0).unknown(Self.statement(account.id)).count }
        #expect(known == 0)
    }

    @Test func `a fill that both imported and one corrected is corrected everywhere`() async throws {
        let all = try await Setting()
        let account = Account.named(exchange: "Binance", environment: .live, label: "main")
        let fills = Self.statement(account.id)
        for device in [all.desk, all.phone] {
            try await device.journal.edit("import") { draft in for fill in fills { draft.put(fill) } }
        }
        try await all.desk.put(Schema.fill, fills[0].id.cast(), ["price": .text("101")])
        try await all.settle()
        // The desk had not seen the phone's import of the old price: both prices stand until somebody says.
        let standing = try await all.phone.journal.standing(Schema.fill, fills[0].id.cast(), "price")
        #expect(standing == [.text("100"), .text("101")])
        try await all.phone.put(Schema.fill, fills[0].id.cast(), ["price": .text("101")])
        try await all.settle()
        #expect(try await all.desk.journal.standing(Schema.fill, fills[0].id.cast(), "price") == [.text("101")])
    }

    private static func statement(_ account: ID<Account>) -> [Fill] {
        (0..<6).map { (number: Int64) -> Fill in
            Fill(
                id: .derived("fill", ["binance", "\(number)"]), account: account, symbol: "BTC_USDT",
                side: number % 2 == 0 ? .buy : .sell, price: Amount(whole: 100 + number),
                quantity: Amount(whole: 1),
                fee: .zero, feeCurrency: "", time: Timestamp(milliseconds: 1_700_000_000_000 + number * 1000),
                sequence: number, externalID: "\(number)")
        }
    }
}

/// A server whose next answer does not arrive.
private struct LossySync: SyncProtocol {
    struct Lost: Error {}

    let server: LocalSync

    init(_ server: LocalSync) { self.server = server }

    func exchange(_ request: ExchangeRequest, as replica: ReplicaID) async throws -> ExchangeResponse {
        _ = try await server.exchange(request, as: replica)
        throw Lost()
    }

    func snapshot() async throws -> SnapshotManifest? { nil }
    func snapshotChunk(_ chunk: SnapshotManifest.Chunk) async throws -> [UInt8] { throw Lost() }
    func missingBlobs(among names: [BlobName]) async throws -> [BlobName] { [] }
    func blobProgress(_ name: BlobName) async throws -> BlobProgress { .partial(received: 0) }
    func uploadBlob(_ name: BlobName, size: Int64, from offset: Int64, bytes: @escaping BlobSource) async throws {}
    func downloadBlob(
        _ name: BlobName, from offset: Int64, receive: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws -> Int64 { throw Lost() }
}
