import Foundation
import Journal
import Primitives
import Testing

@Suite struct EncodingTests {
    private static let text =
        "time\tsymbol\tside\tprice\tquantity\tnote\n2026-05-01\tBTC/EUR\tbuy\t1\t2\tGebühr 币\n2026-05-02\t币安人生/USDT\tsell\t1\t2\t😀\n"

    private func bytes(_ text: String, bigEndian: Bool) -> [UInt8] {
        text.utf16.flatMap { bigEndian ? [UInt8($0 >> 8), UInt8($0 & 255)] : [UInt8($0 & 255), UInt8($0 >> 8)] }
    }

    @Test(arguments: [false, true], [1, 2, 3, 7, 1000])
    func `a file in UTF-16 is the same file, with its mark or without, however it is cut`(bigEndian: Bool, size: Int)
        throws
    {
        let expected = try importRows(Self.text)
        #expect(fills(expected).map(\.symbol) == ["BTC_EUR", "币安人生_USDT"])
        for mark in ["\u{feff}", ""] {
            let bytes = bytes(mark + Self.text, bigEndian: bigEndian)
            #expect(try importRows(bytes, size: { size }) == expected)
        }
    }

    @Test func `a long file in UTF-16 streams, and tells how far it is`() throws {
        let row = "2026-05-01\tBTC/EUR\tbuy\t1\t2\tGebühr\n"
        let all = bytes(
            "\u{feff}time\tsymbol\tside\tprice\tquantity\tnote\n" + String(repeating: row, count: 20_000),
            bigEndian: false)
        var reader = try ImportReader(account: .main, nextChunk: chunks(all) { 10_001 })
        var count = 0
        while let batch = try reader.nextBatch(500) { count += batch.count }
        #expect(count == 20_000)
        #expect(reader.bytesConsumed == Int64(all.count))
    }

    @Test func `a file of Windows is read by its letters`() throws {
        let text = "time;symbol;side;price;quantity;Gebühr\n2026-05-01;BTC/EUR;buy;1,5;2;€ 1\n"
        let bytes = try #require(text.data(using: .windowsCP1252)).map { $0 }
        let rows = try importRows(bytes)
        #expect(fills(rows).map(\.price.description) == ["1.5"])
    }
}
