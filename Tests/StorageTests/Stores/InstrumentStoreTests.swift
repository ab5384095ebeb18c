import Foundation
import Journal
import Primitives
import Storage
import Sync
import Testing

@Suite struct InstrumentStoreTests {
    private func set(
        _ device: TestDevice, _ symbol: String, exchange: String = "", kind: MarketKind? = nil,
        _ change: @Sendable @escaping (inout InstrumentFields) -> Void
    ) async throws {
        try await device.journal.edit("set") { draft, db in
            var fields = try InstrumentFields(exchange: exchange, symbol: symbol, kind: kind)
            change(&fields)
            try InstrumentStore(db).set(fields, in: &draft)
        }
    }

    private func resolved(
        _ device: TestDevice, _ symbol: String, exchange: String = "", kind: MarketKind? = nil, currency: String = ""
    ) async throws -> Instrument {
        try await device.journal.read {
            try InstrumentStore($0).resolved(exchange: exchange, symbol: symbol, kind: kind, currency: currency)
        }
    }

    private static func size(_ text: String) -> Change<Amount> { Amount(text).map { .set($0) } ?? .keep }

    @Test func `what was said for the exchange goes before what was said for all, and both before what is shipped`()
        async throws
    {
        let desk = try await TestDevice("Desk")
        #expect(try await resolved(desk, "BTC_USDT", exchange: "okx", kind: .perpetual).multiplier == Amount("0.01"))
        try await set(desk, "BTC_USDT", kind: .perpetual) { $0.multiplier = Self.size("3") }
        #expect(try await resolved(desk, "BTC_USDT", exchange: "okx", kind: .perpetual).multiplier == Amount("3"))
        try await set(desk, "BTC_USDT", exchange: "OKX", kind: .perpetual) { $0.multiplier = Self.size("2") }
        #expect(try await resolved(desk, "BTC_USDT", exchange: "okx", kind: .perpetual).multiplier == Amount("2"))
        #expect(try await resolved(desk, "BTC_USDT", exchange: "gate", kind: .perpetual).multiplier == Amount("3"))
        #expect(try await resolved(desk, "BTC_USDT", exchange: "okx", kind: .spot).multiplier == Amount("1"))
        try await set(desk, "BTC_USDT", exchange: "okx", kind: .perpetual) { $0.multiplier = .clear }
        #expect(try await resolved(desk, "BTC_USDT", exchange: "okx", kind: .perpetual).multiplier == Amount("0.01"))
    }

    @Test func `whoever counts in contracts can ask whether their size is known`() async throws {
        let desk = try await TestDevice("Desk")
        func isKnown(_ exchange: String, _ symbol: String) async throws -> Bool {
            try await desk.journal.read {
                try InstrumentStore($0).isKnown(exchange: exchange, symbol: symbol, kind: .perpetual)
            }
        }
        #expect(try await isKnown("okx", "BTC_USDT"))
        #expect(try await !isKnown("okx", "NEW_USDT"))
        // A contract of so much money: its size says nothing of a profit per point.
        #expect(try await !isKnown("okx", "BTC_USD"))
        try await set(desk, "NEW_USDT", exchange: "okx", kind: .perpetual) { $0.tick = Self.size("1") }
        #expect(try await !isKnown("okx", "NEW_USDT"))
        try await set(desk, "NEW_USDT", exchange: "okx", kind: .perpetual) { $0.multiplier = Self.size("10") }
        #expect(try await isKnown("okx", "NEW_USDT"))
    }

    @Test func `ES 5000 to 5010 is 500 dollars, and what is said of the root holds for all its months`() async throws {
        let desk = try await TestDevice("Desk")
        let trade = try await desk.addTrade("ESZ26", exit: "110")
        #expect(try await desk.onlyTrade().gross == Amount("500"))
        try await set(desk, "ES", kind: .future) { $0.multiplier = Self.size("2.5") }
        #expect(try await desk.onlyTrade().gross == Amount("25"))
        try await set(desk, "ESZ26") { $0.multiplier = Self.size("4") }
        #expect(try await desk.onlyTrade().gross == Amount("40"))
        #expect(try await desk.onlyTrade().id == trade)
        #expect(try await desk.journal.verify(nil).findings.isEmpty)
    }

    @Test func `a bare ES is a share`() async throws {
        let desk = try await TestDevice("Desk")
        try await desk.addTrade("ES", exit: "110")
        #expect(try await desk.onlyTrade().gross == Amount("10"))
        #expect(try await resolved(desk, "ES", currency: "EUR").quote == "EUR")
        #expect(try await resolved(desk, "ES", kind: .future, currency: "EUR").quote == "USD")
    }

    @Test func `two devices that speak of one instrument offline speak of one`() async throws {
        let (desk, phone, server) = (
            try await TestDevice("Desk"), try await TestDevice("Phone"), try await TestServer()
        )
        try await desk.addTrade("NEWX", exit: "110")
        try await server.sync(desk, phone)
        try await set(desk, "NEWX") { $0.multiplier = Self.size("5") }
        try await set(phone, "newx") { $0.quote = .set("eur") }
        try await server.sync(desk, phone)
        for device in [desk, phone] {
            #expect(try await device.onlyTrade().gross == Amount("50"))
            #expect(try await device.journal.read { try InstrumentStore($0).list() }.map(\.quote) == ["EUR"])
        }
        #expect(
            JournalDump.difference(
                try await JournalDump.shared(desk.journal), try await JournalDump.shared(phone.journal))
                == "")
    }

    @Test func `what makes no sense is refused with the reason`() async throws {
        let desk = try await TestDevice("Desk")
        #expect(await failureCode { try await set(desk, "ES") { _ in } } == "instrument.nothing_to_set")
        #expect(
            await failureCode { try await set(desk, "ES") { $0.multiplier = Self.size("0") } } == "instrument.bad_size")
        #expect(await failureCode { try await set(desk, "ES") { $0.tick = Self.size("-1") } } == "instrument.bad_size")
        #expect(await failureCode { try await set(desk, "ES") { $0.quote = .set("U S D") } } == "account.bad_currency")
        #expect(await failureCode { try await set(desk, "E S") { $0.quote = .set("USD") } } == "symbol.bad_name")
        let long = String(repeating: "x", count: 41)
        #expect(
            await failureCode { try await set(desk, "ES", exchange: long) { $0.quote = .set("USD") } }
                == "instrument.bad_exchange")
    }
}
