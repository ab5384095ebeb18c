import Journal
import Primitives
import Storage
import Sync
import Testing

/// Commits that no replica of ours would write are refused by name, on either side, and leave everything as it was.
@Suite struct HostileCommitTests {
    private static let trade = EntityID.numbered(1)

    /// A journal with some history of its own and of the hostile replica.
    private func setting() async throws -> (device: AdversarialDevice, writer: HostileWriter) {
        let device = try await AdversarialDevice("Desk")
        try await device.put(Schema.trade, Self.trade, ["rating": .integer(4), "notes": .text("alpha")])
        var writer = HostileWriter()
        let first = try writer.next([.put(Schema.trade.kind, Self.trade, [FieldWrite(13, .text("beta"))])])
        let second = try writer.next([.put(Schema.trade.kind, Self.trade, [FieldWrite(12, .integer(1))])])
        try await device.journal.receive([first, second])
        return (device, writer)
    }

    private func expectRefused(
        _ code: String, _ device: AdversarialDevice, _ commits: [EncodedCommit],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let before = try await JournalDump.everything(device.journal)
        #expect(
            await failureCode { try await device.journal.receive(commits) } == code, sourceLocation: sourceLocation)
        let after = try await JournalDump.everything(device.journal)
        #expect(JournalDump.difference(after, before) == "", sourceLocation: sourceLocation)
    }

    @Test func `a commit with the hash of another parent is a fork`() async throws {
        let (device, writer) = try await setting()
        let wrong = CommitHash(of: Dot(writer.replica, 2), bytes: [1, 2, 3])
        try await expectRefused("sync.fork", device, [try writer.commit(parent: .some(wrong))])
        try await expectRefused("sync.fork", device, [try writer.commit(parent: .some(nil))])
    }

    @Test func `a first commit that names a parent is a fork`() async throws {
        let (device, writer) = try await setting()
        let other = HostileWriter(78)
        try await expectRefused("sync.fork", device, [try other.commit(parent: .some(writer.head))])
    }

    @Test func `a name that comes again with other bytes is a fork`() async throws {
        let (device, writer) = try await setting()
        for counter in [UInt64(1), 2] {
            try await expectRefused("sync.fork", device, [try writer.commit(counter: counter)])
        }
        let own = try await device.journal.position()
        let forged = HostileWriter(as: own.replica, after: own.clock[own.replica] - 1, head: nil)
        try await expectRefused("sync.fork", device, [try forged.commit()])
    }

    @Test func `a gap in the counters is told`() async throws {
        let (device, writer) = try await setting()
        try await expectRefused("sync.gap", device, [try writer.commit(counter: 4)])
        try await expectRefused("sync.gap", device, [try writer.commit(counter: UInt64(Int64.max))])
        try await expectRefused("sync.gap", device, [try HostileWriter(78).commit(counter: 2)])
    }

    @Test func `a context with commits that are not here is a gap`() async throws {
        let (device, writer) = try await setting()
        try await expectRefused("sync.gap", device, [try writer.commit(context: [Dot(.numbered(99), 1)])])
    }

    @Test func `a context that claims the future of this replica is refused`() async throws {
        let (device, writer) = try await setting()
        let own = try await device.journal.position()
        let future = Dot(own.replica, own.clock[own.replica] + 1)
        try await expectRefused("sync.future_context", device, [try writer.commit(context: [future])])
        try await expectRefused(
            "sync.future_context", device, [try writer.commit(context: [Dot(own.replica, UInt64(Int64.max))])])
    }

    @Test func `garbage among good commits takes the good ones back too`() async throws {
        let (device, writer) = try await setting()
        let good = try HostileWriter(78).commit()
        let garbage = EncodedCommit(Dot(writer.replica, 3), [0xff])
        try await expectRefused("sync.garbage", device, [good, garbage])
        let large = EncodedCommit(
            Dot(writer.replica, 3), [UInt8](repeating: 0, count: CommitLimits.encodedBytesMax + 1))
        try await expectRefused("sync.too_large", device, [good, large])
        try await expectRefused("sync.fork", device, [good, try writer.commit(parent: .some(nil))])
        try await expectRefused("sync.gap", device, [good, try writer.commit(counter: 5)])
    }

    @Test func `commits are taken in any order and any number of times`() async throws {
        let (device, writer) = try await setting()
        var (first, second) = (writer, HostileWriter(78))
        let commits = [
            try first.next([.delete(Schema.trade.kind, Self.trade)]),
            try second.next(
                context: [Dot(writer.replica, 3)], [.add(Schema.tradeTags, owner: Self.trade, .numbered(5))]),
            try first.next(
                context: [Dot(.numbered(78), 1)], [.put(Schema.trade.kind, Self.trade, [FieldWrite(12, .null)])]),
        ]
        try await device.journal.receive(commits.reversed() + commits + commits.reversed())
        let once = try await JournalDump.everything(device.journal)
        try await device.journal.receive(commits)
        #expect(try await JournalDump.everything(device.journal) == once)
        #expect(try await device.journal.position().clock[writer.replica] == 4)
    }

    @Test func `a commit of another person's replica is refused by the server`() async throws {
        let device = try await AdversarialDevice("Desk")
        let own = try await device.journal.position().replica
        let server = try await AdversarialServer(mayRelay: { $0 == own })
        try await device.journal.receive([try HostileWriter().commit()])
        let before = try await JournalDump.everything(server.journal)
        #expect(await failureCode { try await server.sync(device) } == "sync.foreign_replica")
        #expect(try await JournalDump.everything(server.journal) == before)
    }

    @Test(arguments: [
        ("sync.gap", 2), ("sync.future_context", 1), ("sync.garbage", 1), ("sync.gap", 1),
    ])
    func `a hostile push leaves the server as it was`(code: String, counter: UInt64) async throws {
        let server = try await AdversarialServer()
        let writer = HostileWriter()
        let position = try await server.journal.position()
        let commit: EncodedCommit
        switch code {
        case "sync.future_context": commit = try writer.commit(context: [Dot(position.replica, 1)])
        case "sync.garbage": commit = EncodedCommit(Dot(writer.replica, counter), [0xff, 0xff])
        default: commit = try writer.commit(counter: counter, context: counter == 1 ? [Dot(.numbered(99), 3)] : [])
        }
        let request = ExchangeRequest(
            claim: .heads(SyncHeads()), ownCounter: counter, content: nil, commits: [commit])
        let before = try await JournalDump.everything(server.journal)
        if code == "sync.garbage" {
            #expect(await failureCode { _ = try await server.endpoint.exchange(request, as: writer.replica) } == code)
        } else {
            // It may be a device whose history the server lost: it is told where the server stands.
            let response = try await server.endpoint.exchange(request, as: writer.replica)
            #expect(response.standing?.heads == position.heads)
        }
        #expect(try await JournalDump.everything(server.journal) == before)
    }

    @Test func `a push that forks is answered with where the server stands, and applied nowhere`() async throws {
        let server = try await AdversarialServer()
        var writer = HostileWriter()
        let first = try writer.next([.delete(Schema.trade.kind, Self.trade)])
        try await server.journal.receive([first])
        let before = try await JournalDump.everything(server.journal)
        let other = try writer.commit(parent: .some(nil), [.delete(Schema.trade.kind, .numbered(9))])
        let reused = try HostileWriter().commit(counter: 1)
        for (commit, ownCounter) in [(other, 2), (reused, 1)] as [(EncodedCommit, UInt64)] {
            let request = ExchangeRequest(
                claim: .heads(SyncHeads()), ownCounter: ownCounter, content: nil, commits: [commit])
            let response = try await server.endpoint.exchange(request, as: writer.replica)
            let heads = SyncHeads([(first.dot, CommitHash(of: first.dot, bytes: first.bytes))])
            #expect(response.standing == ServerStanding(heads: heads, hashes: []))
            #expect(response.commits.isEmpty)
        }
        #expect(try await JournalDump.everything(server.journal) == before)
    }

    @Test func `a claim to have seen the future of other replicas gives nothing and changes nothing`() async throws {
        let server = try await AdversarialServer()
        var writer = HostileWriter()
        try await server.journal.receive([try writer.next([.delete(Schema.trade.kind, Self.trade)])])
        let before = try await JournalDump.everything(server.journal)
        let claim = VectorClock([Dot(writer.replica, UInt64(Int64.max)), Dot(.numbered(5), 7)])
        let hash = try #require(CommitHash(bytes: [UInt8](repeating: 7, count: 16)))
        let heads = SyncHeads(claim.entries.map { ($0, hash) })
        let request = ExchangeRequest(claim: .heads(heads), ownCounter: 1, content: nil, commits: [])
        let response = try await server.endpoint.exchange(request, as: .numbered(4))
        #expect(response.commits.isEmpty)
        #expect(response.standing?.heads == (try await server.journal.position().heads))
        #expect(try await JournalDump.everything(server.journal) == before)
    }

    @Test func `what a later version wrote is kept and passed on byte for byte`() async throws {
        let server = try await AdversarialServer()
        let (first, second) = (try await AdversarialDevice("Desk"), try await AdversarialDevice("Phone"))
        var later = HostileWriter()
        let commits = [
            later.next(bytes: LaterVersion.commit(parent: nil, Self.trade)),
            later.next(bytes: LaterVersion.commit(parent: later.head, Self.trade)),
        ]
        try await first.journal.receive(commits)
        try await second.put(Schema.trade, Self.trade, ["rating": .integer(2)])
        try await server.settle(first, second)
        let kept = try await second.journal.commits(missingFrom: VectorClock(), bytesMax: .max).commits
        #expect(kept.filter { $0.dot.replica == later.replica } == commits)
        // What this version knows of it is applied.
        #expect(try await second.journal.standing(Schema.trade, Self.trade, "setup") == [.text("known")])
        // And what it does not is part of what the journals agree on.
        let elements = try await second.journal.elements()
        #expect(elements.contains { if case .value(_, let slot, _, .opaque) = $0 { slot.field == 40 } else { false } })
        #expect(
            elements.contains { if case .value(_, let slot, _, _) = $0 { slot.kind.rawValue == 999 } else { false } })
        #expect(elements.contains { if case .member(let set, _, _, _) = $0 { set.rawValue == 150 } else { false } })
    }

    @Test func `values that no column can hold are kept beside, and the journal stays sound`() async throws {
        let server = try await AdversarialServer()
        let device = try await AdversarialDevice("Desk")
        var writer = HostileWriter()
        let odd: [Value] = [.null, .text("a\0b"), .integer(.min), .bytes([1]), .opaque([8, 12, 72, 1]), .text("NaN")]
        var mutations: [Mutation] = []
        for kind in Schema.current.kinds {
            for (index, value) in odd.enumerated() {
                mutations.append(
                    .put(kind.kind, .numbered(UInt64(index)), kind.fields.map { FieldWrite($0.number, value) }))
            }
        }
        let one = try writer.next(mutations)
        let reversed = try writer.next(mutations.reversed())
        try await device.journal.receive([one, reversed])
        try await server.settle(device)
        try await device.journal.heal()
        let difference = JournalDump.difference(
            try await JournalDump.shared(device.journal), try await JournalDump.shared(server.journal))
        #expect(difference == "")
    }
}

