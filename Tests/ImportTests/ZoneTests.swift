import Foundation
import Journal
import Primitives
import Testing

@Suite struct ZoneTests {
    private static let spot = "Time,Pair,Side,Price,Executed,Amount,Fee\n"

    private func time(_ text: String, fileName: String = "", _ options: ImportOptions = ImportOptions()) throws
        -> String?
    {
        try fills(importRows(text, fileName: fileName, options)).first?.time.description
    }

    private func named(_ name: String) throws -> ImportOptions {
        ImportOptions(zone: .named(try #require(TimeZone(identifier: name))))
    }

    @Test(arguments: [
        ("Binance-Spot-Trade-History-202604(UTC--4)_x.csv", "16:15"), ("trades(UTC+7).csv", "05:15"),
        ("trades (UTC+5:30).csv", "06:45"), ("trades(UTC).csv", "12:15"), ("trades(1).csv", "12:15"),
        ("utc-4.csv", "12:15"),
    ]) func `the file's name says the zone in brackets`(name: String, clock: String) throws {
        let text = Self.spot + "2026-04-02 12:15:00,DOTUSDT,BUY,4,10DOT,40USDT,0.04USDT\n"
        #expect(try time(text, fileName: name) == "2026-04-02T\(clock):00.000Z")
    }

    @Test func `a line above the header says the zone`() throws {
        let row = "time,symbol,side,price,quantity\n2026-04-02 12:15:00,DOT/USDT,buy,4,10\n"
        #expect(try time("Time Zone:UTC+8\n\(row)") == "2026-04-02T04:15:00.000Z")
        #expect(try time("Account,7\nTime Zone,UTC-3\n\(row)") == "2026-04-02T15:15:00.000Z")
    }

    @Test func `a named zone has summer time`() throws {
        func row(_ day: String) -> String { "time,symbol,side,price,quantity\n\(day) 09:30:00,SPY/USD,buy,500,1\n" }
        let options = try named("America/New_York")
        #expect(try time(row("2026-01-15"), options) == "2026-01-15T14:30:00.000Z")
        #expect(try time(row("2026-07-15"), options) == "2026-07-15T13:30:00.000Z")
        // The day of the change itself.
        #expect(try time(row("2026-03-08"), options) == "2026-03-08T13:30:00.000Z")
        #expect(try time(row("2026-11-01"), options) == "2026-11-01T14:30:00.000Z")
    }

    @Test func `a zone counts whatever the order of the dates`() throws {
        let text = "time,symbol,side,price,quantity\n25/12/2026 - 23:30:00,ETH/EUR,buy,3000,1\n"
        #expect(try time(text, try named("Asia/Kolkata")) == "2026-12-25T18:00:00.000Z")
    }

    @Test func `a clock that occurs twice is the first of the two, one that never occurs goes by the offset before it`()
        throws
    {
        let text = """
            time,symbol,side,price,quantity
            2026-10-25 02:30:00,ETH/EUR,buy,3000,1
            2026-03-29 02:30:00,ETH/EUR,sell,3000,1
            """
        let options = try named("Europe/Berlin")
        #expect(
            try fills(importRows(text, options)).map(\.time.description) == [
                "2026-10-25T00:30:00.000Z", "2026-03-29T01:30:00.000Z",
            ])
        let notes = try importNotes(text, options)
        #expect(notes.contains("1 times that occur twice"))
        #expect(notes.contains("1 times that the clocks leave out"))
    }

    @Test func `a zone in the time itself counts before all`() throws {
        let text = "Date(UTC+8),symbol,side,price,quantity\n2026-04-02T12:15:00-05:00,DOT/USDT,buy,4,10\n"
        #expect(try time(text, try named("Asia/Tokyo")) == "2026-04-02T17:15:00.000Z")
    }

    @Test func `that times are read as UTC for want of a zone is said, and that they have one is not`() throws {
        let row = ",DOT/USDT,buy,4,10\n"
        #expect(try importNotes("time,symbol,side,price,quantity\n2026-04-02 12:15:00" + row).contains("--utc-offset"))
        for time in ["2026-04-02T12:15:00Z", "1775132100"] {
            #expect(try !importNotes("time,symbol,side,price,quantity\n\(time)" + row).contains("--utc-offset"))
        }
    }

    @Test func `the name of a file in an archive goes before that of the archive`() throws {
        let text = "time,symbol,side,price,quantity\n2026-05-01 10:00:00,BTC_USDT,buy,1,1\n"
        let names = ["a(UTC+8).zip/b(UTC--6).csv": "UTC-06:00", "a(UTC+8).zip/b (1).csv": "UTC+08:00"]
        for (name, zone) in names {
            #expect(try importNotes(text, fileName: name).contains("times in \(zone), by the file's name"), "\(name)")
        }
    }
}
