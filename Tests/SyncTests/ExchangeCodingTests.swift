import Primitives
import Sync
import Testing
import TestSupport

@Suite struct ExchangeCodingTests {
    private static let own = ReplicaID.test(1)

    private func refusal(_ bytes: [UInt8]) -> (request: String, response: String) {
        (
            code { _ = try ExchangeRequest(encoded: bytes, own: Self.own) },
            code { _ = try ExchangeResponse(encoded: bytes, own: Self.own) }
        )
    }

    @Test(arguments: syncSeeds) func `a request comes back as it was sent`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let request = ExchangeRequest.random(&dice)
        let heard = try ExchangeRequest(encoded: try request.encoded(own: Self.own), own: Self.own)
        #expect(heard.facts == request.facts, "seed \(seed)")
    }

    @Test(arguments: syncSeeds) func `a response comes back as it was sent`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let response = ExchangeResponse.random(&dice)
        let heard = try ExchangeResponse(encoded: try response.encoded(own: Self.own), own: Self.own)
        #expect(heard.facts == response.facts, "seed \(seed)")
    }

    @Test func `a server without commits is told from one whose clock is left out`() throws {
        for clock in [nil, VectorClock()] {
            var response = ExchangeResponse()
            response.clock = clock
            let heard = try ExchangeResponse(encoded: try response.encoded(own: Self.own), own: Self.own)
            #expect(heard.clock == clock)
        }
    }

    @Test func `a request with nothing new takes at most 48 bytes`() throws {
        let request = ExchangeRequest(
            claim: .digest(.max), ownCounter: 1_000_000, content: ContentHash(rawValue: .max), commits: [])
        #expect(try request.encoded(own: Self.own).count <= 48)
    }

    @Test func `garbage is refused`() {
        for bytes in [[0xff], [0x0b], [0x22, 0x05, 1], [0]] as [[UInt8]] {
            #expect(refusal(bytes) == ("sync.garbage", "sync.garbage"))
        }
    }

    @Test func `a message over the limit is refused by its size alone`() {
        // Ten million clock entries in their shortest form.
        let entries = [UInt8](repeating: 0, count: 20_000_000)
        #expect(refusal(entries) == ("sync.too_large", "sync.too_large"))
        #expect(code { _ = try SnapshotManifest(encoded: entries) } == "sync.too_large")
        #expect(code { _ = try BlobName.decode(entries) } == "sync.too_large")
    }

    @Test func `a clock of 1,024 replicas is taken and of one more refused`() {
        func clock(_ count: Int) -> (request: [UInt8], response: [UInt8]) {
            (
                WireBytes { bytes in
                    for index in 0..<count {
                        bytes.clockEntry(2, Dot(.test(index + 1), 1))
                        bytes.bytes(8, [UInt8](repeating: 7, count: 16))
                    }
                }.bytes,
                WireBytes { bytes in for index in 0..<count { bytes.clockEntry(1, Dot(.test(index + 1), 1)) } }.bytes
            )
        }
        #expect(code { _ = try ExchangeRequest(encoded: clock(1024).request, own: Self.own) } == "nothing was thrown")
        #expect(code { _ = try ExchangeRequest(encoded: clock(1025).request, own: Self.own) } == "sync.clock_too_large")
        #expect(code { _ = try ExchangeResponse(encoded: clock(1024).response, own: Self.own) } == "nothing was thrown")
        #expect(
            code { _ = try ExchangeResponse(encoded: clock(1025).response, own: Self.own) } == "sync.clock_too_large")
    }

    @Test func `a clock with a hash too few, or a replica twice, is refused`() {
        func code(_ hashes: Int, _ replicas: [Int]) -> String {
            let bytes = WireBytes { bytes in
                for replica in replicas { bytes.clockEntry(2, Dot(.test(replica), 1)) }
                for _ in 0..<hashes { bytes.bytes(8, [UInt8](repeating: 7, count: 16)) }
            }.bytes
            return refusal(bytes).request
        }
        #expect(code(2, [1, 2]) == "nothing was thrown")
        #expect(code(1, [1, 2]) == "sync.bad_clock")
        #expect(code(2, [1, 1]) == "sync.bad_clock")
    }

    @Test func `more questions than one request may ask are refused`() {
        let bytes = WireBytes { bytes in
            for counter in 1...(ExchangeLimits.askedMax + 1) { bytes.clockEntry(9, Dot(.test(1), UInt64(counter))) }
        }.bytes
        #expect(refusal(bytes).request == "sync.garbage")
    }

    @Test(arguments: [0, UInt64(Int64.max) + 1, .max]) func `a counter that cannot be is refused`(counter: UInt64) {
        let bytes = WireBytes { $0.clockEntry(2, Dot(.test(2), counter)) }.bytes
        #expect(code { _ = try ExchangeRequest(encoded: bytes, own: Self.own) } == "sync.bad_clock")
    }

    @Test(arguments: [0, UInt64(Int64.max), .max]) func `a run that begins where none can is refused`(first: UInt64) {
        let run = WireBytes {
            $0.number(3, first)
            $0.bytes(4, [])
        }.bytes
        #expect(refusal(WireBytes { $0.bytes(4, run) }.bytes).request == "sync.garbage")
        #expect(refusal(WireBytes { $0.bytes(3, run) }.bytes).response == "sync.garbage")
    }

    @Test func `more commits than one message may have are refused`() {
        let run = WireBytes { run in
            run.number(3, 1)
            for _ in 0...ExchangeLimits.commitsMax { run.bytes(4, []) }
        }.bytes
        #expect(refusal(WireBytes { $0.bytes(4, run) }.bytes).request == "sync.garbage")
        let half = WireBytes { run in
            run.number(3, 1)
            for _ in 0..<(ExchangeLimits.commitsMax / 2 + 1) { run.bytes(4, []) }
        }.bytes
        let twice = WireBytes {
            $0.bytes(4, half)
            $0.bytes(4, half)
        }
        #expect(refusal(twice.bytes).request == "sync.garbage")
    }

    @Test func `a client cannot ask for a larger answer than the server gives`() throws {
        let bytes = WireBytes { $0.number(5, .max) }.bytes
        let request = try ExchangeRequest(encoded: bytes, own: Self.own)
        #expect(request.answerBytesMax == ExchangeLimits.answerBytesMax)
    }
}

