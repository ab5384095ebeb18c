import Foundation
import Journal
import Primitives
import TestSupport
import Testing

/// Real pictures, damaged at random: a reader says what it finds or that there is nothing, and what it has cleaned once
/// it cleans to the same.
///
/// `DAYBOOK_FUZZ_SEED` runs one seed, `DAYBOOK_FUZZ_RUNS` that many new ones.
@Suite struct PictureFuzzTests {
    private static let names = [
        "texts.png", "photo.jpg", "photo_turned.jpg", "photo_progressive.jpg", "moving.gif", "moving.webp",
        "photo.webp",
        "lossless.webp",
    ]
    private static let mutationsPerPicture = 250

    @Test(arguments: FuzzSeeds.some(1, 2)) func `no picture can end a reader`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        var (sized, cleaned) = (0, 0)
        for name in Self.names {
            let bytes = Array(try Fixture.data("images/\(name)"))
            let format = try #require(ImageFormat(sniffing: bytes))
            for _ in 0..<Self.mutationsPerPicture {
                let damaged = dice.damaged(bytes)
                if let size = PictureSize(format, damaged) {
                    sized += 1
                    #expect(size.width > 0 && size.height > 0 && size.frameCount > 0)
                    // Whatever it says is counted without overflow.
                    _ = try? size.check()
                }
                guard let clean = try? CleanImage(damaged) else { continue }
                cleaned += 1
                let again = try CleanImage(clean.bytes)
                #expect(again.bytes == clean.bytes, "DAYBOOK_FUZZ_SEED=\(seed) \(name)")
                _ = try? clean.size()
            }
        }
        #expect(sized > Self.mutationsPerPicture && cleaned > Self.mutationsPerPicture, "DAYBOOK_FUZZ_SEED=\(seed)")
    }

    @Test func `a picture cut off anywhere has a size or none`() throws {
        for name in Self.names {
            let bytes = Array(try Fixture.data("images/\(name)"))
            let format = try #require(ImageFormat(sniffing: bytes))
            let whole = try #require(PictureSize(format, bytes))
            for length in 0..<min(bytes.count, 2000) {
                guard let part = PictureSize(format, Array(bytes.prefix(length))) else { continue }
                #expect(part.frameCount <= whole.frameCount, "\(name) \(length)")
            }
        }
    }

    @Test func `a segment, block or chunk of any length has an end`() {
        let heads: [(format: ImageFormat, head: [UInt8])] = [
            (.jpeg, [0xff, 0xd8, 0xff, 0xe1]), (.jpeg, [0xff, 0xd8, 0xff, 0xc0]), (.jpeg, [0xff, 0xd8, 0xff, 0xda]),
            (.png, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), (.gif, Array("GIF89a".utf8) + [1, 0, 1, 0]),
            (.webp, Array("RIFF".utf8)), (.webp, Array("RIFF\0\0\0\u{10}WEBPANMF".utf8)),
        ]
        let ends: [UInt8] = [0, 1, 2, 0x7f, 0x80, 0xfe, 0xff]
        for (format, head) in heads {
            for first in ends {
                for second in ends {
                    for tail in [0, 1, 9, 64] {
                        let bytes = head + [first, second, second, first] + [UInt8](repeating: first, count: tail)
                        if let size = PictureSize(format, bytes) { #expect(size.width > 0 && size.height > 0) }
                        #expect(throws: Failure.self) { try CleanImage(bytes) }
                    }
                }
            }
        }
    }
}

extension Dice {
    /// A few steps away from a file: bits flipped, numbers at their ends, pieces cut out, doubled and swapped.
    fileprivate mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...roll(4) where !bytes.isEmpty {
            // Heads are what a reader trusts.
            let place = roll(chance(70) ? min(bytes.count, 160) : bytes.count)
            let end = min(bytes.count, place + 1 + roll(20))
            switch roll(7) {
            case 0: bytes[place] ^= UInt8(1) << UInt8(roll(8))
            case 1: bytes[place] = pick([0, 1, 2, 0x7f, 0x80, 0xff])
            case 2:
                bytes.replaceSubrange(
                    place..<min(bytes.count, place + 4), with: pick([[0, 0, 0, 0], [0xff, 0xff, 0xff, 0xff]]))
            case 3: bytes.removeSubrange(place..<end)
            case 4: bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 5: bytes.removeLast(min(bytes.count - 1, roll(60)))
            default: bytes.insert(contentsOf: (0..<roll(9)).map { _ in UInt8(truncatingIfNeeded: next()) }, at: place)
            }
        }
        return bytes
    }
}
