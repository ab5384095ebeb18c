import Journal
import Primitives
import Testing

/// A file whose meaning is unsure is refused as a whole, naming what was found.
@Suite struct MeaningTests {
    private func refusal(_ text: String, _ options: ImportOptions = ImportOptions()) -> Failure? {
        #expect(throws: Failure.self) { try importRows(text, options) }
    }

    @Test func `a side column with what is no side is named with the word and its line`() {
        let failure = refusal(
            "when,date,coin,action,price,qty\n1,2026-03-01,SOL/EUR,buy,150,2\n2,2026-03-02,SOL/EUR,Staking reward,150,0.1\n"
        )
        #expect(failure?.code == "import.unsure_side")
        for word in ["action", "\"Staking reward\"", "line 3"] { #expect(failure?.message.contains(word) == true) }
    }

    @Test func `a list of orders is refused by its status`() {
        let failure = refusal(
            "time,symbol,side,price,quantity,status\n2026-03-01,XRP/USDT,buy,2,10,Filled\n2026-03-02,XRP/USDT,sell,2,10,Canceled\n"
        )
        #expect(failure?.code == "import.unsure_status")
        for word in ["status", "Canceled", "line 3"] { #expect(failure?.message.contains(word) == true) }
    }

    @Test(arguments: ["filled", "FILLED", "Closed", "executed"])
    func `a status that says it was filled is no obstacle`(status: String) throws {
        let text = "time,symbol,side,price,quantity,status\n2026-03-01,XRP/USDT,buy,2,10,\(status)\n"
        #expect(try fills(importRows(text)).count == 1)
    }

    @Test func `a ledger is refused by its kinds`() {
        let failure = refusal(
            "time,symbol,side,type,price,quantity\n2026-03-01,ADA/USD,buy,trade,0.7,100\n2026-03-02,ADA/USD,buy,funding,0.7,1\n"
        )
        #expect(failure?.code == "import.unsure_kind")
        for word in ["type", "funding", "line 3"] { #expect(failure?.message.contains(word) == true) }
    }

    @Test(arguments: ["limit", "Market", "stop_limit"]) func `the type of an order is no matter`(type: String) throws {
        let text = "time,symbol,side,type,price,quantity\n2026-03-01,ADA/USD,buy,\(type),0.7,100\n"
        #expect(try fills(importRows(text)).count == 1)
    }

    @Test func `two columns of one name are refused where nothing tells them apart`() {
        let failure = refusal("time,time,symbol,side,price,quantity\n2026-03-01,2026-04-01,ADA/USD,buy,0.7,100\n")
        #expect(failure?.code == "import.unsure_columns")
        #expect(failure?.message.contains("“time”") == true)
    }

    @Test func `two times that differ are refused`() {
        let failure = refusal(
            "timestamp,createdat,symbol,side,price,quantity\n2026-03-01 10:00,2026-03-01 09:00,ADA/USD,buy,0.7,100\n")
        #expect(failure?.code == "import.unsure_time")
    }

    @Test func `a list of positions is refused by its column`() {
        let failure = refusal(
            "time,symbol,side,price,quantity,Exit Price\n2026-03-01,ADA/USD,buy,0.7,100,0.8\n")
        #expect(failure?.code == "import.not_fills")
        #expect(failure?.message.contains("Exit Price") == true)
    }

    @Test func `contracts of unknown size are refused, by the column and by OKX's names`() throws {
        #expect(
            refusal("time,symbol,side,price,lots\n2026-03-01,EUR/USD,buy,1.1,2\n")?.code == "import.unsure_contracts")
        let swap = "time,symbol,side,price,size\n2026-03-01,SOL-USDT-SWAP,buy,150,3\n"
        #expect(refusal(swap)?.code == "import.unsure_contracts")
        let fill = try #require(fills(importRows(swap, ImportOptions(market: .perpetual))).first)
        #expect(fill.symbol == "SOL_USDT")
        #expect(fill.marketKind == .perpetual)
    }

    @Test func `columns that look like money and were not read are named`() throws {
        let text = "time,symbol,side,price,quantity,Swap,Net P&L,Note\n2026-03-01,ADA/USD,buy,0.7,100,0.1,0,x\n"
        let notes = try importNotes(text)
        #expect(notes.contains("not read: “Swap”, “Net P&L”"))
        #expect(notes.contains("no fees"))
        #expect(!notes.contains("Note"))
    }

    @Test(arguments: ["", "No data matches the criteria.\n", "No records found\n", "没有数据\n"])
    func `an export without rows is said to be empty, and is no failure`(line: String) throws {
        for header in [
            ImportFormat.genericHeader, "Uid,Time,Symbol,Side,Price,Quantity,Amount,Fee,Realized Profit,Trade ID",
        ] {
            let text = "\(header)\n\(line)"
            #expect(try fills(importRows(text)).isEmpty)
            #expect(try importRows(text).allSatisfy { if case .refused = $0 { false } else { true } })
            #expect(try importNotes(text).contains("the export is empty"))
        }
    }

    @Test func `a header once more is passed over`() throws {
        let text = "time,symbol,side,price,quantity\n2026-03-01,ADA/USD,buy,0.7,100\n"
        #expect(try fills(importRows(text + text)).count == 2)
    }
}
