import Logging
import Primitives
import Storage
import Sync
import Web

/// What all sync routes need: the journals, and the queues for what would keep others waiting.
package struct SyncServices: Sendable {
    let control: ControlDatabase
    let pool: JournalPool
    let feed: LiveFeed
    let metrics: Metrics
    let world: World
    /// Bodies that are large enough to count in memory.
    let bodies: Turnstile<ID<Caller>>
    /// Work that takes a core for a while.
    let work: Turnstile<ID<Caller>>

    /// Up to here a body is small: it is read and answered at once.
    static let smallBytesMax = 64 << 10
    /// Each of them has at most 8 MiB, twice.
    package static let largeBodiesMax = 8
    private static let largeBodiesPerPersonMax = 2

    /// - Parameter coreCount: one core is left to small work.
    package init(
        control: ControlDatabase, pool: JournalPool, feed: LiveFeed, metrics: Metrics, world: World, coreCount: Int,
        largeBodiesMax: Int = SyncServices.largeBodiesMax
    ) {
        self.control = control
        self.pool = pool
        self.feed = feed
        self.metrics = metrics
        self.world = world
        bodies = Turnstile(countMax: largeBodiesMax, perPersonMax: Self.largeBodiesPerPersonMax)
        work = Turnstile(countMax: max(1, coreCount - 1), perPersonMax: 1)
    }

    /// Lends the caller's own journal, and no other: which one it is comes from the session alone.
    func withJournal<T: Sendable>(
        of call: Call, _ body: @Sendable (OpenJournal) async throws -> T
    ) async throws -> T {
        do {
            return try await pool.withJournal(of: try call.caller.id.cast(), body)
        } catch let failure as Failure where Self.isOurs(failure) {
            // The message says where on this machine, which is no caller's business.
            call.logger.error("a journal cannot be used", metadata: ["failure": "\(failure)"])
            throw Failure(
                failure.kind, failure.code, "The server cannot use this journal right now. Nothing was changed.",
                retryAfterSeconds: failure.retryAfterSeconds)
        }
    }

    private static func isOurs(_ failure: Failure) -> Bool {
        [.unavailable, .corrupt, .internal].contains(failure.kind)
            && (failure.code.hasPrefix("journal.") || failure.code.hasPrefix("file."))
    }
}
