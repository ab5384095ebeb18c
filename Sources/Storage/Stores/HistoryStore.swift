import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// One commit as the history tells it.
package struct HistoryEntry: Sendable {
    package let dot: Dot
    /// `a3f2/17`
    package let name: String
    package let device: String
    package let time: Timestamp
    /// What the person did; nil where only the fact of the commit is known here.
    package let summary: String?
    /// How many things it changed.
    package let changeCount: Int
    /// What it changed of the entity that was asked for; empty in a list of all commits.
    package let changes: [EntityChange]
}

/// One change of one entity.
package enum EntityChange: Sendable {
    case wrote(field: String, before: Value, after: Value)
    case deleted
    /// Deleted before, and alive again through this commit.
    case revived
    case added(kind: String, label: String)
    case removed(kind: String, label: String)
}

/// The log as history.
package struct HistoryStore {
    package static let countMax = 10_000

    private let db: Database
    private let names: CommitNames

    package init(_ db: Database) throws {
        self.db = db
        names = try CommitNames(db)
    }

    /// The newest commits, the latest first.
    package func newest(_ countMax: Int) throws -> [HistoryEntry] {
        try LogReader(db).newest(min(countMax, Self.countMax)) { entry($0, changes: []) }
    }

    /// How many commits there are.
    package func count() throws -> Int { try Int.fetchOne(db, sql: "SELECT count(*) FROM log") ?? 0 }

    /// Some of a history, the latest first.
    package struct Changes: Sendable {
        package let entries: [HistoryEntry]
        /// How many there are in all.
        package let count: Int
        /// False where a device began from a snapshot, and lacks what came before.
        package let isWhole: Bool
        /// Whether there are more after these.
        package let hasMore: Bool

        package init(entries: [HistoryEntry], count: Int, isWhole: Bool, hasMore: Bool) {
            self.entries = entries
            self.count = count
            self.isWhole = isWhole
            self.hasMore = hasMore
        }
    }

    /// What happened to one or a few entities, the latest first.
    ///
    /// - Parameters:
    ///   - last: the entry after which they begin; nil for the beginning.
    ///   - bytesMax: of what the fields held before and after. There is always one entry, whatever it holds.
    package func changes(
        of keys: Set<JournalState.Key>, after last: Dot? = nil, countMax: Int, bytesMax: Int = .max
    ) throws -> Changes {
        let reader = try LogReader(db)
        let finder = EntityFinder(db)
        var replay = JournalReplay(reader, of: keys)
        var writes = FieldWrites()
        var found: [(time: HybridTime, dot: Dot, isRevived: Bool)] = []
        try reader.each(naming: keys) { logged in
            let mutations = logged.commit.map(replay.mutations) ?? []
            guard !mutations.isEmpty else { return try replay.apply(logged) }
            let touched = Set(mutations.compactMap(\.key))
            let deleted = try touched.filter { try isDeleted($0, in: replay.state) }
            try replay.apply(logged)
            for mutation in mutations {
                guard case .put(let kind, let id, let fields) = mutation else { continue }
                for write in fields { writes.note(logged.dot, at: .init(.init(kind, id), write.field)) }
            }
            found.append(
                (logged.time, logged.dot, deleted.contains { replay.state.presence($0) == .alive }))
        }
        // Each device applied them in an order of its own; time is the same everywhere.
        found.sort { ($0.time, $0.dot) > ($1.time, $1.dot) }
        let start = last.flatMap { last in found.firstIndex { $0.dot == last }.map { $0 + 1 } } ?? 0
        let before = PriorValues(reader, writes, replay.state)
        var entries: [HistoryEntry] = []
        var bytes = 0
        for commit in found[start...] {
            guard entries.count < min(countMax, Self.countMax), bytes < bytesMax || entries.isEmpty else { break }
            guard let logged = try reader.find(commit.dot), let mutations = logged.commit.map(replay.mutations) else {
                continue
            }
            var changes: [EntityChange] = commit.isRevived ? [.revived] : []
            for mutation in mutations {
                for change in try describe(mutation, by: commit.dot, before, finder) {
                    bytes += change.byteCount
                    try WorkBudget.spend(bytes: change.byteCount)
                    changes.append(change)
                }
            }
            if bytes > bytesMax, !entries.isEmpty { break }
            entries.append(entry(logged, changes: changes))
        }
        return Changes(
            entries: entries, count: found.count, isWhole: replay.isWhole,
            hasMore: start + entries.count < found.count)
    }

    private func entry(_ logged: LoggedCommit, changes: [EntityChange]) -> HistoryEntry {
        HistoryEntry(
            dot: logged.dot, name: names.short(logged.dot), device: names.device(logged.dot.replica),
            time: logged.time.wallTime, summary: logged.commit?.summary,
            changeCount: logged.commit?.mutations.count ?? 0, changes: changes)
    }

    private func isDeleted(_ key: JournalState.Key, in state: JournalState) throws -> Bool {
        guard let entity = state.entities[key], !entity.tombstones.dots.isEmpty else { return false }
        try WorkBudget.spend(steps: 1 + entity.memberCount / 16)
        return state.presence(key) == .deleted
    }

    private func describe(
        _ mutation: Mutation, by dot: Dot, _ prior: PriorValues, _ finder: EntityFinder
    ) throws -> [EntityChange] {
        switch mutation {
        case .put(let kind, let id, let writes):
            return try writes.compactMap { write in
                let before = try prior.value(.init(.init(kind, id), write.field), before: dot)
                guard before != write.value else { return nil }
                let name = Schema.current.kind(kind)?.field(write.field)?.name ?? "field \(write.field)"
                return .wrote(field: name, before: before, after: write.value)
            }
        case .delete: return [.deleted]
        case .add(let set, _, let member), .remove(let set, _, let member):
            guard let kind = Schema.memberKind(of: set) else { return [] }
            let label = String(try finder.label(.init(kind.kind, member)).dropFirst(kind.name.count + 1))
            if case .add = mutation { return [.added(kind: kind.name, label: label)] }
            return [.removed(kind: kind.name, label: label)]
        case .unknown: return []
        }
    }
}

