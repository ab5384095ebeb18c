import Primitives
import Storage
import Sync
import Web

/// What all sync routes need: the journals, and the queues for what would keep others waiting.
package struct SyncServices: Sendable {
    let control: ControlDatabase
    let journals: JournalServices
    var feed: LiveFeed { journals.feed }
    var metrics: Metrics { journals.metrics }
    var world: World { journals.world }
    /// Bodies that are large enough to count in memory.
    let bodies: Turnstile<ID<Caller>>
    /// Work that takes a core for a while.
    let work: Turnstile<ID<Caller>>

    /// Up to here a body is small: it is read and answered at once.
    static let smallBytesMax = 64 << 10
    /// Each of them has at most 8 MiB, twice.
    package static let largeBodiesMax = 8
    private static let largeBodiesPerPersonMax = 2

    package init(
        control: ControlDatabase, journals: JournalServices,
        largeBodiesMax: Int = SyncServices.largeBodiesMax
    ) {
        self.control = control
        self.journals = journals
        bodies = Turnstile(countMax: largeBodiesMax, perPersonMax: Self.largeBodiesPerPersonMax)
        // One core is left to small work.
        work = Turnstile(countMax: max(1, journals.coreCount - 1), perPersonMax: 1)
    }

    /// Lends the caller's own journal, and no other.
    func withJournal<T: Sendable>(
        of call: Call, _ body: @Sendable (OpenJournal) async throws -> T
    ) async throws -> T { try await journals.withJournal(of: call, body) }
}
