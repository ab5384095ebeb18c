import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// A field with values that were written on devices which could not see each other.
package struct Conflict: Sendable {
    package struct Version: Sendable {
        /// From 1; the latest first.
        package let number: Int
        package let value: Value
        package let dot: Dot
        /// The name of the commit that wrote it.
        package let commit: String
        package let device: String
        package let time: Timestamp
        package let isShown: Bool
    }

    package let key: JournalState.Key
    package let entity: String
    package let field: Field
    package let versions: [Version]
    /// Of a long text: the versions made one, which is what is shown, and whether they change the same words.
    package let merged: (text: String, hasOverlap: Bool)?
}

/// Something that one device deleted while another edited it. It is alive until a person settles it. Or what was said of
/// a trade whose fills are gone: then it waits for them or for its own end.
package struct Contest: Sendable {
    package struct Act: Sendable, Hashable {
        package let device: String
        package let time: Timestamp
        /// What was edited, by name; empty for a deletion.
        package let fields: [String]
    }

    package let key: JournalState.Key
    package let entity: String
    package let deletions: [Act]
    package let edits: [Act]
}

/// What waits for a person's decision.
package struct ConflictStore {
    package static let countMax = 10_000
    /// With which of two deletions a fill went is nothing a person could settle.
    private static let unlisted = Slot(Schema.fill.kind, Schema.fill.number(of: "aside_with")).rawValue

    private let db: Database
    private let log: CommitLog
    private let registers: RegisterTable
    private let names: CommitNames
    private let finder: EntityFinder

    package init(_ db: Database) throws {
        self.db = db
        log = try CommitLog(db)
        registers = try RegisterTable(db, log)
        names = try CommitNames(db)
        finder = EntityFinder(db)
    }

    // MARK: Fields

    /// Fields whose values differ, in the order of kinds and ids.
    ///
    /// - Parameter key: of one entity only.
    package func fields(of key: JournalState.Key? = nil, countMax: Int = Self.countMax) throws -> [Conflict] {
        var conflicts: [Conflict] = []
        for entity in Schema.current.kinds where key.map({ $0.kind == entity.kind }) ?? true {
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT register.entity, register.slot
                    FROM register JOIN \(entity.name) ON \(entity.name).id = register.entity
                    WHERE register.value IS NOT NULL AND register.slot BETWEEN :first AND :last
                        AND register.slot <> \(Self.unlisted)
                        AND \(entity.name).presence <> 1 AND (:id IS NULL OR register.entity = :id)
                    GROUP BY register.entity, register.slot HAVING count(DISTINCT register.value) > 1
                    ORDER BY register.entity, register.slot LIMIT :limit
                    """,
                arguments: [
                    "first": Slot(entity.kind, 0).rawValue, "last": Slot(entity.kind, Slot.fieldCount - 1).rawValue,
                    "id": key?.id.data, "limit": max(0, countMax - conflicts.count),
                ])
            for row in rows {
                guard let id = EntityID(bytes: row[0] as Data),
                    let field = entity.field(Slot(rawValue: row[1]).field)
                else { continue }
                conflicts.append(try conflict(.init(entity.kind, id), field))
            }
        }
        return conflicts
    }

    /// How many fields and deletions wait, up to `countMax`; nothing is read of them.
    package func count() throws -> Int {
        var count = 0
        for entity in Schema.current.kinds {
            count +=
                try Int.fetchOne(
                    db,
                    sql: """
                        SELECT count(*) FROM (
                            SELECT 1 FROM register JOIN \(entity.name) ON \(entity.name).id = register.entity
                            WHERE register.value IS NOT NULL AND register.slot BETWEEN ? AND ?
                                AND register.slot <> \(Self.unlisted)
                                AND \(entity.name).presence <> 1
                            GROUP BY register.entity, register.slot HAVING count(DISTINCT register.value) > 1 LIMIT ?)
                        """,
                    arguments: [
                        Slot(entity.kind, 0).rawValue, Slot(entity.kind, Slot.fieldCount - 1).rawValue, Self.countMax,
                    ]) ?? 0
            count += try Int.fetchOne(db, sql: "SELECT count(*) FROM \(entity.name) WHERE presence = 2") ?? 0
        }
        return count + (try StrayAnnotations(db).count())
    }

    /// - Throws: `conflict.unknown_field`, `conflict.not_found` when the field has one value only.
    package func require(_ key: JournalState.Key, field name: String) throws -> Conflict {
        guard let entity = Schema.current.kind(key.kind), let field = entity.fields.first(where: { $0.name == name })
        else { throw Failure.conflictUnknownField(name) }
        let conflict = try conflict(key, field)
        guard Set(conflict.versions.map(\.value)).count > 1 else {
            throw Failure.conflictNotFound(conflict.entity, name)
        }
        return conflict
    }

    private func conflict(_ key: JournalState.Key, _ field: Field) throws -> Conflict {
        let slot = Slot(key.kind, field.number)
        let siblings = try registers.siblings(key.id, slot).compactMap { row in row.value.map { Sibling(row.dot, $0) } }
        let timed = try siblings.map { (sibling: $0, time: try log.time(of: $0.dot)) }
            .sorted { ($0.time, $0.sibling.dot) > ($1.time, $1.sibling.dot) }
        var merged: (text: String, hasOverlap: Bool)?
        if field.form == .prose, siblings.count > 1 {
            let shown = try ProseRegister.shown(
                siblings, history: registers.prose(key.id, slot), place: log.place(of:))
            if case .text(let text) = shown.value { merged = (text, shown.overlaps) } else { merged = ("", false) }
        }
        let versions = timed.enumerated().map { index, version in
            Conflict.Version(
                number: index + 1, value: version.sibling.value, dot: version.sibling.dot,
                commit: names.short(version.sibling.dot), device: names.device(version.sibling.dot.replica),
                time: version.time.wallTime,
                isShown: index == 0 && merged == nil)
        }
        return Conflict(key: key, entity: try finder.label(key), field: field, versions: versions, merged: merged)
    }

    // MARK: Life and death

    /// What was deleted there and edited here.
    package func contests(of key: JournalState.Key? = nil, countMax: Int = Self.countMax) throws -> [Contest] {
        var contests: [Contest] = []
        for entity in Schema.current.kinds where key.map({ $0.kind == entity.kind }) ?? true {
            let ids = try Data.fetchAll(
                db,
                sql: """
                    SELECT id FROM \(entity.name) WHERE presence = 2 AND (:id IS NULL OR id = :id) ORDER BY id LIMIT :limit
                    """, arguments: ["id": key?.id.data, "limit": max(0, countMax - contests.count)])
            for id in ids.compactMap({ EntityID(bytes: $0) }) { contests.append(try contest(entity, id)) }
        }
        return try contests + strays(of: key, countMax: max(0, countMax - contests.count))
    }

    private func strays(of key: JournalState.Key?, countMax: Int) throws -> [Contest] {
        let store = StrayAnnotations(db)
        let ids = try key.map { try store.contains($0) ? [$0.id] : [] } ?? store.ids(countMax: countMax)
        return try ids.map { id in
            let edited = try edits(Schema.trade, id, notIn: VectorClock())
            return try contest(Schema.trade, id, deletions: store.removals(of: id, log), edited)
        }
    }

    private func contest(_ entity: EntityKind, _ id: EntityID) throws -> Contest {
        let tombstones = try DotTable(db, log, "tombstone", keys: ["kind", "entity"])
            .dots(.kind(entity.kind), .id(id))
        var seen = VectorClock(tombstones)
        for dot in tombstones { seen = seen.joined(with: try log.context(of: dot)) }
        return try contest(entity, id, deletions: tombstones, edits(entity, id, notIn: seen))
    }

    /// What was written of an entity by those who had not seen some commits.
    private func edits(_ entity: EntityKind, _ id: EntityID, notIn seen: VectorClock) throws -> [Dot: Set<String>] {
        var edited: [Dot: Set<String>] = [:]
        for (slot, dot) in try registers.dots(of: id, entity.kind) where !seen.covers(dot) {
            edited[dot, default: []].insert(entity.field(slot.field)?.name ?? "field \(slot.field)")
        }
        for (set, dot) in try memberDots(entity, id) where !seen.covers(dot) {
            edited[dot, default: []].insert(Schema.memberKind(of: set)?.name ?? "set")
        }
        if let origin = try origin(entity, id), !seen.covers(origin) { edited[origin, default: []].insert("entered") }
        return edited
    }

    private func contest(
        _ entity: EntityKind, _ id: EntityID, deletions: [Dot], _ edited: [Dot: Set<String>]
    ) throws -> Contest {
        let key = JournalState.Key(entity.kind, id)
        return Contest(
            key: key, entity: try finder.label(key), deletions: try deletions.sorted().map { try act($0, []) },
            edits: try edited.sorted { $0.key < $1.key }.map { try act($0.key, $0.value.sorted()) })
    }

    private func act(_ dot: Dot, _ fields: [String]) throws -> Contest.Act {
        Contest.Act(device: names.device(dot.replica), time: try log.time(of: dot).wallTime, fields: fields)
    }

    private func memberDots(_ entity: EntityKind, _ id: EntityID) throws -> [(Kind, Dot)] {
        var dots: [(Kind, Dot)] = []
        for set in Schema.sets where Schema.owner(of: set)?.kind == entity.kind {
            let rows = try Row.fetchAll(
                db, sql: "SELECT replica, counter FROM member WHERE kind = ? AND owner = ? ORDER BY replica, counter",
                arguments: [Int64(set.rawValue), id.data])
            for row in rows { dots.append((set, try log.dot(row[0], row[1]))) }
        }
        return dots
    }

    private func origin(_ entity: EntityKind, _ id: EntityID) throws -> Dot? {
        try Row.fetchOne(
            db, sql: "SELECT replica, counter FROM \(entity.name) WHERE id = ?", arguments: [id.data]
        ).map { try log.dot($0[0], $0[1]) }
    }
}

extension Failure {
    package static func conflictUnknownField(_ name: String) -> Failure {
        Failure(
            .invalid, "conflict.unknown_field",
            "There is no field \(name) there. The list of conflicts names those in conflict.")
    }
    package static func conflictNotFound(_ entity: String, _ name: String) -> Failure {
        Failure(.notFound, "conflict.not_found", "The field \(name) of \(entity) is not in conflict.")
    }
    package static func conflictUnknownChoice(_ choice: String, _ versions: [Conflict.Version]) -> Failure {
        let list = versions.map { "\($0.number) (\($0.device))" }.joined(separator: ", ")
        return Failure(
            .invalid, "conflict.unknown_choice",
            "\"\(choice)\" fits none of the versions, or several that differ. Give the number of one: \(list).")
    }
    package static func conflictNotProse(_ field: String) -> Failure {
        Failure(
            .invalid, "conflict.not_prose",
            "Only notes and entries can be merged. Keep one value of \(field).")
    }
    package static let conflictOverlaps = Failure(
        .conflict, "conflict.overlaps",
        "The versions change the same words, so the merged text still has both, between marks. Give the text that you "
            + "want, or keep one version.")
    package static let conflictNotContested = Failure(
        .notFound, "conflict.not_contested", "It was not deleted on one device and edited on another.")
}
