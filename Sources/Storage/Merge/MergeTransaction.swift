import GRDB
import Journal
import Primitives
import Sync

/// Applies commits to the tables of a journal, within one transaction.
///
/// The rules are `Sync`'s; here they meet rows. A field that was never written again has no row in `register`: its
/// siblings are the value in the entity's row under the dots that brought the entity. Everything else follows
/// `Register`, `Membership` and `Tombstones` to the letter, which the simulation holds against `JournalState`.
final class MergeTransaction {
    let db: Database
    let log: CommitLog
    var content: ContentHash
    var changes = JournalChanges()

    private let schema: Schema
    private let registers: RegisterTable
    private let members: DotTable
    private let tombstones: DotTable
    private let origins: DotTable
    private let memberDots: PreparedStatement
    private var tables: [Kind: EntityTable] = [:]
    /// Long texts whose versions are merged once, at the end: as often as they are written, it costs one merge.
    private var unmerged: [Text: Field] = [:]
    /// Entities of which it is found out at the end whether they are hidden.
    private var unseen: Set<JournalState.Key> = []

    /// How many texts were merged, and how often it was tried to apply a commit.
    private(set) var mergeCount = 0
    var attemptCount = 0

    private struct Text: Hashable, Comparable {
        let id: EntityID
        let slot: Slot

        static func < (left: Self, right: Self) -> Bool { (left.slot, left.id) < (right.slot, right.id) }
    }

    /// Whether anything was ever deleted, or came twice: most journals skip those look-ups altogether.
    private var hasTombstones: Bool
    private var hasOrigins: Bool

