import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// One row of the log, read back.
struct LoggedCommit {
    let dot: Dot
    let time: HybridTime
    /// Nil where only the fact of the commit is known, or where it was not to be read.
    let commit: Commit?
    /// Whether its bytes are not here: this device began from a snapshot.
    let isForgotten: Bool
    /// What its writer had seen of others since its last commit. That is known of every commit.
    let contextChanges: [Dot]
}

/// Reads the log in an order in which each commit follows what its writer had seen.
///
/// Whoever reads much of it pays from the budget of the request for each commit and for its bytes.
struct LogReader {
    /// So many bytes of a commit take as long as a row: to read it, and to look whether it has to be read.
    private static let (bytesPerStep, skippedBytesPerStep) = (1 << 10, 1 << 14)
    /// More things are not looked for in the bytes of a commit.
    private static let soughtMax = 8

    private let db: Database
    private let log: CommitLog
    private let select: PreparedStatement
    private let recent = RecentCommits()

    init(_ db: Database) throws {
        self.db = db
        log = try CommitLog(db)
        select = try PreparedStatement(
            db, "SELECT replica, counter, time, packed, bytes, context FROM log ORDER BY position")
    }

    func find(_ dot: Dot) throws -> LoggedCommit? {
        guard log.clock.covers(dot) else { return nil }
        if let known = recent.commits.first(where: { $0.dot == dot }) { return known }
        let commit = try log.bytes(of: dot).map { bytes in
            try WorkBudget.spend(steps: 1 + bytes.count / Self.bytesPerStep)
            return try Commit(dot: dot, encoded: bytes)
        }
        let logged = LoggedCommit(
            dot: dot, time: try log.time(of: dot), commit: commit, isForgotten: commit == nil,
            contextChanges: commit?.contextChanges ?? [])
        recent.keep(logged)
        return logged
    }

    func context(of dot: Dot) throws -> VectorClock { try log.context(of: dot) }

