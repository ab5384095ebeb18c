import Primitives

/// One value of a field, and the commit that wrote it.
package struct Sibling: Hashable, Sendable {
    package let dot: Dot
    package let value: Value

    package init(_ dot: Dot, _ value: Value) {
        self.dot = dot
        self.value = value
    }
}

/// One field's value; several while concurrent writes stand. Siblings are sorted by dot.
///
/// It is tempting to let the later clock win at once. That loses the other write for good, and with ties broken
/// by replica it is not even transitive: replicas that merge in different orders end up apart. So every concurrent value
/// is kept, and time only picks the one that is shown.
package struct Register: Hashable, Sendable {
    package private(set) var siblings: [Sibling]

    package init(_ siblings: [Sibling] = []) { self.siblings = siblings.sorted { $0.dot < $1.dot } }

    /// Applies a write: it supersedes what its writer had seen, and stands beside what it had not.
    ///
    /// - Returns: the siblings that the write superseded.
    @discardableResult
    package mutating func write(_ value: Value, by dot: Dot, seen context: VectorClock) -> [Sibling] {
        var kept: [Sibling] = []
        var superseded: [Sibling] = []
        for sibling in siblings {
            if sibling.dot == dot { continue }
            if context.covers(sibling.dot) { superseded.append(sibling) } else { kept.append(sibling) }
        }
        let place = kept.firstIndex { $0.dot > dot } ?? kept.count
        kept.insert(Sibling(dot, value), at: place)
        siblings = kept
        return superseded
    }

    /// Whether a person must choose: at least two values that differ. Equal values are no conflict.
    package var isConflict: Bool { siblings.contains { $0.value != siblings[0].value } }

    /// The sibling that is shown: the latest by time, then by replica.
    ///
    /// - Parameter time: when the commit of a dot was made.
    package func shown(time: (Dot) throws -> HybridTime) rethrows -> Sibling? {
        try siblings.max { left, right in
            let (leftTime, rightTime) = (try time(left.dot), try time(right.dot))
            return leftTime == rightTime ? left.dot < right.dot : leftTime < rightTime
        }
    }
}

/// The commits that put a member into a set and were not yet taken back by someone who had seen them. Add wins.
package struct Membership: Hashable, Sendable {
    package private(set) var dots: [Dot]

    package init(_ dots: [Dot] = []) { self.dots = dots.sorted() }

    package var isPresent: Bool { !dots.isEmpty }

    package mutating func add(by dot: Dot, seen context: VectorClock) {
        remove(by: dot, seen: context)
        let place = dots.firstIndex { $0 > dot } ?? dots.count
        dots.insert(dot, at: place)
    }

    package mutating func remove(by dot: Dot, seen context: VectorClock) {
        dots.removeAll { $0 == dot || context.covers($0) }
    }
}

/// What of an entity's life can be seen, given its deletions.
package enum Presence: Int64, Sendable {
    case alive = 0
    case deleted = 1
    /// Deleted there, edited here: alive, and listed until someone settles it.
    case contested = 2
}

/// The deletions of one entity that no later write has superseded.
package struct Tombstones: Hashable, Sendable {
    package private(set) var dots: [Dot]

    package init(_ dots: [Dot] = []) { self.dots = dots.sorted() }

    package mutating func delete(by dot: Dot, seen context: VectorClock) {
        revive(by: dot, seen: context)
        let place = dots.firstIndex { $0 > dot } ?? dots.count
        dots.insert(dot, at: place)
    }

    /// A write by someone who had seen the deletion takes it back.
    package mutating func revive(by dot: Dot, seen context: VectorClock) {
        dots.removeAll { $0 == dot || context.covers($0) }
    }

    /// The entity is hidden while each of its dots was seen by some deletion: an edit that nobody deleted keeps it.
    package func presence(of entityDots: some Sequence<Dot>, context: (Dot) -> VectorClock) -> Presence {
        guard !dots.isEmpty else { return .alive }
        var seen = VectorClock(dots)
        for dot in dots { seen = seen.joined(with: context(dot)) }
        return entityDots.allSatisfy(seen.covers) ? .deleted : .contested
    }
}
