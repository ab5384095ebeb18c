import Primitives

/// The name of a commit: the `counter`-th of `replica`. Counters run 1, 2, 3 … without gaps.
package struct Dot: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let replica: ReplicaID
    package let counter: UInt64

    package init(_ replica: ReplicaID, _ counter: UInt64) {
        self.replica = replica
        self.counter = counter
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.replica, left.counter) < (right.replica, right.counter)
    }

    /// `replica/counter`, the form a person types to name a commit; the replica may be cut to its last digits.
    package var description: String { "\(replica)/\(counter)" }
}
