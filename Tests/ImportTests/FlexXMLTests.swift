import Journal
import Primitives
import Testing

@Suite struct FlexXMLTests {
    @Test func `a Flex query in XML gives its trades, and says what else stands among them`() throws {
        let rows = try importRows(Fixture.bytes("ibkr_flex.xml"))
        #expect(
            rows.map(shown) == [
                "6 2026-01-05T09:30:00.000Z BRK.B_USD buy 10 @ 490.5 fee 1 #7001 7001",
                "7 skipped: The row sums up executions: Daybook reads those themselves.",
                "8 2026-01-05T10:15:00.000Z AAPL-20MAR26-202.5-C_USD sell 2 @ 4.5 fee 1.3 #7002 7002",
                "9 2026-03-20T16:20:00.000Z AAPL-20MAR26-202.5-C_USD buy 2 @ 0 fee 0 #7003 7003",
                "10 2026-01-06T15:45:01.000Z ESH26 buy 1 @ 6950.25 fee 2.25 #7004 7004",
                "11 2026-01-07T08:00:00.000Z EUR_USD sell 20000 @ 1.1712 fee 1.7 CHF #7005 7005",
                "12 refused: Daybook does not read trades of the market (column “assetCategory”) \"BOND\".",
                "13 skipped: The row sums up executions: Daybook reads those themselves.",
            ])
    }

    @Test func `the same query in XML and as CSV gives the same fills`() throws {
        let fromXML = try fills(importRows(Fixture.bytes("ibkr_flex.xml")))
        let fromCSV = try fills(importRows(Fixture.bytes("ibkr_flex")))
        #expect(fromXML == fromCSV)
        #expect(fromXML.count == 5)
    }

    @Test func `trades in one line are counted on from it`() throws {
        let text = String(decoding: try Fixture.bytes("ibkr_flex.xml"), as: UTF8.self).replacing("\n", with: " ")
        #expect(try importRows(text).map(\.line) == Array(2...9))
    }

    @Test func `trade confirmations are read by their own names`() throws {
        let text = """
            <FlexQueryResponse queryName="Confirms" type="TCF"><FlexStatements count="1"><FlexStatement accountId="U1">
            <TradeConfirms>
            <TradeConfirm currency="USD" assetCategory="STK" symbol="T" execID="0001.02" dateTime="2026-01-05;09:30:00" \
            quantity="100" price="24.5" tax="-0.1" commission="-1" commissionCurrency="USD" code="O" buySell="BUY" \
            levelOfDetail="EXECUTION" />
            </TradeConfirms></FlexStatement></FlexStatements></FlexQueryResponse>
            """
        #expect(
            try importRows(text).map(shown) == ["3 2026-01-05T09:30:00.000Z T_USD buy 100 @ 24.5 fee 1.1 #0 0001.02"])
    }

    @Test func `a file that is cut off says so after its good rows`() throws {
        let bytes = try Fixture.bytes("ibkr_flex.xml")
        let rows = try importRows(Array(bytes.prefix(bytes.count / 2)))
        #expect(fills(rows).count == 2)
        #expect(
            rows.last.map(shown)
                == "9 refused: The rest of the file is not read. From line 9 on it is no well-formed XML: perhaps the file is "
                + "damaged or cut off.")
    }

    @Test func `a query without trades says what to add, and one whose trades are none is empty`() throws {
        let none =
            "<FlexQueryResponse><FlexStatements><FlexStatement><CashTransactions/></FlexStatement></FlexStatements>"
        let failure = #expect(throws: Failure.self) { try importRows(none + "</FlexQueryResponse>") }
        #expect(failure?.code == "import.no_trades")
        let empty = none.replacing("CashTransactions", with: "Trades") + "</FlexQueryResponse>"
        #expect(try importRows(empty).isEmpty)
        #expect(try importNotes(empty).contains("the export is empty"))
    }

    @Test func `other XML is refused by what it is`() {
        let failure = #expect(throws: Failure.self) { try importRows("<?xml version='1.0'?>\n<Workbook></Workbook>") }
        #expect(failure?.code == "import.unknown_markup")
        #expect(failure?.message.hasPrefix("The file is XML, and no report that Daybook knows.") == true)
    }
}
