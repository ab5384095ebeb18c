import Journal
import Primitives
import Sync

/// The mutations of one step, before they are a commit.
package struct Draft {
    private(set) var mutations: [Mutation] = []

    package init() {}

    package var isEmpty: Bool { mutations.isEmpty }

    /// Writes fields, by name; the entity comes into being with its first put. Nothing is written for no fields.
    package mutating func put(_ entity: EntityKind, _ id: ID<some Any>, _ fields: [String: Value]) {
        let writes = fields.map { FieldWrite(entity.number(of: $0), $1) }.sorted { $0.field < $1.field }
        put(entity.kind, id.cast(), writes)
    }

    package mutating func put(_ kind: Kind, _ id: EntityID, _ writes: [FieldWrite]) {
        let writes = writes.filter { $0.field > 0 }
        if !writes.isEmpty { mutations.append(.put(kind, id, writes)) }
    }

    package mutating func delete(_ entity: EntityKind, _ id: ID<some Any>) {
        mutations.append(.delete(entity.kind, id.cast()))
    }

    package mutating func add(_ set: Kind, to owner: ID<some Any>, _ member: ID<some Any>) {
        mutations.append(.add(set, owner: owner.cast(), member.cast()))
    }

    package mutating func remove(_ set: Kind, from owner: ID<some Any>, _ member: ID<some Any>) {
        mutations.append(.remove(set, owner: owner.cast(), member.cast()))
    }

    package mutating func append(_ mutation: Mutation) { mutations.append(mutation) }
}
