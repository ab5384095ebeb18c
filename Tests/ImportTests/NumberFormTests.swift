import Journal
import Primitives
import Testing

@Suite struct NumberFormTests {
    private func amounts(_ text: String, _ options: ImportOptions = ImportOptions()) throws -> [String] {
        try fills(importRows(text, options)).map { "\($0.quantity) @ \($0.price) fee \($0.fee)" }
    }

    @Test(arguments: [
        ("4.321,75", "0,25", "1,08"), ("4321,75", "0,25", "1,08"), ("4 321,75", "0,25", "1,08"),
        ("4\u{a0}321,75", "0,25", "1,08"), ("4'321.75", "0.25", "1.08"), ("4,321.75", "0.25", "1.08"),
        ("$4,321.75", "0.25", "($1.08)"), ("€ 4.321,75", "0,25", "-1,08"),
    ]) func `the form of the numbers is told by the file`(price: String, quantity: String, fee: String) throws {
        let text = "sep=;\ntime;symbol;side;price;quantity;fee\n2026-02-03;GOLD/EUR;buy;\(price);\(quantity);\(fee)\n"
        #expect(try amounts(text) == ["0.25 @ 4321.75 fee 1.08"])
    }

    @Test func `between commas a quoted decimal comma is read too, and said`() throws {
        let text = "time,symbol,side,price,quantity\n2026-02-03,GOLD/EUR,buy,\"4.321,75\",\"0,5\"\n"
        #expect(try amounts(text) == ["0.5 @ 4321.75 fee 0"])
        #expect(try importNotes(text).contains("--decimal point"))
    }

    @Test func `one form holds for the whole file`() throws {
        let text =
            "time;symbol;side;price;quantity\n2026-02-03;GOLD/EUR;buy;1,5;1.234\n2026-02-04;GOLD/EUR;sell;1.234,5;2\n"
        #expect(try amounts(text) == ["1234 @ 1.5 fee 0", "2 @ 1234.5 fee 0"])
    }

    @Test func `a point with three digits between semicolons is open, and the option says it`() throws {
        let text = "time;symbol;side;price;quantity\n2026-02-03;GOLD/EUR;buy;1.234;2\n"
        let failure = #expect(throws: Failure.self) { try importRows(text) }
        #expect(failure?.code == "import.unsure_numbers")
        #expect(try amounts(text, ImportOptions(decimal: .comma)) == ["2 @ 1234 fee 0"])
        #expect(try amounts(text, ImportOptions(decimal: .point)) == ["2 @ 1.234 fee 0"])
    }

    @Test func `commas before three digits between commas are thousands, which is said`() throws {
        let text = "time,symbol,side,price,quantity\n2026-02-03,GOLD/EUR,buy,\"4,321\",2\n"
        #expect(try amounts(text) == ["2 @ 4321 fee 0"])
        #expect(try importNotes(text).contains("--decimal comma"))
    }
}