extension EntityChange {
    /// About how much of an answer it takes.
    fileprivate var byteCount: Int {
        switch self {
        case .wrote(let field, let before, let after): field.utf8.count + before.byteCount + after.byteCount
        case .deleted, .revived: 0
        case .added(let kind, let label), .removed(let kind, let label): kind.utf8.count + label.utf8.count
        }
    }
}

/// A copy of the journal that writes, as the others know it.
package struct DeviceView: Sendable {
    package let replica: ReplicaID
    package let name: String?
    package let platform: String?
    package let commitCount: UInt64
    package let lastCommit: Timestamp?
    package let isThis: Bool
}

extension HistoryStore {
    /// Every replica that the journal knows, this one first, then by its last commit.
    package func devices() throws -> [DeviceView] {
        let own = try LocalFacts(db).replica
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT replica.id, replica.counter, replica.time, device.name, device.platform
                FROM replica LEFT JOIN device ON device.id = replica.id AND device.presence <> 1
                ORDER BY replica.id <> :own, replica.time DESC, replica.id
                """, arguments: ["own": own.data])
        return try rows.compactMap { row in
            guard let id = ReplicaID(bytes: row[0] as Data) else { return nil }
            let counter = try Dot.count(stored: row[1], of: id)
            let time = HybridTime(rawValue: UInt64(bitPattern: row[2] as Int64))
            return DeviceView(
                replica: id, name: row[3], platform: row[4], commitCount: counter,
                lastCommit: counter > 0 ? time.wallTime : nil, isThis: id == own)
        }
    }

    /// Whether this copy has not told its name: it was cloned, and goes on as a replica of its own.
    package func isUnnamed() throws -> Bool { !names.hasName(try LocalFacts(db).replica) }
}

extension JournalFile {
    /// Tells the other devices what this copy is called.
    ///
    /// - Parameter platform: nil when it is not known.
    package func nameDevice(_ name: String, platform: String?) async throws {
        let now = world.now()
        try await edit(Self.namingSummary) { draft, db in
            draft.name(try LocalFacts(db).replica, name, platform: platform, at: now)
        }
    }

    static let namingSummary = "name this device"
}

extension Draft {
    mutating func name(_ replica: ReplicaID, _ name: String, platform: String?, at now: Timestamp) {
        var fields: [String: Value] = ["name": .text(name), "created_ms": .integer(now.milliseconds)]
        if let platform { fields["platform"] = .text(platform) }
        put(Schema.device, replica, fields)
    }
}
