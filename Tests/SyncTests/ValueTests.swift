import Primitives
import Sync
import Testing
import TestSupport

@Suite struct ValueTests {
    @Test(arguments: syncSeeds) func `a value comes back from its canonical bytes`(seed: UInt64) {
        var dice = Dice(seed: seed)
        for _ in 0..<20 {
            let value = dice.value()
            #expect(Value(canonicalBytes: value.canonicalBytes) == value, "seed \(seed)")
        }
    }

    @Test(arguments: syncSeeds) func `values are equal when their canonical bytes are`(seed: UInt64) {
        var dice = Dice(seed: seed)
        for _ in 0..<50 {
            let (left, right) = (dice.value(), dice.value())
            #expect((left == right) == (left.canonicalBytes == right.canonicalBytes), "seed \(seed)")
            if left == right { #expect(left.hashValue == right.hashValue, "seed \(seed)") }
        }
    }

    @Test func `texts that look alike and were typed differently are two values`() {
        #expect(Value.text("caf\u{e9}") != Value.text("cafe\u{301}"))
        #expect(Set([Value.text("caf\u{e9}"), .text("cafe\u{301}")]).count == 2)
    }

    @Test func `empty values of different types are different`() {
        let empty: [Value] = [.null, .text(""), .bytes([]), .opaque([]), .integer(0)]
        #expect(Set(empty).count == empty.count)
        #expect(Set(empty.map(\.canonicalBytes)).count == empty.count)
    }

    @Test(
        arguments: [
            [], [0, 0], [2], [2, 1, 2, 3, 4, 5, 6, 7], [2, 1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 0xff], [1, 0xc0, 0x80], [7],
            [254],
        ] as [[UInt8]])
    func `damaged canonical bytes are no value`(bytes: [UInt8]) {
        #expect(Value(canonicalBytes: bytes) == nil)
    }

    @Test func `whatever bytes lie on disk, reading them is safe and what is read writes the same`() {
        let seed: UInt64 = 2024
        var dice = Dice(seed: seed)
        var read = 0
        for _ in 0..<5000 {
            let bytes = [dice.pick([0, 1, 2, 3, 255, UInt8(dice.roll(256))])] + dice.bytes(dice.roll(12))
            guard let value = Value(canonicalBytes: bytes) else { continue }
            read += 1
            #expect(value.canonicalBytes == bytes, "seed \(seed)")
        }
        #expect((1..<5000).contains(read))
    }
}
