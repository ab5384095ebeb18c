import Primitives
import Sync
import TestSupport

/// Writes of a few replicas that saw some of each other's, as they can come about.
struct WriteHistory {
    struct Write {
        let dot: Dot
        let seen: VectorClock
        let isRemoval: Bool
    }

    let writes: [Write]

    init(seed: UInt64) {
        var dice = Dice(seed: seed)
        var clocks = (1...3).map { _ in VectorClock() }
        var writes: [Write] = []
        for _ in 0..<(3 + dice.roll(8)) {
            let replica = dice.roll(3)
            if dice.chance(40) { clocks[replica] = clocks[replica].joined(with: clocks[dice.roll(3)]) }
            let id = ReplicaID.test(replica + 1)
            let dot = Dot(id, clocks[replica][id] + 1)
            writes.append(Write(dot: dot, seen: clocks[replica], isRemoval: dice.chance(30)))
            clocks[replica].observe(dot)
        }
        self.writes = writes
    }

    /// The writes that no other had seen.
    var last: [Write] { writes.filter { write in !writes.contains { $0.seen.covers(write.dot) } } }

    /// Some order in which each write follows all that its writer had seen.
    func inSomeOrder(_ dice: inout Dice) -> [Write] {
        var waiting = writes.shuffled(using: &dice)
        var clock = VectorClock()
        var ordered: [Write] = []
        while let next = waiting.firstIndex(where: { clock.covers($0.seen) }) {
            let write = waiting.remove(at: next)
            clock.observe(write.dot)
            ordered.append(write)
            waiting.shuffle(using: &dice)
        }
        return ordered
    }
}
