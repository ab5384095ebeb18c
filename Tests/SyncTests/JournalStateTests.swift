import Primitives
import Sync
import Testing
import TestSupport

/// The rules applied to whole commits, in memory.
@Suite struct JournalStateTests {
    private static let key = JournalState.Key(.trade, .test(1))

    private func empty() -> JournalState {
        JournalState(owner: { $0 == .tags ? .trade : nil }, isProse: { $0 == Slot(.trade, 13) })
    }

    private func commit(_ dot: Dot, seen: VectorClock = VectorClock(), _ mutations: [Mutation]) -> Commit {
        Commit(
            dot: dot, time: HybridTime(rawValue: dot.counter << 16), parent: nil,
            contextChanges: seen.setting(dot.replica, to: 0).entries, mutations: mutations, summary: "")
    }

    @Test func `a commit before what it builds on is refused and changes nothing`() throws {
        var state = empty()
        let second = commit(Dot(.test(1), 2), [.delete(.trade, .test(1))])
        #expect(code { try state.apply(second) } == "sync.gap")
        let beyond = commit(
            Dot(.test(1), 1), seen: VectorClock([Dot(.test(2), 1)]), [.delete(.trade, .test(1))])
        #expect(code { try state.apply(beyond) } == "sync.gap")
        #expect(state.clock.isEmpty && state.entities.isEmpty)
    }

    @Test func `a commit that comes twice counts once`() throws {
        var state = empty()
        let first = commit(Dot(.test(1), 1), [.put(.trade, .test(1), [FieldWrite(12, .integer(5))])])
        try state.apply(first)
        let once = state.contentHash
        try state.apply(first)
        #expect(state.contentHash == once)
        #expect(state.shown(Self.key, 12) == .integer(5))
    }

    @Test func `what was never written is null and has no presence`() {
        #expect(empty().shown(Self.key, 12) == .null)
        #expect(empty().presence(Self.key) == nil)
        #expect(empty().members(.tags, of: Self.key).isEmpty)
    }

    @Test func `a tag put on a trade counts as an edit of it`() throws {
        var state = empty()
        try state.apply(commit(Dot(.test(1), 1), [.put(.trade, .test(1), [FieldWrite(12, .integer(5))])]))
        let seen = VectorClock([Dot(.test(1), 1)])
        try state.apply(commit(Dot(.test(2), 1), seen: seen, [.delete(.trade, .test(1))]))
        #expect(state.presence(Self.key) == .deleted)
        try state.apply(commit(Dot(.test(3), 1), seen: seen, [.add(.tags, owner: .test(1), .test(9))]))
        #expect(state.presence(Self.key) == .contested)
        #expect(state.members(.tags, of: Self.key) == [.test(9)])
    }

    @Test(arguments: syncSeeds) func `every order in which commits can arrive ends with the same state`(seed: UInt64)
        throws
    {
        let history = WriteHistory(seed: seed)
        var dice = Dice(seed: seed ^ 0x51)
        let commits = Dictionary(
            uniqueKeysWithValues: history.writes.map { write in
                (write.dot, commit(write.dot, seen: write.seen, (0..<3).map { _ in Self.mutation(&dice) }))
            })
        var shown: Set<String> = []
        for _ in 0..<5 {
            var state = empty()
            for write in history.inSomeOrder(&dice) { if let commit = commits[write.dot] { try state.apply(commit) } }
            let fields = [12, 13].map { state.shown(Self.key, $0).canonicalBytes }
            shown.insert("\(state.contentHash) \(String(describing: state.presence(Self.key))) \(fields)")
        }
        #expect(shown.count == 1, "seed \(seed)")
    }

    private static func mutation(_ dice: inout Dice) -> Mutation {
        switch dice.roll(6) {
        case 0: .delete(.trade, .test(1))
        case 1: .add(.tags, owner: .test(1), .test(9 + dice.roll(2)))
        case 2: .remove(.tags, owner: .test(1), .test(9 + dice.roll(2)))
        case 3: .put(.trade, .test(1), [FieldWrite(13, .text(dice.pick(["one\ntwo\n", "ONE\ntwo\n", "one\nTWO\n"])))])
        default: .put(.trade, .test(1), [FieldWrite(12, .integer(Int64(dice.roll(3))))])
        }
    }
}
