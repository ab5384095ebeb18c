import Foundation
import Primitives
import Testing
import TestSupport

struct TimestampTests {
    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `what is printed is read back, and Foundation reads it the same`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let first = try #require(Timestamp("0000-01-01"))
        let last = try #require(Timestamp("9999-12-31T23:59:59.999Z"))
        for _ in 0..<300 {
            let moment = Timestamp(
                milliseconds: .random(in: first.milliseconds...last.milliseconds, using: &dice))
            #expect(Timestamp(moment.description) == moment, "seed \(seed)")
            // Foundation's calendar is Julian before 1582.
            guard let gregorian = Timestamp("1583-01-01"), moment >= gregorian else { continue }
            let date = try Date(moment.description, strategy: format)
            #expect(Int64((date.timeIntervalSince1970 * 1000).rounded()) == moment.milliseconds, "\(moment)")
            let json = try JSONEncoder().encode([moment])
            #expect(try JSONDecoder().decode([Timestamp].self, from: json) == [moment], "seed \(seed)")
        }
    }

    @Test(arguments: [
        ("2026-11-21", "2026-11-21T00:00:00.000Z"),
        ("2026-11-21T09:30", "2026-11-21T09:30:00.000Z"),
        ("2026-11-21 09:30:15", "2026-11-21T09:30:15.000Z"),
        ("2026-11-21t09:30:15.5z", "2026-11-21T09:30:15.500Z"),
        ("2026-11-21T09:30:15,123987Z", "2026-11-21T09:30:15.123Z"),
        ("2026-11-21T09:30:15+02:00", "2026-11-21T07:30:15.000Z"),
        ("2026-11-21T09:30:15-0330", "2026-11-21T13:00:15.000Z"),
        ("2026-11-21T09:30:15+05", "2026-11-21T04:30:15.000Z"),
        ("2026-11-21T23:30-01:00", "2026-11-22T00:30:00.000Z"),
        ("2024-02-29", "2024-02-29T00:00:00.000Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.000Z"),
    ])
    func `the usual forms are read`(text: String, expected: String) {
        #expect(Timestamp(text)?.description == expected)
    }

    @Test(arguments: [
        "", "2026", "2026-11", "2026-11-2", "2026-1-21", "26-11-21", "2026/11/21", "20261121", "2026-13-01",
        "2026-00-01", "2026-11-00", "2026-11-31", "2025-02-29", "1900-02-29", "2026-11-21T", "2026-11-21T24:00",
        "2026-11-21T09", "2026-11-21T09:60", "2026-11-21T09:30:61", "2026-11-21T09:30:15.", "2026-11-21T09:30:15.Z",
        "2026-11-21T09:30:15X", "2026-11-21T09:30:15ZZ", "2026-11-21T09:30:15+24:00", "2026-11-21T09:30:15+02:60",
        "2026-11-21T09:30:15+2", "2026-11-21T09:30:15+02:", "2026-11-21Z", " 2026-11-21", "2026-11-21 ", "-2026-11-21",
        "２０２６-11-21", "2026-11-21T09:30:15é", "2026-11-21T09:30:15.1e3Z", "\u{0}", "now",
    ])
    func `anything else is refused`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `no damage to a text traps`(seed: UInt64) {
        var dice = Dice(seed: seed)
        var read = 0
        for _ in 0..<300 {
            var bytes = Array("2026-11-21T09:30:15.123+02:00".utf8)
            for _ in 0...Int.random(in: 0...3, using: &dice) {
                let index = Int.random(in: 0..<bytes.count, using: &dice)
                switch Int.random(in: 0...2, using: &dice) {
                case 0: bytes[index] = .random(in: .min ... .max, using: &dice)
                case 1: bytes.remove(at: index)
                default: bytes.insert(.random(in: 43...58, using: &dice), at: index)
                }
            }
            guard let moment = Timestamp(String(decoding: bytes, as: UTF8.self)) else { continue }
            read += 1
            #expect(Timestamp(moment.description) == moment, "seed \(seed)")
        }
        #expect((1..<300).contains(read), "seed \(seed)")
    }

    @Test(arguments: [Int64.min, .min + 1, -1, 0, .max - 1, .max])
    func `any number of milliseconds can be printed`(milliseconds: Int64) {
        #expect(Timestamp(milliseconds: milliseconds).description.hasSuffix("Z"))
    }

    @Test func `a sum of times ends at the last moment there is`() {
        #expect(Timestamp(milliseconds: .max).adding(milliseconds: 1).milliseconds == .max)
        #expect(Timestamp(milliseconds: .min).adding(milliseconds: -1).milliseconds == .min)
        #expect(Timestamp(milliseconds: 5).adding(milliseconds: -7).milliseconds == -2)
    }

    @Test func `what four digits of a year can write is within bounds, and nothing else`() throws {
        for text in ["0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"] {
            let moment = try #require(Timestamp(text))
            #expect(moment.isInBounds && moment.description == text)
        }
        #expect(Timestamp.bounds.lowerBound.description == "0001-01-01T00:00:00.000Z")
        #expect(Timestamp.bounds.upperBound.description == "9999-12-31T23:59:59.999Z")
        #expect(!Timestamp.bounds.lowerBound.adding(milliseconds: -1).isInBounds)
        #expect(!Timestamp.bounds.upperBound.adding(milliseconds: 1).isInBounds)
        #expect(CivilDay(year: -1, month: 2, day: 3).description == "-0001-02-03")
    }

    @Test func `the time between any two moments can be told, or is the most there can be`() {
        let (first, last) = (Timestamp(milliseconds: .min), Timestamp(milliseconds: .max))
        #expect(last.milliseconds(since: first) == .max)
        #expect(first.milliseconds(since: last) == .min)
        #expect(Timestamp(milliseconds: 5).milliseconds(since: Timestamp(milliseconds: -7)) == 12)
    }
}

