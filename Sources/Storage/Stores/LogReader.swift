import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// One row of the log, read back.
struct LoggedCommit {
    let dot: Dot
    let time: HybridTime
    /// Nil where only the fact of the commit is known: this device began from a snapshot.
    let commit: Commit?
}

/// Reads the log in an order in which each commit follows what its writer had seen.
struct LogReader {
    private let db: Database
    private let log: CommitLog

    init(_ db: Database) throws {
        self.db = db
        log = try CommitLog(db)
    }

    func find(_ dot: Dot) throws -> LoggedCommit? {
        guard log.clock.covers(dot) else { return nil }
        let commit = try log.bytes(of: dot).map { try Commit(dot: dot, encoded: $0) }
        return LoggedCommit(dot: dot, time: try log.time(of: dot), commit: commit)
    }

    func context(of dot: Dot) throws -> VectorClock { try log.context(of: dot) }

    /// The newest first, equal for everyone who has the same commits.
    func newest(_ countMax: Int) throws -> [LoggedCommit] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                WITH newest AS (
                    SELECT log.position FROM log JOIN replica ON replica.number = log.replica
                    ORDER BY log.time DESC, replica.id DESC, log.counter DESC LIMIT :count)
                SELECT replica.id, log.counter, log.time, log.packed, log.bytes
                FROM newest JOIN log ON log.position = newest.position JOIN replica ON replica.number = log.replica
                ORDER BY log.time DESC, replica.id DESC, log.counter DESC LIMIT :count
                """, arguments: ["count": countMax])
        return try Self.commits(rows)
    }

    /// - Parameter body: is given every commit, the earliest first.
    func each(_ body: (LoggedCommit) throws -> Void) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT replica.id, log.counter, log.time, log.packed, log.bytes
                FROM log JOIN replica ON replica.number = log.replica ORDER BY log.position
                """)
        while let row = try rows.next() { if let commit = try Self.commit(row) { try body(commit) } }
    }

    private static func commits(_ rows: RowCursor) throws -> [LoggedCommit] {
        var commits: [LoggedCommit] = []
        while let row = try rows.next() { if let commit = try commit(row) { commits.append(commit) } }
        return commits
    }

    private static func commit(_ row: Row) throws -> LoggedCommit? {
        guard let replica = ReplicaID(bytes: row[0] as Data) else { return nil }
        let dot = try Dot(stored: row[1], of: replica)
        let commit = try (row[4] as Data?).map { data in
            try Commit(dot: dot, encoded: try CommitLog.unpacked(Array(data), isPacked: row[3]))
        }
        return LoggedCommit(dot: dot, time: HybridTime(rawValue: UInt64(bitPattern: row[2] as Int64)), commit: commit)
    }
}

/// Some entities of a journal, as they follow from the log commit by commit.
///
/// Commits whose bytes are not on this device take part with their place and without their mutations, so what an
/// entity was before them is not known; `isWhole` tells.
struct JournalReplay {
    private let keys: Set<JournalState.Key>
    private let reader: LogReader
    private(set) var state: JournalState
    /// Whether nothing of what was applied lacks its bytes.
    private(set) var isWhole = true

    init(_ reader: LogReader, of keys: Set<JournalState.Key>) {
        self.reader = reader
        self.keys = keys
        state = JournalState(owner: { Schema.owner(of: $0)?.kind }, isProse: Schema.isProse)
    }

    /// The mutations of a commit that concern the entities.
    func mutations(of commit: Commit) -> [Mutation] {
        commit.mutations.filter { mutation in mutation.key.map(keys.contains) ?? false }
    }

    mutating func apply(_ logged: LoggedCommit) throws {
        if let commit = logged.commit {
            try state.apply(
                Commit(
                    dot: commit.dot, time: commit.time, parent: commit.parent, contextChanges: commit.contextChanges,
                    mutations: mutations(of: commit), summary: ""))
        } else {
            isWhole = false
            let previous = state.places[Dot(logged.dot.replica, logged.dot.counter - 1)]?.context ?? VectorClock()
            let seen = try reader.context(of: logged.dot).setting(logged.dot.replica, to: 0)
            try state.apply(
                Commit(
                    dot: logged.dot, time: logged.time, parent: nil, contextChanges: seen.changes(since: previous),
                    mutations: [], summary: ""))
        }
    }
}

extension Mutation {
    /// The entity that the mutation changes; of a set, its owner. Nil for an act of a later version.
    var key: JournalState.Key? {
        switch self {
        case .put(let kind, let id, _), .delete(let kind, let id): JournalState.Key(kind, id)
        case .add(let set, let owner, _), .remove(let set, let owner, _):
            JournalState.Key(Schema.owner(of: set)?.kind ?? set, owner)
        case .unknown: nil
        }
    }
}

extension Schema {
    /// What a set holds, in the word of people: `tag`, `image`.
    static func memberKind(of set: Kind) -> EntityKind? {
        switch set {
        case tradeTags: tag
        case tradeImages, entryImages: image
        default: nil
        }
    }
}
