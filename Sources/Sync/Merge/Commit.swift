import Crypto
import Primitives

/// One field and the value written to it.
package struct FieldWrite: Hashable, Sendable {
    package let field: UInt32
    package let value: Value

    package init(_ field: UInt32, _ value: Value) {
        self.field = field
        self.value = value
    }
}

/// One change within a commit.
package enum Mutation: Hashable, Sendable {
    /// Writes fields. The entity comes into being with its first put.
    case put(Kind, EntityID, [FieldWrite])
    case delete(Kind, EntityID)
    case add(Kind, owner: EntityID, EntityID)
    case remove(Kind, owner: EntityID, EntityID)
    /// An act of a later version. Its bytes stay in the commit; this version applies nothing.
    case unknown
}

/// What one replica changed in one step, atomic.
package struct Commit: Sendable {
    package let dot: Dot
    package let time: HybridTime
    /// The hash of the replica's previous commit; nil for its first.
    package let parent: CommitHash?
    /// The entries of the writer's clock that changed since its previous commit, without its own.
    package let contextChanges: [Dot]
    package let mutations: [Mutation]
    package let summary: String

    package init(
        dot: Dot, time: HybridTime, parent: CommitHash?, contextChanges: [Dot], mutations: [Mutation],
        summary: String
    ) {
        self.dot = dot
        self.time = time
        self.parent = parent
        self.contextChanges = contextChanges
        self.mutations = mutations
        self.summary = summary
    }

    /// What the writer had seen: what it had seen before, what it has seen since, and all its own.
    ///
    /// - Parameter previous: the context of the replica's previous commit; empty for its first.
    package func context(after previous: VectorClock) -> VectorClock {
        var context = previous
        for change in contextChanges { context.observe(change) }
        return context.setting(dot.replica, to: dot.counter - 1)
    }
}

/// The first 128 bits of a SHA-256. A journal's commits are chained by them: a copy that writes on under the same name
/// is found out, because nobody can make two histories meet again.
package struct CommitHash: Hashable, Sendable {
    package let bytes: [UInt8]

    package static let count = 16

    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.count else { return nil }
        self.bytes = Array(bytes)
    }

    /// Of the commit with this name and these encoded bytes.
    package init(of dot: Dot, bytes encoded: [UInt8]) {
        var hash = SHA256()
        hash.update(data: dot.replica.bytes)
        withUnsafeBytes(of: dot.counter.bigEndian) { hash.update(bufferPointer: $0) }
        hash.update(data: encoded)
        bytes = Array(hash.finalize().prefix(Self.count))
    }
}
