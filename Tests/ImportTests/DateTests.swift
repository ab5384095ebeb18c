import Journal
import Primitives
import Testing

@Suite struct DateTests {
    private func text(_ dates: [String]) -> String {
        "time,symbol,side,price,quantity\n"
            + dates.enumerated().map { "\"\($1)\",LTC/EUR,\($0 % 2 == 0 ? "buy" : "sell"),80,1\n" }.joined()
    }

    private func days(_ dates: String..., options: ImportOptions = ImportOptions()) throws -> [String] {
        try fills(importRows(text(dates), options)).map { String($0.time.description.prefix(16)) }
    }

    @Test func `a year of two digits is the number that changes least`() throws {
        #expect(
            try days("05-11-25 08:00", "07-11-25 09:00", "09-11-25 10:00")
                == ["2025-11-05T08:00", "2025-11-07T09:00", "2025-11-09T10:00"])
        #expect(try days("25-11-05 08:00", "25-11-07 09:00") == ["2025-11-05T08:00", "2025-11-07T09:00"])
        #expect(try days("11/28/25 08:00", "11/29/25 09:00") == ["2025-11-28T08:00", "2025-11-29T09:00"])
        #expect(try days("28.11.25 08:00") == ["2025-11-28T08:00"])
    }

    @Test func `where nothing tells them apart the file is refused, and the option says it`() throws {
        let failure = #expect(throws: Failure.self) { try days("10-11-12 08:00") }
        #expect(failure?.code == "import.unsure_dates")
        for word in ["“time”", "10-11-12", "--date-order", "ymd", "dmy", "mdy"] {
            #expect(failure?.message.contains(word) == true)
        }
        for (order, day) in [
            (DateOrder.yearFirst, "2010-11-12T08:00"), (.dayFirst, "2012-11-10T08:00"),
            (.monthFirst, "2012-10-11T08:00"),
        ] { #expect(try days("10-11-12 08:00", options: ImportOptions(dateOrder: order)) == [day]) }
    }

    @Test(arguments: ["/", "-", "."]) func `day and month are told apart by a late day, whatever parts them`(
        sign: String
    ) throws {
        #expect(
            try days("3\(sign)6\(sign)2026 - 08:00:00", "23\(sign)6\(sign)2026 - 08:00:00")
                == ["2026-06-03T08:00", "2026-06-23T08:00"])
    }

    @Test func `the number that changes more often is the day's, which is said`() throws {
        #expect(try days("09/04/2026 10:41", "08/04/2026 05:49") == ["2026-04-09T10:41", "2026-04-08T05:49"])
        #expect(try days("04/09/2026 10:41", "04/08/2026 05:49") == ["2026-04-09T10:41", "2026-04-08T05:49"])
        #expect(try importNotes(text(["09/04/2026 10:41", "08/04/2026 05:49"])).contains("--date-order mdy"))
        #expect(try !importNotes(text(["23/04/2026 10:41", "08/04/2026 05:49"])).contains("--date-order"))
    }

    @Test func `date and time of day may stand in two columns, in any order`() throws {
        let rows = [
            ("Date,Time", "2026-09-01,09:30:05"), ("Time,Date", "09:30:05,2026-09-01"),
            ("Trade Date,Execution Time", "09/21/2026,9:30:05 AM"), ("Date,Time", "21.09.2026,09:30:05"),
            ("Date,Time", "2026-09-21 00:00:00,09:30:05"),
        ]
        for (header, fields) in rows {
            let day =
                fields.contains("21") && !fields.hasSuffix("2026-09-01") && !fields.hasPrefix("2026-09-01")
                ? "21" : "01"
            let found = try fills(importRows("\(header),Symbol,Side,Quantity,Price\n\(fields),GLD/USD,sell,3,200\n"))
            #expect(found.map(\.time.description) == ["2026-09-\(day)T09:30:05.000Z"], "\(header) \(fields)")
        }
    }

    @Test(arguments: ["21 Nov 2026 09:30", "Nov 21, 2026 09:30", "21-Nov-26 09:30", "2026-Nov-21 09:30"])
    func `a month may have its name`(date: String) throws {
        #expect(try days(date) == ["2026-11-21T09:30"])
    }

    @Test(arguments: [
        ("2026-05-01 10:41", 60_000), ("2026-05-01 10:41:30", 1000), ("2026-05-01 10:41:30.5", 1),
        ("2026-05-01", 86_400_000),
        ("1777632061", 1000), ("1777632061123", 1),
    ]) func `how finely times are told is known`(time: String, resolution: Int64) throws {
        var reader = try ImportReader(account: .main, nextChunk: chunks(Array(text([time]).utf8)))
        while try reader.nextBatch() != nil {}
        #expect(reader.resolutionMilliseconds == resolution)
    }
}
