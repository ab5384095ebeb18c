import Foundation
import Journal
import Primitives
import Storage
import Sync
import Testing

/// What is saved of the columns of unknown files: kept, undone, synced and settled like everything else.
@Suite struct MappingStoreTests {
    private static let header = "datum,produkt,art,kurs,anzahl"
    private static let map = "time=Datum,symbol=Produkt,side=Art,price=Kurs,quantity=Anzahl,buy=Kauf,sell=Verkauf"
    private static let file = "Datum,Produkt,Art,Kurs,Anzahl\n2026-03-02 10:00:00,BTC/EUR,Kauf,60000,0.5\n"

    private func choice(_ map: String?, _ zone: String? = nil, exchange: String? = nil) throws -> ImportChoice {
        try ImportChoice(exchange: exchange, ImportChoice.Words(zone: zone, map: map))
    }

    @discardableResult
    private func save(
        _ device: TestDevice, _ name: String = "degiro", _ map: String? = MappingStoreTests.map,
        header: String = MappingStoreTests.header, zone: String? = nil, exchange: String? = nil
    ) async throws -> String {
        let choice = try choice(map, zone, exchange: exchange)
        try await device.journal.edit("save mapping \(name)") { draft, db in
            try MappingStore(db).save(name, header: header, choice, in: &draft)
        }
        return try await device.lastCommit()
    }

    private func list(_ device: TestDevice) async throws -> [Mapping] {
        try await device.journal.read { try MappingStore($0).list() }
    }

    @Test func `what is saved is listed by name, and a name in another case is the same mapping`() async throws {
        let desk = try await TestDevice("desk")
        try await save(desk, "ibkr", header: "a,b", zone: "Europe/Berlin", exchange: "IBKR")
        try await save(desk, "Degiro")
        try await save(desk, "degiro", "time=Datum")
        let found = try await list(desk)
        #expect(found.map(\.name) == ["degiro", "ibkr"])
        #expect(found.map(\.map) == ["time=Datum", Self.map.lowercasedWords])
        #expect(found.map(\.header) == [Self.header, "a,b"])
        #expect(found.map(\.options) == ["", "zone=Europe/Berlin,exchange=ibkr"])
        let saved = try await desk.journal.read { try MappingStore($0).saved() }
        #expect(saved.map(\.exchange) == [nil, "ibkr"])
        #expect(try saved[1].options.get().zone?.title == "Europe/Berlin")
    }

    @Test func `every option comes back as it was saved`() async throws {
        let desk = try await TestDevice("desk")
        let choice = try ImportChoice(
            exchange: "degiro",
            ImportChoice.Words(
                utcOffset: "-04:30", dateOrder: "dmy", decimal: "comma", currency: "eur", market: "spot",
                order: "newest-first", paidFees: "minus", map: Self.map))
        try await desk.journal.edit("save") { draft, db in
            try MappingStore(db).save("all", header: Self.header, choice, in: &draft)
        }
        let saved = try #require(try await desk.journal.read { try MappingStore($0).saved() }.first)
        let options = try saved.options.get()
        #expect(options.zone == .utcOffset(minutes: -270))
        #expect(options.dateOrder == .dayFirst)
        #expect(options.decimal == .comma)
        #expect(options.currency == "EUR")
        #expect(options.market == .spot)
        #expect(options.isNewestFirst == true)
        #expect(options.paidFees == .minus)
        #expect(options.columns == nil)
        #expect(saved.exchange == "degiro")
    }

