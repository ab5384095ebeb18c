import Primitives

/// A whole journal in memory, merged by the rules and nothing else: no tables, no cleverness.
///
/// It answers "what was here before that commit" for undo and history, and in the tests it is the measure of the
/// journal on disk.
package struct JournalState: Sendable {
    package struct Key: Hashable, Comparable, Sendable {
        package let kind: Kind
        package let id: EntityID

        package init(_ kind: Kind, _ id: EntityID) {
            self.kind = kind
            self.id = id
        }

        package static func < (left: Self, right: Self) -> Bool { (left.kind, left.id) < (right.kind, right.id) }
    }

    package struct EntityState: Hashable, Sendable {
        package fileprivate(set) var fields: [UInt32: Register] = [:]
        package fileprivate(set) var history: [UInt32: [Sibling]] = [:]
        package fileprivate(set) var tombstones = Tombstones()
        /// By set, then by member.
        package fileprivate(set) var members: [Kind: [EntityID: Membership]] = [:]

        /// How many members its sets have, whether present or not.
        package var memberCount: Int { members.values.reduce(0) { $0 + $1.count } }

        /// Every commit that has a part in what it holds.
        package var dots: [Dot] {
            fields.values.flatMap { $0.siblings.map(\.dot) }
                + members.values.flatMap { $0.values.flatMap(\.dots) }
        }
    }

    package private(set) var entities: [Key: EntityState] = [:]
    package private(set) var clock = VectorClock()
    /// Of the commits that changed anything.
    package private(set) var places: [Dot: CommitPlace] = [:]
    /// What the writer of each replica's last commit had seen.
    private var contexts: [ReplicaID: VectorClock] = [:]
    /// Which kind owns the members of a set; a set that is not here keeps its members under its own number.
    private let owners: @Sendable (Kind) -> Kind?
    private let isProse: @Sendable (Slot) -> Bool

    package init(
        owner: @escaping @Sendable (_ set: Kind) -> Kind?, isProse: @escaping @Sendable (Slot) -> Bool
    ) {
        owners = owner
        self.isProse = isProse
    }

    /// Applies a commit whose context has been applied. A commit that was applied before changes nothing.
    ///
    /// - Throws: `sync.gap` when something in its context, or the replica's previous commit, is missing.
    package mutating func apply(_ commit: Commit) throws(Failure) {
        let dot = commit.dot
        guard !clock.covers(dot) else { return }
        let context = commit.context(after: contexts[dot.replica] ?? VectorClock())
        guard clock.covers(context) else { throw .gap(dot) }
        clock.observe(dot)
        contexts[dot.replica] = context
        if !commit.mutations.isEmpty { places[dot] = CommitPlace(context: context, time: commit.time) }
        for operation in commit.mutations { apply(operation, by: dot, seen: context) }
    }

    private mutating func apply(_ operation: Mutation, by dot: Dot, seen context: VectorClock) {
        switch operation {
        case .put(let kind, let id, let writes):
            var entity = entities[Key(kind, id)] ?? EntityState()
            for write in writes {
                let superseded = entity.fields[write.field, default: Register()].write(
                    write.value, by: dot, seen: context)
                if isProse(Slot(kind, write.field)) { entity.history[write.field, default: []] += superseded }
            }
            entity.tombstones.revive(by: dot, seen: context)
            entities[Key(kind, id)] = entity
        case .delete(let kind, let id):
            entities[Key(kind, id), default: EntityState()].tombstones.delete(by: dot, seen: context)
        case .add(let set, let owner, let member):
            let key = Key(owners(set) ?? set, owner)
            entities[key, default: EntityState()].members[set, default: [:]][member, default: Membership()]
                .add(by: dot, seen: context)
        case .remove(let set, let owner, let member):
            entities[Key(owners(set) ?? set, owner)]?.members[set]?[member]?.remove(by: dot, seen: context)
        case .unknown: break
        }
    }

    package func time(_ dot: Dot) -> HybridTime { places[dot]?.time ?? .zero }

    private func place(_ dot: Dot) -> CommitPlace { places[dot] ?? CommitPlace(context: VectorClock(), time: .zero) }

    /// The value that is shown; null for what was never written.
    package func shown(_ key: Key, _ field: UInt32) -> Value {
        guard let entity = entities[key], let register = entity.fields[field] else { return .null }
        if isProse(Slot(key.kind, field)) {
            let versions = KnownVersions(register.siblings, history: entity.history[field] ?? []) { [places] dot in
                places[dot] ?? CommitPlace(context: VectorClock(), time: .zero)
            }
            return ProseRegister.shown(register.siblings.map(\.dot), of: versions).value
        }
        return register.shown(time: time)?.value ?? .null
    }

    /// Nil for an entity that nobody ever wrote to.
    package func presence(_ key: Key) -> Presence? {
        guard let entity = entities[key], !entity.fields.isEmpty else { return nil }
        guard !entity.tombstones.dots.isEmpty else { return .alive }
        return entity.tombstones.presence(of: entity.dots) { place($0).context }
    }

    /// The present members of a set.
    package func members(_ set: Kind, of owner: Key) -> [EntityID] {
        (entities[owner]?.members[set] ?? [:]).filter(\.value.isPresent).keys.sorted()
    }

    /// The sum that a journal keeps up to date, here computed from nothing.
    package var contentHash: ContentHash {
        var hash = ContentHash()
        for (key, entity) in entities {
            for (field, register) in entity.fields {
                for sibling in register.siblings {
                    hash.insert(.value(key.id, Slot(key.kind, field), sibling.dot, sibling.value))
                }
            }
            for (set, members) in entity.members {
                for (member, membership) in members {
                    for dot in membership.dots { hash.insert(.member(set, owner: key.id, member, dot)) }
                }
            }
            for dot in entity.tombstones.dots { hash.insert(.tombstone(key.kind, key.id, dot)) }
        }
        return hash
    }
}

extension Failure {
    package static func gap(_ dot: Dot) -> Failure {
        Failure(
            .conflict, "sync.gap",
            "Commit \(dot) came before something it builds on. Sync again: the missing commits are sent first.")
    }
}
