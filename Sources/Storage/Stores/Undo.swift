import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// What an undo did, and what it left alone because someone has changed it since.
package struct UndoOutcome: Sendable {
    package struct Item: Sendable, Hashable {
        /// `trade BTC/USDT long 2026-03-04`
        package let entity: String
        /// The field or the set, nil when it is about the entity as a whole.
        package let field: String?
        /// What was done, or why nothing was.
        package let note: String
    }

    package fileprivate(set) var restored: [Item] = []
    package fileprivate(set) var leftAlone: [Item] = []
    /// The commit that was undone, and what it had been about.
    package let name: String
    package let summary: String
}

extension JournalFile {
    /// Takes back what one commit changed, by a new commit that restores. History stays as it is.
    ///
    /// What was changed since is left alone and listed: an undo never takes a later edit with it, nor one that another
    /// device made at the same time.
    ///
    /// - Parameter text: the name of the commit, as in `daybook log`.
    /// - Throws: `commit.not_found` and the like; `commit.forgotten`; `undo.nothing_left` when nothing of the commit
    ///   still stands.
    package func undo(_ text: String) async throws -> UndoOutcome {
        // The summary of the new commit names the undone one, which is only known once the journal was read.
        let name = try await read { db in
            let names = try CommitNames(db)
            return names.short(try names.dot(text))
        }
        return try await edit("undo \(name)") { draft, db in try draft.undo(name, db) }
    }
}

extension Draft {
    /// Takes back what one commit changed; see `JournalFile.undo`.
    ///
    /// - Parameter text: the name of the commit.
    package mutating func undo(_ text: String, _ db: Database) throws -> UndoOutcome {
        try Undo(db, text).draft(&self)
    }
}

private struct Undo {
    private let db: Database
    private let dot: Dot
    private let commit: Commit
    private let before: JournalReplay
    private let now: JournalReplay
    private let finder: EntityFinder
    private var outcome: UndoOutcome

    init(_ db: Database, _ name: String) throws {
        self.db = db
        finder = EntityFinder(db)
        dot = try CommitNames(db).dot(name)
        let reader = try LogReader(db)
        guard let logged = try reader.find(dot) else { throw Failure.commitNotFound(name) }
        guard let commit = logged.commit else { throw Failure.commitForgotten(name) }
        self.commit = commit
        let keys = Set(commit.mutations.compactMap(\.key))
        let context = try reader.context(of: dot)
        var before = JournalReplay(reader, of: keys)
        var now = JournalReplay(reader, of: keys)
        try reader.each(naming: keys) { logged in
            if context.covers(logged.dot) { try before.apply(logged) }
            try now.apply(logged)
        }
        self.before = before
        self.now = now
        outcome = UndoOutcome(name: try CommitNames(db).short(dot), summary: commit.summary)
    }

    func draft(_ draft: inout Draft) throws -> UndoOutcome {
        var copy = self
        // An account goes after its fills, and only if none of them stays.
        let accounts = commit.mutations.filter { $0.key?.kind == Schema.account.kind }
        let others = commit.mutations.filter { $0.key?.kind != Schema.account.kind }
        for mutation in others + accounts { try copy.undo(mutation, &draft) }
        guard !draft.isEmpty else { throw Failure.nothingToUndo(copy.outcome) }
        return copy.outcome
    }

    private mutating func undo(_ mutation: Mutation, _ draft: inout Draft) throws {
        guard let key = mutation.key else { return leave(nil, nil, "was written by a newer version of Daybook") }
        switch mutation {
        case .put(_, _, let writes): try undoPut(key, writes, &draft)
        case .delete: try undoDeletion(key, &draft)
        case .add(let set, _, let member): try undoAddition(set, key, member, &draft)
        case .remove(let set, _, let member): try undoRemoval(set, key, member, &draft)
        case .unknown: break
        }
    }

    // MARK: Fields

    private mutating func undoPut(
        _ key: JournalState.Key, _ writes: [FieldWrite], _ draft: inout Draft
    ) throws {
        if try isCreation(key) { return try undoCreation(key, &draft) }
        guard now.state.presence(key) != .deleted else { return leave(key, nil, "has been deleted since") }
        var restored: [FieldWrite] = []
        for write in writes {
            switch try prior(key, write) {
            case .value(let value): restored.append(FieldWrite(write.field, value))
            case .left(let reason): leave(key, write.field, reason)
            case .same: break
            }
        }
        draft.put(key.kind, key.id, restored)
        for write in restored { note(key, write.field, "restored") }
        // The commit had brought it back from a deletion, and nothing else has touched it since.
        if before.state.presence(key) == .deleted, isUntouchedSince(key) {
            draft.append(.delete(key.kind, key.id))
            note(key, nil, "deleted again")
        }
    }

