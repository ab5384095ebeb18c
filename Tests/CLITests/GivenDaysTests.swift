import Foundation
import Journal
import Primitives
import Testing

@testable import DaybookCLI

/// Days as people name them.
@Suite struct GivenDaysTests {
    /// A Wednesday.
    private let now = Timestamp("2026-11-25T02:00:00Z") ?? Timestamp(milliseconds: 0)

    private func days(_ text: String, _ zone: String = "UTC", startOfDay minutes: Int = 0) throws -> String {
        let zone = try #require(TimeZone(identifier: zone))
        let days = try Given.days(text, TradingCalendar(zone: zone, startOfDayMinutes: minutes), now: now)
        return days.lowerBound == days.upperBound
            ? "\(days.lowerBound)" : "\(days.lowerBound) \(days.upperBound)"
    }

    @Test(arguments: [
        ("2026-02-28", "2026-02-28"), ("today", "2026-11-25"), ("Yesterday", "2026-11-24"),
        ("wednesday", "2026-11-25"), ("monday", "2026-11-23"), ("thu", "2026-11-19"), ("sunday", "2026-11-22"),
        ("0d", "2026-11-25"), ("7d", "2026-11-18"), ("2w", "2026-11-11"), ("1m", "2026-10-25"), ("1y", "2025-11-25"),
        ("9m", "2026-02-25"), ("this-week", "2026-11-23 2026-11-29"), ("last week", "2026-11-16 2026-11-22"),
        ("this_month", "2026-11-01 2026-11-30"), ("last-month", "2026-10-01 2026-10-31"),
        ("this-year", "2026-01-01 2026-12-31"), ("last-year", "2025-01-01 2025-12-31"),
        ("2026-11", "2026-11-01 2026-11-30"), ("2024-02", "2024-02-01 2024-02-29"), ("2025", "2025-01-01 2025-12-31"),
    ])
    func `a day is meant as people say it`(text: String, meant: String) throws {
        #expect(try days(text) == meant)
    }

    @Test func `what day it is follows from the zone and the start of the day`() throws {
        #expect(try days("today", "America/New_York") == "2026-11-24")
        #expect(try days("tuesday", "America/New_York") == "2026-11-24")
        #expect(try days("today", startOfDay: 240) == "2026-11-24")
        #expect(try days("today", startOfDay: -1380) == "2026-11-26")
        #expect(try days("this-week", startOfDay: 240) == "2026-11-23 2026-11-29")
    }

    @Test func `a month ago is no day that its month lacks`() throws {
        let calendar = TradingCalendar(zone: .gmt)
        let end = try #require(Timestamp("2026-03-31T12:00:00Z"))
        #expect(try Given.day("1m", calendar, now: end).description == "2026-02-28")
        #expect(try Given.day("3m", calendar, now: end).description == "2025-12-31")
    }

    @Test(arguments: [
        "soon", "", "2026-13", "2026-02-30", "26-11", "d", "-7d", "7x", "last-monday", "99999d", "20261121",
    ])
    func `what is no day is refused`(text: String) {
        #expect(throws: Failure.self) { try days(text) }
    }

    @Test func `several days are no day`() throws {
        let calendar = TradingCalendar(zone: .gmt)
        #expect(throws: Failure.self) { try Given.day("2026-11", calendar, now: now) }
        #expect(try Given.day("monday", calendar, now: now).description == "2026-11-23")
    }

    private func filled() throws -> Daybook {
        let daybook = try Daybook()
        for (symbol, moment) in [("A", "2026-10-31T12:00Z"), ("B", "2026-11-01T03:00Z"), ("C", "2026-12-01T02:00Z")] {
            let answer = try daybook.run(
                "trade", "add", symbol, "long", "--qty", "1", "--entry", "1", "--exit", "2", "--opened", moment,
                "--closed",
                moment)
            #expect(answer.status == 0, "\(answer.error)")
            try daybook.run("entry", "add", symbol, "--day", String(moment.prefix(10)))
        }
        return daybook
    }

    @Test func `every filter by days takes them, from the journal's start of the day on`() throws {
        let daybook = try filled()
        func symbols() throws -> [String?] {
            try daybook.ask("trade", "list", "--from", "2026-11", "--to", "2026-11").list.map { $0["symbol"].text }
        }
        func closed() throws -> Int? {
            let stats = try daybook.ask("stats", "--from", "2026-11", "--to", "2026-11")["currencies"]
            return stats[0]["overview"]["trades"].count
        }
        #expect(try symbols() == ["B"])
        #expect(try closed() == 1)
        #expect(try daybook.ask("entry", "list", "--from", "2026-11", "--to", "2026-11").list.count == 1)
        // The third hour belongs to the day before, in lists as in figures.
        try daybook.run("settings", "--start-of-day", "04:00")
        #expect(try symbols() == ["C"])
        #expect(try closed() == 1)
        #expect(try daybook.run("trade", "list", "--from", "last-week").status == 0)
        #expect(try daybook.run("entry", "add", "x", "--day", "2026-11").code == "argument.bad_day")
    }
}