    @Test func `a file of the header is read by it, into the account that was saved`() async throws {
        let desk = try await TestDevice("desk")
        try await save(desk, exchange: "degiro")
        let report = try await desk.journal.take(Self.file)
        #expect(report.newCount == 1)
        #expect(report.account?.exchange == "degiro")
        #expect(report.reading.first?.contains("by your mapping “degiro”") == true)
        #expect(report.header == Self.header)
        let named = try await TestDevice("other").journal.take(
            "time,symbol,side,price,quantity\n2026-03-02 10:00:00,BTC/EUR,buy,60000,0.5\n", exchange: "degiro")
        #expect(named.newCount == 1)
        #expect(
            try await desk.journal.take(
                "time,symbol,side,price,quantity\n2026-03-02 10:00:00,BTC/EUR,buy,60000,0.5\n", exchange: "degiro"
            ).knownCount == 1)
    }

    @Test func `two devices that save one name offline have one mapping, whole, and the other is a conflict`()
        async throws
    {
        let (desk, phone, server) = (
            try await TestDevice("Desk"), try await TestDevice("Phone", milliseconds: 1_777_600_000_000),
            try await TestServer()
        )
        try await save(desk, "degiro", header: "a,b", zone: "Europe/Berlin")
        try await save(phone, "Degiro", "time=Wann", header: "c,d")
        try await server.sync(desk, phone)
        for device in [desk, phone] {
            let found = try #require(try await list(device).first)
            #expect(try await list(device).count == 1)
            // The later one has its way in all fields.
            #expect([found.name, found.header, found.map, found.options] == ["Degiro", "c,d", "time=Wann", ""])
            let conflicts = try await device.journal.read { try ConflictStore($0).fields() }
            #expect(conflicts.map(\.field.name) == ["name", "header", "map", "options"])
            #expect(conflicts.first?.entity.hasPrefix("mapping") == true)
        }
        let key = JournalState.Key(Schema.mapping.kind, Mapping.id(named: "degiro").cast())
        for field in ["name", "header", "map", "options"] {
            _ = try await phone.journal.settle(key, field: field, keeping: "Desk")
        }
        try await server.sync(phone, desk)
        for device in [desk, phone] {
            #expect(try await list(device).map(\.header) == ["a,b"])
            #expect(try await list(device).map(\.options) == ["zone=Europe/Berlin"])
            #expect(try await device.journal.read { try ConflictStore($0).count() } == 0)
            #expect(try await device.journal.verify(nil).findings.isEmpty)
        }
        #expect(
            JournalDump.difference(
                try await JournalDump.shared(desk.journal), try await JournalDump.shared(phone.journal)) == "")
    }

    @Test func `two devices that save the same offline agree`() async throws {
        let (desk, phone, server) = (
            try await TestDevice("Desk"), try await TestDevice("Phone"), try await TestServer()
        )
        try await save(desk)
        try await save(phone)
        try await server.sync(desk, phone)
        #expect(try await list(phone) == list(desk))
        #expect(try await phone.journal.read { try ConflictStore($0).count() } == 0)
    }

    @Test func `one that is deleted here and saved anew there lives`() async throws {
        let (desk, phone, server) = (
            try await TestDevice("Desk"), try await TestDevice("Phone"), try await TestServer()
        )
        try await save(desk)
        try await server.sync(desk, phone)
        try await desk.journal.edit("delete") { draft, db in
            MappingStore(db).delete(try MappingStore(db).require("degiro"), in: &draft)
        }
        #expect(try await list(desk).isEmpty)
        try await save(phone, "degiro", "time=Wann")
        try await server.sync(desk, phone)
        #expect(try await list(desk).map(\.map) == ["time=Wann"])
        #expect(try await list(phone) == list(desk))
    }

    @Test func `saving and deleting can be undone`() async throws {
        let desk = try await TestDevice("desk")
        try await save(desk)
        let second = try await save(desk, "degiro", "time=Wann")
        try await desk.journal.edit("undo") { draft, db in _ = try draft.undo(second, db) }
        #expect(try await list(desk).map(\.map) == [Self.map.lowercasedWords])
        let deletion = try await desk.delete(Schema.mapping, Mapping.id(named: "degiro").cast())
        #expect(try await list(desk).isEmpty)
        try await desk.journal.edit("undo") { draft, db in _ = try draft.undo(deletion, db) }
        #expect(try await list(desk).map(\.name) == ["degiro"])
    }

    @Test func `a journal from before the mappings gets them, with what a newer device saved`() async throws {
        let clock = World.live
        let old = Schema(kinds: Schema.current.kinds.filter { $0.kind != Schema.mapping.kind })
        let phone = try await JournalFile.inMemory(world: clock, schema: old)
        let desk = try await TestDevice("Desk")
        let server = try await TestServer()
        try await save(desk)
        _ = try await server.run(desk.journal)
        _ = try await server.run(phone)
        let upgraded = try await JournalFile.inMemory(world: clock, schema: .current, copying: phone)
        try await upgraded.absorbNewFields(of: .current)
        #expect(try await upgraded.read { try MappingStore($0).list() } == list(desk))
    }

    @Test func `what makes no sense is refused with the reason`() async throws {
        let desk = try await TestDevice("desk")
        try await save(desk)
        let long = String(repeating: "x", count: FieldBound.wordBytesMax + 1)
        #expect(await failureCode { try await save(desk, "other") } == "mapping.header_taken")
        #expect(await failureCode { try await save(desk, "x", header: long) } == "mapping.too_long")
        #expect(await failureCode { try await save(desk, "x", nil, header: "a") } == "mapping.no_map")
        #expect(await failureCode { try await save(desk, " ", header: "a") } == "mapping.bad_name")
        #expect(await failureCode { try await save(desk, "a\nb", header: "a") } == "mapping.bad_name")
        let name = String(repeating: "n", count: Mapping.nameBytesMax + 1)
        #expect(await failureCode { try await save(desk, name, header: "a") } == "mapping.bad_name")
        #expect(
            await failureCode { _ = try await desk.journal.read { try MappingStore($0).require("none") } }
                == "mapping.not_found")
        #expect(
            await failureCode { _ = try ImportChoice(format: .binance, .init(map: Self.map)) }
                == "import.map_and_format")
        #expect(try await list(desk).count == 1)
    }

    @Test func `there are at most so many mappings`() async throws {
        let desk = try await TestDevice("desk")
        try await desk.journal.edit("many") { draft in
            for number in 0..<MappingStore.countMax {
                draft.put(
                    Schema.mapping, Mapping.id(named: "m\(number)"),
                    ["name": .text("m\(number)"), "header": .text("h\(number)"), "map": .text("time=A")])
            }
        }
        #expect(await failureCode { try await save(desk) } == "mapping.too_many")
        try await save(desk, "m7")
        #expect(try await list(desk).count == MappingStore.countMax)
    }

    @Test func `a mapping of a later version has its files refused by its name, and no others`() async throws {
        let desk = try await TestDevice("desk")
        for (column, value, code) in [
            ("map", "time=Datum,galaxy=X", "import.broken_mapping"), ("options", "moon=full", "import.broken_mapping"),
        ] {
            let fields: [String: Value] = [
                "name": .text("new"), "header": .text(Self.header), "map": .text(Self.map), "options": .text(""),
            ].merging([column: .text(value)]) { $1 }
            try await desk.put(Schema.mapping, Mapping.id(named: "new").cast(), fields)
            #expect(await failureCode { _ = try await desk.journal.take(Self.file) } == code)
            #expect(try await list(desk).count == 1)
            let other = "time,symbol,side,price,quantity\n2026-03-02 10:00:00,BTC/EUR,buy,60000,0.5\n"
            #expect(try await desk.journal.take(other).refusedCount == 0)
        }
    }

    @Test func `a future that nobody knows is in no currency, and the import says so`() async throws {
        let desk = try await TestDevice("desk")
        try await desk.journal.edit("set") { draft, db in
            var fields = try InstrumentFields(exchange: "", symbol: "XQZZ26", kind: nil)
            fields.multiplier = .set(Amount(whole: 5))
            try InstrumentStore(db).set(fields, in: &draft)
        }
        let text =
            "Instrument,Action,Quantity,Price,Time,ID,E/X,Position,Order ID,Name,Commission,Rate,Account,Connection,\n"
            + "XQZ 12-26,Buy,1,100,3/2/2026 10:00:00 AM,a1,Entry,1 L,o1,Entry,$0.00,1,Sim101,Sim,\n"
        let report = try await desk.journal.take(text)
        #expect(report.newCount == 1)
        #expect(report.reading.last?.contains("XQZZ26 in no currency") == true)
        #expect(report.reading.last?.contains("daybook account set \"ninjatrader/main\" --currency USD") == true)
        try await desk.journal.edit("currency") { draft, db in
            var fields = AccountFields()
            fields.currency = .set("USD")
            let account = try #require(try AccountStore(db).list().first)
            try AccountStore(db).set(fields, of: account, in: &draft)
        }
        #expect(try await desk.journal.take(text).reading.contains { $0.contains("no currency") } == false)
    }
}

extension String {
    /// As a map writes what words mean.
    fileprivate var lowercasedWords: String { replacing("Kauf", with: "kauf").replacing("Verkauf", with: "verkauf") }
}