    /// Whether all that an entity holds was there before the commit, or is the commit's own.
    private func isUntouchedSince(_ key: JournalState.Key) -> Bool {
        let known = Set(before.state.entities[key]?.dots ?? [])
        return (now.state.entities[key]?.dots ?? []).allSatisfy { $0 == dot || known.contains($0) }
    }

    private enum Prior {
        case value(Value)
        case left(String)
        /// Nothing to do: it is as it was.
        case same
    }

    private func prior(_ key: JournalState.Key, _ write: FieldWrite) throws -> Prior {
        let siblings = try now.siblings(key, write.field)
        let known = try before.shown(key, write.field)
        guard siblings.contains(where: { $0.dot == dot }) else {
            return siblings.count == 1 && siblings[0].value == known ? .same : .left("was changed since")
        }
        let others = siblings.filter { $0.dot != dot }
        if let other = others.first {
            // One put settles the field, so it may only say what the others already say.
            guard others.allSatisfy({ $0.value == other.value }) else {
                return .left("is in conflict; settle it first")
            }
            return other.value == write.value ? .same : .value(other.value)
        }
        guard before.isWhole || before.state.entities[key]?.fields[write.field] != nil else {
            return .left("had a value before that is not on this device, which began from a snapshot")
        }
        return known == write.value ? .same : .value(known)
    }

    // MARK: Life and death

