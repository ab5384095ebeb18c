import Primitives
import Testing
@testable import Sync

/// The search for the place where two histories part, against a server that answers well, badly or not at all.
@Suite struct HistorySearchTests {
    private static let replica = ReplicaID.test(1)

    /// A history of one replica, which is another from `fork` on.
    private struct History: SyncJournal {
        let count: UInt64
        let fork: UInt64
        let isOther: Bool

        func hash(_ counter: UInt64) -> CommitHash? {
            guard counter > 0, counter <= count else { return nil }
            let branch: UInt8 = isOther && counter >= fork ? 1 : 0
            return CommitHash(bytes: (0..<15).map { UInt8(truncatingIfNeeded: counter >> ($0 % 8 * 8)) } + [branch])
        }

        var heads: SyncHeads {
            SyncHeads(hash(count).map { [(Dot(HistorySearchTests.replica, count), $0)] } ?? [])
        }

        func hashes(of dots: [Dot], bytesMax: Int) async throws -> [CommitHash?] { dots.map { hash($0.counter) } }
        func position() async throws -> SyncPosition {
            SyncPosition(
                replica: .test(2), heads: heads, content: ContentHash(), serverClock: nil, serverDigest: nil)
        }
        func commits(missingFrom clock: VectorClock, bytesMax: Int) async throws -> (
            commits: [EncodedCommit], hasMore: Bool
        ) { ([], false) }
        func receive(_ commits: [EncodedCommit]) async throws {}
        func becomeNewReplica() async throws {}
        func heal() async throws {}
    }

    private func search(
        _ device: History, _ server: History, answer: ([CommitHash?]) -> [CommitHash?] = { $0 }
    ) async throws -> (forks: [ReplicaID: UInt64], rounds: Int) {
        var search = HistorySearch(ServerStanding(heads: server.heads, hashes: []))
        for rounds in 0..<500 {
            switch try await search.next(device, at: device.position()) {
            case .found(let forks): return (forks, rounds)
            case .ask(let dots):
                let hashes = answer(try await server.hashes(of: dots))
                search.learn(ServerStanding(heads: server.heads, hashes: hashes), asked: dots)
            }
        }
        throw Failure(.unavailable, "test.endless", "It asks without end.")
    }

    @Test(
        arguments: [(1, 1), (2, 1), (2, 2), (33, 1), (33, 32), (33, 33), (1000, 999), (1_000_000, 123_457)]
            as [(UInt64, UInt64)], [-1, 0, 40] as [Int64])
    func `the first commit that differs is found in a few rounds, whoever has more`(
        history: (count: UInt64, fork: UInt64), more: Int64
    ) async throws {
        let other = UInt64(Int64(history.count) + more)
        let device = History(count: history.count, fork: history.fork, isOther: false)
        let server = History(count: other, fork: history.fork, isOther: true)
        let (forks, rounds) = try await search(device, server)
        #expect(forks == (other >= history.fork ? [Self.replica: history.fork] : [:]))
        #expect(rounds <= 6)
    }

    @Test func `a server that tells too little, or nothing, is not asked for ever`() async throws {
        let device = History(count: 1000, fork: 500, isOther: false)
        for count in [900, 1000, 1100] as [UInt64] {
            let server = History(count: count, fork: 500, isOther: true)
            for answer in [
                { _ in [] }, { $0.map { _ in nil } }, { Array($0.prefix(1)) },
            ] as [([CommitHash?]) -> [CommitHash?]] {
                let (forks, _) = try await search(device, server, answer: answer)
                // More is renamed than there need be, and never less.
                #expect(forks.values.allSatisfy { $0 <= 500 })
            }
        }
    }

    @Test func `a server that tells a few hashes at a time is asked for the others`() async throws {
        let device = History(count: 1000, fork: 500, isOther: false)
        for count in [900, 1000, 1100] as [UInt64] {
            let server = History(count: count, fork: 500, isOther: true)
            let (forks, rounds) = try await search(device, server) { Array($0.prefix(4)) }
            #expect(forks == [Self.replica: 500])
            #expect(rounds < 40)
        }
    }

    @Test func `a journal is built anew for a claim once in many answers`() {
        let clocks = ClockRing()
        #expect(clocks.mayHeal())
        for _ in 0..<ClockRing.answersPerHealing {
            #expect(!clocks.mayHeal())
            clocks.remember(SyncHeads())
        }
        #expect(clocks.mayHeal())
        #expect(!clocks.mayHeal())
    }
}
