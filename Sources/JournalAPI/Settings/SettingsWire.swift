import Foundation
import Journal
import Primitives
import Web

struct SettingsView: View {
    @OrNull var zone: String?
    @OrNull var base_currency: String?
    let start_of_day_minutes: Int
    let basis: String
    @OrNull var start_balance: String?

    init(_ settings: JournalSettings) {
        zone = settings.zone?.identifier
        base_currency = settings.baseCurrency
        start_of_day_minutes = settings.startOfDayMinutes
        basis = settings.basis.rawValue
        start_balance = settings.startBalance?.description
    }
}

/// What is left out stays as it is; null takes it away.
struct SettingsChange: Decodable, Sendable {
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