/// A commit of a version that knows more kinds, fields, types and acts.
private enum LaterVersion {
    static func commit(parent: CommitHash?, _ trade: EntityID) -> [UInt8] {
        var bytes = fixed(1, 1_777_593_700_000 << 16)
        if let parent { bytes += sized(2, parent.bytes) }
        bytes += operation(kind: 3, trade, sized(4, [0x08, 14] + sized(2, Array("known".utf8))))
        bytes += operation(kind: 3, trade, sized(4, [0x08, 40] + sized(9, [1, 2, 3])))
        bytes += operation(kind: 999, trade, sized(4, [0x08, 2] + sized(2, Array("a screener".utf8))))
        bytes += operation(kind: 150, trade, [0x28, 2] + fixed(6, 1) + fixed(7, 2))
        bytes += operation(kind: 3, trade, [0x28, 9] + sized(12, [7, 7]))
        return bytes + sized(60, Array("a signature".utf8))
    }

    private static func operation(kind: UInt64, _ id: EntityID, _ rest: [UInt8]) -> [UInt8] {
        let value = id.rawValue
        return sized(
            4,
            [0x08] + varint(kind) + fixed(2, UInt64(truncatingIfNeeded: value >> 64))
                + fixed(3, UInt64(truncatingIfNeeded: value)) + rest)
    }

    private static func fixed(_ field: UInt8, _ value: UInt64) -> [UInt8] {
        [field << 3 | 1] + withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    private static func sized(_ field: UInt64, _ payload: [UInt8]) -> [UInt8] {
        varint(field << 3 | 2) + varint(UInt64(payload.count)) + payload
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(truncatingIfNeeded: value) | 0x80] + varint(value >> 7)
    }
}
