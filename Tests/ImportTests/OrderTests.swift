import Journal
import Primitives
import Testing

/// What happened first where times do not tell.
@Suite struct OrderTests {
    private func order(_ text: String, _ options: ImportOptions = ImportOptions()) throws -> [String] {
        try fills(importRows(text, options)).sorted { ($0.time, $0.sequence) < ($1.time, $1.sequence) }
            .map { "\($0.side) \($0.price)" }
    }

    @Test func `an exchange that lists the newest first does so within one second too`() throws {
        let text = """
            Date(UTC),Pair,Side,Price,Executed,Amount,Fee
            2026-02-11 18:20:07,LINKUSDC,SELL,21,3LINK,63USDC,0.06USDC
            2026-02-11 18:20:07,LINKUSDC,BUY,20,3LINK,60USDC,0.06USDC
            """
        #expect(try order(text) == ["buy 20", "sell 21"])
        #expect(try importNotes(text).contains("--order oldest-first"))
        #expect(try order(text, ImportOptions(isNewestFirst: false)) == ["sell 21", "buy 20"])
    }

    @Test func `trade ids count up where the exchange is not known`() throws {
        let header = "time,symbol,side,price,quantity,trade id\n"
        let rows = ["2026-02-11,LINK/EUR,sell,21,1,9002\n", "2026-02-11,LINK/EUR,buy,20,1,9001\n"]
        #expect(try order(header + rows.joined()) == ["buy 20", "sell 21"])
        #expect(try order(header + rows.reversed().joined()) == ["buy 20", "sell 21"])
    }

    @Test func `nothing is sold before it is bought where the rows can be read so`() throws {
        let header = "time,symbol,side,price,quantity\n"
        let rows = ["2026-02-11,LINK/EUR,sell,21,1\n", "2026-02-11,LINK/EUR,buy,20,1\n"]
        #expect(try order(header + rows.joined()) == ["buy 20", "sell 21"])
        #expect(try order(header + rows.reversed().joined()) == ["buy 20", "sell 21"])
        #expect(try importNotes(header + rows.joined()).contains("--order"))
    }

    @Test func `nothing is closed before it is opened where the rows say which is which`() throws {
        let header = "time,symbol,side,price,quantity,open/close\n"
        let rows = ["2026-02-11,LINK/EUR,buy,20,1,Close\n", "2026-02-11,LINK/EUR,sell,21,1,Open\n"]
        #expect(try order(header + rows.joined()) == ["sell 21", "buy 20"])
        #expect(try order(header + rows.reversed().joined()) == ["sell 21", "buy 20"])
    }
}
