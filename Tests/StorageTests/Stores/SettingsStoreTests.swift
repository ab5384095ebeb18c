import Foundation
import Journal
import Primitives
import Storage
import Sync
import Testing

@Suite struct SettingsStoreTests {
    private func settings(_ device: TestDevice) async throws -> JournalSettings {
        try await device.journal.read { try SettingsStore($0).current() }
    }

    private func edit(_ device: TestDevice, _ change: @Sendable @escaping (inout SettingsFields) -> Void) async throws {
        try await device.journal.edit("settings") { draft, db in
            var fields = SettingsFields()
            change(&fields)
            try SettingsStore(db).edit(fields, in: &draft)
        }
    }

    @Test func `a journal without settings has the defaults`() async throws {
        let device = try await TestDevice("desk")
        #expect(try await settings(device) == JournalSettings())
    }

    @Test func `what is set stays, and what is cleared is gone`() async throws {
        let device = try await TestDevice("desk")
        try await edit(device) {
            $0.zone = .set("America/New_York")
            $0.baseCurrency = .set("usdt")
            $0.startOfDayMinutes = .set(-420)
            $0.basis = .set("gross")
            $0.startBalance = .set(Amount(whole: 25_000))
        }
        var expected = JournalSettings()
        expected.zone = .init(identifier: "America/New_York")
        expected.baseCurrency = "USDT"
        expected.startOfDayMinutes = -420
        expected.basis = .gross
        expected.startBalance = Amount(whole: 25_000)
        #expect(try await settings(device) == expected)
        try await edit(device) {
            $0.zone = .clear
            $0.basis = .clear
        }
        expected.zone = nil
        expected.basis = .net
        #expect(try await settings(device) == expected)
    }

    @Test func `setting what is set already writes nothing`() async throws {
        let device = try await TestDevice("desk")
        try await edit(device) { $0.baseCurrency = .set("EUR") }
        let before = try await device.journal.position().clock
        try await edit(device) { $0.baseCurrency = .set("eur") }
        #expect(try await device.journal.position().clock == before)
    }

    @Test func `two devices that set different things offline both have their way`() async throws {
        let (desk, phone) = (try await TestDevice("desk"), try await TestDevice("phone"))
        try await edit(desk) { $0.baseCurrency = .set("EUR") }
        try await edit(phone) { $0.startOfDayMinutes = .set(240) }
        try await TestServer().sync(desk, phone)
        for device in [desk, phone] {
            let settings = try await settings(device)
            #expect(settings.baseCurrency == "EUR")
            #expect(settings.startOfDayMinutes == 240)
        }
    }

    @Test(arguments: [
        ("zone", "Atlantis/Main"), ("zone", ""), ("currency", ""), ("currency", "US DOLLAR"), ("basis", "both"),
    ])
    func `nonsense is refused`(field: String, text: String) async throws {
        let device = try await TestDevice("desk")
        await #expect(throws: Failure.self) {
            try await edit(device) {
                switch field {
                case "zone": $0.zone = .set(text)
                case "currency": $0.baseCurrency = .set(text)
                default: $0.basis = .set(text)
                }
            }
        }
        #expect(try await settings(device) == JournalSettings())
    }
}
