import Primitives
import Storage
import Synchronization

/// Lets go of images' bytes that nobody has asked for again: those that came only in part and were not gone on with, and
/// those that came whole and that no image of the journal names.
///
/// Whoever leaves some gets a line in the control database that says when to look, so nothing is forgotten when the
/// server stops, and nobody's journal is opened for nothing.
package final class BlobSweeps: Sendable {
    /// People whose line is known to be there.
    private static let knownMax = 10_000

    private let control: ControlDatabase
    private let pool: JournalPool
    private let looseSeconds: Int
    private let world: World
    private let known = Mutex<Set<ID<Person>>>([])

    /// - Parameter looseSeconds: how long such bytes are kept.
    package init(control: ControlDatabase, pool: JournalPool, looseSeconds: Int, world: World) {
        self.control = control
        self.pool = pool
        self.looseSeconds = looseSeconds
        self.world = world
    }

    /// What was not gone on with since then is let go of.
    private var oldest: Timestamp { world.now().adding(milliseconds: -Int64(looseSeconds) * 1000) }

    /// Has a person's images looked through when their time is over.
    package func plan(_ person: ID<Person>) async {
        let isNew = known.withLock { known in
            if known.count >= Self.knownMax { known.removeAll() }
            return known.insert(person).inserted
        }
        guard isNew else { return }
        do {
            try await control.write { [seconds = looseSeconds + 1] in try $0.blobSweeps.plan(person, inSeconds: seconds)
            }
        } catch {
            // The next one who leaves something tries again.
            known.withLock { _ = $0.remove(person) }
        }
    }

    /// What came in part is let go of whenever its owner comes by.
    func dropParts(of journal: OpenJournal) async throws { _ = try await journal.blobs.dropParts(before: oldest) }

    /// Looks through those whose time has come.
    package func run() async throws {
        guard !pool.isElsewhere else { return }
        guard try await control.read({ try $0.blobSweeps.isDue() }) else { return }
        for person in try await control.write({ try $0.blobSweeps.take() }) {
            known.withLock { _ = $0.remove(person) }
            do {
                let oldest = oldest
                let isSomeLeft = try await pool.withJournal(of: person) { try await Self.sweep($0, before: oldest) }
                if isSomeLeft { await plan(person) }
            } catch {
                await plan(person)
                throw error
            }
        }
    }

    private static func sweep(_ journal: OpenJournal, before oldest: Timestamp) async throws -> Bool {
        let hasParts = try await journal.blobs.dropParts(before: oldest)
        let hasLoose = try await journal.file.dropLooseImages(from: journal.blobs, before: oldest)
        return hasParts || hasLoose
    }
}
