import Primitives
import Sync
import Testing
import TestSupport

/// What comes from outside is refused by name before it can do harm.
@Suite struct CommitLimitsTests {
    private static let dot = Dot(ReplicaID.test(1), 5)

    private func refusal(_ bytes: [UInt8]) -> String { code { _ = try Commit(dot: Self.dot, encoded: bytes) } }

    @Test func `a truncated commit is refused`() throws {
        var dice = Dice(seed: 3)
        let whole = WireBytes.commit {
            $0.operation { $0.field(13) { $0.text(2, String(repeating: "x", count: 100)) } }
        }
        for count in 10..<whole.count where dice.chance(50) {
            #expect(refusal(Array(whole.prefix(count))) == "sync.garbage", "the first \(count) bytes")
        }
    }

    @Test(
        arguments: [[0xff], [0], [7], [0x22, 0xff, 0xff, 0xff, 0xff, 0x0f], [0x0b], [0x0c], [0x22, 0x80]] as [[UInt8]])
    func `garbage is refused`(bytes: [UInt8]) {
        #expect(refusal(bytes) == "sync.garbage")
    }

    @Test func `a text that is not UTF-8 is refused`() {
        #expect(
            refusal(WireBytes.commit { $0.operation { $0.field(1) { $0.bytes(2, [0xc0, 0x80]) } } }) == "sync.garbage")
        #expect(refusal(WireBytes.commit { $0.bytes(5, [0xed, 0xa0, 0x80]) }) == "sync.garbage")
    }

    @Test func `groups within groups do not exhaust the stack`() {
        let groups = [UInt8](repeating: 0x4b, count: 500_000)
        #expect(refusal(groups) == "sync.garbage")
        let ended = [UInt8](repeating: 0x4b, count: 200_000) + [UInt8](repeating: 0x4c, count: 200_000)
        #expect(refusal(ended) == "sync.garbage")
    }

    @Test func `a commit of more than 1 MiB is refused by its size alone`() {
        let tooLarge = [UInt8](repeating: 0xff, count: CommitLimits.encodedBytesMax + 1)
        #expect(refusal(tooLarge) == "sync.too_large")
        #expect(refusal(Array(tooLarge.dropLast())) == "sync.garbage")
    }

    @Test func `a commit of 1,000 operations is taken and of 1,001 refused`() throws {
        func commit(_ count: Int) -> [UInt8] {
            WireBytes.commit { bytes in for _ in 0..<count { bytes.operation(act: 1) } }
        }
        #expect(try Commit(dot: Self.dot, encoded: commit(1000)).mutations.count == 1000)
        #expect(refusal(commit(1001)) == "sync.too_many_operations")
    }

    @Test func `half a million empty operations are refused`() {
        let empty = [UInt8]((0..<CommitLimits.encodedBytesMax / 2).flatMap { _ in [0x22, 0] as [UInt8] })
        #expect(refusal(empty) == "sync.too_many_operations")
    }

    @Test(arguments: [(0, "sync.bad_operation"), (65_535, "nothing was thrown"), (65_536, "sync.bad_operation")])
    func `the number of a kind has bounds`(kind: UInt64, expected: String) {
        #expect(refusal(WireBytes.commit { $0.operation(kind: kind, act: 1) }) == expected)
    }

    @Test(arguments: [
        (0, "sync.bad_operation"), (1, "nothing was thrown"), (4095, "nothing was thrown"),
        (4096, "sync.bad_operation"),
        (0xffff_ffff, "sync.bad_operation"),
    ])
    func `the number of a field has bounds`(field: UInt64, expected: String) {
        #expect(refusal(WireBytes.commit { $0.operation { $0.field(field) { $0.text(2, "x") } } }) == expected)
    }

    @Test func `a put writes at least one field and at most 256`() {
        func put(_ count: UInt64) -> [UInt8] {
            WireBytes.commit { $0.operation { operation in for field in 0..<count { operation.field(1 + field) } } }
        }
        #expect(refusal(put(0)) == "sync.bad_operation")
        #expect(refusal(put(256)) == "nothing was thrown")
        #expect(refusal(put(257)) == "sync.bad_operation")
    }

    @Test func `a text of 256 KiB is taken and a byte more is refused`() {
        func put(_ field: UInt64, _ count: Int) -> [UInt8] {
            let payload = [UInt8](repeating: UInt8(ascii: "x"), count: count)
            return WireBytes.commit { $0.operation { $0.field(13) { $0.bytes(field, payload) } } }
        }
        for field in [UInt64(2), 4] {
            #expect(refusal(put(field, CommitLimits.textBytesMax)) == "nothing was thrown")
            #expect(refusal(put(field, CommitLimits.textBytesMax + 1)) == "sync.text_too_long")
        }
    }

    @Test func `a summary has at most 1 KiB`() {
        func summary(_ count: Int) -> [UInt8] {
            WireBytes.commit { $0.text(5, String(repeating: "x", count: count)) }
        }
        #expect(refusal(summary(1024)) == "nothing was thrown")
        #expect(refusal(summary(1025)) == "sync.text_too_long")
    }

    @Test(arguments: [
        (1, "sync.bad_parent"), (15, "sync.bad_parent"), (16, "nothing was thrown"), (17, "sync.bad_parent"),
        (32, "sync.bad_parent"),
    ])
    func `the hash of a parent has 16 bytes`(count: Int, expected: String) {
        #expect(refusal(WireBytes.commit { $0.bytes(2, [UInt8](repeating: 1, count: count)) }) == expected)
    }

    @Test func `a context of 1,024 replicas is taken and of one more refused`() {
        func context(_ count: Int) -> [UInt8] {
            WireBytes.commit { bytes in for index in 0..<count { bytes.clockEntry(3, Dot(.test(index + 2), 1)) } }
        }
        #expect(refusal(context(1024)) == "nothing was thrown")
        #expect(refusal(context(1025)) == "sync.bad_context")
    }

    @Test func `a context that cannot be is refused`() {
        func context(_ dot: Dot) -> [UInt8] { WireBytes.commit { $0.clockEntry(3, dot) } }
        #expect(refusal(context(Dot(.test(2), 0))) == "sync.bad_context")
        #expect(refusal(context(Dot(.test(2), UInt64(Int64.max) + 1))) == "sync.bad_context")
        #expect(refusal(context(Dot(.test(2), UInt64(Int64.max)))) == "nothing was thrown")
        // Its own entry is told by its name: a commit that claims another could have seen itself.
        #expect(refusal(context(Dot(.test(1), 4))) == "sync.bad_context")
    }

    @Test func `a refusal names the commit`() throws {
        let failure = try #require(
            #expect(throws: Failure.self) { _ = try Commit(dot: Self.dot, encoded: [0xff]) })
        #expect(failure.message.contains(Self.dot.description))
        #expect(failure.kind == .invalid)
    }
}
