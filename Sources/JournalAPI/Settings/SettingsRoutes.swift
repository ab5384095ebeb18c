import Journal
import Primitives
import Storage
import Web

/// How a person wants their figures, over REST.
package struct SettingsRoutes: Sendable {
    private let services: JournalServices

    package init(_ services: JournalServices) { self.services = services }

    func get(_ call: Call) async throws -> SettingsView {
        try await services.read(call) { SettingsView(try SettingsStore($0).current()) }
    }

    func put(_ call: Call) async throws -> SettingsView {
        let change: SettingsChange = try await call.json()
        let fields = change.fields
        return try await services.withJournal(of: call) { journal in
            _ = try await services.edit(call, journal, "change the settings") { draft, db in
                try SettingsStore(db).edit(fields, in: &draft)
            }
            return SettingsView(try await journal.file.read { try SettingsStore($0).current() })
        }
    }
}
