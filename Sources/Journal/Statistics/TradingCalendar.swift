import Foundation
import Primitives

/// Tells the local day of a moment: the civil date in the user's zone, with the start of the day moved if they wish.
///
/// Asking Foundation costs about a microsecond; a journal asks once or twice for each trade. So the offset from UTC is
/// remembered for each UTC day: when it is equal at both ends it holds in between, otherwise the moment of the change
/// was found by bisection, so days with a change of the clock are exact too.
package struct TradingCalendar: Sendable {
    package let zone: TimeZone
    /// How long after local midnight a day starts, in minutes within ±1439. 240 keeps the trades until 04:00 on the day
    /// before; −420 starts the day at 17:00 of the evening before (the currency market's day in New York).
    package let startOfDayMinutes: Int

    struct Offsets: Sendable {
        let before: Int64
        let change: Int64
        let after: Int64
    }

    private var offsetsByDay: [Int64: Offsets] = [:]
    private var lastDay: Int64?
    private var lastOffsets = Offsets(before: 0, change: .max, after: 0)

    /// A start of day outside ±1439 minutes is cut to it.
    package init(zone: TimeZone, startOfDayMinutes: Int = 0) {
        self.zone = zone
        self.startOfDayMinutes = min(max(startOfDayMinutes, -1439), 1439)
    }

    /// Days since 1970-01-01 of the local day that the moment belongs to.
    package mutating func dayNumber(of moment: Timestamp) -> Int {
        let shifted = wallClock(of: moment) - Int64(startOfDayMinutes) * 60_000
        return Int(shifted.flooredDivision(by: Self.dayMilliseconds).quotient)
    }

    package mutating func day(of moment: Timestamp) -> CivilDay { CivilDay(daysSince1970: dayNumber(of: moment)) }

    /// The local hour of the week, 0 ... 167 from Monday 00:00, by the clock on the wall: the start of the day has no
    /// part in it. An hour that the clock repeats counts once, one that it skips stays empty.
    package mutating func hourOfWeek(of moment: Timestamp) -> Int {
        let (day, rest) = wallClock(of: moment).flooredDivision(by: Self.dayMilliseconds)
        return Self.weekday(ofDayNumber: Int(day)) * 24 + Int(rest / 3_600_000)
    }

    /// 0 is Monday.
    package static func weekday(ofDayNumber day: Int) -> Int { (day + 3).flooredDivision(by: 7).remainder }

    /// The Monday of a day's week.
    static func monday(_ day: Int) -> Int { day - weekday(ofDayNumber: day) }

    /// The first day of a day's month.
    static func firstOfMonth(_ day: Int) -> Int {
        let date = CivilDay(daysSince1970: day)
        return CivilDay(year: date.year, month: date.month, day: 1).daysSince1970
    }

    /// Local milliseconds since 1970-01-01 00:00 on the wall.
    private mutating func wallClock(of moment: Timestamp) -> Int64 {
        let milliseconds = min(max(moment.milliseconds, -Self.millisecondsMax), Self.millisecondsMax)
        let day = milliseconds.flooredDivision(by: Self.dayMilliseconds).quotient
        if day != lastDay {
            lastOffsets = offsets(ofUTCDay: day)
            lastDay = day
        }
        return milliseconds + (milliseconds < lastOffsets.change ? lastOffsets.before : lastOffsets.after)
    }

    mutating func offsets(ofUTCDay day: Int64) -> Offsets {
        if let known = offsetsByDay[day] { return known }
        var low = day * Self.dayMilliseconds
        var high = low + Self.dayMilliseconds - 1
        let before = offset(at: low)
        let after = offset(at: high)
        while before != after, high - low > 1 {
            let middle = low + (high - low) / 2
            if offset(at: middle) == before { low = middle } else { high = middle }
        }
        let offsets = Offsets(before: before, change: before == after ? .max : high, after: after)
        offsetsByDay[day] = offsets
        return offsets
    }

    private func offset(at milliseconds: Int64) -> Int64 {
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        return Int64(zone.secondsFromGMT(for: date)) * 1000
    }

    static let dayMilliseconds: Int64 = 86_400_000
    /// About 270,000 years around 1970: moments beyond are taken for the last one within, so that no sum overflows.
    private static let millisecondsMax: Int64 = 8_640_000_000_000_000
}
