import Journal
import Primitives
import Testing

@Suite struct StreamingTests {
    @Test(arguments: Fixture.names, [1, 2, 7, 100])
    func `how the bytes are cut into chunks and the rows into batches changes nothing`(name: String, size: Int) throws {
        let bytes = try Fixture.bytes(name)
        let whole = try importRows(bytes, batch: .max) { .max }
        #expect(try importRows(bytes, batch: size) { size } == whole)
    }

    @Test func `rows come in the order of their lines, in batches of the size that was asked for`() throws {
        var reader = try ImportReader(account: .main, nextChunk: chunks(Fixture.bytes("demo_binance")))
        var lines: [Int] = []
        var consumed: Int64 = 0
        while let batch = try reader.nextBatch(7) {
            #expect(batch.count == min(7, 210 - lines.count))
            #expect(reader.bytesConsumed > consumed)
            consumed = reader.bytesConsumed
            lines += batch.map(\.line)
        }
        #expect(lines == Array(2...211))
        #expect(consumed == Int64(try Fixture.bytes("demo_binance").count))
    }

    @Test func `a long file is not read ahead of what is asked for`() throws {
        let row = Array("2026-05-01,BTCUSDT,buy,1,2,\n".utf8)
        var taken = 0
        var reader = try ImportReader(account: .main) {
            defer { taken += 1 }
            return taken == 0
                ? Array("time,symbol,side,price,quantity,id\n".utf8) : Array(repeating: row, count: 100).flatMap { $0 }
        }
        let ahead = taken
        #expect(ahead < 100)
        for _ in 0..<3 { _ = try reader.nextBatch(10) }
        #expect(taken - ahead < 700)
    }

    @Test func `an error of the source ends the import where it happens`() throws {
        var taken = 0
        let row = Array("2026-05-01,BTCUSDT,buy,1,2\n".utf8)
        var reader = try ImportReader(account: .main) {
            defer { taken += 1 }
            if taken == 0 { return Array("time,symbol,side,price,quantity\n".utf8) }
            guard taken < 20_000 else { throw Failure(.unavailable, "disk.gone", "The disk is gone.") }
            return row
        }
        let failure = #expect(throws: Failure.self) { while try reader.nextBatch() != nil {} }
        #expect(failure?.code == "disk.gone")
    }
}
