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
        try LogReader(db).newest(min(countMax, Self.countMax)).map { entry($0, changes: []) }
    }

    /// How many commits there are.
    package func count() throws -> Int { try Int.fetchOne(db, sql: "SELECT count(*) FROM log") ?? 0 }

    /// What happened to one or a few entities, the latest first.
    ///
    /// - Returns: also how many there are, and whether that is all: a device that began from a snapshot lacks what came
    ///   before.
    package func changes(of keys: Set<JournalState.Key>, countMax: Int) throws -> (
        entries: [HistoryEntry], count: Int, isWhole: Bool
    ) {
        let reader = try LogReader(db)
        let finder = EntityFinder(db)
        var replay = JournalReplay(reader, of: keys)
        var writes = WriteHistory()
        var found: [(logged: LoggedCommit, changes: [EntityChange])] = []
        try reader.each { logged in
            let mutations = logged.commit.map(replay.mutations) ?? []
            let deleted = keys.filter { replay.state.presence($0) == .deleted }
            try replay.apply(logged)
            guard !mutations.isEmpty else { return }
            let changes = try mutations.flatMap { try describe($0, by: logged.dot, &writes, replay.state, finder) }
            let isRevived = deleted.contains { replay.state.presence($0) == .alive }
            found.append((logged, (isRevived ? [.revived] : []) + changes))
        }
        // Each device applied them in an order of its own; time is the same everywhere.
        found.sort { ($0.logged.time, $0.logged.dot) > ($1.logged.time, $1.logged.dot) }
        return (
            found.prefix(min(countMax, Self.countMax)).map { entry($0.logged, changes: $0.changes) }, found.count,
            replay.isWhole
        )
    }

    private func entry(_ logged: LoggedCommit, changes: [EntityChange]) -> HistoryEntry {
        HistoryEntry(
            dot: logged.dot, name: names.short(logged.dot), device: names.device(logged.dot.replica),
            time: logged.time.wallTime, summary: logged.commit?.summary,
            changeCount: logged.commit?.mutations.count ?? 0, changes: changes)
    }

    private func describe(
        _ mutation: Mutation, by dot: Dot, _ history: inout WriteHistory, _ state: JournalState, _ finder: EntityFinder
    ) throws -> [EntityChange] {
        switch mutation {
        case .put(let kind, let id, let writes):
            return writes.compactMap { write in
                let place = WriteHistory.Place(key: JournalState.Key(kind, id), field: write.field)
                let before = history.note(Sibling(dot, write.value), at: place, state)
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

/// Every write of a few fields, to tell what each writer had before its eyes.
///
/// What stood in this copy of the journal just before is something else: another device's write may have come in between
/// that the writer knew nothing of.
private struct WriteHistory {
    struct Place: Hashable {
        let key: JournalState.Key
        let field: UInt32
    }

    private var writes: [Place: [Sibling]] = [:]

    /// - Returns: what the writer had seen in the field.
    mutating func note(_ write: Sibling, at place: Place, _ state: JournalState) -> Value {
        func context(_ dot: Dot) -> VectorClock { state.places[dot]?.context ?? VectorClock() }
        let all = writes[place] ?? []
        writes[place] = all + [write]
        let mine = context(write.dot)
        let seen = all.filter { mine.covers($0.dot) }
        let standing = seen.filter { candidate in !seen.contains { context($0.dot).covers(candidate.dot) } }
        guard Schema.isProse(Slot(place.key.kind, place.field)), !standing.isEmpty else {
            return Register(standing).shown(time: state.time)?.value ?? .null
        }
        return ProseRegister.shown(standing, history: seen) { dot in
            CommitPlace(context: context(dot), time: state.time(dot))
        }.value
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
