import Primitives
import Sync
import Testing

@Suite struct SyncHeadsTests {
    private func hash(_ byte: UInt8) throws -> CommitHash {
        try #require(CommitHash(bytes: [UInt8](repeating: byte, count: 16)))
    }

    @Test func `heads are named alike in whatever order they are told`() throws {
        let heads = [(Dot(.test(1), 3), try hash(1)), (Dot(.test(2), 1), try hash(2))]
        #expect(SyncHeads(heads).digest == SyncHeads(heads.reversed()).digest)
        #expect(SyncHeads(heads).clock == VectorClock(heads.map(\.0)))
    }

    @Test func `one commit more, one less or another under the same name has another digest`() throws {
        let (one, two) = ((Dot(.test(1), 3), try hash(1)), (Dot(.test(2), 1), try hash(2)))
        let others: [[(Dot, CommitHash)]] = [
            [], [one], [two], [one, two], [(Dot(.test(1), 4), one.1), two], [(one.0, try hash(9)), two],
            [one, two, (Dot(.test(3), 1), try hash(3))], [(Dot(.test(2), 3), one.1), (Dot(.test(1), 1), two.1)],
        ]
        #expect(Set(others.map { SyncHeads($0).digest }).count == others.count)
    }
}
