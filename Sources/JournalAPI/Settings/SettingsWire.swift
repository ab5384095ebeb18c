import Foundation
import Journal
import Primitives
import Web

struct SettingsView: View {
    static let shape = Shape.object(
        "Settings",
        [
            "zone": .text.orNull.note("Whose days count; null stands for UTC.", example: "Europe/Berlin"),
            "base_currency": .text.orNull.note("The currency that comes first.", example: "USDT"),
            "start_of_day_minutes": .integer(-1439...1439).note("After local midnight, or before it.", example: 240),
            "basis": .choice(of: JournalSettings.Basis.self).note("Whether profits have the fees in them."),
            "start_balance": .amount.orNull.note("What there was before the first trade, in the base currency."),
        ])

    @OrNull var zone: String?
    @OrNull var base_currency: String?
    let start_of_day_minutes: Int
    let basis: String
    @OrNull var start_balance: String?

    init(_ settings: JournalSettings) {
        zone = settings.zone?.name
        base_currency = settings.baseCurrency
        start_of_day_minutes = settings.startOfDayMinutes
        basis = settings.basis.rawValue
        start_balance = settings.startBalance?.description
    }
}

/// What is left out stays as it is; null takes it away.
struct SettingsChange: Decodable, Sendable {
    static let shape = Shape.object(
        "SettingsChange",
        [
            "zone": .text(length: 1...SettingsFields.zoneBytesMax).orNull.optional,
            "base_currency": .text(length: 1...20).orNull.optional,
            "start_of_day_minutes": .integer(-1439...1439).orNull.optional,
            "basis": .choice(of: JournalSettings.Basis.self).orNull.optional,
            "start_balance": .amount.orNull.optional,
        ])

    let zone: Change<String>
    let base_currency: Change<String>
    let start_of_day_minutes: Change<Int>
    let basis: Change<String>
    let start_balance: Change<GivenAmount>

    var fields: SettingsFields {
        var fields = SettingsFields()
        fields.zone = zone
        fields.baseCurrency = base_currency
        fields.startOfDayMinutes = start_of_day_minutes
        fields.basis = basis
        fields.startBalance = start_balance.map(\.amount)
        return fields
    }
}
