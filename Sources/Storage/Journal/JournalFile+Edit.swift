import Foundation
import GRDB
import Journal
import Primitives
import Sync

extension JournalFile {
    /// One step of a person: what `body` drafts becomes a commit of this replica, or several when it is large, applied
    /// with everything derived from it in one transaction that is on disk when this returns.
    ///
    /// - Parameters:
    ///   - summary: what the person did, for the history.
    ///   - body: drafts the mutations; it can read the journal as it was before them.
    @discardableResult
    package func edit<T: Sendable>(
        _ summary: String, _ body: @Sendable @escaping (inout Draft, Database) throws -> T
    ) async throws -> T {
        let (world, schema) = (world, schema)
        return try await write { db, changes in
            var draft = Draft()
            let result = try body(&draft, db)
            try Author(db, schema, now: world.now()).commit(draft, summary: summary, &changes)
            return result
        }
    }

    /// The same, for a copy that nobody has named: with the first commit it tells the others what it is called.
    ///
    /// - Returns: also the names of the commits, by which each can be undone.
    package func edit<T: Sendable>(
        _ summary: String, as deviceName: String, _ body: @Sendable @escaping (inout Draft, Database) throws -> T
    ) async throws -> Edited<T> {
        let (world, schema) = (world, schema)
        return try await write { db, changes in
            var draft = Draft()
            let result = try body(&draft, db)
            guard !draft.isEmpty else { return Edited(result: result, commits: []) }
            let now = world.now()
            if try HistoryStore(db).isUnnamed() {
                var naming = Draft()
                naming.name(try LocalFacts(db).replica, deviceName, platform: nil, at: now)
                try Author(db, schema, now: now).commit(naming, summary: Self.namingSummary, &changes)
            }
            let dots = try Author(db, schema, now: now).commit(draft, summary: summary, &changes)
            let names = try CommitNames(db)
            return Edited(result: result, commits: dots.map(names.short))
        }
    }

    @discardableResult
    package func edit<T: Sendable>(
        _ summary: String, _ body: @Sendable @escaping (inout Draft) throws -> T
    ) async throws -> T {
        try await edit(summary) { draft, _ in try body(&draft) }
    }
}

/// What an edit came to, and the names of its commits: none when nothing was written, several when it was large.
package struct Edited<T: Sendable>: Sendable {
    package let result: T
    package let commits: [String]
}

/// Turns drafts into commits of this replica.
struct Author {
    private let merge: MergeTransaction
    private let own: ReplicaID
    private let now: Timestamp

    init(_ db: Database, _ schema: Schema, now: Timestamp) throws {
        merge = try MergeTransaction(db, schema)
        own = try LocalFacts(db).replica
        self.now = now
    }

    /// Writes a draft as as many commits as the limits ask for, and derives what follows.
    ///
    /// - Parameter changes: is told the trades whose figures may be others now.
    /// - Throws: `journal.text_too_long` for a text over the limit; nothing is written then.
    @discardableResult
    func commit(_ draft: Draft, summary: String, _ changes: inout TripChanges) throws -> [Dot] {
        guard !draft.isEmpty else { return [] }
        let dots = try Self.parts(of: draft.mutations).map { try append($0, summary: summary) }
        changes.note(try merge.finish())
        return dots
    }

    private func append(_ mutations: [Mutation], summary: String) throws -> Dot {
        let log = merge.log
        guard log.clock[own] < Dot.counterMax else {
            throw Failure.damagedJournal("this device is said to have written \(log.clock[own]) commits")
        }
        let dot = Dot(own, log.clock[own] + 1)
        let time = HybridTime.next(
            after: log.lastTime(of: own), seen: log.lastTimes(besides: own), now: now)
        let known = dot.counter > 1 ? try log.context(of: Dot(own, dot.counter - 1)) : VectorClock()
        let seen = log.clock.setting(own, to: 0)
        let commit = Commit(
            dot: dot, time: time, parent: log.head(of: own), contextChanges: seen.changes(since: known),
            mutations: mutations, summary: String(summary.prefix(200)))
        let context = log.clock
        try merge.apply(commit, context: context, bytes: try commit.encoded())
        return dot
    }

    /// Cuts a long list where the limits of a commit are reached.
    private static func parts(of mutations: [Mutation]) throws -> [[Mutation]] {
        var parts: [[Mutation]] = [[]]
        var bytes = 0
        for mutation in mutations {
            let size = try Self.size(of: mutation)
            if parts[parts.count - 1].count == CommitLimits.operationsMax
                || bytes + size > CommitLimits.encodedBytesMax - 65_536
            {
                parts.append([])
                bytes = 0
            }
            parts[parts.count - 1].append(mutation)
            bytes += size
        }
        return parts
    }

    /// At least as many bytes as the mutation takes.
    private static func size(of mutation: Mutation) throws -> Int {
        guard case .put(_, _, let writes) = mutation else { return 64 }
        var size = 64
        for write in writes {
            switch write.value {
            case .text(let text):
                guard text.utf8.count <= CommitLimits.textBytesMax else {
                    throw Failure(
                        .tooLarge, "journal.text_too_long",
                        "A text has \(text.utf8.count) bytes; 256 KiB are allowed. Cut it in two, or add it as an image."
                    )
                }
                size += text.utf8.count + 16
            case .bytes(let bytes), .opaque(let bytes): size += bytes.count + 16
            case .integer, .null: size += 16
            }
        }
        return size
    }
}
