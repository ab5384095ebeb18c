import Primitives

/// Gives commits new names where two histories have been written under one.
///
/// That happens when a backup is restored, or a journal cloned, and both copies write on. The server keeps the names; a
/// device renames what it has under them otherwise, and everything that was written after seeing that, because a
/// context which names the one history must not be read as naming the other.
///
/// A new name is made of the old one, the place where the histories part, and the hash of the commit there. So all
/// devices that hold such a history rename it alike, and it does not come back twice. Only names, contexts and the
/// chain of hashes change: what a commit says is copied byte for byte, fields of later versions included.
package struct CommitRename {
    private struct Move {
        let name: ReplicaID
        let first: UInt64
    }

    private let forks: [ReplicaID: UInt64]
    /// The hashes of all commits there are, of the old names and, as they come, of the new.
    private var hashes: [Dot: CommitHash]
    /// What each name is renamed to, from which counter on, in their order.
    private var moves: [ReplicaID: [Move]] = [:]
    private var contexts: [ReplicaID: VectorClock] = [:]
    private var renamedContexts: [ReplicaID: VectorClock] = [:]
    private var given: Set<Dot> = []

    /// - Parameters:
    ///   - forks: of each replica whose history parts, the first commit to be renamed.
    ///   - commits: every commit of the journal, each after everything in its context.
    /// - Returns: all of them under the names they have from now on, in an order of the same kind.
    package static func run(_ forks: [ReplicaID: UInt64], over commits: [EncodedCommit]) throws -> [EncodedCommit] {
        var rename = CommitRename(
            forks,
            hashes: Dictionary(
                commits.map { ($0.dot, CommitHash(of: $0.dot, bytes: $0.bytes)) },
                uniquingKeysWith: { first, _ in first }))
        return try commits.compactMap { try rename.take($0) }
    }

    /// - Parameters:
    ///   - forks: of each replica whose history parts, the first commit to be renamed.
    ///   - hashes: of every commit of the journal. They are then given to `take`, each after everything in its context.
    package init(_ forks: [ReplicaID: UInt64], hashes: [Dot: CommitHash]) {
        self.forks = forks
        self.hashes = hashes
    }

    /// The commit under the name it has from now on; nil when it was given already, as the new name of another.
    package mutating func take(_ encoded: EncodedCommit) throws -> EncodedCommit? {
        let dot = encoded.dot
        let commit = try Commit(dot: dot, encoded: encoded.bytes)
        let context = commit.context(after: contexts[dot.replica] ?? VectorClock())
        contexts[dot.replica] = context
        if moves[dot.replica] == nil {
            let isForked = forks[dot.replica].map { $0 <= dot.counter } ?? false
            guard isForked || context.entries.contains(where: { move(of: $0) != nil }) else {
                return given.insert(dot).inserted ? encoded : nil
            }
            moves[dot.replica] = [Move(name: name(after: encoded), first: dot.counter)]
        }
        let result = try place(encoded, context)
        return given.insert(result.dot).inserted ? result : nil
    }

    private func move(of dot: Dot) -> Move? { moves[dot.replica]?.last { $0.first <= dot.counter } }

    /// The commit under its new name. Where that name leads to another history again, a further name begins.
    private mutating func place(_ encoded: EncodedCommit, _ context: VectorClock) throws -> EncodedCommit {
        let seen = translated(context)
        while let move = move(of: encoded.dot) {
            let dot = Dot(move.name, encoded.dot.counter - move.first + 1)
            let others = seen.setting(dot.replica, to: 0)
            let isFirst = dot.counter == 1
            let bytes = try CommitBytes.replacing(
                parent: isFirst ? nil : hashes[Dot(dot.replica, dot.counter - 1)],
                context: others.changes(since: isFirst ? VectorClock() : renamedContexts[dot.replica] ?? VectorClock()),
                in: encoded.bytes)
            let hash = CommitHash(of: dot, bytes: bytes)
            guard let known = hashes[dot], known != hash else {
                hashes[dot] = hash
                renamedContexts[dot.replica] = others
                return EncodedCommit(dot, bytes)
            }
            moves[encoded.dot.replica]?.append(
                Move(
                    name: .derived("renamed replica", [dot.description, Hex.encode(hash.bytes)]),
                    first: encoded.dot.counter))
        }
        return encoded
    }

    private func name(after first: EncodedCommit) -> ReplicaID {
        let hash = hashes[first.dot] ?? CommitHash(of: first.dot, bytes: first.bytes)
        return .derived("renamed replica", [first.dot.description, Hex.encode(hash.bytes)])
    }

    private func translated(_ context: VectorClock) -> VectorClock {
        var result = VectorClock()
        for entry in context.entries {
            var last = entry.counter
            for move in (moves[entry.replica] ?? []).reversed() where move.first <= last {
                result.observe(Dot(move.name, last - move.first + 1))
                last = move.first - 1
            }
            result.observe(Dot(entry.replica, last))
        }
        return result
    }
}
