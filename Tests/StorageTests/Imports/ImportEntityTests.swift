import Journal
import Primitives
import Storage
import Sync
import Testing

/// An import is a thing: it can be listed, undone, and done again.
@Suite struct ImportEntityTests {
    private typealias Row = ExportText.Row

    private func memory() async throws -> JournalFile { try await JournalFile.inMemory(world: .live) }

    @Test func `an import says what it was, and its fills name it`() async throws {
        let journal = try await memory()
        let report = try await journal.take(ExportText.futures(ExportText.trade), named: "march.csv", account: "perps")
        let known = try #require(try await journal.imports().first)
        #expect(report.fileImport == known.fileImport.id)
        #expect(known.fileImport.file == "march.csv")
        #expect(known.fileImport.layout == "binance_futures")
        #expect(known.fileImport.hasIDs && known.fileImport.resolutionMilliseconds == 1000)
        #expect(known.fileImport.fillCount == 2 && known.fillCount == 2 && known.doubleCount == 0)
        #expect(known.fileImport.sha256?.count == 32)
        #expect(known.account?.label == "perps")
        #expect(try await journal.count("SELECT count(*) FROM fill WHERE import IS NOT NULL") == 2)
    }

    @Test func `a file in which nothing is new is no import`() async throws {
        let journal = try await memory()
        try await journal.take(ExportText.spot(ExportText.trade))
        let again = try await journal.take(ExportText.spot(ExportText.trade))
        #expect(again.newCount == 0 && again.knownCount == 2 && again.fileImport == nil)
        #expect(try await journal.imports().count == 1)
        #expect(!again.isDoubtful)
    }

    @Test func `a large file is one import, with the count and the sum of all of it`() async throws {
        let journal = try await memory()
        let rows = (0..<20_500).map { Row(seconds: $0, side: $0 % 2 == 0 ? "BUY" : "SELL", price: "\(2000 + $0 % 7)") }
        let id = ID<FileImport>.numbered(77)
        let text = ExportText.spot(rows)
        try await journal.take(text, as: id)
        let known = try #require(try await journal.imports().first)
        #expect(known.fileImport.id == id && known.fileImport.fillCount == 20_500)
        let other = try await memory()
        try await other.take(text)
        #expect(try await other.imports().first?.fileImport.sha256 == known.fileImport.sha256)
    }

    @Test func `an import that was broken off goes on as the same one`() async throws {
        let journal = try await memory()
        let id = ID<FileImport>.numbered(5)
        let first = try await journal.take(ExportText.spot([ExportText.trade[0]]), as: id)
        let second = try await journal.take(ExportText.spot(ExportText.trade), as: id)
        #expect((first.newCount, second.newCount, second.knownCount) == (1, 1, 1))
        let imports = try await journal.imports()
        #expect(imports.map(\.fileImport.id) == [id] && imports[0].fileImport.fillCount == 2)
    }

    @Test func `undone, the same file comes again, and its notes with it`() async throws {
        let journal = try await memory()
        try await journal.take(ExportText.spot(ExportText.trade))
        let trade = try #require(try await journal.trips().first)
        try await journal.edit("note") { draft, db in try TradeStore(db).setNotes(trade.id, "patience", in: &draft) }
        let id = try #require(try await journal.imports().first).fileImport.id
        let outcome = try await journal.undo(id)
        #expect(outcome.fillCount == 2 && outcome.strayCount == 1)
        #expect(try await journal.trips().isEmpty)
        #expect(try await journal.imports().isEmpty)

        let again = try await journal.take(ExportText.spot(ExportText.trade))
        #expect(again.newCount == 2)
        let back = try #require(try await journal.trips().first)
        #expect(try await journal.read { try TradeStore($0).notes(of: back.id).map(\.text) } == ["patience"])
        #expect(try await journal.damage().isEmpty)
    }

    @Test(arguments: [("-05:00", "main"), ("+09:30", "second"), ("+00:00", "second")])
    func `undone, it comes again in another zone or account, and its notes with it`(
        offset: String, account: String
    ) async throws {
        let journal = try await memory()
        let text = ExportText.generic(ExportText.trade)
        try await journal.take(text, account: "main")
        let trade = try #require(try await journal.trips().first)
        try await journal.edit("note") { draft, db in
            let store = TradeStore(db)
            try store.setNotes(trade.id, "patience", in: &draft)
            _ = try store.addTags(trade.id, ["breakout"], world: .live, in: &draft)
        }
        _ = try await journal.undo(try #require(try await journal.imports().first).fileImport.id)
        let again = try await journal.take(text, account: account, utcOffset: offset)
        #expect(again.newCount == 2 && !again.isDoubtful)
        let back = try #require(try await journal.trips().first)
        #expect(try await journal.read { try TradeStore($0).notes(of: back.id).map(\.text) } == ["patience"])
        #expect(back.tagged.map(\.name) == ["breakout"])
        #expect(try await journal.read { try ConflictStore($0).count() } == 0)
    }

    @Test func `an undone import is gone on every device, and can come back from either`() async throws {
        let server = try await AdversarialServer()
        let (desk, phone) = (try await AdversarialDevice("Desk"), try await AdversarialDevice("Phone"))
        try await desk.journal.take(ExportText.spot(ExportText.trade))
        try await server.settle(desk, phone)
        _ = try await phone.journal.undo(try #require(try await phone.journal.imports().first).fileImport.id)
        try await server.settle(desk, phone)
        for device in [desk, phone] {
            #expect(try await device.journal.trips().isEmpty)
            #expect(try await device.journal.imports().isEmpty)
        }
        #expect(try await desk.journal.take(ExportText.spot(ExportText.trade)).newCount == 2)
        try await server.settle(desk, phone)
        for device in [desk, phone] { #expect(try await device.journal.trips().count == 1) }
    }

    @Test func `two devices that import one file offline agree, and nothing is in conflict`() async throws {
        let server = try await AdversarialServer()
        var devices: [AdversarialDevice] = []
        for name in ["Desk", "Phone", "Laptop"] { devices.append(try await AdversarialDevice(name)) }
        for device in devices {
            #expect(try await device.journal.take(ExportText.futures(ExportText.trade)).newCount == 2)
        }
        try await server.settle(devices[0], devices[1], devices[2])
        let first = try await JournalDump.shared(devices[0].journal)
        for device in devices {
            #expect(JournalDump.difference(first, try await JournalDump.shared(device.journal)) == "")
            #expect(try await device.journal.trips().count == 1)
            #expect(try await device.journal.read { try ConflictStore($0).count() } == 0)
            #expect(try await device.journal.damage().isEmpty)
            // Only what brought them was written thrice.
            #expect(try await device.journal.count("SELECT count(DISTINCT slot) FROM register") == 1)
        }
    }
}
