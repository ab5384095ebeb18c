import Primitives
import Sync
import Testing
import TestSupport

/// One field. Laws of writes that could not see each other, and of those that could.
@Suite struct RegisterTests {
    private func dot(_ replica: Int, _ counter: UInt64) -> Dot { Dot(.test(replica), counter) }

    @Test func `a write supersedes what its writer had seen`() {
        var register = Register()
        register.write(.text("95"), by: dot(1, 1), seen: VectorClock())
        let superseded = register.write(.text("94"), by: dot(2, 1), seen: VectorClock([dot(1, 1)]))
        #expect(register.siblings == [Sibling(dot(2, 1), .text("94"))])
        #expect(superseded == [Sibling(dot(1, 1), .text("95"))])
        #expect(!register.isConflict)
    }

    @Test func `a write stands beside what its writer had not seen`() {
        var register = Register()
        register.write(.text("95"), by: dot(1, 1), seen: VectorClock())
        let superseded = register.write(.text("94"), by: dot(2, 1), seen: VectorClock())
        #expect(register.siblings.map(\.value) == [.text("95"), .text("94")])
        #expect(superseded.isEmpty)
        #expect(register.isConflict)
    }

    @Test func `equal values are no conflict`() {
        var register = Register()
        register.write(.integer(5), by: dot(1, 1), seen: VectorClock())
        register.write(.integer(5), by: dot(2, 1), seen: VectorClock())
        #expect(register.siblings.count == 2)
        #expect(!register.isConflict)
    }

    @Test func `texts that only look alike are a conflict`() {
        var register = Register()
        register.write(.text("caf\u{e9}"), by: dot(1, 1), seen: VectorClock())
        register.write(.text("cafe\u{301}"), by: dot(2, 1), seen: VectorClock())
        #expect(register.isConflict)
    }

    @Test func `one write settles a conflict that its writer has seen`() {
        var register = Register()
        register.write(.integer(1), by: dot(1, 1), seen: VectorClock())
        register.write(.integer(2), by: dot(2, 1), seen: VectorClock())
        register.write(.integer(3), by: dot(3, 1), seen: VectorClock([dot(1, 1), dot(2, 1)]))
        #expect(register.siblings == [Sibling(dot(3, 1), .integer(3))])
    }

    @Test func `the later time is shown, and the greater replica when times are equal`() {
        let register = Register([Sibling(dot(1, 1), .text("later")), Sibling(dot(2, 1), .text("earlier"))])
        let later = register.shown { $0.replica == .test(1) ? HybridTime(rawValue: 9) : HybridTime(rawValue: 8) }
        #expect(later?.value == .text("later"))
        let equal = register.shown { _ in HybridTime(rawValue: 8) }
        #expect(equal?.dot == dot(2, 1))
        #expect(Register().shown { _ in .zero } == nil)
    }

    @Test(arguments: syncSeeds) func `every order in which writes can arrive gives the same siblings`(seed: UInt64) {
        let history = WriteHistory(seed: seed)
        let expected = Register(history.last.map { Sibling($0.dot, .integer(Int64($0.dot.counter))) })
        var dice = Dice(seed: seed ^ 0xabcd)
        for _ in 0..<5 {
            var register = Register()
            for write in history.inSomeOrder(&dice) {
                register.write(.integer(Int64(write.dot.counter)), by: write.dot, seen: write.seen)
            }
            #expect(register == expected, "seed \(seed)")
        }
    }
}

/// The commits that hold a member in a set.
@Suite struct MembershipTests {
    private func dot(_ replica: Int, _ counter: UInt64) -> Dot { Dot(.test(replica), counter) }

    @Test func `adding wins over a removal that had not seen it`() {
        var first = Membership([dot(1, 1)])
        first.add(by: dot(2, 1), seen: VectorClock())
        first.remove(by: dot(1, 2), seen: VectorClock([dot(1, 1)]))
        var second = Membership([dot(1, 1)])
        second.remove(by: dot(1, 2), seen: VectorClock([dot(1, 1)]))
        second.add(by: dot(2, 1), seen: VectorClock())
        #expect(first == second)
        #expect(first.isPresent)
    }

    @Test func `a removal takes away what its writer had seen`() {
        var members = Membership([dot(1, 1), dot(2, 1)])
        members.remove(by: dot(3, 1), seen: VectorClock([dot(1, 1), dot(2, 1)]))
        #expect(!members.isPresent)
    }

    @Test func `adding again leaves one commit, so that one removal is enough`() {
        var members = Membership([dot(1, 1)])
        members.add(by: dot(1, 2), seen: VectorClock([dot(1, 1)]))
        #expect(members.dots == [dot(1, 2)])
    }

