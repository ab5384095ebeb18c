import Primitives
import Synchronization
import TestSupport
import Testing

@Suite struct FairSpaceTests {
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func `no one takes more than their part, and nothing that is given back is lost`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let (bytesMax, perPersonMax) = (Int64(1000 + dice.roll(1000)), Int64(300 + dice.roll(300)))
        let space = FairSpace<Int>(bytesMax: bytesMax, bytesPerPersonMax: perPersonMax)
        var held: [(person: Int, bytes: Int64, share: FairSpace<Int>.Share)] = []
        for _ in 0..<2000 {
            if dice.chance(40), !held.isEmpty {
                held.remove(at: dice.roll(held.count))
            } else {
                let (person, bytes) = (dice.roll(6), Int64(dice.roll(200)))
                let share = space.share(of: person)
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
        let space = FairSpace<Int>(bytesMax: 1 << 16, bytesPerPersonMax: 1 << 16)
        var shares: [FairSpace<Int>.Share] = []
        for person in 0..<8 {
            let share = space.share(of: person)
            while (try? share.take(1)) != nil {}
            shares.append(share)
        }
        let last = space.share(of: 9)
        try last.take(1 << 7)
        #expect(space.bytesUsed < 1 << 16)
    }

    @Test func `what is small finds room always`() throws {
        let space = FairSpace<Int>(bytesMax: 1000, bytesPerPersonMax: 1000)
        let full = space.share(of: 1)
        full.note(1000)
        let small = space.share(of: 2, freeBytes: 100)
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
        let space = FairSpace<Int>(bytesMax: 1 << 20, bytesPerPersonMax: 1 << 20)
        let share = space.share(of: 1)
        try share.take(1)
        #expect(throws: Failure.serverBusy) { try share.take(count) }
        #expect(space.bytesUsed == 1)
    }

    @Test func `what is slow gives way to who holds less, and then takes nothing more`() throws {
        let space = Self.space(1000, perPerson: 500)
        let log = Log()
        let slow = space.share(of: 1, giveWay: { log.add(1) })
        let kept = space.share(of: 1, giveWay: { log.add(2) })
        let resting = space.share(of: 1)
        for share in [slow, kept, resting] { try share.take(160) }
        kept.keep()
        let small = space.share(of: 2, giveWay: { log.add(3) })
        try small.take(200)
        #expect(log.numbers.isEmpty)
        // There is room for 160 more, until somebody makes some.
        let other = space.share(of: 3)
        try other.take(200)
        #expect(log.numbers == [1])
        #expect(space.bytesUsed == 2 * 160 + 2 * 200)
        #expect(throws: Self.full) { try slow.take(1) }
        slow.giveBack()
        #expect(space.bytesUsed == 2 * 160 + 2 * 200)
        other.giveBack()
        try kept.take(1)
    }

    @Test func `nobody gives way to who would hold as much, nor before the time in which nobody is blamed`() throws {
        let equals = Self.space(1000, perPerson: 500)
        let log = Log()
        let shares = (0..<4).map { person in equals.share(of: person, giveWay: { log.add(person) }) }
        for share in shares.dropLast() { try share.take(200) }
        #expect(throws: Self.full) { try shares[3].take(201) }
        let patient = Self.space(1000, perPerson: 500, graceTime: .seconds(1000))
        let first = patient.share(of: 1, giveWay: { log.add(9) })
        try first.take(500)
        #expect(throws: Self.full) { try patient.share(of: 2).take(300) }
        try patient.share(of: 2).take(250)
        #expect(log.numbers.isEmpty)
    }

    @Test func `who holds too much is told so, and nobody gives way to them`() throws {
        let space = Self.space(1000, perPerson: 100)
        let log = Log()
        let others = (1...4).map { person in space.share(of: person, giveWay: { log.add(person) }) }
        for share in others { try share.take(100) }
        #expect(throws: Self.tooMuch) { try space.check(1) }
        #expect(throws: Self.tooMuch) { try others[0].take(1) }
        try space.check(5)
        #expect(log.numbers.isEmpty)
        #expect(space.bytesAtMost == 100)
    }

    private static let full = Failure(.unavailable, "test.full", "full")
    private static let tooMuch = Failure(.tooMany, "test.too_much", "too much")

    private static func space(
        _ bytesMax: Int64, perPerson: Int64, graceTime: Duration = .zero
    ) -> FairSpace<Int> {
        FairSpace(
            bytesMax: bytesMax, bytesPerPersonMax: perPerson, graceTime: graceTime, ownRefusal: tooMuch, refusal: full)
    }
}

/// Who gave way.
private final class Log: Sendable {
    private let seen = Mutex<[Int]>([])

    var numbers: [Int] { seen.withLock { $0 } }

    func add(_ number: Int) { seen.withLock { $0.append(number) } }
}
