import Primitives
import SwiftProtobuf
@testable import Sync
import Testing
import TestSupport

@Suite struct CommitCodingTests {
    private static let dot = Dot(ReplicaID.test(1), 5)

    @Test(arguments: syncSeeds) func `a commit comes back as it was written`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let commit = Commit.random(Self.dot, &dice)
        let read = try Commit(dot: Self.dot, encoded: try commit.encoded())
        #expect(read.time == commit.time, "seed \(seed)")
        #expect(read.parent == commit.parent, "seed \(seed)")
        #expect(read.contextChanges == commit.contextChanges, "seed \(seed)")
        #expect(read.mutations == commit.mutations, "seed \(seed)")
        #expect(read.summary == commit.summary, "seed \(seed)")
    }

    @Test(arguments: syncSeeds) func `a commit is written as the message that the protocol describes`(seed: UInt64)
        throws
    {
        var dice = Dice(seed: seed)
        let encoded = try Commit.random(Self.dot, &dice).encoded()
        let message = try Daybook_Sync_V1_Commit(serializedBytes: encoded)
        #expect(try message.serializedBytes() as [UInt8] == encoded, "seed \(seed)")
    }

    @Test func `a commit of one changed field takes at most 64 bytes`() throws {
        let commit = Commit(
            dot: Self.dot, time: HybridTime(rawValue: 1_700_000_000_000 << 16),
            parent: CommitHash(of: Self.dot, bytes: []), contextChanges: [],
            mutations: [.put(.trade, .test(.max), [FieldWrite(12, .integer(5))])], summary: "")
        #expect(try commit.encoded().count <= 64)
    }

    @Test func `a field of a type of a later version arrives as it came and is written on as it came`() throws {
        let later = WireBytes { field in
            field.number(1, 40)
            field.message(9) { $0.text(1, "a map") }
        }.bytes
        let commit = try Commit(
            dot: Self.dot, encoded: WireBytes.commit { $0.operation { $0.bytes(4, later) } })
        let expected = Mutation.put(
            .trade, EntityID(rawValue: UInt128(7) << 64 | 8), [FieldWrite(40, .opaque(later))])
        #expect(commit.mutations == [expected])

        let writtenOn = Commit(
            dot: Self.dot, time: .zero, parent: nil, contextChanges: [], mutations: commit.mutations, summary: "undo")
        let encoded = try writtenOn.encoded()
        #expect(encoded.firstRange(of: later) != nil)
        #expect(try Commit(dot: Self.dot, encoded: encoded).mutations == [expected])
    }

    @Test func `an emptied field and a field of a later type are not the same`() throws {
        let commit = try Commit(
            dot: Self.dot,
            encoded: WireBytes.commit {
                $0.operation {
                    $0.field(1)
                    $0.field(2) { $0.number(9, 1) }
                }
            })
        guard case .put(_, _, let writes) = try #require(commit.mutations.first) else {
            Issue.record("not a put")
            return
        }
        #expect(writes.map(\.field) == [1, 2])
        #expect(writes[0].value == .null)
        #expect(writes[1].value != .null)
    }

    @Test func `an act of a later version is kept apart and stops nothing`() throws {
        let commit = try Commit(
            dot: Self.dot,
            encoded: WireBytes.commit {
                $0.operation(act: 9) { $0.text(12, "move") }
                $0.operation { $0.field(1) { $0.text(2, "known") } }
            })
        #expect(commit.mutations.count == 2)
        #expect(commit.mutations[0] == .unknown)
        #expect(commit.mutations[1] != .unknown)
    }

    @Test func `fields of a later version change nothing of what is known`() throws {
        let plain = WireBytes.commit { $0.operation { $0.field(1) { $0.text(2, "x") } } }
        let extended = plain + WireBytes { $0.bytes(200, [1, 2, 3]) }.bytes
        #expect(
            try Commit(dot: Self.dot, encoded: extended).mutations == Commit(dot: Self.dot, encoded: plain).mutations)
        #expect(CommitHash(of: Self.dot, bytes: extended) != CommitHash(of: Self.dot, bytes: plain))
    }

    @Test func `a relay passes commits of a later version on byte for byte`() throws {
        let commit = WireBytes.commit {
            $0.operation(kind: 999, act: 9) { $0.bytes(77, [1, 2, 3]) }
            $0.bytes(200, [4, 5, 6])
        }
        let foreign = EncodedCommit(Dot(.test(2), 3), commit)
        let own = EncodedCommit(Dot(.test(1), 1), commit)
        let request = ExchangeRequest(
            claim: .heads(SyncHeads()), ownCounter: 1, content: nil, commits: [own, foreign])
        let heard = try ExchangeRequest(encoded: try request.encoded(own: .test(1)), own: .test(1))
        #expect(heard.commits == [own, foreign])
    }

    @Test func `a hash names the commit with its bytes and its place`() {
        let hashes = [
            CommitHash(of: Dot(.test(1), 1), bytes: [1]), CommitHash(of: Dot(.test(1), 1), bytes: [2]),
            CommitHash(of: Dot(.test(1), 2), bytes: [1]), CommitHash(of: Dot(.test(2), 1), bytes: [1]),
        ]
        #expect(Set(hashes).count == 4)
        #expect(CommitHash(of: Dot(.test(1), 1), bytes: [1]) == hashes[0])
    }

    @Test(arguments: syncSeeds) func `a context is told by what changed since the commit before`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let own = ReplicaID.test(1)
        var seen = VectorClock()
        var context = VectorClock()
        for counter in 1...UInt64(6) {
            seen = seen.joined(with: dice.clock()).setting(own, to: 0)
            let commit = Commit(
                dot: Dot(own, counter), time: .zero, parent: nil,
                contextChanges: seen.changes(since: context), mutations: [], summary: "")
            context = try Commit(dot: commit.dot, encoded: try commit.encoded()).context(after: context)
            #expect(context == seen.setting(own, to: counter - 1), "seed \(seed)")
        }
    }
}

extension Commit {
    /// What a commit may hold, and all of it within the limits.
    static func random(_ dot: Dot, _ dice: inout Dice) -> Commit {
        let mutations = (0..<dice.roll(5)).map { _ in Mutation.random(&dice) }
        return Commit(
            dot: dot, time: HybridTime(rawValue: dice.next()),
            parent: dice.chance(50) ? CommitHash(bytes: dice.bytes(16)) : nil,
            contextChanges: dice.clock().setting(dot.replica, to: 0).entries, mutations: mutations,
            summary: dice.pick(["", "import binance.csv", "caf\u{e9}"]))
    }
}

extension Mutation {
    static func random(_ dice: inout Dice) -> Mutation {
        let kind = Kind(rawValue: dice.pick([1, 3, 101, Slot.kindCount - 1]))
        let id = EntityID(rawValue: UInt128(dice.next()) << 64 | UInt128(dice.next()))
        let other = EntityID(rawValue: UInt128(dice.next()))
        switch dice.roll(4) {
        case 0: return .delete(kind, id)
        case 1: return .add(kind, owner: id, other)
        case 2: return .remove(kind, owner: id, other)
        default:
            let writes = (0..<(1 + dice.roll(4))).map { _ in
                FieldWrite(dice.pick([1, 12, Slot.fieldCount - 1]), dice.plainValue())
            }
            return .put(kind, id, writes)
        }
    }
}

extension Dice {
    /// A value that this version can write by itself.
    mutating func plainValue() -> Value {
        while true {
            let value = value()
            if case .opaque = value { continue }
            return value
        }
    }
}
