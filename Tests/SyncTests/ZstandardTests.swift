import Primitives
import Sync
import Testing
import TestSupport

@Suite struct ZstandardTests {
    private static let magic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]

    /// A frame header that declares a size in eight bytes, and what follows it.
    private func frame(declaring size: UInt64, _ rest: [UInt8] = [1, 0, 0]) -> [UInt8] {
        Self.magic + [0xe0] + withUnsafeBytes(of: size.littleEndian) { Array($0) } + rest
    }

    private func refusal(_ bytes: [UInt8], sizeMax: Int = 1 << 20) -> String {
        code { _ = try Zstandard.decompress(bytes, sizeMax: sizeMax) }
    }

    @Test(arguments: syncSeeds) func `what was compressed comes back`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let bytes = dice.chance(50) ? dice.bytes(dice.roll(3000)) : [UInt8](repeating: 7, count: dice.roll(100_000))
        #expect(try Zstandard.decompress(Zstandard.compress(bytes), sizeMax: bytes.count) == bytes, "seed \(seed)")
    }

    @Test func `a frame that declares more than the limit is refused before any memory is taken`() {
        #expect(refusal(frame(declaring: 1 << 46)) == "sync.too_large")
        #expect(refusal(frame(declaring: UInt64(Int64.max))) == "sync.too_large")
        #expect(refusal(frame(declaring: (1 << 20) + 1)) == "sync.too_large")
    }

    @Test func `a bomb is refused by one byte over the limit`() throws {
        let bomb = Zstandard.compress([UInt8](repeating: 0, count: 32 << 20))
        #expect(bomb.count < 10_000)
        #expect(refusal(bomb, sizeMax: 8 << 20) == "sync.too_large")
        #expect(refusal(bomb, sizeMax: (32 << 20) - 1) == "sync.too_large")
        #expect(try Zstandard.decompress(bomb, sizeMax: 32 << 20).count == 32 << 20)
    }

    @Test func `a frame that declares less than it holds is refused`() {
        // A raw last block of five bytes under a declared size of four, of five, and of six.
        let block: [UInt8] = [5 << 3 | 1, 0, 0, 1, 2, 3, 4, 5]
        #expect(refusal(frame(declaring: 4, block)) == "sync.garbage")
        #expect(refusal(frame(declaring: 5, block)) == "nothing was thrown")
        #expect(refusal(frame(declaring: 6, block)) == "sync.garbage")
    }

    @Test func `a small frame followed by a bomb is refused`() {
        let bomb = Zstandard.compress([UInt8](repeating: 0, count: 4 << 20))
        #expect(refusal(Zstandard.compress([1, 2, 3]) + bomb) == "sync.garbage")
        #expect(refusal(Self.magic + [0xe0] + [UInt8](repeating: 0, count: 8) + [1, 0, 0] + bomb) == "sync.garbage")
        let skippable: [UInt8] = [0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]
        #expect(refusal(skippable + bomb) == "sync.garbage")
    }

    @Test func `a frame that does not tell its size is refused`() {
        // No single segment, no content size: a window of 1 KiB and an empty last block.
        #expect(refusal(Self.magic + [0, 0, 1, 0, 0]) == "sync.garbage")
    }

    @Test func `a declared size beyond all bounds is refused`() {
        for size: UInt64 in [.max, .max - 1, .max - 2, 1 << 63] {
            #expect(refusal(frame(declaring: size), sizeMax: .max) == "sync.garbage")
        }
    }

    @Test func `truncated and damaged frames are refused`() {
        var dice = Dice(seed: 11)
        let whole = Zstandard.compress(dice.bytes(400) + [UInt8](repeating: 1, count: 4000))
        for count in 0..<whole.count { #expect(refusal(Array(whole.prefix(count))) != "nothing was thrown") }
        for _ in 0..<2000 {
            var bytes = whole
            bytes[dice.roll(bytes.count)] ^= UInt8(1 << dice.roll(8))
            // There is no checksum: damage may go unseen here, and is found by the commit's hash.
            #expect(["sync.garbage", "sync.too_large", "nothing was thrown"].contains(refusal(bytes)), "seed 11")
        }
    }

    @Test func `nothing is no frame`() {
        #expect(refusal([]) == "sync.garbage")
        #expect(refusal(Self.magic) == "sync.garbage")
    }
}
