import Journal
import Primitives
import Testing

@Suite struct HeaderTests {
    private static let row = "2026-05-01T12:00:00Z,BTC_USDT,buy,60000,0.1"

    @Test func `an unknown header is refused with the formats and the header that are known`() throws {
        let failure = #expect(throws: Failure.self) { try importRows("a,b,c\n1,2,3\n") }
        #expect(failure?.code == "import.unknown_header")
        for word in ["Binance", "Bybit", "Kraken", "Hyperliquid", ImportFormat.genericHeader] {
            #expect(failure?.message.contains(word) == true)
        }
    }

    @Test func `a header of another format is refused by its name`() throws {
        let failure = #expect(throws: Failure.self) { try importRows(Fixture.bytes("kraken"), format: .bybit) }
        #expect(failure?.message.contains("header of the format bybit") == true)
    }

    @Test(arguments: ["", "\n\n", "\u{feff}"]) func `an empty file is refused`(text: String) throws {
        let failure = #expect(throws: Failure.self) { try importRows(text) }
        #expect(failure?.code == "import.empty")
    }

    @Test func `a header without rows gives no rows`() throws {
        #expect(try importRows(ImportFormat.genericHeader) == [])
    }

    @Test(arguments: [
        "time,symbol,side,price,quantity", "TIME,Symbol,SIDE,Price,QTY", "Date,Pair,Type,Price,Size",
        "timestamp,market,direction,px,amount", "Date (UTC), Ticker, Action, Fill Price, Volume",
    ]) func `generic columns have several names, in either case`(header: String) throws {
        #expect(
            try importRows(header + "\n" + Self.row).map(shown) == [
                "2 2026-05-01T12:00:00.000Z BTC_USDT buy 0.1 @ 60000 fee 0 #0"
            ])
    }

    @Test(arguments: [";", "\t"]) func `fields may be parted by semicolons or tabs`(delimiter: String) throws {
        let text = "time,symbol,side,price,quantity\n\(Self.row)".split(separator: ",").joined(separator: delimiter)
        #expect(try fills(importRows(text)).count == 1)
    }

    @Test func `between semicolons a number that may be one or a thousand has the file refused, naming the option`()
        throws
    {
        let text = "time;symbol;side;price;quantity\n2026-05-01;BTC_USDT;buy;60,000;1"
        let failure = #expect(throws: Failure.self) { try importRows(text) }
        #expect(failure?.code == "import.unsure_numbers")
        #expect(failure?.message.contains("--decimal") == true)
        #expect(try fills(importRows(text, ImportOptions(decimal: .comma))).map(\.price.description) == ["60"])
        #expect(try fills(importRows(text, ImportOptions(decimal: .point))).map(\.price.description) == ["60000"])
    }

    @Test func `lines above the header are passed over`() throws {
        let text = "Statement of May\nAccount,7\n\ntime,symbol,side,price,quantity\n\(Self.row)"
        #expect(try importRows(text).map(\.line) == [5])
    }

    @Test(arguments: [
        ("Date(UTC)", "2026-05-01T12:00:00.000Z"), ("Date(UTC+8)", "2026-05-01T04:00:00.000Z"),
        ("Date (UTC-05:30)", "2026-05-01T17:30:00.000Z"), ("Date", "2026-05-01T12:00:00.000Z"),
    ]) func `a zone in the column's name counts, unless another was given, which is said`(column: String, time: String)
        throws
    {
        let text = "\(column),symbol,side,price,quantity\n2026-05-01 12:00:00,BTC_USDT,buy,60000,0.1"
        #expect(try fills(importRows(text)).map(\.time.description) == [time])
        let given = ImportOptions(zone: .utcOffset(minutes: 120))
        #expect(try fills(importRows(text, given)).map(\.time.description) == ["2026-05-01T10:00:00.000Z"])
        let said = try importNotes(text, given)
        #expect(said.contains("UTC+02:00"))
        #expect(said.contains("as was given") == (column != "Date"))
    }

    @Test func `one late date tells day from month for the whole file`() throws {
        let text = """
            time,coin,dir,px,sz,ntl,fee,closedPnl
            03/04/2026 - 10:00:00,ETH,Open Long,3000,1,3000,1,0
            13/04/2026 - 10:00:00,ETH,Close Long,3000,1,3000,1,0
            """
        #expect(
            try fills(importRows(text)).map(\.time.description) == [
                "2026-04-03T10:00:00.000Z", "2026-04-13T10:00:00.000Z",
            ])
    }

    @Test func `where every date is ambiguous the order of the rows decides`() throws {
        func text(_ dates: String...) -> String {
            "time,coin,dir,px,sz,ntl,fee,closedPnl\n"
                + dates.map { "\($0) - 10:00:00,ETH,Buy,3000,1,3000,1,0\n" }.joined()
        }
        let first = try fills(importRows(text("11/01/2026", "12/01/2026", "01/02/2026")))
        #expect(first.map { $0.time.description.prefix(10) } == ["2026-01-11", "2026-01-12", "2026-02-01"])
        let second = try fills(importRows(text("01/11/2026", "01/12/2026", "02/01/2026")))
        #expect(second.map { $0.time.description.prefix(10) } == ["2026-01-11", "2026-01-12", "2026-02-01"])
    }

    @Test func `the order of day and month can be given`() throws {
        let text = "time,coin,dir,px,sz,ntl,fee,closedPnl\n03/04/2026 - 10:00:00,ETH,Buy,3000,1,3000,1,0\n"
        let byDefault = try fills(importRows(text))
        #expect(byDefault.map(\.time.description) == ["2026-03-04T10:00:00.000Z"])
        let given = try fills(importRows(text, ImportOptions(dateOrder: .dayFirst)))
        #expect(given.map(\.time.description) == ["2026-04-03T10:00:00.000Z"])
    }
}