extension ExchangeRequest {
    /// All of it in a form that can be compared.
    var facts: String {
        "\(claim.facts) \(ownCounter) \(content?.description ?? "none") \(commits) \(asked) \(answerBytesMax)"
    }

    static func random(_ dice: inout Dice) -> ExchangeRequest {
        var request = ExchangeRequest(
            claim: dice.chance(50) ? .heads(dice.heads()) : .digest(max(1, dice.next())),
            ownCounter: dice.pick([0, 1, 77, .max]),
            content: dice.chance(50) ? ContentHash(rawValue: UInt128(dice.next())) : nil,
            commits: EncodedCommit.randomList(&dice),
            answerBytesMax: dice.pick([1, 200, ExchangeLimits.answerBytesMax]))
        request.asked = dice.clock().entries
        return request
    }
}

extension ClockClaim {
    fileprivate var facts: String {
        switch self {
        case .heads(let heads): heads.facts
        case .digest(let digest): "digest \(digest)"
        }
    }
}

extension SyncHeads {
    fileprivate var facts: String {
        clock.entries.map { "\($0) \(self[$0.replica]?.bytes ?? [])" }.joined(separator: " ")
    }
}

extension ExchangeResponse {
    var facts: String {
        "\(clock.map { "\($0)" } ?? "none") \(content?.description ?? "none") \(commits) \(hasMore) "
            + "\(standing.map { "\($0.heads.facts) \($0.hashes)" } ?? "none")"
    }

    static func random(_ dice: inout Dice) -> ExchangeResponse {
        var response = ExchangeResponse()
        if dice.chance(30) {
            let hashes = (0..<dice.roll(4)).map { _ in dice.chance(80) ? CommitHash(bytes: dice.bytes(16)) : nil }
            response.standing = ServerStanding(heads: dice.heads(), hashes: hashes)
            return response
        }
        // A clock without entries and none at all are one thing on the wire.
        let clock = dice.clock()
        if dice.chance(50), !clock.isEmpty { response.clock = clock }
        if dice.chance(50) { response.content = ContentHash(rawValue: UInt128(dice.next())) }
        response.commits = EncodedCommit.randomList(&dice)
        response.hasMore = dice.chance(50)
        return response
    }
}

extension Dice {
    mutating func heads() -> SyncHeads {
        SyncHeads(clock().entries.compactMap { dot in CommitHash(bytes: bytes(16)).map { (dot, $0) } })
    }
}

extension EncodedCommit {
    /// Runs of several replicas, with gaps between them.
    static func randomList(_ dice: inout Dice) -> [EncodedCommit] {
        (0..<dice.roll(8)).map { _ in
            EncodedCommit(Dot(.test(1 + dice.roll(2)), UInt64(1 + dice.roll(4))), dice.bytes(dice.roll(30)))
        }
    }
}
