import Foundation
import Journal
import Primitives
import Testing
import TestSupport

struct TradingCalendarTests {
    static let zones = [
        "UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe",
        "America/Santiago", "Africa/Casablanca", "Pacific/Apia", "Pacific/Kiritimati", "America/St_Johns",
    ]

    @Test(arguments: zones)
    func `days and hours are those of Foundation's calendar`(name: String) throws {
        let zone = try #require(TimeZone(identifier: name))
        var reference = Calendar(identifier: .gregorian)
        reference.timeZone = zone
        var calendar = TradingCalendar(zone: zone)
        var dice = Dice(seed: 9)
        let start: Int64 = 1_262_304_000_000  // 2010
        var moments = (0..<1500).map { _ in start + dice.roll(0...630_000_000_000) }
        // Around each change of the clock, to the second.
        var change = zone.nextDaylightSavingTimeTransition(after: Date(timeIntervalSince1970: Double(start) / 1000))
        while let moment = change, moments.count < 2500 {
            let milliseconds = Int64(moment.timeIntervalSince1970) * 1000
            moments += [-86_400_000, -3_600_000, -1000, -1, 0, 1, 1000, 3_600_000].map { milliseconds + $0 }
            change = zone.nextDaylightSavingTimeTransition(after: moment)
        }
        for moment in moments {
            let date = Date(timeIntervalSince1970: Double(moment) / 1000)
            let parts = reference.dateComponents([.year, .month, .day, .hour, .weekday], from: date)
            let timestamp = Timestamp(milliseconds: moment)
            let day = CivilDay(year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0)
            #expect(calendar.day(of: timestamp) == day, "\(timestamp)")
            let hour = ((parts.weekday ?? 0) + 5) % 7 * 24 + (parts.hour ?? 0)
            #expect(calendar.hourOfWeek(of: timestamp) == hour, "\(timestamp)")
        }
    }

    @Test func `a day may start late or on the evening before`() throws {
        let zone = try #require(TimeZone(identifier: "America/New_York"))
        var late = TradingCalendar(zone: zone, startOfDayMinutes: 240)
        var evening = TradingCalendar(zone: zone, startOfDayMinutes: -420)
        let cases = [
            ("2025-07-01T03:59:59-04:00", "2025-06-30", "2025-07-01"),
            ("2025-07-01T04:00:00-04:00", "2025-07-01", "2025-07-01"),
            ("2025-07-01T16:59:59-04:00", "2025-07-01", "2025-07-01"),
            ("2025-07-01T17:00:00-04:00", "2025-07-01", "2025-07-02"),
            // The clock was set forward in the night before.
            ("2025-03-09T16:59:59-04:00", "2025-03-09", "2025-03-09"),
            ("2025-03-09T17:00:00-04:00", "2025-03-09", "2025-03-10"),
        ]
        for (text, lateDay, eveningDay) in cases {
            let moment = try #require(Timestamp(text))
            #expect(late.day(of: moment).description == lateDay)
            #expect(evening.day(of: moment).description == eveningDay)
        }
    }

    @Test func `a night of twenty-five hours is one day`() throws {
        var calendar = TradingCalendar(zone: try #require(TimeZone(identifier: "Europe/Berlin")))
        let first = try #require(Timestamp("2025-10-26T00:00:00+02:00"))
        #expect(calendar.day(of: first.adding(milliseconds: -1)).description == "2025-10-25")
        #expect(calendar.day(of: first.adding(milliseconds: 25 * 3_600_000 - 1)).description == "2025-10-26")
        #expect(calendar.day(of: first.adding(milliseconds: 25 * 3_600_000)).description == "2025-10-27")
        // 02:30 comes twice and is one hour of the week.
        #expect(calendar.hourOfWeek(of: first.adding(milliseconds: 9_000_000)) == 6 * 24 + 2)
        #expect(calendar.hourOfWeek(of: first.adding(milliseconds: 12_600_000)) == 6 * 24 + 2)
    }

    @Test func `a day that a country skipped does not exist`() throws {
        var calendar = TradingCalendar(zone: try #require(TimeZone(identifier: "Pacific/Apia")))
        let last = try #require(Timestamp("2011-12-30T09:59:59Z"))
        #expect(calendar.day(of: last).description == "2011-12-29")
        #expect(calendar.day(of: last.adding(milliseconds: 1000)).description == "2011-12-31")
    }

    @Test(arguments: zones) func `the moments of a run of days are those that lie on one of them`(name: String) throws {
        let zone = try #require(TimeZone(identifier: name))
        var dice = Dice(seed: 11)
        for minutes in [0, 240, -420, 1, -1439] {
            var calendar = TradingCalendar(zone: zone, startOfDayMinutes: minutes)
            var change = zone.nextDaylightSavingTimeTransition(after: Date(timeIntervalSince1970: 1_280_000_000))
            for _ in 0..<12 {
                guard let moment = change else { break }
                let milliseconds = Int64(moment.timeIntervalSince1970) * 1000
                let first = calendar.dayNumber(of: Timestamp(milliseconds: milliseconds)) + Int(dice.roll(0...4)) - 2
                let last = first + Int(dice.roll(0...2))
                let ranges = calendar.moments(
                    from: CivilDay(daysSince1970: first), through: CivilDay(daysSince1970: last))
                for _ in 0..<150 {
                    let hour: Int64 = 3_600_000
                    let near = milliseconds + dice.roll(-4 * 24 * hour...4 * 24 * hour)
                    for probe in [near, milliseconds + dice.roll(-hour...hour), milliseconds, milliseconds - 1] {
                        let day = calendar.dayNumber(of: Timestamp(milliseconds: probe))
                        let isIn = ranges.contains { $0.contains(probe) }
                        #expect(isIn == (first...last).contains(day), "\(name) \(minutes) \(probe)")
                    }
                }
                change = zone.nextDaylightSavingTimeTransition(after: moment)
            }
        }
        var calendar = TradingCalendar(zone: zone)
        #expect(calendar.moments(from: nil, through: nil) == [Int64.min..<Int64.max])
        let day = CivilDay(year: 2026, month: 11, day: 21)
        #expect(calendar.moments(from: nil, through: day).first?.lowerBound == .min)
        #expect(calendar.moments(from: day, through: nil).last?.upperBound == .max)
        #expect(calendar.moments(from: day, through: CivilDay(year: 2026, month: 11, day: 20)).isEmpty)
    }
}
