import Journal
import Primitives
import Testing

@Suite struct FeeTests {
    private func fees(_ text: String, _ options: ImportOptions = ImportOptions()) throws -> [String] {
        try fills(importRows(text, options)).map { $0.fee.description + $0.feeCurrency }
    }

    private func file(_ fees: String..., column: String = "Commission") -> String {
        "time,symbol,side,price,quantity,\(column)\n"
            + fees.enumerated().map { "2026-06-0\($0 + 1),NEAR/USD,\($0 % 2 == 0 ? "buy" : "sell"),5,10,\($1)\n" }
            .joined()
    }

    @Test func `a file whose fees are all below zero pays them, which is said`() throws {
        #expect(try fees(file("-0.3", "0", "-0.4")) == ["0.3", "0", "0.4"])
        #expect(try importNotes(file("-0.3", "-0.4")).contains("--paid-fees plus"))
        #expect(try fees(file("-0.3"), ImportOptions(paidFees: .plus)) == ["-0.3"])
    }

    @Test func `where the signs are mixed a fee below zero is a rebate, which is said`() throws {
        #expect(try fees(file("0.3", "-0.1")) == ["0.3", "-0.1"])
        #expect(try importNotes(file("0.3", "-0.1")).contains("--paid-fees minus"))
        #expect(try fees(file("0.3", "-0.1"), ImportOptions(paidFees: .minus)) == ["-0.3", "0.1"])
    }

    @Test func `an exchange whose fees are above zero gives rebates below, in every row of a file`() throws {
        let text = """
            Contracts,Filled Type,Filled Quantity,Filled Price,Fees,Direction,Transaction ID,Transaction Time(UTC+0)
            SOLUSDT,Trade,1,150,-0.03,Buy,a,10:00 2026-06-01
            """
        #expect(try fees(text) == ["-0.03"])
    }

    @Test func `fees in several columns are added`() throws {
        let text =
            "time,symbol,side,price,quantity,Commission,Exchange Fee,SEC Fee\n2026-06-01,NEAR/USD,buy,5,10,0.35,0.02,0.003\n"
        #expect(try fees(text) == ["0.373"])
        let total = text.replacing("SEC Fee", with: "Total Fees").replacing(",0.003\n", with: ",0.37\n")
        #expect(try fees(total) == ["0.37"])
    }

    @Test(arguments: ["Fees & Comm", "Commissions", "Fee Paid", "Comm", "Brokerage"])
    func `fees go by many names`(column: String) throws {
        #expect(try fees(file("0.65", column: column)) == ["0.65"])
    }
}