    @Test func `a commit that adds and removes ends with what it did last`() {
        var members = Membership()
        members.add(by: dot(1, 1), seen: VectorClock())
        members.remove(by: dot(1, 1), seen: VectorClock())
        #expect(!members.isPresent)
        members.add(by: dot(1, 1), seen: VectorClock())
        #expect(members.dots == [dot(1, 1)])
    }

    @Test(arguments: syncSeeds) func `every order in which additions and removals can arrive ends alike`(seed: UInt64) {
        let history = WriteHistory(seed: seed)
        var dice = Dice(seed: seed ^ 0x1234)
        var results: Set<Membership> = []
        for _ in 0..<6 {
            var members = Membership()
            for write in history.inSomeOrder(&dice) {
                if write.isRemoval {
                    members.remove(by: write.dot, seen: write.seen)
                } else {
                    members.add(by: write.dot, seen: write.seen)
                }
            }
            results.insert(members)
        }
        #expect(results.count == 1, "seed \(seed)")
        let standing = history.writes.filter { write in
            !write.isRemoval && !history.writes.contains { $0.seen.covers(write.dot) }
        }
        #expect(results.first?.dots == standing.map(\.dot).sorted(), "seed \(seed)")
    }
}

/// What is deleted, and what lives on.
@Suite struct TombstonesTests {
    private func dot(_ replica: Int, _ counter: UInt64) -> Dot { Dot(.test(replica), counter) }

    @Test func `what a deletion had seen is hidden`() {
        var tombstones = Tombstones()
        tombstones.delete(by: dot(2, 1), seen: VectorClock([dot(1, 1)]))
        #expect(tombstones.presence(of: [dot(1, 1)]) { _ in VectorClock([dot(1, 1)]) } == .deleted)
    }

    @Test func `an edit that a deletion had not seen keeps the entity`() {
        var tombstones = Tombstones()
        tombstones.delete(by: dot(2, 1), seen: VectorClock([dot(1, 1)]))
        #expect(tombstones.presence(of: [dot(1, 1), dot(1, 2)]) { _ in VectorClock([dot(1, 1)]) } == .contested)
    }

    @Test func `a write of someone who had seen the deletion takes it back`() {
        var tombstones = Tombstones()
        tombstones.delete(by: dot(2, 1), seen: VectorClock([dot(1, 1)]))
        tombstones.revive(by: dot(1, 2), seen: VectorClock([dot(1, 1), dot(2, 1)]))
        #expect(tombstones.presence(of: [dot(1, 1), dot(1, 2)]) { _ in VectorClock() } == .alive)
    }

    @Test func `two deletions together hide what each saw`() {
        var tombstones = Tombstones()
        tombstones.delete(by: dot(3, 1), seen: VectorClock([dot(1, 1)]))
        tombstones.delete(by: dot(4, 1), seen: VectorClock([dot(2, 1)]))
        let contexts = [dot(3, 1): VectorClock([dot(1, 1)]), dot(4, 1): VectorClock([dot(2, 1)])]
        let presence = tombstones.presence(of: [dot(1, 1), dot(2, 1)]) { contexts[$0] ?? VectorClock() }
        #expect(presence == .deleted)
    }

    @Test func `what a commit wrote before it deleted is hidden with the rest`() {
        var tombstones = Tombstones()
        tombstones.delete(by: dot(1, 2), seen: VectorClock([dot(1, 1)]))
        #expect(tombstones.presence(of: [dot(1, 2)]) { _ in VectorClock([dot(1, 1)]) } == .deleted)
    }

    @Test(arguments: syncSeeds) func `every order in which edits and deletions can arrive ends alike`(seed: UInt64) {
        let history = WriteHistory(seed: seed)
        let contexts = Dictionary(uniqueKeysWithValues: history.writes.map { ($0.dot, $0.seen) })
        var dice = Dice(seed: seed ^ 0x77)
        var results: Set<String> = []
        for _ in 0..<6 {
            var tombstones = Tombstones()
            var register = Register()
            for write in history.inSomeOrder(&dice) {
                if write.isRemoval {
                    tombstones.delete(by: write.dot, seen: write.seen)
                } else {
                    register.write(.null, by: write.dot, seen: write.seen)
                    tombstones.revive(by: write.dot, seen: write.seen)
                }
            }
            let presence = tombstones.presence(of: register.siblings.map(\.dot)) { contexts[$0] ?? VectorClock() }
            results.insert("\(tombstones.dots) \(register.siblings) \(presence)")
        }
        #expect(results.count == 1, "seed \(seed)")
    }
}
