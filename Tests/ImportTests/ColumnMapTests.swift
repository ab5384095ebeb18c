import Journal
import Primitives
import TestSupport
import Testing

/// What a person says of the columns, before it meets a file.
@Suite struct ColumnMapTests {
    private func failure(_ text: String) -> Failure? { #expect(throws: Failure.self) { try ColumnMap(text) } }

    @Test(arguments: [
        ("time=Date,symbol=Ticker", "time=Date,symbol=Ticker"),
        (" Symbol = Ticker , TIME=Date ", "time=Date,symbol=Ticker"),
        ("date=Day,time=Clock", "time=Day,clock=Clock"), ("time=Clock,date=Day", "time=Day,clock=Clock"),
        ("date=Day", "time=Day"), ("date=Day,clock=Hour", "time=Day,clock=Hour"),
        ("fee-currency=Coin", "fee_currency=Coin"), ("contracts=Qty", "contracts=Qty"), ("side=-", "side=-"),
        ("side=\"-\"", "side=\"-\""), ("price=\"Px, avg=\"", "price=\"Px, avg=\""),
        ("price=\"the \"\"Px\"\"\"", "price=\"the \"\"Px\"\"\""), ("price=#3", "price=#3"),
        ("price=\"#3\"", "price=\"#3\""), ("price=#", "price=\"#\""),
        ("buy=Achat|Kauf,sell=Vente", "buy=achat|kauf,sell=vente"),
        ("ignore=A|B,ignore=\"C|D\"", "ignore=A,ignore=B,ignore=\"C|D\""), ("time=Date,", "time=Date"),
        ("fill=Exec,skip=Dividend", "fill=exec,skip=dividend"), ("price=買値", "price=買値"),
    ]) func `a map is written always alike, and reads as itself`(text: String, canonical: String) throws {
        #expect(try ColumnMap(text).text == canonical)
        #expect(try ColumnMap(canonical) == ColumnMap(text))
    }

    @Test(arguments: [
        ("", "empty"), ("  ", "empty"), ("time", "“time” has no ="), ("time,symbol=A", "“time” has no ="),
        ("=A", "role before ="), ("time=", "“time” has no column"), ("time=\"\"", "“time” has no column"),
        ("when=Date", "“when” is no role"), ("time=A,time=B", "“time” is given twice"),
        ("quantity=A,contracts=B", "quantity is given twice"), ("side=-,side=A", "“side” is given twice"),
        ("side=A,side=-", "“side” is given twice"), ("date=A,date=B", "“date” is given twice"),
        ("date=A,time=B,clock=C", "give two of them"), ("clock=A", "the column of the date too"),
        ("buy=A,buy=B", "“buy” is given twice"), ("buy=A||B", "is empty"), ("price=#0", "no place of a column"),
        ("price=#1001", "no place of a column"), ("price=#99999999999999999999", "no place of a column"),
        ("time=Date side=A", "needs quotes"), ("time=a\"b\"", "needs quotes"), ("time=\"a", "are not closed"),
        ("time=\"a\"b", "a comma is missing"), ("buy=A|B,sell=b", "“b” is given two meanings"),
        ("fill=A,skip=a", "“a” is given two meanings"),
        ("ignore=" + Array(repeating: "A", count: 101).joined(separator: "|"), "more than 100"),
        ("time=a\u{7}b", "cannot be seen"),
    ]) func `what is no map is refused with the reason`(text: String, reason: String) {
        let failure = failure(text)
        #expect(failure?.code == "import.bad_map")
        #expect(failure?.message.contains(reason) == true, "\(failure?.message ?? "")")
    }

    @Test func `an unknown role names those there are`() {
        for role in ["date", "clock", "contracts", "second_fee", "position_side", "skip", "ignore"] {
            #expect(failure("nothing=A")?.message.contains(role) == true)
        }
    }

    @Test func `a map has at most so many bytes`() throws {
        let room = ColumnMap.bytesMax - "time=".utf8.count
        #expect(try ColumnMap("time=" + String(repeating: "x", count: room)).text.utf8.count == ColumnMap.bytesMax)
        #expect(failure("time=" + String(repeating: "x", count: room + 1))?.message.contains("longer") == true)
    }

    @Test func `whatever is written as a map is refused, or reads as itself`() throws {
        let pieces = [
            "time", "date", "clock", "side", "buy", "skip", "ignore", "price", "fee-currency", "=", "=", "=", ",", ",",
            "\"", "\"\"", "|", "#", "#3", "-", " ", "A", "b c", "\u{301}", "\u{feff}", "İ", "é", "…", "\u{0}", "\n",
            "\u{2028}", "999999999999999999999",
        ]
        let roles = ["time", "side", "buy", "ignore"]
        var readCount = 0
        for seed in (1...3000).map({ UInt64($0) }) + [UInt64.random(in: 1 << 32..<1 << 48)] {
            var dice = Dice(seed: seed)
            // Half of them have the shape of a map.
            let isShaped = Bool.random(using: &dice)
            let text = (0..<Int.random(in: 0...14, using: &dice)).map { place in
                let piece = pieces.randomElement(using: &dice) ?? ""
                return isShaped && place % 4 != 1 && place % 4 != 2
                    ? place % 4 == 0 ? "\(roles[place / 4])=" : "," : piece
            }.joined()
            do {
                let map = try ColumnMap(text)
                readCount += 1
                #expect(try ColumnMap(map.text) == map, "seed \(seed): \(text)")
            } catch {
                let failure = error
                #expect(failure.code == "import.bad_map", "seed \(seed)")
                #expect(failure.message.utf8.count < 2000, "seed \(seed)")
                let lines = failure.message.unicodeScalars.filter { $0.properties.generalCategory == .control }
                #expect(lines.isEmpty, "seed \(seed)")
            }
        }
        #expect(readCount > 50)
    }
}
