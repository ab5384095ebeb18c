import Primitives
import Sync
import Testing
import TestSupport

@Suite struct ContentHashTests {
    private static func elements(_ dice: inout Dice) -> [ContentHash.Element] {
        (0..<12).map { index in
            let dot = Dot(.test(1 + dice.roll(3)), UInt64(1 + index))
            switch dice.roll(3) {
            case 0: return .value(.test(dice.roll(4)), Slot(.trade, UInt32(1 + dice.roll(5))), dot, dice.value())
            case 1: return .member(.tags, owner: .test(dice.roll(4)), .test(dice.roll(4)), dot)
            default: return .tombstone(.trade, .test(dice.roll(4)), dot)
            }
        }
    }

    @Test(arguments: syncSeeds) func `the order does not matter`(seed: UInt64) {
        var dice = Dice(seed: seed)
        let elements = Self.elements(&dice)
        var sums: Set<ContentHash> = []
        for _ in 0..<4 {
            var hash = ContentHash()
            for element in elements.shuffled(using: &dice) { hash.insert(element) }
            sums.insert(hash)
        }
        #expect(sums.count == 1, "seed \(seed)")
    }

    @Test(arguments: syncSeeds) func `taking away undoes adding`(seed: UInt64) {
        var dice = Dice(seed: seed)
        let elements = Self.elements(&dice)
        let kept = elements.prefix(dice.roll(elements.count))
        var hash = ContentHash()
        for element in elements { hash.insert(element) }
        for element in elements.dropFirst(kept.count).shuffled(using: &dice) { hash.remove(element) }
        var expected = ContentHash()
        for element in kept { expected.insert(element) }
        #expect(hash == expected, "seed \(seed)")
        for element in kept { hash.remove(element) }
        #expect(hash == ContentHash(), "seed \(seed)")
    }

    @Test func `what differs in anything has another hash`() {
        let dot = Dot(.test(1), 1)
        let slot = Slot(.trade, 1)
        let elements: [ContentHash.Element] = [
            .value(.test(1), slot, dot, .text("1")), .value(.test(2), slot, dot, .text("1")),
            .value(.test(1), Slot(.trade, 2), dot, .text("1")), .value(.test(1), Slot(.tags, 1), dot, .text("1")),
            .value(.test(1), slot, Dot(.test(2), 1), .text("1")), .value(.test(1), slot, Dot(.test(1), 2), .text("1")),
            .value(.test(1), slot, dot, .text("2")), .value(.test(1), slot, dot, .text("")),
            .value(.test(1), slot, dot, .text("1\0")), .value(.test(1), slot, dot, .bytes([0x31])),
            .value(.test(1), slot, dot, .opaque([0x31])), .value(.test(1), slot, dot, .integer(1)),
            .value(.test(1), slot, dot, .integer(-1)), .value(.test(1), slot, dot, .integer(256)),
            .value(.test(1), slot, dot, .null),
            .value(.test(1), slot, dot, .bytes([])), .value(.test(1), slot, dot, .opaque([])),
            .value(.test(1), slot, dot, .text("caf\u{e9}")), .value(.test(1), slot, dot, .text("cafe\u{301}")),
            .member(.trade, owner: .test(1), .test(1), dot), .member(.tags, owner: .test(1), .test(1), dot),
            .member(.tags, owner: .test(1), .test(2), dot), .member(.tags, owner: .test(2), .test(1), dot),
            .member(.tags, owner: .test(1), .test(1), Dot(.test(1), 2)),
            .tombstone(.trade, .test(1), dot), .tombstone(.tags, .test(1), dot), .tombstone(.trade, .test(2), dot),
            .tombstone(.trade, .test(1), Dot(.test(1), 2)),
        ]
        var sums: Set<ContentHash> = []
        for element in elements {
            var hash = ContentHash()
            hash.insert(element)
            sums.insert(hash)
        }
        #expect(sums.count == elements.count)
    }

    @Test func `the same value twice is not the value once nor nothing`() {
        let element = ContentHash.Element.tombstone(.trade, .test(1), Dot(.test(1), 1))
        var once = ContentHash()
        once.insert(element)
        var twice = once
        twice.insert(element)
        #expect(twice != once)
        #expect(twice != ContentHash())
    }

    @Test func `a content hash comes back from its bytes`() {
        var hash = ContentHash()
        hash.insert(.tombstone(.trade, .test(1), Dot(.test(1), 1)))
        #expect(ContentHash(bytes: hash.bytes) == hash)
        #expect(ContentHash(bytes: hash.bytes.dropLast()) == nil)
    }
}
