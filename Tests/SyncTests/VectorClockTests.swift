import Primitives
import Sync
import Testing
import TestSupport

@Suite struct VectorClockTests {
    @Test(arguments: syncSeeds) func `joining and meeting form a lattice`(seed: UInt64) {
        var dice = Dice(seed: seed)
        let (a, b, c) = (dice.clock(), dice.clock(), dice.clock())
        #expect(a.joined(with: b) == b.joined(with: a), "seed \(seed)")
        #expect(a.met(with: b) == b.met(with: a), "seed \(seed)")
        #expect(a.joined(with: b).joined(with: c) == a.joined(with: b.joined(with: c)), "seed \(seed)")
        #expect(a.met(with: b).met(with: c) == a.met(with: b.met(with: c)), "seed \(seed)")
        #expect(a.joined(with: a) == a, "seed \(seed)")
        #expect(a.met(with: a) == a, "seed \(seed)")
        #expect(a.joined(with: a.met(with: b)) == a, "seed \(seed)")
        #expect(a.met(with: a.joined(with: b)) == a, "seed \(seed)")
        #expect(
            a.met(with: b.joined(with: c)) == a.met(with: b).joined(with: a.met(with: c)), "seed \(seed)")
    }

    @Test(arguments: syncSeeds) func `covering is the order of the lattice`(seed: UInt64) {
        var dice = Dice(seed: seed)
        let (a, b) = (dice.clock(), dice.clock())
        #expect(a.joined(with: b).covers(a) && a.joined(with: b).covers(b), "seed \(seed)")
        #expect(a.covers(a.met(with: b)) && b.covers(a.met(with: b)), "seed \(seed)")
        #expect(a.covers(b) == (a.joined(with: b) == a), "seed \(seed)")
        #expect(a.covers(b) == (a.met(with: b) == b), "seed \(seed)")
        #expect((a.covers(b) && b.covers(a)) == (a == b), "seed \(seed)")
        for replica in 1...4 {
            for counter in 1...UInt64(4) {
                let dot = Dot(ReplicaID.test(replica), counter)
                #expect(a.joined(with: b).covers(dot) == [a, b].contains { $0.covers(dot) }, "seed \(seed)")
                #expect(a.met(with: b).covers(dot) == (a.covers(dot) && b.covers(dot)), "seed \(seed)")
            }
        }
    }

    @Test(arguments: syncSeeds) func `the changes since an older clock are what it lacks and no more`(seed: UInt64) {
        var dice = Dice(seed: seed)
        let (newer, older) = (dice.clock(), dice.clock())
        let changes = newer.changes(since: older)
        #expect(changes.reduce(into: older) { $0.observe($1) } == newer.joined(with: older), "seed \(seed)")
        #expect(changes.allSatisfy { !older.covers($0) && newer[$0.replica] == $0.counter }, "seed \(seed)")
        #expect(newer.changes(since: newer).isEmpty, "seed \(seed)")
        #expect(newer.changes(since: VectorClock()) == newer.entries, "seed \(seed)")
    }

    @Test(arguments: syncSeeds) func `clocks that mean the same are equal, whatever order they were told in`(
        seed: UInt64
    ) {
        var dice = Dice(seed: seed)
        let clock = dice.clock(replicas: 8)
        #expect(VectorClock(clock.entries.shuffled(using: &dice)) == clock, "seed \(seed)")
        let withOld = clock.entries + clock.entries.map { Dot($0.replica, 1) } + [Dot(.test(9), 0)]
        #expect(VectorClock(withOld.shuffled(using: &dice)) == clock, "seed \(seed)")
        #expect(clock.entries == clock.entries.sorted(), "seed \(seed)")
    }

    @Test func `an entry can be set back and taken out`() {
        let clock = VectorClock([Dot(.test(1), 5), Dot(.test(2), 2)])
        #expect(clock.setting(.test(1), to: 3)[.test(1)] == 3)
        #expect(clock.setting(.test(1), to: 0).entries == [Dot(.test(2), 2)])
        #expect(clock.setting(.test(3), to: 1)[.test(3)] == 1)
        #expect(clock[.test(3)] == 0)
        #expect(VectorClock([Dot(.test(1), 0)]).isEmpty)
    }

    @Test func `an older commit does not set a clock back`() {
        var clock = VectorClock([Dot(.test(1), 5)])
        clock.observe(Dot(.test(1), 3))
        #expect(clock[.test(1)] == 5)
    }
}
