import Primitives
import Storage
import Sync
import Web

/// What all sync routes need: who may call, and the journals.
package struct SyncServices: Sendable {
    let control: ControlDatabase
    let journals: JournalServices
    var feed: LiveFeed { journals.feed }
    var metrics: Metrics { journals.metrics }
    var world: World { journals.world }

    package init(control: ControlDatabase, journals: JournalServices) {
        self.control = control
        self.journals = journals
    }

    /// Lends the caller's own journal, and no other.
    func withJournal<T: Sendable>(
        of call: Call, _ body: @Sendable (OpenJournal) async throws -> T
    ) async throws -> T { try await journals.withJournal(of: call, body) }
}
