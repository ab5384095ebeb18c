import Foundation
import Primitives

/// The zone in which a file's times are written, where they carry none themselves.
package enum FileZone: Hashable, Sendable {
    case utcOffset(minutes: Int)
    /// With summer time, as `America/New_York`.
    case named(TimeZone)

    /// For people: `UTC+02:00`, `Europe/Berlin`.
    package var title: String {
        switch self {
        case .named(let zone): return zone.name
        case .utcOffset(0): return "UTC"
        case .utcOffset(let minutes):
            let (hours, rest) = (minutes.magnitude / 60, minutes.magnitude % 60)
            let two = { (number: UInt) in number < 10 ? "0\(number)" : "\(number)" }
            return "UTC\(minutes < 0 ? "-" : "+")\(two(hours)):\(two(rest))"
        }
    }
}

/// Turns local clocks into moments, and counts those that the change of the clocks leaves open.
///
/// A clock that occurs twice is the first of the two; one that never occurs, because the clocks were put forward, is read
/// by the offset before the change.
struct ZoneClock: Hashable, Sendable {
    let zone: FileZone
    private(set) var twiceCount = 0
    private(set) var neverCount = 0
    /// The last day, and its offset where it has only one.
    private var day = Int64.min
    private var dayOffset: Int64 = 0

    private static let dayMilliseconds: Int64 = 86_400_000

    init(_ zone: FileZone) { self.zone = zone }

    /// - Parameter local: milliseconds since 1970 by the clock on the wall.
    mutating func utc(_ local: Int64) -> Int64 {
        switch zone {
        case .utcOffset(let minutes): return local - Int64(minutes) * 60_000
        case .named(let zone):
            let today = local / Self.dayMilliseconds
            if today == day { return local - dayOffset }
            // No zone is farther than a day from UTC, and none changes its clocks twice in three days.
            let before = Self.offset(zone, local - Self.dayMilliseconds)
            let after = Self.offset(zone, local + Self.dayMilliseconds)
            if before == after {
                let (start, end) = (today * Self.dayMilliseconds, (today + 1) * Self.dayMilliseconds)
                if Self.offset(zone, start - Self.dayMilliseconds) == Self.offset(zone, end + Self.dayMilliseconds) {
                    (day, dayOffset) = (today, before)
                }
                return local - before
            }
            let isBefore = Self.offset(zone, local - before) == before
            let isAfter = Self.offset(zone, local - after) == after
            switch (isBefore, isAfter) {
            case (true, true):
                twiceCount += 1
                return local - max(before, after)
            case (true, false): return local - before
            case (false, true): return local - after
            case (false, false):
                neverCount += 1
                return local - before
            }
        }
    }

    private static func offset(_ zone: TimeZone, _ utc: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(utc) / 1000))) * 1000
    }
}
