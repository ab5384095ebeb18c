import Foundation
import Journal
import Primitives
import Testing

@Suite struct MetaTraderReportTests {
    private static let xauRefused =
        "\"0.10\" is a number of lots of XAU_USD, and nobody has said how large one is: say it by "
        + "`daybook instrument set XAU_USD --multiplier …` and import again."

    /// The fixture of version 5, which is UTF-16, as text.
    private static func mt5() throws -> String {
        let bytes = try Fixture.bytes("mt5_history.html")
        return String(decoding: bytes.indices.dropFirst(2).filter { $0 % 2 == 0 }.map { bytes[$0] }, as: UTF8.self)
    }

    private static func mt4() throws -> String {
        String(decoding: try Fixture.bytes("mt4_statement.htm"), as: UTF8.self)
    }

    /// A page without what stands from the first text to the second.
    private static func cut(_ page: String, from first: String, to second: String) throws -> String {
        let begin = try #require(page.range(of: first)).lowerBound
        let end = try #require(page.range(of: second, range: begin..<page.endIndex)).lowerBound
        return String(page[..<begin] + page[end...])
    }

    private func code(_ page: String) -> String? {
        #expect(throws: Failure.self) { try importRows(page) }?.code
    }

    @Test func `of a report of version 5 the deals are read, with costs in the account's currency`() throws {
        let rows = try importRows(Fixture.bytes("mt5_history.html"))
        #expect(
            rows.map(shown) == [
                "90 skipped: The row is no trade: its kind is \"balance\".",
                "91 2026-04-01T09:00:00.000Z EUR_USD buy 20000 @ 1.15 fee 0.7 EUR #101 101",
                "92 2026-04-01T09:05:00.000Z EUR_USD sell 10000 @ 1.152 fee 0.35 EUR #102 102",
                "93 2026-04-01T10:00:00.000Z EUR_USD sell 20000 @ 1.153 fee 0.7 EUR #103 103",
                "94 2026-04-02T10:00:00.000Z EUR_USD buy 10000 @ 1.151 fee 0.47 EUR #104 104",
                "95 2026-04-02T11:00:00.000Z USD_JPY buy 30000 @ 150.123 fee 1.15 EUR #105 105",
                "96 refused: \(Self.xauRefused)",
            ])
        #expect(fills(rows).map(\.effect) == [.opens, .opens, .closes, .closes, .opens])
        let reading = try importNotes(Self.mt5())
        #expect(
            reading.contains(
                "the deals of the report, of which its positions are made; costs in EUR, the account's currency"))
        #expect(try fills(importRows(Self.mt5(), ImportOptions(currency: "CHF"))).map(\.feeCurrency).first == "CHF")
    }

    @Test func `the two positions of a hedged account are told apart, in a netting account there is one`() throws {
        let page = try Self.mt5()
        #expect(try fills(importRows(page)).map(\.leg) == [.long, .short, .long, .short, .long])
        let netting = page.replacing("real, Hedge", with: "real, Netting")
        #expect(try fills(importRows(netting)).map(\.leg) == [nil, nil, nil, nil, nil])
    }

    @Test func `positions are read where no deals follow them`() throws {
        let page = try Self.cut(Self.mt5(), from: "<b>Deals</b>", to: "<b>Open Positions</b>")
        let rows = try importRows(page).map(shown)
        #expect(
            rows == [
                "41 2026-04-01T09:00:00.000Z EUR_USD buy 20000 @ 1.15 fee 0 #4294967337 201-open",
                "41 2026-04-01T10:00:00.000Z EUR_USD sell 20000 @ 1.153 fee 1.4 EUR #41 201-close",
                "57 2026-04-01T09:05:00.000Z EUR_USD sell 10000 @ 1.152 fee 0 #4294967353 202-open",
                "57 2026-04-02T10:00:00.000Z EUR_USD buy 10000 @ 1.151 fee 0.82 EUR #57 202-close",
            ])
        #expect(try !importNotes(page).contains("deals of the report"))
    }

    @Test func `a report that a spreadsheet has saved gives the same fills as its page`() throws {
        let csv = """
            Trade History Report;;;;;;;;;;;;;
            Account:;;;5017788 (EUR, Example-Server, real, Hedge);;;;;;;;;;
            Positions;;;;;;;;;;;;;
            Time;Position;Symbol;Type;Volume;Price;S / L;T / P;Time;Price;Commission;Swap;Profit;
            2026.04.01 09:00:00;201;EURUSD;buy;0.20;1.15000;;;2026.04.01 10:00:00;1.15300;-1.40;0.00;52.04;
            Deals;;;;;;;;;;;;;
            Time;Deal;Symbol;Type;Direction;Volume;Price;Order;Commission;Fee;Swap;Profit;Balance;Comment
            2026.04.01 09:00:00;101;EURUSD;buy;in;0.20;1.15000;201;-0.70;0.00;0.00;0.00;9 999.30;grid 1/3
            ;;;;;;;;-0.70;0.00;0.00;0.00;9 999.30;
            ;;;;;;;;;;;;;
            Balance:;;;9 999.30;;;;;;;;;;
            """
        let rows = try importRows(csv)
        #expect(rows.map(\.line) == [8])
        #expect(try fills(rows).first == fills(importRows(Self.mt5())).first)
    }

    @Test func `a report in a sheet is read as its page is`() throws {
        let header = [
            "Time", "Deal", "Symbol", "Type", "Direction", "Volume", "Price", "Order", "Commission", "Fee", "Swap",
        ]
        let deal = ["2026.04.01 09:00:00", "101", "EURUSD", "buy", "in", "0.20", "1.15", "201", "-0.70", "0", "0"]
        let rows = [
            ["Trade History Report"], ["Account:", "", "", "5017788 (EUR, Example-Server, real, Hedge)"], ["Deals"],
            header + ["Profit", "Balance", "Comment", ""], deal + ["0", "9999.3", "grid 1/3", ""],
        ]
        var reader = try ImportReader(account: .main, records: Table(rows))
        let batch = try #require(try reader.nextBatch())
        #expect(try fills(batch) == [fills(importRows(Self.mt5()))[0]])
    }

    @Test func `of a statement of version 4 the closed transactions are read`() throws {
        let rows = try importRows(Fixture.bytes("mt4_statement.htm"))
        #expect(
            rows.map(shown) == [
                "37 skipped: The row is no trade: its kind is \"balance\".",
                "38 2026-03-03T09:00:00.000Z EUR_USD buy 10000 @ 1.18 fee 0 #4294967334 60002-open",
                "38 2026-03-03T17:00:00.000Z EUR_USD sell 10000 @ 1.19 fee 1 GBP #38 60002-close",
                "39 skipped: An order that waited is no trade.",
                "40 2026-03-05T09:00:00.000Z USD_JPY sell 200000 @ 150.5 fee 0 #4294967336 60004-open",
                "40 2026-03-06T10:00:00.000Z USD_JPY buy 200000 @ 150 fee 13.25 GBP #40 60004-close",
                "41 2026-03-09T09:00:00.000Z GBP_CHF buy 1000 @ 1.09 fee 0 #4294967337 60005-open",
                "41 2026-03-09T09:10:00.000Z GBP_CHF sell 1000 @ 1.091 fee 0 #41 60005-close",
            ])
        #expect(
            try importNotes(Self.mt4()).contains(
                "the closed transactions of the report; open trades are read once they are closed; costs in GBP, the "
                    + "account's currency"))
    }

    @Test func `a statement with comments below its trades is read as one without`() throws {
        let comment = "<tr align=right><td></td><td></td><td>to #60006</td></tr>\r\n"
        let page = try Self.mt4()
        let row = try #require(page.range(of: "<tr align=right><td title=\"cancelled\">")).lowerBound
        let commented = try importRows(page[..<row] + comment + page[row...])
        #expect(commented.count == 8)
        #expect(fills(commented).map(\.id) == fills(try importRows(page)).map(\.id))
    }

    @Test func `all trades of a page in one line are read, each under a number of its own`() throws {
        let rows = try importRows(Self.mt5().replacing("\r\n", with: " "))
        #expect(fills(rows) == fills(try importRows(Self.mt5())))
        #expect(Set(rows.map(\.line)).count == 7)
    }

    @Test func `a page that is cut off says so, and gives no positions for the deals that it lost`() throws {
        let page = try Self.mt5()
        let inDeals = try #require(page.range(of: "<td nowrap>104</td>")).upperBound
        let rows = try importRows(String(page[..<inDeals]))
        #expect(fills(rows).map(\.externalID) == ["101", "102", "103"])
        #expect(
            rows.suffix(2).map(shown) == [
                "94 refused: The row has 2 fields under 14 columns: perhaps the file is cut off.",
                "95 refused: The rest of the file is not read. A table has no end: perhaps the file is cut off.",
            ])
        let inOrders = try #require(page.range(of: "<td>209</td>")).upperBound
        #expect(code(String(page[..<inOrders])) == "import.bad_markup")
        let inHead = try #require(page.range(of: "Example Markets")).upperBound
        #expect(code(String(page[..<inHead])) == "import.unknown_markup")
    }

    @Test func `a row of another shape than its header is refused by its line`() throws {
        let page = try Self.mt5().replacing("<td nowrap>-0.35</td>", with: "<td nowrap>-0.35</td><td>1</td>")
        let refused = try importRows(page).map(shown).filter { $0.contains("fields") }
        #expect(
            refused
                == [92, 94].map {
                    "\($0) refused: The row has 15 fields under 14 columns: perhaps the file is cut off."
                })
        let long = try Self.mt5().replacing("grid 2/3", with: String(repeating: "x", count: 65_536))
        #expect(
            try importRows(long).map(shown)[2]
                == "92 refused: The row of the table is longer than 64 KiB, or has more than 1000 cells.")
        let wide = try Self.mt5().replacing("<td nowrap>102</td>", with: "<td colspan=5000>102</td>")
        #expect(try importRows(wide).map(shown)[2] == importRows(long).map(shown)[2])
    }

    @Test func `reports of tests, lists of orders and other pages are refused by what they are`() throws {
        #expect(
            code(try Self.mt5().replacing("Trade History Report", with: "Strategy Tester Report"))
                == "import.wrong_export")
        let test4 =
            "<html><title>Strategy Tester: Trend</title><div><b>Strategy Tester Report</b></div><table><tr><td>1</table>"
        #expect(code(test4) == "import.wrong_export")
        let orders = try Self.cut(Self.mt5(), from: "<b>Positions</b>", to: "<b>Orders</b>")
        #expect(code(try Self.cut(orders, from: "<b>Deals</b>", to: "<b>Open Positions</b>")) == "import.wrong_export")
        let other =
            "<!DOCTYPE html><html><body><table><tr><td>Date<td>Amount<tr><td>2026-01-01<td>5</table></body></html>"
        let failure = #expect(throws: Failure.self) { try importRows(other) }
        #expect(failure?.code == "import.unknown_markup")
        #expect(
            failure?.message.hasPrefix("The file is HTML, and no report that Daybook knows. Of HTML it reads") == true)
    }

    @Test func `a file that only begins as a page does is no page`() throws {
        #expect(code("<DATE>\t<TIME>\t<OPEN>\n2026.01.01\t00:00\t1.15\n") == "import.unknown_header")
    }

    @Test func `what stands above the tables, and how many positions wait, is bounded`() throws {
        func page(_ count: Int) throws -> String {
            try Self.mt4().replacing(
                "<tr align=left><td colspan=13>", with: String(repeating: "<tr><td>x", count: count) + "<tr><td>")
        }
        #expect(try fills(importRows(page(980))).count == 6)
        #expect(code(try page(1001)) == "import.unknown_markup")
        let header = [
            "Time", "Position", "Symbol", "Type", "Volume", "Price", "S / L", "T / P", "Time", "Price", "Profit",
        ]
        let position = [
            "2026.04.01 09:00:00", "1", "EURUSD", "buy", "0.20", "1.15", "", "", "2026.04.01 10:00:00", "1.153", "0",
        ]
        let most = [["Trade History Report"], header] + Array(repeating: position, count: 50_000)
        #expect(throws: Never.self) { try ImportReader(account: .main, records: Table(most)) }
        let failure = #expect(throws: Failure.self) {
            try ImportReader(account: .main, records: Table(most + [position]))
        }
        #expect(failure?.code == "import.many_positions")
    }
}