    /// Whether the commit brought the entity into being, as far as its writer knew.
    private func isCreation(_ key: JournalState.Key) throws -> Bool {
        if before.state.presence(key) != nil { return false }
        if before.isWhole { return true }
        guard let entity = Schema.current.kind(key.kind) else { return false }
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT replica.id, \(entity.name).counter
                FROM \(entity.name) JOIN replica ON replica.number = \(entity.name).replica
                WHERE \(entity.name).id = ?
                """, arguments: [key.id.data])
        return row.map { ($0[0] as Data) == dot.replica.data && UInt64(bitPattern: $0[1] as Int64) == dot.counter }
            ?? false
    }

    private mutating func undoCreation(_ key: JournalState.Key, _ draft: inout Draft) throws {
        guard let entity = now.state.entities[key], now.state.presence(key) != .deleted else { return }
        let isUntouched =
            entity.fields.values.allSatisfy { $0.siblings.allSatisfy { $0.dot == dot } }
            && entity.members.values.allSatisfy { $0.values.allSatisfy { $0.dots.allSatisfy { $0 == dot } } }
        guard isUntouched else {
            return leave(key, nil, "was changed or entered elsewhere since; delete it by itself if you want to")
        }
        if key.kind == Schema.account.kind, try holdsMore(key.id, than: draft) {
            return leave(key, nil, "still has trades")
        }
        draft.append(.delete(key.kind, key.id))
        note(key, nil, "deleted")
    }

    /// Whether an account has fills or trades that the draft does not delete.
    private func holdsMore(_ account: EntityID, than draft: Draft) throws -> Bool {
        let leaving = Set(
            draft.mutations.compactMap { mutation in
                if case .delete(_, let id) = mutation { id } else { nil }
            })
        let rows = try Data.fetchCursor(
            db,
            sql: """
                SELECT id FROM fill WHERE account = :account AND presence <> 1
                UNION ALL SELECT id FROM trade WHERE account = :account AND presence <> 1
                """, arguments: ["account": account.data])
        while let id = try rows.next() { if !leaving.contains(EntityID(bytes: id) ?? account) { return true } }
        return false
    }

    private mutating func undoDeletion(_ key: JournalState.Key, _ draft: inout Draft) throws {
        guard now.state.entities[key]?.tombstones.dots.contains(dot) ?? false || !now.isWhole else {
            return leave(key, nil, "is alive again already")
        }
        // A trade of which nothing had been said: its fills come back by their own fields.
        guard try EntityFinder(db).presence(key) != nil else { return }
        guard let write = try Revival(db).write(for: key) else {
            return leave(key, nil, "holds nothing that could be put back")
        }
        draft.put(key.kind, key.id, [write])
        note(key, nil, "put back")
    }

    // MARK: Sets

    private mutating func undoAddition(
        _ set: Kind, _ owner: JournalState.Key, _ member: EntityID, _ draft: inout Draft
    ) throws {
        let dots = now.state.entities[owner]?.members[set]?[member]?.dots ?? []
        guard dots.contains(dot) else { return leave(owner, set, "was changed since") }
        guard dots == [dot] else { return leave(owner, set, "was added on another device too") }
        guard !before.state.members(set, of: owner).contains(member) else { return }
        draft.append(.remove(set, owner: owner.id, member))
        note(owner, set, "taken away again")
    }

    private mutating func undoRemoval(
        _ set: Kind, _ owner: JournalState.Key, _ member: EntityID, _ draft: inout Draft
    ) throws {
        guard !now.state.members(set, of: owner).contains(member) else {
            return leave(owner, set, "was added again since")
        }
        guard before.state.members(set, of: owner).contains(member) || !before.isWhole else { return }
        draft.append(.add(set, owner: owner.id, member))
        note(owner, set, "added again")
    }

    // MARK: What is told

    private mutating func note(_ key: JournalState.Key, _ field: UInt32?, _ text: String) {
        outcome.restored.append(item(key, field.map { name(of: $0, key.kind) }, text))
    }

    private mutating func note(_ key: JournalState.Key, _ set: Kind, _ text: String) {
        outcome.restored.append(item(key, Schema.memberKind(of: set)?.name, text))
    }

    private mutating func leave(_ key: JournalState.Key?, _ field: UInt32?, _ reason: String) {
        outcome.leftAlone.append(item(key, key.flatMap { key in field.map { name(of: $0, key.kind) } }, reason))
    }

    private mutating func leave(_ key: JournalState.Key, _ set: Kind, _ reason: String) {
        outcome.leftAlone.append(item(key, Schema.memberKind(of: set)?.name, reason))
    }

    private func item(_ key: JournalState.Key?, _ field: String?, _ note: String) -> UndoOutcome.Item {
        let label = key.flatMap { try? finder.label($0) } ?? "something"
        return UndoOutcome.Item(entity: label, field: field, note: note)
    }

    private func name(of field: UInt32, _ kind: Kind) -> String {
        Schema.current.kind(kind)?.field(field)?.name ?? "field \(field)"
    }
}

/// Brings a deleted entity back by writing a field again, with the value it has.
struct Revival {
    private let db: Database

    init(_ db: Database) { self.db = db }

    /// The write that changes nothing but the deletion: of a field that nobody disagrees on. A field in conflict is
    /// taken only when there is no other, because writing it settles the conflict. Nil for an entity without a value.
    func write(for key: JournalState.Key) throws -> FieldWrite? {
        guard let entity = Schema.current.kind(key.kind), let fields = try EntityFinder(db).fields(key) else {
            return nil
        }
        let standing = try db.cachedStatement(sql: "SELECT count(*) FROM register WHERE entity = ? AND slot = ?")
        var contested: FieldWrite?
        for field in entity.fields {
            guard let shown = fields[field.name], let value = Value(shown) else { continue }
            let write = FieldWrite(field.number, value)
            let slot = Slot(key.kind, field.number).rawValue
            if try Int.fetchOne(standing, arguments: [key.id.data, slot]) ?? 0 < 2 { return write }
            contested = contested ?? write
        }
        return contested
    }
}

extension Value {
    /// What a column shows; nil for nothing.
    init?(_ shown: DatabaseValue) {
        switch shown.storage {
        case .int64(let integer): self = .integer(integer)
        case .string(let text): self = .text(text)
        case .blob(let data): self = .bytes(Array(data))
        case .null, .double: return nil
        }
    }
}

extension Failure {
    package static func commitForgotten(_ name: String) -> Failure {
        Failure(
            .gone, "commit.forgotten",
            "What commit \(name) changed is not on this device, which began from a snapshot. Undo it on the device that "
                + "wrote it.")
    }

    static func nothingToUndo(_ outcome: UndoOutcome) -> Failure {
        let reasons = outcome.leftAlone.prefix(5).map { item in
            ([item.entity] + [item.field].compactMap(\.self) + [item.note]).joined(separator: " ")
        }
        let list = reasons.isEmpty ? "" : " \(reasons.joined(separator: "; "))."
        return Failure(
            .conflict, "undo.nothing_left",
            "Nothing of commit \(outcome.name) is left to undo: what it wrote was so before, or has been changed since.\(list)"
        )
    }
}
