import Primitives

/// A hybrid logical clock: 48 bits of milliseconds and 16 bits that count within one.
///
/// It never runs behind what its replica has seen, so a later write has a later time. It picks which of several
/// concurrent values is shown, and never decides what is kept.
/// Source: Kulkarni et al., "Logical Physical Clocks and Consistent Snapshots", 2014.
package struct HybridTime: Hashable, Comparable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    package static let zero = HybridTime(rawValue: 0)

    package var wallTime: Timestamp { Timestamp(milliseconds: Int64(rawValue >> 16)) }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// How far ahead of the wall clock another replica's time may be and still pull ours along. A clock that is wrong
    /// by more stays alone with its error.
    package static let adoptedLeadMillisecondsMax: Int64 = 5 * 60_000

    /// The time of a new commit: after everything seen, and not before the wall clock.
    ///
    /// - Parameters:
    ///   - own: the replica's own last commit, which is always exceeded.
    ///   - seen: the others' last ones. Those far ahead of `now` are not adopted.
    package static func next(after own: HybridTime, seen: [HybridTime], now: Timestamp) -> HybridTime {
        let wall = HybridTime(rawValue: UInt64(max(0, min(now.milliseconds, (1 << 47) - 1))) << 16)
        let bound = wall.rawValue &+ UInt64(adoptedLeadMillisecondsMax) << 16
        let floor = seen.filter { $0.rawValue <= bound }.reduce(own, max)
        return wall > floor ? wall : HybridTime(rawValue: floor.rawValue &+ 1)
    }
}
