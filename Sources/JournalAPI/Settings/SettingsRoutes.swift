import Journal
import Primitives
import Storage
import Web

/// How a person wants their figures, over REST.
package struct SettingsRoutes: Sendable {
    private let services: JournalServices

    package init(_ services: JournalServices) { self.services = services }

    func add(to table: inout RouteTable) {
        let settings = Content.json(SettingsView.shape)
        table.get("/journal/settings", "Get how the figures are wanted", answers: [200: settings], get)
        table.put(
            "/journal/settings", "Say how the figures are wanted", heeds: [Precondition.header],
            takes: .json(SettingsChange.shape), answers: [200: settings, 412: .json(Precondition.staleShape)], put)
    }

    func get(_ call: Call) async throws -> Answer { try await services.show(call) { try Self.view($0) } }

    func put(_ call: Call) async throws -> Answer {
        let change: SettingsChange = try await call.json()
        let fields = change.fields
        return try await services.change(call, "change the settings", showing: { try Self.view($0) }) { draft, db in
            try SettingsStore(db).edit(fields, in: &draft)
        }
    }

    private static func view(_ db: JournalFile.Connection) throws -> SettingsView {
        SettingsView(try SettingsStore(db).current())
    }
}