    /// The newest first, equal for everyone who has the same commits. One at a time: a commit may have a mebibyte.
    func newest<T>(_ countMax: Int, _ transform: (LoggedCommit) -> T) throws -> [T] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT log.replica, log.counter FROM log JOIN replica ON replica.number = log.replica
                ORDER BY log.time DESC, replica.id DESC, log.counter DESC LIMIT :count
                """, arguments: ["count": countMax])
        return try rows.compactMap { try find(try log.dot($0[0], $0[1])).map(transform) }
    }

    /// - Parameters:
    ///   - keys: what is looked for. Of a commit that does not name any of it, only the place is told.
    ///   - body: is given every commit, the earliest first.
    func each(naming keys: Set<JournalState.Key>, _ body: (LoggedCommit) throws -> Void) throws {
        let sought = keys.map { Self.mark(of: $0.id) }
        defer { select.reset() }
        while try select.step() {
            let dot = try log.dot(select.integer(0), select.integer(1))
            var commit: Commit?
            if select.isNull(4) {
                try WorkBudget.spend()
            } else {
                let bytes = try CommitLog.unpacked(select.bytes(4), isPacked: select.integer(3) != 0)
                try WorkBudget.spend(steps: 1 + bytes.count / Self.skippedBytesPerStep)
                if sought.count > Self.soughtMax || sought.contains(where: { Self.holds(bytes, $0) }) {
                    try WorkBudget.spend(steps: bytes.count / Self.bytesPerStep)
                    commit = try Commit(dot: dot, encoded: bytes)
                }
            }
            try body(
                LoggedCommit(
                    dot: dot, time: HybridTime(rawValue: UInt64(bitPattern: select.integer(2))), commit: commit,
                    isForgotten: select.isNull(4), contextChanges: try log.contextChanges(in: select.bytes(5))))
        }
    }

    /// What the bytes of every commit hold that names this id: half of it, which is written as it is in memory. A half
    /// that is zero is not written.
    private static func mark(of id: EntityID) -> [UInt8] {
        let halves = [UInt64(truncatingIfNeeded: id.rawValue), UInt64(truncatingIfNeeded: id.rawValue >> 64)]
        let half = halves.first { $0 != 0 }
        return half.map { withUnsafeBytes(of: $0.littleEndian) { Array($0) } } ?? []
    }

    private static func holds(_ bytes: [UInt8], _ mark: [UInt8]) -> Bool {
        guard let first = mark.first else { return true }
        return bytes.withUnsafeBytes { text in
            var position = 0
            while position + mark.count <= text.count, let start = text.baseAddress,
                let found = memchr(start + position, Int32(first), text.count - mark.count + 1 - position)
            {
                if memcmp(found, mark, mark.count) == 0 { return true }
                position = UnsafeRawPointer(found) - start + 1
            }
            return false
        }
    }
}

/// The commits that were read last: what is asked of one is most likely asked of it again.
private final class RecentCommits {
    /// Each may have a mebibyte.
    private static let countMax = 8

    private(set) var commits: [LoggedCommit] = []

    func keep(_ commit: LoggedCommit) {
        if commits.count == Self.countMax { commits.removeFirst() }
        commits.append(commit)
    }
}

/// Some entities of a journal, as they follow from the log commit by commit.
///
/// Commits whose bytes are not on this device take part with their place and without their mutations, so what an
/// entity was before them is not known; `isWhole` tells. Long values stay in the log, and are read from there when they
/// are asked for: a note that was saved a thousand times would else be a thousand times in memory.
struct JournalReplay {
    /// Values of at most so many bytes are kept.
    private static let keptBytesMax = 64
    /// What an entry of a clock costs: it is kept to the end, so it counts several times what it takes.
    private static let bytesPerEntry = 4 * MemoryLayout<Dot>.stride
    /// Stands for a value that is in the log.
    private static let elsewhere = Value.opaque([])

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
        if logged.isForgotten { isWhole = false }
        let mutations = logged.commit.map(mutations) ?? []
        try state.apply(
            Commit(
                dot: logged.dot, time: logged.time, parent: nil, contextChanges: logged.contextChanges,
                mutations: mutations.map(Self.light), summary: ""))
        if !mutations.isEmpty, let context = state.places[logged.dot]?.context {
            try WorkBudget.spend(bytes: context.entries.count * Self.bytesPerEntry)
        }
    }

    private static func light(_ mutation: Mutation) -> Mutation {
        guard case .put(let kind, let id, let writes) = mutation else { return mutation }
        return .put(
            kind, id,
            writes.map { write in
                switch write.value {
                case .null, .integer: write
                case .text(let text) where text.utf8.count <= keptBytesMax: write
                case .bytes(let bytes) where bytes.count <= keptBytesMax: write
                case .text, .bytes, .opaque: FieldWrite(write.field, elsewhere)
                }
            })
    }

    /// The versions of a field that stand.
    func siblings(_ key: JournalState.Key, _ field: UInt32) throws -> [Sibling] {
        let siblings = state.entities[key]?.fields[field]?.siblings ?? []
        return try siblings.map { Sibling($0.dot, try value($0, key, field)) }
    }

    /// The value of a field that is shown; null for what was never written.
    func shown(_ key: JournalState.Key, _ field: UInt32) throws -> Value {
        guard let entity = state.entities[key], let register = entity.fields[field] else { return .null }
        if register.siblings.count > 1, Schema.isProse(Slot(key.kind, field)) {
            return try ProseRegister.shown(
                register.siblings.map(\.dot),
                of: ReplayedVersions(replay: self, key: key, field: field, replaced: entity.history[field] ?? [])
            ).value
        }
        return try register.shown(time: state.time).map { try value($0, key, field) } ?? .null
    }

    fileprivate func value(
        _ key: JournalState.Key, _ field: UInt32, writtenBy dot: Dot
    ) throws -> Value { try reader.value(key, field, writtenBy: dot) }

    private func value(_ sibling: Sibling, _ key: JournalState.Key, _ field: UInt32) throws -> Value {
        guard sibling.value == Self.elsewhere else { return sibling.value }
        return try reader.value(key, field, writtenBy: sibling.dot)
    }
}

extension LogReader {
    /// What a commit wrote to a field; of several writes the last.
    func value(_ key: JournalState.Key, _ field: UInt32, writtenBy dot: Dot) throws -> Value {
        let mutations = try find(dot)?.commit?.mutations ?? []
        for mutation in mutations.reversed() {
            guard case .put(let kind, let id, let writes) = mutation, JournalState.Key(kind, id) == key,
                let write = writes.last(where: { $0.field == field })
            else { continue }
            return write.value
        }
        return .null
    }
}

/// The versions of one long text in a replay.
private struct ReplayedVersions: ProseVersions {
    let replay: JournalReplay
    let key: JournalState.Key
    let field: UInt32
    let replaced: [Sibling]

    func time(of dot: Dot) throws -> HybridTime { replay.state.time(dot) }
    func context(of dot: Dot) throws -> VectorClock { replay.state.places[dot]?.context ?? VectorClock() }
    func value(of dot: Dot) throws -> Value { try replay.value(key, field, writtenBy: dot) }

    func last(within clock: VectorClock) throws -> [Dot] {
        var last = VectorClock()
        for version in replaced where clock.covers(version.dot) { last.observe(version.dot) }
        return last.entries
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