    init(_ db: Database, _ schema: Schema) throws {
        self.db = db
        self.schema = schema
        log = try CommitLog(db)
        content = try LocalFacts(db).content
        registers = try RegisterTable(db, log)
        members = try DotTable(db, log, "member", keys: ["kind", "owner", "member"])
        tombstones = try DotTable(db, log, "tombstone", keys: ["kind", "entity"])
        origins = try DotTable(db, log, "origin", keys: ["entity", "kind"])
        memberDots = try PreparedStatement(
            db, "SELECT replica, counter FROM member WHERE kind = ? AND owner = ?")
        hasTombstones =
            try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM tombstone)")) ?? false
        hasOrigins =
            try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM origin)")) ?? false
    }

    /// Writes down what the transaction changed in sum, and derives what follows from it.
    ///
    /// - Returns: the trades whose figures may be others now.
    @discardableResult
    func finish() throws -> TripChanges {
        try LocalFacts(db).setContent(content)
        for (text, field) in unmerged.sorted(by: { $0.key < $1.key }) { try showMerged(text, field) }
        unmerged.removeAll()
        for key in unseen.sorted() { try refreshPresence(key) }
        unseen.removeAll()
        for table in tables.values { try table.finish() }
        return try Derivation(db).run(changes)
    }

    // MARK: Commits

    /// What the writer of the replica's next commit has seen.
    func context(of commit: Commit) throws -> VectorClock {
        let dot = commit.dot
        let previous =
            dot.counter > 1 ? try log.context(of: Dot(dot.replica, dot.counter - 1)) : VectorClock()
        return commit.context(after: previous)
    }

    func apply(_ commit: Commit, context: VectorClock, bytes: [UInt8]) throws {
        try log.append(
            commit, context: context, bytes: bytes, hash: CommitHash(of: commit.dot, bytes: bytes))
        try applyMutations(of: commit, context: context)
    }

    /// Applies a commit that is in the log.
    func applyMutations(of commit: Commit, context: VectorClock) throws {
        // Whoever has gone needs no end of it; how much it costs decides nothing.
        try WorkBudget.spend(steps: 0)
        for operation in commit.mutations { try apply(operation, by: commit.dot, seen: context) }
    }

    func apply(_ operation: Mutation, by dot: Dot, seen context: VectorClock) throws {
        switch operation {
        case .put(let kind, let id, let writes): try put(kind, id, writes, by: dot, seen: context)
        case .delete(let kind, let id): try delete(kind, id, by: dot, seen: context)
        case .add(let set, let owner, let member): try add(set, owner, member, by: dot, seen: context)
        case .remove(let set, let owner, let member): try remove(set, owner, member, by: dot, seen: context)
        case .unknown: break
        }
    }

    func table(_ kind: Kind) throws -> EntityTable? {
        if let table = tables[kind] { return table }
        guard let entity = schema.kind(kind) else { return nil }
        let table = try EntityTable(db, entity)
        tables[kind] = table
        return table
    }

    // MARK: Fields

    private func put(
        _ kind: Kind, _ id: EntityID, _ writes: [FieldWrite], by dot: Dot, seen context: VectorClock
    ) throws {
        guard let table = try table(kind) else {
            for write in writes { try writeBeside(id, Slot(kind, write.field), write.value, by: dot, seen: context) }
            try revive(kind, id, by: dot, seen: context)
            return
        }
        // One field alone is most likely an edit: looking for its row is cheaper than trying to make one.
        let isEdit = try writes.count == 1 && table.contains(id)
        if try !isEdit && create(table, id, writes, by: dot) {
            if hasTombstones { try revive(kind, id, by: dot, seen: context) }
            return
        }
        let before = try JournalChanges.shown(table, id, writing: writes)
        if try !repeats(table, id, writes, by: dot, seen: context) {
            for write in writes { try self.write(write, table, id, by: dot, seen: context) }
        }
        if hasTombstones { try revive(kind, id, by: dot, seen: context) }
        changes.note(kind, id, writes, from: before, to: try JournalChanges.shown(table, id, writing: writes))
    }

    /// Inserts the row of an entity that is not here yet. Null and what the columns cannot hold goes beside.
    private func create(_ table: EntityTable, _ id: EntityID, _ writes: [FieldWrite], by dot: Dot) throws -> Bool {
        var values = [Value](repeating: .null, count: table.entity.fields.count)
        var beside: [FieldWrite] = []
        for write in writes {
            if let field = table.entity.field(write.field), write.value != .null, field.admits(write.value),
                values[Int(field.number) - 1] == .null
            {
                values[Int(field.number) - 1] = write.value
            } else {
                beside.append(write)
            }
        }
        let number = try log.number(of: dot.replica)
        guard try table.insert(id, replica: number, counter: dot.counter, values: values) else { return false }
        for (index, value) in values.enumerated() where value != .null {
            content.insert(.value(id, Slot(table.entity.kind, UInt32(index + 1)), dot, value))
        }
        for write in beside { try self.write(write, table, id, by: dot, seen: VectorClock()) }
        // What went beside may show in the row, too; otherwise it is known what the row says.
        let shown = beside.isEmpty ? values : try JournalChanges.shown(table, id, writing: writes)
        changes.note(table.entity.kind, id, writes, from: nil, to: shown)
        // Others may have been said to be names of it before it came.
        if table.entity.kind == Schema.account.kind { changes.note(account: id) }
        return true
    }

    /// Whether a put writes just what the entity came with, by someone who had not seen it: two devices that
    /// imported the same statement. Then one row tells it all. Only what brought a fill may differ, and then stands as
    /// every field does that was written twice.
    private func repeats(
        _ table: EntityTable, _ id: EntityID, _ writes: [FieldWrite], by dot: Dot, seen context: VectorClock
    ) throws -> Bool {
        guard writes.count > 1, let row = try table.row(of: id),
            row.values.count(where: { $0 != .null }) == writes.count
        else { return false }
        var source: FieldWrite?
        for write in writes {
            guard let field = table.entity.field(write.field), write.value != .null else { return false }
            let isSource = Slot(table.entity.kind, write.field) == Self.sourceSlot
            if isSource { source = write }
            guard isSource || row.values[Int(field.number) - 1] == write.value else { return false }
        }
        guard Set(writes.map(\.field)).count == writes.count,
            try registers.isEmpty(of: id, table.entity.kind, besides: Self.sourceSlot),
            try originDots(table.entity.kind, id, row.head).allSatisfy({ !context.covers($0) && $0 != dot })
        else { return false }
        if let written = source {
            let shown = row.values[Int(written.field) - 1]
            if try shown == written.value && registers.standing(id, Self.sourceSlot).isEmpty {
                source = nil
            } else {
                try self.write(written, table, id, by: dot, seen: context)
            }
        }
        try origins.put(dot, .id(id), .kind(table.entity.kind))
        hasOrigins = true
        for write in writes where write.field != source?.field {
            content.insert(.value(id, Slot(table.entity.kind, write.field), dot, write.value))
        }
        return true
    }

    private static let sourceSlot = Slot(Schema.fill.kind, Schema.fill.number(of: "import"))

    private func originDots(_ kind: Kind, _ id: EntityID, _ head: EntityTable.Head) throws -> [Dot] {
        let first = try log.dot(head.replica, head.counter)
        return hasOrigins ? [first] + (try origins.dots(.id(id), .kind(kind))) : [first]
    }

    private func write(
        _ write: FieldWrite, _ table: EntityTable, _ id: EntityID, by dot: Dot, seen context: VectorClock
    ) throws {
        let slot = Slot(table.entity.kind, write.field)
        guard let field = table.entity.field(write.field), let row = try table.row(of: id, field) else {
            return try writeBeside(id, slot, write.value, by: dot, seen: context)
        }
        var standing = try registers.standing(id, slot)
        let isInTable = !standing.isEmpty
        if !isInTable, row.value != .null {
            standing = try originDots(table.entity.kind, id, row.head).map { .init(dot: $0, isInRow: true) }
        }
        var kept: [RegisterTable.Standing] = []
        for sibling in standing {
            guard sibling.dot == dot || context.covers(sibling.dot) else {
                kept.append(sibling)
                continue
            }
            let value = sibling.isInRow ? row.value : try registers.value(id, slot, sibling.dot) ?? .null
            content.remove(.value(id, slot, sibling.dot, value))
            if field.form == .prose, sibling.dot != dot {
                try registers.keepProse(Sibling(sibling.dot, value), id, slot)
            }
            if isInTable { try registers.remove(id, slot, sibling.dot) }
        }
        content.insert(.value(id, slot, dot, write.value))
        guard !kept.isEmpty else {
            // One sibling that the column can show needs no second copy of its value.
            try registers.put(id, slot, dot, field.admits(write.value) ? nil : write.value)
            unmerged[Text(id: id, slot: slot)] = nil
            if write.value != row.value { try table.show(write.value, of: id, field) }
            return
        }
        for sibling in kept where sibling.isInRow { try registers.put(id, slot, sibling.dot, row.value) }
        try registers.put(id, slot, dot, write.value)
        try show(kept.map(\.dot) + [dot], of: id, slot, field, table, now: row.value)
    }

    /// A field or kind of a later version: its siblings are kept with their values, and nothing is shown.
    private func writeBeside(
        _ id: EntityID, _ slot: Slot, _ value: Value, by dot: Dot, seen context: VectorClock
    ) throws {
        for sibling in try registers.standing(id, slot) where sibling.dot == dot || context.covers(sibling.dot) {
            let old = try registers.value(id, slot, sibling.dot) ?? .null
            content.remove(.value(id, slot, sibling.dot, old))
            try registers.remove(id, slot, sibling.dot)
            // It may turn out to be a long text, whose versions are merged over what they replaced.
            if sibling.dot != dot { try registers.keepProse(Sibling(sibling.dot, old), id, slot) }
        }
        content.insert(.value(id, slot, dot, value))
        try registers.put(id, slot, dot, value)
    }

    /// Shows a field of which several siblings stand, each with its value in the table of registers: the latest, or, at
    /// the end of the transaction, their merge.
    private func show(
        _ siblings: [Dot], of id: EntityID, _ slot: Slot, _ field: Field, _ table: EntityTable, now: Value
    ) throws {
        guard field.form != .prose else {
            unmerged[Text(id: id, slot: slot)] = field
            return
        }
        var latest: (time: HybridTime, dot: Dot)?
        for dot in siblings {
            let time = try log.time(of: dot)
            if let known = latest, (known.time, known.dot) > (time, dot) { continue }
            latest = (time, dot)
        }
        guard let latest else { return }
        let shown = try registers.value(id, slot, latest.dot) ?? .null
        if shown != now { try table.show(shown, of: id, field) }
    }

    private func showMerged(_ text: Text, _ field: Field) throws {
        try WorkBudget.spend(steps: 0)
        guard let table = try table(text.slot.kind), let row = try table.row(of: text.id, field) else { return }
        mergeCount += 1
        let dots = try registers.standing(text.id, text.slot).map(\.dot)
        let shown = try ProseRegister.shown(dots, of: registers.prose(text.id, text.slot)).value
        if shown != row.value { try table.show(shown, of: text.id, field) }
    }

    /// Shows a field that an earlier version kept beside its entity, in the row that it may first have to make.
    func show(_ id: EntityID, _ slot: Slot) throws {
        guard let table = try table(slot.kind), let field = table.entity.field(slot.field) else { return }
        let siblings = try registers.standing(id, slot)
        guard let first = siblings.first else { return }
        let number = try log.number(of: first.dot.replica)
        let nothing = [Value](repeating: .null, count: table.entity.fields.count)
        _ = try table.insert(id, replica: number, counter: first.dot.counter, values: nothing)
        let now = try table.row(of: id, field)?.value ?? .null
        guard siblings.count == 1 else {
            for sibling in siblings where sibling.isInRow { try registers.put(id, slot, sibling.dot, now) }
            return try show(siblings.map(\.dot), of: id, slot, field, table, now: now)
        }
        let shown = try registers.value(id, slot, first.dot) ?? now
        try table.show(shown, of: id, field)
        if field.admits(shown) { try registers.put(id, slot, first.dot, nil) }
    }

    /// Takes out of an entity's row what the column may not show, and keeps it beside: an older version let it in.
    func keepBeside(_ id: EntityID, _ slot: Slot) throws {
        guard let table = try table(slot.kind), let field = table.entity.field(slot.field),
            let row = try table.row(of: id, field), row.value != .null, !field.admits(row.value)
        else { return }
        let rows = try registers.standing(id, slot)
        let standing =
            rows.isEmpty
            ? try originDots(table.entity.kind, id, row.head) : rows.filter(\.isInRow).map(\.dot)
        for dot in standing { try registers.put(id, slot, dot, row.value) }
        try table.show(.null, of: id, field)
    }

    /// Finds out anew whether an entity is hidden, at the end of the transaction.
    func showPresence(_ kind: Kind, _ id: EntityID) throws {
        if try table(kind) != nil { unseen.insert(JournalState.Key(kind, id)) }
    }

    // MARK: Sets

    private func add(
        _ set: Kind, _ owner: EntityID, _ member: EntityID, by dot: Dot, seen context: VectorClock
    ) throws {
        try changeMember(set, owner, member) { $0.add(by: dot, seen: context) }
    }

    private func remove(
        _ set: Kind, _ owner: EntityID, _ member: EntityID, by dot: Dot, seen context: VectorClock
    ) throws {
        try changeMember(set, owner, member) { $0.remove(by: dot, seen: context) }
    }

    private func changeMember(
        _ set: Kind, _ owner: EntityID, _ member: EntityID, _ change: (inout Membership) -> Void
    ) throws {
        let before = try members.dots(.kind(set), .id(owner), .id(member))
        var membership = Membership(before)
        change(&membership)
        for old in before where !membership.dots.contains(old) {
            try members.remove(old, .kind(set), .id(owner), .id(member))
            content.remove(.member(set, owner: owner, member, old))
        }
        for new in membership.dots where !before.contains(new) {
            try members.put(new, .kind(set), .id(owner), .id(member))
            content.insert(.member(set, owner: owner, member, new))
        }
        if set == Schema.tradeTags { changes.note(annotation: owner) }
        guard hasTombstones, let kind = Schema.owner(of: set) else { return }
        try showPresence(kind.kind, owner)
    }

    // MARK: Deletions

    private func delete(_ kind: Kind, _ id: EntityID, by dot: Dot, seen context: VectorClock) throws {
        try changeTombstones(kind, id) { $0.delete(by: dot, seen: context) }
        hasTombstones = true
        try showPresence(kind, id)
    }

    private func revive(_ kind: Kind, _ id: EntityID, by dot: Dot, seen context: VectorClock) throws {
        try changeTombstones(kind, id) { $0.revive(by: dot, seen: context) }
        try showPresence(kind, id)
    }

    private func changeTombstones(_ kind: Kind, _ id: EntityID, _ change: (inout Tombstones) -> Void) throws {
        let before = try tombstones.dots(.kind(kind), .id(id))
        var after = Tombstones(before)
        change(&after)
        for old in before where !after.dots.contains(old) {
            try tombstones.remove(old, .kind(kind), .id(id))
            content.remove(.tombstone(kind, id, old))
        }
        for new in after.dots where !before.contains(new) {
            try tombstones.put(new, .kind(kind), .id(id))
            content.insert(.tombstone(kind, id, new))
        }
    }

    private func refreshPresence(_ key: JournalState.Key) throws {
        try WorkBudget.spend(steps: 0)
        let (kind, id) = (key.kind, key.id)
        guard let table = try table(kind), let head = try table.head(of: id) else { return }
        let standing = Tombstones(try tombstones.dots(.kind(kind), .id(id)))
        let presence: Presence
        if standing.dots.isEmpty {
            presence = .alive
        } else {
            var contexts: [Dot: VectorClock] = [:]
            for dot in standing.dots { contexts[dot] = try log.context(of: dot) }
            presence = standing.presence(of: try dots(of: id, table, head)) { contexts[$0] ?? VectorClock() }
        }
        guard presence != head.presence else { return }
        try table.setPresence(presence, of: id)
        try changes.notePresence(table, id)
    }

    /// Every commit that has a part in what an entity holds.
    private func dots(of id: EntityID, _ table: EntityTable, _ head: EntityTable.Head) throws -> [Dot] {
        var dots = try originDots(table.entity.kind, id, head)
        dots += try registers.dots(of: id, table.entity.kind).map(\.dot)
        for set in Schema.sets where Schema.owner(of: set)?.kind == table.entity.kind {
            memberDots.bind(1, Int64(set.rawValue))
            memberDots.bind(2, id)
            while try memberDots.step() { dots.append(try log.dot(memberDots.integer(0), memberDots.integer(1))) }
        }
        return dots
    }
}

extension Failure {
    static func badTime(_ dot: Dot) -> Failure {
        .badCommit(dot, "bad_time", "its time is later than any clock can tell.")
    }
    static func futureContext(_ dot: Dot) -> Failure {
        .badCommit(dot, "future_context", "it claims to have seen commits of this replica that do not exist.")
    }
}
