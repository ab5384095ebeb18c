import Crypto
import Primitives

/// The last commit of each replica that a copy of the journal holds, with its hash.
///
/// A clock tells how far each history goes, its hashes tell which history it is: after a restored backup two copies can
/// stand at one clock and hold different commits under it.
package struct SyncHeads: Hashable, Sendable {
    package let clock: VectorClock
    private let hashes: [ReplicaID: CommitHash]

    package init() {
        clock = VectorClock()
        hashes = [:]
    }

    /// - Parameter heads: the dot and the hash of each replica's last commit.
    package init(_ heads: some Sequence<(Dot, CommitHash)>) {
        var hashes: [ReplicaID: CommitHash] = [:]
        var dots: [Dot] = []
        for (dot, hash) in heads {
            dots.append(dot)
            hashes[dot.replica] = hash
        }
        clock = VectorClock(dots)
        self.hashes = hashes
    }

    package subscript(replica: ReplicaID) -> CommitHash? { hashes[replica] }

    /// Names these heads in eight bytes; never 0.
    package var digest: UInt64 {
        var hash = SHA256()
        for entry in clock.entries {
            hash.update(data: entry.replica.bytes)
            withUnsafeBytes(of: entry.counter.bigEndian) { hash.update(bufferPointer: $0) }
            hash.update(data: hashes[entry.replica]?.bytes ?? [])
        }
        return max(1, hash.finalize().prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }
}
