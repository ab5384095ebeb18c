import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// The settings of a journal.
package struct SettingsStore {
    private let db: Database

    package init(_ db: Database) { self.db = db }

    /// What is set, and the defaults for the rest. A value that means nothing here counts as none: a later version may
    /// have written it.
    package func current() throws -> JournalSettings {
        var settings = JournalSettings()
        guard
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT zone, base_currency, start_of_day, basis, start_balance
                        FROM settings WHERE id = :id AND presence <> 1
                        """), arguments: ["id": JournalSettings.id.data])
        else { return settings }
        settings.zone = (row["zone"] as String?).flatMap { try? SettingsFields.zone($0) }
        settings.baseCurrency = row["base_currency"]
        let most = JournalSettings.startOfDayMinutesMax
        if let minutes = row["start_of_day"] as Int64? {
            settings.startOfDayMinutes = min(max(Int(clamping: minutes), -most), most)
        }
        settings.basis = (row["basis"] as String?).flatMap(JournalSettings.Basis.init(rawValue:)) ?? .net
        if let balance = (row["start_balance"] as String?).flatMap({ Amount($0) }), balance > .zero {
            settings.startBalance = balance
        }
        return settings
    }

    /// Writes the fields that are to be something else than they are: others may be changing elsewhere at this moment.
    ///
    /// - Throws: what `SettingsFields.values` throws.
    package func edit(_ fields: SettingsFields, in draft: inout Draft) throws {
        let shown = try EntityFinder(db).fields(.init(Schema.settings.kind, JournalSettings.id)) ?? [:]
        let isDeleted = try EntityFinder(db).presence(.init(Schema.settings.kind, JournalSettings.id)) == .deleted
        let changed = try fields.values().filter { name, value in
            isDeleted || (shown[name].flatMap { Value($0) } ?? .null) != value
        }
        draft.put(Schema.settings, JournalSettings.id, changed)
    }
}
