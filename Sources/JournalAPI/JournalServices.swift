import Logging
import Primitives
import Storage
import Web

/// What all routes need that work on the caller's journal: the journals, and whoever listens to what becomes of them.
package struct JournalServices: Sendable {
    let pool: JournalPool
    let feed: LiveFeed
    let metrics: Metrics
    let world: World
    /// Where all big work is done.
    let workshop: Workshop
    /// The room on the disk for files that are there for a while.
    let scratch = FairSpace<ID<Person>>(bytesMax: scratchBytesMax, bytesPerPersonMax: scratchBytesPerPersonMax)
    private let answers = AnswerCache()

    /// What the server's copy is called in the history of a journal, from its first commit on.
    static let deviceName = "server"

    /// What one person's imports that wait and exports that are fetched take of the disk, in bytes.
    private static let scratchBytesPerPersonMax: Int64 = 1 << 30
    /// The same of all people.
    private static let scratchBytesMax: Int64 = 16 << 30

    package init(pool: JournalPool, feed: LiveFeed, metrics: Metrics, world: World, workshop: Workshop) {
        self.pool = pool
        self.feed = feed
        self.metrics = metrics
        self.world = world
        self.workshop = workshop
    }

    /// Lends the caller's own journal, and no other: which one it is comes from the session alone.
    func withJournal<T: Sendable>(
        of call: Call, _ body: @Sendable (OpenJournal) async throws -> T
    ) async throws -> T { try await withJournal(of: try call.caller.id, call.logger, body) }

    /// Lends a person's journal to work that goes on without a request.
    func withJournal<T: Sendable>(
        of person: ID<Person>, _ logger: Logger, _ body: @Sendable (OpenJournal) async throws -> T
    ) async throws -> T {
        do {
            return try await pool.withJournal(of: person, body)
        } catch let failure as Failure where Self.isOurs(failure) {
            // The message says where on this machine, which is no caller's business.
            logger.error("a journal cannot be used", metadata: ["failure": "\(failure)"])
            throw Failure(
                failure.kind, failure.code, "The server cannot use this journal right now. Nothing was changed.",
                retryAfterSeconds: failure.retryAfterSeconds)
        }
    }

    private static func isOurs(_ failure: Failure) -> Bool {
        failure != .journalQuarantined && [.unavailable, .corrupt, .internal].contains(failure.kind)
            && (failure.code.hasPrefix("journal.") || failure.code.hasPrefix("file."))
    }

    /// Answers a question about the caller's journal; the same one is answered from memory until the journal changes.
    ///
    /// - Parameter make: may ask for nothing but the journal, the path and the query.
    func cached(_ call: Call, _ make: @Sendable (OpenJournal) async throws -> TaggedView) async throws -> Answer {
        let caller = try call.caller.id
        return try await withJournal(of: call) { journal in
            let revision = journal.file.figures.revision
            if let known = answers.find(caller, call.target, at: revision) { return known }
            let view = try await make(journal)
            let answer = view.answer()
            answers.keep(answer, byteCount: view.bytes.count, for: caller, call.target, at: revision)
            return answer
        }
    }

    /// Reads the caller's journal at one moment.
    func read<T: Sendable>(
        _ call: Call, _ body: @Sendable @escaping (JournalFile.Connection) throws -> T
    ) async throws -> T {
        try await withJournal(of: call) { journal in
            try await journal.file.read { db in try AnswerLimits.reading { try body(db) } }
        }
    }

    /// Writes to the caller's journal: one step of a person, a commit of the server's replica. Devices get it with their
    /// next sync, and those that listen are told.
    ///
    /// - Parameters:
    ///   - summary: what the person did, for the history.
    ///   - body: drafts the mutations; it reads the journal as it is in that very transaction.
    func edit<T: Sendable>(
        _ call: Call, _ summary: String,
        _ body: @Sendable @escaping (inout Draft, JournalFile.Connection) throws -> T
    ) async throws -> Edited<T> {
        try await withJournal(of: call) { try await edit(call, $0, summary, body) }
    }

    /// The same, of a journal that is lent already.
    func edit<T: Sendable>(
        _ call: Call, _ journal: OpenJournal, _ summary: String,
        _ body: @Sendable @escaping (inout Draft, JournalFile.Connection) throws -> T
    ) async throws -> Edited<T> {
        let edited = try await journal.file.edit(summary, as: Self.deviceName, body)
        if !edited.commits.isEmpty { try publishUpdate(of: call) }
        return edited
    }

    /// Tells the person's other sessions that the journal has changed.
    func publishUpdate(of call: Call) throws {
        let caller = try call.caller
        feed.publish("journal_update", on: .journal, to: caller.id, except: caller.session)
    }
}
