import Dispatch
import Primitives
import Sync

/// A person's part of the data directory, open.
package struct OpenJournal: Sendable {
    package let file: JournalFile
    package let blobs: BlobStore
    package let clocks: ClockRing
}

/// Opens people's journals when they are needed and closes those that nobody uses.
///
/// Each journal has its own queue, so people do not wait for one another. The pool only hands them out; it never
/// waits for what someone does with one.
package actor JournalPool {
    /// Three file descriptors each.
    package static let openCountMax = 1024
    package static let idleSecondsMax = 300

    private struct Slot {
        /// Tells a slot from a later one of the same person.
        let number: UInt64
        let opening: Task<OpenJournal, any Error>
        /// Where it is noted that somebody works with it.
        let place: WorkBoard.Place?
        var closing: Task<Void, Never>?
        var userCount = 0
        /// The pool's count of loans when this one was last lent or given back.
        var usedLast: UInt64
        var usedAt: Timestamp
    }

    private let directory: String
    private let world: World
    private let openCountMax: Int
    private let idleSecondsMax: Int
    private let board: WorkBoard?
    private let quarantine: Quarantine?
    /// Whether another server has the journals, in its own data directory. This one has the people's sessions only.
    package nonisolated let isElsewhere: Bool
    private var slots: [ID<Person>: Slot] = [:]
    private var loanCount: UInt64 = 0
    private var isClosed = false

    /// - Parameters:
    ///   - directory: the server's data directory; journals lie in `people/` below it.
    ///   - board: where it is noted which journals are worked on; nil for a program that ends with its first trap.
    ///   - quarantine: the journals that are not opened.
    ///   - isElsewhere: nothing is lent.
    package init(
        directory: String, world: World, openCountMax: Int = JournalPool.openCountMax,
        idleSecondsMax: Int = JournalPool.idleSecondsMax, board: WorkBoard? = nil, quarantine: Quarantine? = nil,
        isElsewhere: Bool = false
    ) {
        self.directory = directory
        self.world = world
        self.openCountMax = openCountMax
        self.idleSecondsMax = idleSecondsMax
        self.board = board
        self.quarantine = quarantine
        self.isElsewhere = isElsewhere
    }

    /// - Throws: `journals.elsewhere`.
    package nonisolated func requireHere() throws(Failure) {
        if isElsewhere { throw .journalsElsewhere }
    }

    package var openCount: Int { slots.count }

    /// Where a person's journal lies. The last digits of the name are random, so directories fill evenly.
    package nonisolated func path(of person: ID<Person>) -> String {
        let name = person.description
        return "\(directory)/people/\(name.suffix(2))/\(name)"
    }

    /// Lends a journal to `body`; it stays open until `body` ends.
    ///
    /// - Throws: `server.journals_busy` when as many as may be open are in use, `journal.quarantined`,
    ///   `journals.elsewhere`; what opening throws.
    package func withJournal<T: Sendable>(
        of person: ID<Person>, _ body: @Sendable (OpenJournal) async throws -> T
    ) async throws -> T {
        try requireHere()
        let (journal, number) = try await borrow(person)
        do {
            let result = try await body(journal)
            giveBack(person, number)
            return result
        } catch {
            giveBack(person, number)
            throw error
        }
    }

    /// Closes what nobody has used for a while.
    package func closeIdle() async {
        let oldest = world.now().adding(milliseconds: -Int64(idleSecondsMax) * 1000)
        for person in slots.keys {
            // While the one before was closed, this one may have been lent.
            guard let slot = slots[person], slot.userCount == 0, slot.usedAt < oldest else { continue }
            await close(person)
        }
    }

    /// Closes everything, after the last request was answered; nothing is lent from here on.
    package func closeAll() async {
        isClosed = true
        for person in slots.keys { await close(person) }
    }

    private func borrow(_ person: ID<Person>) async throws -> (OpenJournal, UInt64) {
        while true {
            guard !isClosed else { throw Failure.serverStopping }
            if let slot = slots[person], slot.closing != nil {
                await leave(slot, of: person)
                continue
            }
            if slots[person] == nil {
                guard slots.count < openCountMax else {
                    try await makeRoom()
                    continue
                }
                try open(person)
            }
            return try await lend(person)
        }
    }

    /// - Throws: `journal.quarantined`.
    private func open(_ person: ID<Person>) throws {
        try quarantine?.check(person)
        loanCount += 1
        let place = board?.take(for: person)
        // Many may wait for it: no caller's budget counts, and none that goes calls it off.
        let opening = Task.detached { [world, path = path(of: person), mark = place?.mark] in
            try await JournalPool.open(path, world, mark)
        }
        slots[person] = Slot(
            number: loanCount, opening: opening, place: place, usedLast: loanCount, usedAt: world.now())
    }

    /// Nobody gets in between `borrow`'s look and the count that keeps the journal open.
    private func lend(_ person: ID<Person>) async throws -> (OpenJournal, UInt64) {
        guard var slot = slots[person] else { throw Failure.serverStopping }
        slot.userCount += 1
        put(slot, of: person)
        do {
            return (try await slot.opening.value, slot.number)
        } catch {
            // The next one to ask tries anew.
            remove(person, slot.number)
            throw error
        }
    }

    private func put(_ slot: Slot, of person: ID<Person>) {
        slots[person] = slot
        if let place = slot.place { board?.set(place, useCount: slot.userCount) }
    }

    private func remove(_ person: ID<Person>, _ number: UInt64) {
        guard let slot = slots[person], slot.number == number else { return }
        slots[person] = nil
        if let place = slot.place { board?.leave(place) }
    }

    private func giveBack(_ person: ID<Person>, _ number: UInt64) {
        guard var slot = slots[person], slot.number == number else { return }
        loanCount += 1
        slot.userCount -= 1
        slot.usedLast = loanCount
        slot.usedAt = world.now()
        put(slot, of: person)
    }

    private func makeRoom() async throws {
        if let (person, slot) = slots.first(where: { $0.value.closing != nil }) {
            await leave(slot, of: person)
            return
        }
        let idle = slots.filter { $0.value.userCount == 0 }.min { $0.value.usedLast < $1.value.usedLast }
        guard let idle else { throw Failure.journalsBusy }
        await close(idle.key)
    }

    private func close(_ person: ID<Person>) async {
        guard var slot = slots[person] else { return }
        if slot.closing == nil {
            slot.closing = Task { [opening = slot.opening] in await JournalPool.close(opening) }
            slots[person] = slot
        }
        await leave(slot, of: person)
    }

    /// Waits until a journal is closed. Each who waits frees the place: to wait for what is over lets nobody else in, so
    /// whoever left that to another would wait for it for ever.
    private func leave(_ slot: Slot, of person: ID<Person>) async {
        await slot.closing?.value
        remove(person, slot.number)
    }

    /// Closing writes to the disk: it blocks one of these threads, and none that serves requests.
    private static let closers = DispatchQueue(label: "journals.close", attributes: .concurrent)

    private static func close(_ opening: Task<OpenJournal, any Error>) async {
        guard let journal = try? await opening.value else { return }
        await withCheckedContinuation { continuation in
            closers.async { close(journal, continuation) }
        }
    }

    private static func close(_ journal: OpenJournal, _ continuation: CheckedContinuation<Void, Never>) {
        // What was answered is on the disk already; there is nothing left to lose here.
        try? journal.file.closeHere()
        continuation.resume()
    }

    private static func open(_ path: String, _ world: World, _ mark: TrapMark?) async throws -> OpenJournal {
        try PrivateFile.createDirectory(path)
        return OpenJournal(
            file: try await JournalFile.open(in: path, world: world, role: .server, mark: mark),
            blobs: try BlobStore(directory: path + "/blobs", world: world),
            clocks: ClockRing())
    }
}

extension Failure {
    package static let journalsElsewhere = Failure(
        .unavailable, "journals.elsewhere",
        "This server has no journals: another one that shares its database has them. Ask that one, or try again later.",
        retryAfterSeconds: 10)
    package static let serverStopping = Failure(
        .unavailable, "server.stopping", "The server is stopping. Try again in a moment.", retryAfterSeconds: 5)
    package static let journalsBusy = Failure(
        .unavailable, "server.journals_busy", "Too many people are being served right now. Try again in a moment.",
        retryAfterSeconds: 1)
}
