import JournalAPI
import Primitives
import TestSupport
import Testing

@Suite struct FairSpaceTests {
    private static func person(_ number: Int) -> ID<FairSpaceTests> { ID(rawValue: UInt128(number)) }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func `no one takes more than their part, and nothing that is given back is lost`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let (bytesMax, perPersonMax) = (Int64(1000 + dice.roll(1000)), Int64(300 + dice.roll(300)))
        let space = FairSpace(bytesMax: bytesMax, bytesPerPersonMax: perPersonMax)
        var held: [(person: Int, bytes: Int64, share: FairSpace.Share)] = []
        for _ in 0..<2000 {
            if dice.chance(40), !held.isEmpty {
                held.remove(at: dice.roll(held.count))
            } else {
                let (person, bytes) = (dice.roll(6), Int64(dice.roll(200)))
                let share = space.share(of: Self.person(person))
                if (try? share.take(bytes)) != nil { held.append((person, bytes, share)) }
            }
            #expect(space.bytesUsed == held.reduce(0) { $0 + $1.bytes }, "seed \(seed)")
            #expect(space.bytesUsed <= bytesMax, "seed \(seed)")
            let byPerson = Dictionary(grouping: held, by: \.person).mapValues { $0.reduce(0) { $0 + $1.bytes } }
            #expect(byPerson.values.allSatisfy { $0 <= perPersonMax }, "seed \(seed)")
        }
        held = []
        #expect(space.bytesUsed == 0, "seed \(seed)")
    }

    @Test func `whoever comes last finds room as well`() throws {
        let space = FairSpace(bytesMax: 1 << 16, bytesPerPersonMax: 1 << 16)
        var shares: [FairSpace.Share] = []
        for person in 0..<8 {
            let share = space.share(of: Self.person(person))
            while (try? share.take(1)) != nil {}
            shares.append(share)
        }
        let last = space.share(of: Self.person(9))
        try last.take(1 << 7)
        #expect(space.bytesUsed < 1 << 16)
    }

    @Test func `what is small finds room always`() throws {
        let space = FairSpace(bytesMax: 1000, bytesPerPersonMax: 1000)
        let full = space.share(of: Self.person(1))
        full.note(1000)
        let small = space.share(of: Self.person(2), freeBytes: 100)
        try small.take(60)
        try small.take(40)
        #expect(space.bytesUsed == 1000)
        #expect(throws: Failure.serverBusy) { try small.take(1) }
        full.giveBack()
        try small.take(1)
        #expect(space.bytesUsed == 1)
        small.giveBack()
        #expect(space.bytesUsed == 0)
    }

    @Test(arguments: [.max, .max - 1, -1, .min] as [Int64])
    func `a count that makes no sense is refused`(count: Int64) throws {
        let space = FairSpace(bytesMax: 1 << 20, bytesPerPersonMax: 1 << 20)
        let share = space.share(of: Self.person(1))
        try share.take(1)
        #expect(throws: Failure.serverBusy) { try share.take(count) }
        #expect(space.bytesUsed == 1)
    }
}
