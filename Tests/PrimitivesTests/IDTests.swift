import Foundation
import Primitives
import Testing
import TestSupport

struct IDTests {
    enum Apple {}
    enum Pear {}

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `text, bytes and JSON are read back`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        for _ in 0..<100 {
            let id = ID<Apple>(rawValue: .random(in: .min ... .max, using: &dice))
            #expect(ID(id.description) == id, "seed \(seed)")
            #expect(ID(id.description.uppercased()) == id, "seed \(seed)")
            #expect(ID(bytes: id.bytes) == id, "seed \(seed)")
            #expect(UUID(uuidString: id.description)?.uuidString.lowercased() == id.description, "seed \(seed)")
            #expect(id.cast(to: Pear.self).cast() == id, "seed \(seed)")
            let json = try JSONEncoder().encode([id])
            #expect(try JSONDecoder().decode([ID<Apple>].self, from: json) == [id], "seed \(seed)")
        }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `numbers, bytes and text have one order`(seed: UInt64) {
        var dice = Dice(seed: seed)
        for _ in 0..<100 {
            let left = ID<Apple>(rawValue: .random(in: .min ... .max, using: &dice))
            let right = ID<Apple>(rawValue: .random(in: .min ... .max, using: &dice))
            #expect((left < right) == left.bytes.lexicographicallyPrecedes(right.bytes), "seed \(seed)")
            #expect((left < right) == (left.description < right.description), "seed \(seed)")
        }
    }

    @Test(arguments: [
        "", "0", "00000000-0000-0000-0000-00000000000", "00000000-0000-0000-0000-0000000000000",
        "00000000000000000000000000000000", "00000000-0000-0000-0000_000000000000",
        "0000000-00000-0000-0000-000000000000",
        "{0000000-0000-0000-0000-00000000000}", "g0000000-0000-0000-0000-000000000000",
        "é000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-00000000000\u{0}",
        "00000000-0000-0000-0000-000000000000-", "０0000000-0000-0000-0000-000000000",
    ])
    func `text that is no UUID is refused`(text: String) {
        #expect(ID<Apple>(text) == nil)
    }

    @Test(arguments: [0, 1, 15, 17, 32])
    func `sixteen bytes it must be`(count: Int) {
        #expect(ID<Apple>(bytes: [UInt8](repeating: 7, count: count)) == nil)
    }

    @Test func `a new name carries its time, its version and its chance`() {
        let world = World(
            now: { Timestamp(milliseconds: 0x0123_4567_89ab) },
            random: { [UInt8](repeating: 0xff, count: $0) })
        #expect(ID<Apple>.new(in: world).description == "01234567-89ab-7fff-bfff-ffffffffffff")
    }

    @Test func `names made later sort later`() {
        let names = (0..<50).map { step in
            ID<Apple>.new(
                in: World(now: { Timestamp(milliseconds: 1_700_000_000_000 + step) }, random: World.live.random))
        }
        #expect(names == names.sorted())
        #expect(Set(names).count == names.count)
    }
}

struct HexTests {
    @Test func `bytes are read back`() {
        let bytes = [UInt8](0...255)
        #expect(Hex.decode(Hex.encode(bytes)) == bytes)
        #expect(Hex.decode(Hex.encode(bytes).uppercased()) == bytes)
        #expect(Hex.encode([0x0f, 0xa0]) == "0fa0")
        #expect(Hex.decode("") == [])
    }

    @Test(arguments: ["0", "0g", "0x", " 00", "00 ", "é", "０0"])
    func `anything else is refused`(text: String) {
        #expect(Hex.decode(text) == nil)
    }
}
