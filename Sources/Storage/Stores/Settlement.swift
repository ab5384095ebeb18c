import GRDB
import Journal
import Primitives
import Sync

/// Settles what waits for a person's decision, in a draft of `JournalFile.edit`. What is not kept stays in the history.
package struct Settlement {
    private let db: Database

    package init(_ db: Database) { self.db = db }

    /// Settles a field by one of its values.
    ///
    /// - Parameter choice: the number of the version, the commit that wrote it, or the name of the device.
    /// - Throws: `conflict.not_found`, `conflict.unknown_choice`.
    /// - Returns: what the field holds now.
    package func keep(
        _ choice: String, of field: String, _ key: JournalState.Key, in draft: inout Draft
    ) throws -> Value {
        let chosen = try ConflictStore(db).chosen(choice, key, field: field)
        draft.put(key.kind, key.id, [chosen])
        return chosen.value
    }

    /// Settles a long text by one that a person made of its versions, or by the merged one as it is shown.
    ///
    /// - Throws: `conflict.not_prose`; `conflict.overlaps` for versions that change the same words and no text.
    package func merge(
        _ text: String?, into field: String, _ key: JournalState.Key, in draft: inout Draft
    ) throws -> String {
        var reading = ConflictReading()
        (reading.versionsMax, reading.wholeBytesMax) = (0, .max)
        let conflict = try ConflictStore(db).require(key, field: field, reading)
        guard let merged = conflict.merged else { throw Failure.conflictNotProse(field) }
        guard text != nil || !merged.hasOverlap else { throw Failure.conflictOverlaps }
        draft.put(key.kind, key.id, [FieldWrite(conflict.field.number, .text(text ?? merged.text))])
        return text ?? merged.text
    }

    /// Settles a deletion against an edit.
    ///
    /// - Throws: `conflict.not_contested`.
    package func decide(alive: Bool, _ key: JournalState.Key, in draft: inout Draft) throws {
        if try StrayAnnotations(db).contains(key) {
            guard alive else { return draft.append(.delete(key.kind, key.id)) }
            return try StrayAnnotations(db).takeBackFills(of: key.id, in: &draft)
        }
        guard try isContested(key) else { throw Failure.conflictNotContested }
        let store = TradeStore(db)
        if key.kind == Schema.trade.kind, let trade = try store.find(store.current(key.id.cast())), trade.isDerived {
            return try decide(alive: alive, trade, in: &draft)
        }
        guard alive else { return draft.append(.delete(key.kind, key.id)) }
        try revive(key, in: &draft)
    }

    /// A trade that fills make lives and dies with all that was said of it.
    private func decide(alive: Bool, _ trade: TradeSummary, in draft: inout Draft) throws {
        let store = TradeStore(db)
        guard alive else {
            _ = try store.delete(trade.id, in: &draft)
            return
        }
        try store.takeBack(trade, in: &draft)
        for annotation in try store.annotations(of: trade.id) {
            let key = JournalState.Key(Schema.trade.kind, annotation.cast())
            if try isContested(key) { try revive(key, in: &draft) }
        }
    }

    private func revive(_ key: JournalState.Key, in draft: inout Draft) throws {
        guard let write = try Revival(db).write(for: key) else { throw Failure.conflictNotContested }
        draft.put(key.kind, key.id, [write])
    }

    private func isContested(_ key: JournalState.Key) throws -> Bool {
        try EntityFinder(db).presence(key) == .contested
    }

    /// Of several things that one id stands for, as a trade for its annotations, the one whose field is in conflict; the
    /// first when none is.
    ///
    /// - Throws: `conflict.unknown_field` when there is nothing at all.
    package func key(among keys: [JournalState.Key], field: String) throws -> JournalState.Key {
        let store = try ConflictStore(db)
        let found = try keys.first { try store.isInConflict($0, field: field) }
        guard let key = found ?? keys.first else { throw Failure.conflictUnknownField(field) }
        return key
    }

    /// - Throws: `conflict.not_contested` when none of them is.
    package func contested(among keys: [JournalState.Key]) throws -> JournalState.Key {
        let strays = StrayAnnotations(db)
        guard let key = try keys.first(where: { try isContested($0) || strays.contains($0) }) else {
            throw Failure.conflictNotContested
        }
        return key
    }
}

extension JournalFile {
    /// See `Settlement.keep`.
    package func settle(_ key: JournalState.Key, field: String, keeping choice: String) async throws -> Value {
        try await edit("keep \(field) of \(choice)") { draft, db in
            try Settlement(db).keep(choice, of: field, key, in: &draft)
        }
    }

    /// See `Settlement.merge`.
    package func settle(_ key: JournalState.Key, field: String, merging text: String?) async throws -> String {
        try await edit("merge \(field)") { draft, db in
            try Settlement(db).merge(text, into: field, key, in: &draft)
        }
    }

    /// See `Settlement.decide`.
    package func settle(_ key: JournalState.Key, alive: Bool) async throws {
        try await edit(alive ? "keep it alive" : "delete it after all") { draft, db in
            try Settlement(db).decide(alive: alive, key, in: &draft)
        }
    }
}
