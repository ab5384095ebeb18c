import Primitives
import TestSupport
import Testing

@testable import Journal

@Suite struct EqualRowsTests {
    private static func time(_ second: Int) -> Timestamp { Timestamp(milliseconds: Int64(second) * 1000) }

    @Test(arguments: [1, -1]) func `equal rows of a long file in order of time are counted, and memory does not grow`(
        direction: Int
    ) {
        var rows = EqualRows(rememberedMin: 10)
        for second in 0..<500 {
            let time = Self.time(second * direction)
            for repetition in 0..<4 {
                #expect(rows.count(UInt64(second), symbol: "A_B", time: time) == UInt32(repetition))
            }
        }
        #expect(rows.rememberedCount <= 20)
    }

    @Test func `symbols that stand one behind the other have times of their own`() {
        var rows = EqualRows(rememberedMin: 10)
        for (symbol, name) in ["A_B", "C_B", "D_B"].enumerated() {
            for second in 0..<100 {
                let key = UInt64(symbol * 1000 + second)
                #expect(rows.count(key, symbol: name, time: Self.time(second)) == 0)
                #expect(rows.count(key, symbol: name, time: Self.time(second)) == 1)
            }
        }
    }

    @Test func `what may be equal to a row that was forgotten is not counted as the first`() {
        var rows = EqualRows(rememberedMin: 10)
        for second in 0..<100 { _ = rows.count(UInt64(second), symbol: "A_B", time: Self.time(second)) }
        #expect(rows.count(5, symbol: "A_B", time: Self.time(5)) == nil)
        #expect(rows.count(7777, symbol: "A_B", time: Self.time(6)) == nil)
        #expect(rows.count(99, symbol: "A_B", time: Self.time(99)) == 1)
        #expect(rows.count(5, symbol: "C_B", time: Self.time(5)) == 0)
        #expect(rows.count(100, symbol: "A_B", time: Self.time(100)) == 0)
    }

    @Test func `of very many symbols nothing that was forgotten counts as the first`() {
        var rows = EqualRows(rememberedMin: 20_000)
        for symbol in 0..<60_000 { _ = rows.count(UInt64(symbol), symbol: "S\(symbol)_B", time: Self.time(symbol)) }
        #expect(rows.count(3, symbol: "S3_B", time: Self.time(3)) == nil)
        #expect(rows.count(15_000, symbol: "S15000_B", time: Self.time(15_000)) == nil)
        #expect(rows.count(59_999, symbol: "S59999_B", time: Self.time(59_999)) == 1)
        #expect(rows.count(60_000, symbol: "S60000_B", time: Self.time(60_000)) == 0)
    }
}
