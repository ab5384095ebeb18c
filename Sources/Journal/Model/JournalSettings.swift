import Foundation
import Primitives
import Sync

/// How a person wants the figures of their journal. It is part of the journal, so every device shows the same.
package struct JournalSettings: Hashable, Sendable {
    /// Whether profits have the fees in them.
    package enum Basis: String, Sendable, CaseIterable { case net, gross }

    /// Whose days count; nil when nobody has said.
    package var zone: TimeZone?
    /// The currency that comes first where there are several, in upper case; nil when nobody has said.
    package var baseCurrency: String?
    /// See `TradingCalendar.startOfDayMinutes`.
    package var startOfDayMinutes = 0
    package var basis = Basis.net
    /// What there was before the first trade, in the base currency; nil when nobody has said.
    package var startBalance: Amount?

    package init() {}

    package static let startOfDayMinutesMax = 1439

    /// The one name that the settings of a journal have, so that two devices that make them offline make one.
    package static let id = EntityID.derived("settings", [])
}

/// A change of the settings, as a person writes it.
package struct SettingsFields: Hashable, Sendable {
    package var zone = Change<String>.keep
    package var baseCurrency = Change<String>.keep
    package var startOfDayMinutes = Change<Int>.keep
    package var basis = Change<String>.keep
    package var startBalance = Change<Amount>.keep

    package init() {}

    package static let zoneBytesMax = 64
    private static let currencyBytesMax = 20

    /// The values as they are written, by field.
    ///
    /// - Throws: `settings.bad_zone`, `settings.bad_currency`, `settings.bad_start_of_day`, `settings.bad_basis`,
    ///   `settings.bad_balance`.
    package func values() throws(Failure) -> [String: Value] {
        var values: [String: Value] = [:]
        switch zone {
        case .keep: break
        case .clear: values["zone"] = .null
        case .set(let text): values["zone"] = .text(try Self.zone(text).name)
        }
        switch baseCurrency {
        case .keep: break
        case .clear: values["base_currency"] = .null
        case .set(let text): values["base_currency"] = .text(try Self.currency(text))
        }
        switch startOfDayMinutes {
        case .keep: break
        case .clear: values["start_of_day"] = .null
        case .set(let minutes): values["start_of_day"] = .integer(try Self.startOfDay(minutes))
        }
        switch basis {
        case .keep: break
        case .clear: values["basis"] = .null
        case .set(let text): values["basis"] = .text(try Self.basis(text).rawValue)
        }
        switch startBalance {
        case .keep: break
        case .clear: values["start_balance"] = .null
        case .set(let amount): values["start_balance"] = .text(try Self.balance(amount).description)
        }
        return values
    }

    /// - Throws: `settings.bad_zone`.
    package static func zone(_ text: String) throws(Failure) -> TimeZone {
        guard text.utf8.count <= zoneBytesMax, let zone = TimeZone(identifier: text) else {
            throw Failure(
                .invalid, "settings.bad_zone",
                "“\(text.prefix(zoneBytesMax))” is no time zone: write it as Europe/Berlin or UTC.")
        }
        return zone
    }

    private static func currency(_ text: String) throws(Failure) -> String {
        let currency = text.uppercased()
        guard !currency.isEmpty, currency.utf8.count <= currencyBytesMax,
            currency.unicodeScalars.allSatisfy({ $0.properties.isAlphabetic || ("0"..."9").contains($0) })
        else {
            throw Failure(
                .invalid, "settings.bad_currency",
                "A currency has 1 to \(currencyBytesMax) letters or digits, as USDT or EUR.")
        }
        return currency
    }

    private static func startOfDay(_ minutes: Int) throws(Failure) -> Int64 {
        let most = JournalSettings.startOfDayMinutesMax
        guard (-most...most).contains(minutes) else {
            throw Failure(
                .invalid, "settings.bad_start_of_day",
                "The day starts \(minutes) minutes after midnight: give \(-most) to \(most), as 240 for 04:00.")
        }
        return Int64(minutes)
    }

    private static func basis(_ text: String) throws(Failure) -> JournalSettings.Basis {
        guard let basis = JournalSettings.Basis(rawValue: text) else {
            throw Failure(
                .invalid, "settings.bad_basis",
                "“\(text.prefix(20))” is no basis: give net for profits after fees, or gross for profits before them.")
        }
        return basis
    }

    private static func balance(_ amount: Amount) throws(Failure) -> Amount {
        guard amount > .zero else {
            throw Failure(
                .invalid, "settings.bad_balance", "The start balance is \(amount): give one above zero, or none.")
        }
        return amount
    }
}
