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

    /// What happened to one or a few entities, the latest first.
    ///
    /// - Returns: also whether that is all: a device that began from a snapshot lacks what came before.
    package func changes(of keys: Set<JournalState.Key>, countMax: Int) throws -> (
        entries: [HistoryEntry], isWhole: Bool
    ) {
        let reader = try LogReader(db)
        let finder = EntityFinder(db)
        var replay = JournalReplay(reader, of: keys)
        var entries: [HistoryEntry] = []
        try reader.each { logged in
            let mutations = logged.commit.map(replay.mutations) ?? []
            let changes = try mutations.flatMap { try Self.changes($0, before: replay.state, finder) }
            let deleted = keys.filter { replay.state.presence($0) == .deleted }
            try replay.apply(logged)
            guard !mutations.isEmpty else { return }
            let isRevived = deleted.contains { replay.state.presence($0) == .alive }
            entries.append(entry(logged, changes: (isRevived ? [.revived] : []) + changes))
        }
        return (Array(entries.reversed().prefix(min(countMax, Self.countMax))), replay.isWhole)
    }

    private func entry(_ logged: LoggedCommit, changes: [EntityChange]) -> HistoryEntry {
        HistoryEntry(
            dot: logged.dot, name: names.short(logged.dot), device: names.device(logged.dot.replica),
            time: logged.time.wallTime, summary: logged.commit?.summary,
            changeCount: logged.commit?.mutations.count ?? 0, changes: changes)
    }

    private static func changes(
        _ mutation: Mutation, before: JournalState, _ finder: EntityFinder
    ) throws -> [EntityChange] {
        switch mutation {
        case .put(let kind, let id, let writes):
            return writes.map { write in
                .wrote(
                    field: Schema.current.kind(kind)?.field(write.field)?.name ?? "field \(write.field)",
                    before: before.shown(JournalState.Key(kind, id), write.field), after: write.value)
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
        return rows.compactMap { row in
            guard let id = ReplicaID(bytes: row[0] as Data) else { return nil }
            let counter = UInt64(row[1] as Int64)
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
        try await edit("name this device") { draft, db in
            var fields: [String: Value] = ["name": .text(name), "created_ms": .integer(now.milliseconds)]
            if let platform { fields["platform"] = .text(platform) }
            draft.put(Schema.device, try LocalFacts(db).replica, fields)
        }
    }
}
