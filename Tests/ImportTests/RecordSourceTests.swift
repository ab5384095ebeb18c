import Journal
import Primitives
import Testing

/// A table that is no CSV, as a spreadsheet's.
struct Table: RecordSource {
    var rows: [[String]]
    private(set) var bytesConsumed: Int64 = 0

    init(_ rows: [[String]]) { self.rows = rows.reversed() }

    mutating func next(_ record: inout CSVRecord) throws -> Bool {
        guard let row = rows.popLast() else { return false }
        bytesConsumed += 1
        record.begin(line: Int(bytesConsumed))
        for field in row { record.append(field.utf8) }
        return true
    }
}

@Suite struct RecordSourceTests {
    @Test(arguments: [3, 5000, 7001]) func `a table of another kind is read by the same layouts`(count: Int) throws {
        let header = ["Statement", "of", "May"]
        let names = ["Date(UTC)", "Pair", "Side", "Price", "Executed", "Amount", "Fee"]
        let rows = (0..<count).map { number in
            [
                "2026-05-01 10:00:00", "ETHEUR", number % 2 == 0 ? "SELL" : "BUY", "\(3000 + number)", "1ETH",
                "3000EUR", "1EUR",
            ]
        }
        var reader = try ImportReader(account: .main, records: Table([header, names] + rows))
        #expect(reader.layoutName == "binance_spot")
        var found: [ImportRow] = []
        while let batch = try reader.nextBatch() { found += batch }
        #expect(found.map(\.line) == Array(3..<(count + 3)))
        #expect(fills(found).map(\.price) == (0..<count).map { Amount(whole: Int64(3000 + $0)) })
    }
}
