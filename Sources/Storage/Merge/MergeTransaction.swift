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
        for table in tables.values { try table.finish() }
        return try Derivation(db).run(changes)
    }

    // MARK: Commits

    /// Applies a commit from elsewhere, or does nothing when it is here already.
    ///
    /// - Throws: `sync.fork`, `sync.gap`, `sync.future_context` or what is wrong with the commit itself. The caller
    ///   gives up the transaction then.
    func receive(_ encoded: EncodedCommit, own: ReplicaID) throws {
        let dot = encoded.dot
        if log.clock.covers(dot) {
            guard let known = try log.hash(of: dot) else { return }
            guard known == CommitHash(of: dot, bytes: encoded.bytes) else { throw Failure.fork(dot) }
            return
        }
        let commit = try Commit(dot: dot, encoded: encoded.bytes)
        guard log.clock[dot.replica] == dot.counter - 1 else { throw Failure.gap(dot) }
        guard commit.parent == log.head(of: dot.replica) else { throw Failure.fork(dot) }
        let context = try context(of: commit)
        guard context[own] <= log.clock[own] else { throw Failure.futureContext(dot) }
        guard log.clock.covers(context) else { throw Failure.gap(dot) }
        guard commit.time.rawValue <= CommitLimits.timeMax else { throw Failure.badTime(dot) }
        try apply(commit, context: context, bytes: encoded.bytes)
    }

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
            try revive(kind, id, nil, by: dot, seen: context)
            return
        }
        // One field alone is most likely an edit: looking for its row is cheaper than trying to make one.
        let isEdit = try writes.count == 1 && table.contains(id)
        if try !isEdit && create(table, id, writes, by: dot) {
            if hasTombstones { try revive(kind, id, table, by: dot, seen: context) }
            return
        }
        let before = try JournalChanges.shown(table, id, writing: writes)
        if try !repeats(table, id, writes, by: dot, seen: context) {
            for write in writes { try self.write(write, table, id, by: dot, seen: context) }
        }
        if hasTombstones { try revive(kind, id, table, by: dot, seen: context) }
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
        return true
    }

    /// Whether a put writes just what the entity came with, by someone who had not seen it: two devices that
    /// imported the same statement. Then one row tells it all.
    private func repeats(
        _ table: EntityTable, _ id: EntityID, _ writes: [FieldWrite], by dot: Dot, seen context: VectorClock
    ) throws -> Bool {
        guard writes.count > 1, let row = try table.row(of: id),
            row.values.count(where: { $0 != .null }) == writes.count
        else { return false }
        for write in writes {
            guard let field = table.entity.field(write.field), write.value != .null,
                row.values[Int(field.number) - 1] == write.value
            else { return false }
        }
        guard Set(writes.map(\.field)).count == writes.count, try registers.dots(of: id, table.entity.kind).isEmpty,
            try originDots(table.entity.kind, id, row.head).allSatisfy({ !context.covers($0) && $0 != dot })
        else { return false }
        try origins.put(dot, .id(id), .kind(table.entity.kind))
        hasOrigins = true
        for write in writes { content.insert(.value(id, Slot(table.entity.kind, write.field), dot, write.value)) }
        return true
    }

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
        let rows = try registers.siblings(id, slot)
        var register: Register
        if rows.isEmpty {
            let origins = row.value == .null ? [] : try originDots(table.entity.kind, id, row.head)
            register = Register(origins.map { Sibling($0, row.value) })
        } else {
            register = Register(rows.map { Sibling($0.dot, $0.value ?? row.value) })
        }
        let before = register
        let superseded = register.write(write.value, by: dot, seen: context)
        account(id, slot, from: before, to: register)
        if field.form == .prose { for sibling in superseded { try registers.keepProse(sibling, id, slot) } }

        let shown = try shown(register, id, slot, field)
        // One sibling that the column can show needs no second copy of its value.
        let standsInRow = register.siblings.count == 1 && field.admits(shown)
        let kept = Set(register.siblings.map(\.dot))
        for old in rows where !kept.contains(old.dot) { try registers.remove(id, slot, old.dot) }
        for sibling in register.siblings {
            let old = rows.first { $0.dot == sibling.dot }
            let isStored = old.map { ($0.value == nil) == standsInRow && sibling.dot != dot } ?? false
            if !isStored { try registers.put(id, slot, sibling.dot, standsInRow ? nil : sibling.value) }
        }
        if shown != row.value { try table.show(shown, of: id, field) }
    }

    /// A field or kind of a later version: its siblings are kept with their values, and nothing is shown.
    private func writeBeside(
        _ id: EntityID, _ slot: Slot, _ value: Value, by dot: Dot, seen context: VectorClock
    ) throws {
        let rows = try registers.siblings(id, slot)
        var register = Register(rows.map { Sibling($0.dot, $0.value ?? .null) })
        let before = register
        let superseded = register.write(value, by: dot, seen: context)
        account(id, slot, from: before, to: register)
        for sibling in superseded {
            try registers.remove(id, slot, sibling.dot)
            // It may turn out to be a long text, whose versions are merged over what they replaced.
            try registers.keepProse(sibling, id, slot)
        }
        try registers.put(id, slot, dot, value)
    }

    private func account(_ id: EntityID, _ slot: Slot, from before: Register, to after: Register) {
        for sibling in before.siblings where !after.siblings.contains(sibling) {
            content.remove(.value(id, slot, sibling.dot, sibling.value))
        }
        for sibling in after.siblings where !before.siblings.contains(sibling) {
            content.insert(.value(id, slot, sibling.dot, sibling.value))
        }
    }

    private func shown(_ register: Register, _ id: EntityID, _ slot: Slot, _ field: Field) throws -> Value {
        guard register.siblings.count > 1 else { return register.siblings.first?.value ?? .null }
        if field.form == .prose {
            return try ProseRegister.shown(
                register.siblings, history: registers.prose(id, slot), place: log.place(of:)
            ).value
        }
        return try register.shown(time: log.time(of:))?.value ?? .null
    }

    /// Shows a field that an earlier version kept beside its entity, in the row that it may first have to make.
    func show(_ id: EntityID, _ slot: Slot) throws {
        guard let table = try table(slot.kind), let field = table.entity.field(slot.field) else { return }
        let rows = try registers.siblings(id, slot)
        guard let first = rows.first?.dot else { return }
        let number = try log.number(of: first.replica)
        let nothing = [Value](repeating: .null, count: table.entity.fields.count)
        _ = try table.insert(id, replica: number, counter: first.counter, values: nothing)
        let shownNow = try table.row(of: id, field)?.value ?? .null
        let register = Register(rows.map { Sibling($0.dot, $0.value ?? shownNow) })
        let shown = try shown(register, id, slot, field)
        try table.show(shown, of: id, field)
        if register.siblings.count == 1, field.admits(shown) { try registers.put(id, slot, first, nil) }
    }

    /// Takes out of an entity's row what the column may not show, and keeps it beside: an older version let it in.
    func keepBeside(_ id: EntityID, _ slot: Slot) throws {
        guard let table = try table(slot.kind), let field = table.entity.field(slot.field),
            let row = try table.row(of: id, field), row.value != .null, !field.admits(row.value)
        else { return }
        let rows = try registers.siblings(id, slot)
        let standing =
            rows.isEmpty
            ? try originDots(table.entity.kind, id, row.head) : rows.filter { $0.value == nil }.map(\.dot)
        for dot in standing { try registers.put(id, slot, dot, row.value) }
        try table.show(.null, of: id, field)
    }

    /// Finds out anew whether an entity is hidden.
    func showPresence(_ kind: Kind, _ id: EntityID) throws {
        if let table = try table(kind) { try refreshPresence(kind, id, table) }
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
        guard hasTombstones, let kind = Schema.owner(of: set), let table = try table(kind.kind) else { return }
        try refreshPresence(kind.kind, owner, table)
    }

    // MARK: Deletions

    private func delete(_ kind: Kind, _ id: EntityID, by dot: Dot, seen context: VectorClock) throws {
        let table = try table(kind)
        try changeTombstones(kind, id) { $0.delete(by: dot, seen: context) }
        hasTombstones = true
        guard let table else { return }
        try refreshPresence(kind, id, table)
    }

    private func revive(
        _ kind: Kind, _ id: EntityID, _ table: EntityTable?, by dot: Dot, seen context: VectorClock
    ) throws {
        try changeTombstones(kind, id) { $0.revive(by: dot, seen: context) }
        if let table { try refreshPresence(kind, id, table) }
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

    private func refreshPresence(_ kind: Kind, _ id: EntityID, _ table: EntityTable) throws {
        guard let head = try table.head(of: id) else { return }
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
