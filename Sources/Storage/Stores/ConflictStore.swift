import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// What waits for a person's decision.
package struct ConflictStore {
    package static let countMax = 10_000
    /// With which of two deletions a fill went, and which of two imports brought it, is nothing a person could settle.
    private static let unlisted = ["aside_with", "import"].map {
        String(Slot(Schema.fill.kind, Schema.fill.number(of: $0)).rawValue)
    }.joined(separator: ", ")

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
    package func fields(
        of key: JournalState.Key? = nil, from offset: Int = 0, countMax: Int = Self.countMax,
        _ reading: ConflictReading = ConflictReading()
    ) throws -> [Conflict] {
        var reading = reading
        var found: [(key: JournalState.Key, field: Field)] = []
        for entity in Schema.current.kinds where key.map({ $0.kind == entity.kind }) ?? true {
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT register.entity, register.slot
                    FROM register JOIN \(entity.name) ON \(entity.name).id = register.entity
                    WHERE register.value IS NOT NULL AND register.slot BETWEEN :first AND :last
                        AND register.slot NOT IN (\(Self.unlisted))
                        AND \(entity.name).presence <> 1 AND (:id IS NULL OR register.entity = :id)
                    GROUP BY register.entity, register.slot HAVING min(register.value) <> max(register.value)
                    ORDER BY register.entity, register.slot LIMIT :limit
                    """,
                arguments: [
                    "first": Slot(entity.kind, 0).rawValue, "last": Slot(entity.kind, Slot.fieldCount - 1).rawValue,
                    "id": key?.id.data, "limit": max(0, Self.end(offset, countMax) - found.count),
                ])
            for row in rows {
                guard let id = EntityID(bytes: row[0] as Data),
                    let field = entity.field(Slot(rawValue: row[1]).field)
                else { continue }
                found.append((.init(entity.kind, id), field))
            }
        }
        return try found.dropFirst(offset).map { try conflict($0.key, $0.field, &reading) }
    }

    /// No list goes on after `countMax`: what is settled makes place for the rest.
    private static func end(_ offset: Int, _ count: Int) -> Int {
        min(Self.countMax, min(offset, Self.countMax) + min(count, Self.countMax))
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
                                AND register.slot NOT IN (\(Self.unlisted))
                                AND \(entity.name).presence <> 1
                            GROUP BY register.entity, register.slot HAVING min(register.value) <> max(register.value) LIMIT ?)
                        """,
                    arguments: [
                        Slot(entity.kind, 0).rawValue, Slot(entity.kind, Slot.fieldCount - 1).rawValue, Self.countMax,
                    ]) ?? 0
            count += try Int.fetchOne(db, sql: "SELECT count(*) FROM \(entity.name) WHERE presence = 2") ?? 0
        }
        return count + (try StrayAnnotations(db).count())
    }

    /// - Throws: `conflict.unknown_field`, `conflict.not_found` when the field has one value only.
    package func require(
        _ key: JournalState.Key, field name: String, _ reading: ConflictReading = ConflictReading()
    ) throws -> Conflict {
        var reading = reading
        return try conflict(key, field(name, of: key), &reading)
    }

    /// One version of a field, whole.
    ///
    /// - Throws: what `require` throws; `conflict.no_version`.
    package func version(_ number: Int, _ key: JournalState.Key, field name: String) throws -> Conflict.Version {
        let field = try field(name, of: key)
        let versions = try standing(key, Slot(key.kind, field.number))
        var reading = ConflictReading()
        guard number > 0, number <= versions.count else { throw Failure.conflictNoVersion }
        return try version(versions[number - 1], number, key, field, &reading, isShown: number == 1)
    }

    private func version(
        _ version: (dot: Dot, time: HybridTime), _ number: Int, _ key: JournalState.Key, _ field: Field,
        _ reading: inout ConflictReading, isShown: Bool
    ) throws -> Conflict.Version {
        let whole = try registers.value(key.id, Slot(key.kind, field.number), version.dot) ?? .null
        try WorkBudget.spend(bytes: whole.byteCount)
        let (value, isCut) = reading.take(whole)
        return Conflict.Version(
            number: number, value: value, isCut: isCut, byteCount: whole.byteCount, dot: version.dot,
            commit: names.short(version.dot), device: names.device(version.dot.replica), time: version.time.wallTime,
            isShown: isShown && field.form != .prose)
    }

    /// Whether a field has several values.
    func isInConflict(_ key: JournalState.Key, field name: String) throws -> Bool {
        guard let field = Schema.current.kind(key.kind)?.fields.first(where: { $0.name == name }) else { return false }
        return try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT min(value) <> max(value) FROM register
                    WHERE entity = ? AND slot = ? AND value IS NOT NULL
                    """), arguments: [key.id.data, Slot(key.kind, field.number).rawValue]) ?? false
    }

    private func field(_ name: String, of key: JournalState.Key) throws -> Field {
        guard let field = Schema.current.kind(key.kind)?.fields.first(where: { $0.name == name }) else {
            throw Failure.conflictUnknownField(name)
        }
        guard try isInConflict(key, field: name) else {
            throw Failure.conflictNotFound(try finder.label(key), name)
        }
        return field
    }

    /// The version of a field that a person means.
    ///
    /// - Parameter choice: its number, the commit that wrote it, or the name of the device.
    /// - Throws: what `require` throws; `conflict.unknown_choice`.
    func chosen(_ choice: String, _ key: JournalState.Key, field name: String) throws -> FieldWrite {
        let field = try field(name, of: key)
        let slot = Slot(key.kind, field.number)
        let versions = try standing(key, slot)
        func value(_ dot: Dot) throws -> Value {
            let value = try registers.value(key.id, slot, dot) ?? .null
            try WorkBudget.spend(steps: 1 + value.byteCount >> 10)
            return value
        }
        if let number = Int(choice), number > 0, number <= versions.count {
            return FieldWrite(field.number, try value(versions[number - 1].dot))
        }
        if let version = versions.first(where: { names.short($0.dot) == choice.lowercased() }) {
            return FieldWrite(field.number, try value(version.dot))
        }
        let written = versions.filter { names.device($0.dot.replica).lowercased() == choice.lowercased() }
        guard let first = written.first else { throw unknown(choice, versions) }
        let chosen = try value(first.dot)
        for other in written.dropFirst() where try value(other.dot) != chosen { throw unknown(choice, versions) }
        return FieldWrite(field.number, chosen)
    }

    private func unknown(_ choice: String, _ versions: [(dot: Dot, time: HybridTime)]) -> Failure {
        let listed = versions.prefix(ConflictReading.versionsMax).enumerated()
        let list = listed.map { "\($0 + 1) (\(names.device($1.dot.replica)))" }.joined(separator: ", ")
        return .conflictUnknownChoice(choice, list + (versions.count > ConflictReading.versionsMax ? ", …" : ""))
    }

    /// The versions that stand, the latest first.
    private func standing(_ key: JournalState.Key, _ slot: Slot) throws -> [(dot: Dot, time: HybridTime)] {
        try registers.standing(key.id, slot).filter { !$0.isInRow }
            .map { (dot: $0.dot, time: try log.time(of: $0.dot)) }
            .sorted { ($0.time, $0.dot) > ($1.time, $1.dot) }
    }

    private func conflict(
        _ key: JournalState.Key, _ field: Field, _ reading: inout ConflictReading
    ) throws -> Conflict {
        let slot = Slot(key.kind, field.number)
        let standing = try standing(key, slot)
        var merged: Conflict.Merged?
        if field.form == .prose, standing.count > 1 {
            let shown = try ProseRegister.shown(standing.map(\.dot), of: registers.prose(key.id, slot))
            try WorkBudget.spend(steps: 1 + shown.rows, bytes: shown.value.byteCount)
            let (value, isCut) = reading.take(shown.value)
            if case .text(let text) = value {
                merged = Conflict.Merged(text: text, isCut: isCut, hasOverlap: shown.overlaps)
            } else {
                merged = Conflict.Merged(text: "", isCut: false, hasOverlap: shown.overlaps)
            }
        }
        var versions: [Conflict.Version] = []
        for (index, standing) in standing.enumerated().dropFirst(reading.first - 1).prefix(reading.versionsMax) {
            versions.append(try version(standing, index + 1, key, field, &reading, isShown: index == 0))
        }
        return Conflict(
            key: key, entity: try finder.label(key), field: field, versions: versions, versionCount: standing.count,
            merged: merged)
    }

    // MARK: Life and death

    /// What was deleted there and edited here.
    package func contests(
        of key: JournalState.Key? = nil, from offset: Int = 0, countMax: Int = Self.countMax
    ) throws -> [Contest] {
        let end = Self.end(offset, countMax)
        var found: [(entity: EntityKind, id: EntityID, isStray: Bool)] = []
        for entity in Schema.current.kinds where key.map({ $0.kind == entity.kind }) ?? true {
            let ids = try Data.fetchAll(
                db,
                sql: """
                    SELECT id FROM \(entity.name) WHERE presence = 2 AND (:id IS NULL OR id = :id) ORDER BY id LIMIT :limit
                    """, arguments: ["id": key?.id.data, "limit": max(0, end - found.count)])
            found += ids.compactMap { EntityID(bytes: $0) }.map { (entity, $0, false) }
        }
        let strays = StrayAnnotations(db)
        let stray =
            try key.map { try strays.contains($0) ? [$0.id] : [] } ?? strays.ids(countMax: max(0, end - found.count))
        found += stray.map { (Schema.trade, $0, true) }
        return try found.dropFirst(offset).map { entity, id, isStray in
            guard isStray else { return try contest(entity, id) }
            let edited = try edits(Schema.trade, id, notIn: VectorClock())
            return try contest(Schema.trade, id, deletions: strays.removals(of: id, log), edited)
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
            key: key, entity: try finder.label(key),
            deletions: try latest(deletions).sorted().map { try act($0, []) },
            edits: try latest(Array(edited.keys)).sorted().map { try act($0, edited[$0, default: []].sorted()) })
    }

    private func latest(_ dots: [Dot]) throws -> [Dot] {
        guard dots.count > Contest.actsMax else { return dots }
        try WorkBudget.spend(steps: dots.count)
        let timed = try dots.map { (dot: $0, time: try log.time(of: $0)) }
        return timed.sorted { ($0.time, $0.dot) > ($1.time, $1.dot) }.prefix(Contest.actsMax).map(\.dot)
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
    package static func conflictUnknownChoice(_ choice: String, _ list: String) -> Failure {
        Failure(
            .invalid, "conflict.unknown_choice",
            "\"\(choice)\" fits none of the versions, or several that differ. Give the number of one: \(list).")
    }
    package static let conflictNoVersion = Failure(
        .notFound, "conflict.no_version", "The field has no version with that number. The conflict counts them from 1.")
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