struct CivilDayTests {
    @Test func `days follow one another as in Foundation's calendar`() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let first = CivilDay(year: 1583, month: 1, day: 1).daysSince1970
        let last = CivilDay(year: 2400, month: 12, day: 31).daysSince1970
        // A prime step meets every day of the week, the month and the year.
        for number in stride(from: first, through: last, by: 17) {
            let date = Date(timeIntervalSince1970: Double(number) * 86_400)
            let parts = calendar.dateComponents([.year, .month, .day], from: date)
            let day = CivilDay(daysSince1970: number)
            #expect((day.year, day.month, day.day) == (parts.year ?? 0, parts.month ?? 0, parts.day ?? 0))
        }
    }

    @Test func `every day of eight centuries comes after the one before`() {
        var last = CivilDay(daysSince1970: CivilDay(year: -1, month: 12, day: 31).daysSince1970)
        var faults = 0
        for number in (last.daysSince1970 + 1)...CivilDay(year: 800, month: 1, day: 1).daysSince1970 {
            let day = CivilDay(daysSince1970: number)
            let isNext =
                day.month == last.month && day.year == last.year
                ? day.day == last.day + 1
                : day.day == 1 && last.day == CivilDay.length(of: last.month, last.year)
                    && day.year * 12 + day.month == last.year * 12 + last.month + 1
            if !isNext || day.daysSince1970 != number || !(last < day) { faults += 1 }
            last = day
        }
        #expect(faults == 0)
    }

    @Test func `months have their lengths`() {
        #expect([2000, 2024, 2400].map { CivilDay.length(of: 2, $0) } == [29, 29, 29])
        #expect([1900, 2023, 2100].map { CivilDay.length(of: 2, $0) } == [28, 28, 28])
        #expect([0, 13, -1].map { CivilDay.length(of: $0, 2024) } == [0, 0, 0])
        #expect((1...12).reduce(0) { $0 + CivilDay.length(of: $1, 2023) } == 365)
    }
}
