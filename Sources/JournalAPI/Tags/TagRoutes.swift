import Journal
import Primitives
import Storage
import Web

/// Tags over REST.
package struct TagRoutes: Sendable {
    private let services: JournalServices

    package init(_ services: JournalServices) { self.services = services }

    func list(_ call: Call) async throws -> TagsView {
        try await services.read(call) { db in TagsView(try TagStore(db).list()) }
    }
}
