import Primitives
import Sync
import Testing
import TestSupport

/// Valid messages, mutated at random, and bytes from nowhere: a decoder answers with a value or a `Failure`, never with
/// a crash; and what it takes it can write, and read as the same.
///
/// `DAYBOOK_FUZZ_SEED` runs one seed, `DAYBOOK_FUZZ_RUNS` that many from a new place; otherwise a fixed few and a new one.
@Suite struct DecoderFuzzTests {
    static let seeds = FuzzSeeds.some(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
    private static let mutationsPerSeed = 300
    private static let own = ReplicaID.test(1)

    @Test(arguments: seeds) func `the commit decoder withstands anything`(seed: UInt64) throws {
        let dot = Dot(Self.own, 5)
        try fuzz(seed) { dice in
            try Commit.random(dot, &dice).encoded()
        } decode: { bytes in
            let commit = try Commit(dot: dot, encoded: bytes)
            let again = try Commit(dot: dot, encoded: try commit.encoded())
            #expect(again.mutations == commit.mutations.filter { $0 != .unknown }, "DAYBOOK_FUZZ_SEED=\(seed)")
            #expect(again.contextChanges == commit.contextChanges, "DAYBOOK_FUZZ_SEED=\(seed)")
            #expect((again.time, again.summary) == (commit.time, commit.summary), "DAYBOOK_FUZZ_SEED=\(seed)")
            #expect(again.parent == commit.parent, "DAYBOOK_FUZZ_SEED=\(seed)")
        }
    }

    @Test(arguments: seeds) func `the request decoder withstands anything`(seed: UInt64) throws {
        try fuzz(seed) { dice in
            try ExchangeRequest.random(&dice).encoded(own: Self.own)
        } decode: { bytes in
            let request = try ExchangeRequest(encoded: bytes, own: Self.own)
            let again = try ExchangeRequest(encoded: try request.encoded(own: Self.own), own: Self.own)
            #expect(again.facts == request.facts, "DAYBOOK_FUZZ_SEED=\(seed)")
        }
    }

    @Test(arguments: seeds) func `the response decoder withstands anything`(seed: UInt64) throws {
        try fuzz(seed) { dice in
            try ExchangeResponse.random(&dice).encoded(own: Self.own)
        } decode: { bytes in
            let response = try ExchangeResponse(encoded: bytes, own: Self.own)
            let again = try ExchangeResponse(encoded: try response.encoded(own: Self.own), own: Self.own)
            #expect(again.facts == response.facts, "DAYBOOK_FUZZ_SEED=\(seed)")
        }
    }

    @Test(arguments: seeds) func `the manifest decoder withstands anything`(seed: UInt64) throws {
        try fuzz(seed) { dice in
            try SnapshotManifest.random(&dice).encoded()
        } decode: { bytes in
            let manifest = try SnapshotManifest(encoded: bytes)
            #expect(try SnapshotManifest(encoded: try manifest.encoded()) == manifest, "DAYBOOK_FUZZ_SEED=\(seed)")
        }
    }

    @Test(arguments: seeds) func `the decoder of blob names withstands anything`(seed: UInt64) throws {
        try fuzz(seed) { dice in
            try BlobName.encode((0..<dice.roll(5)).compactMap { _ in BlobName(bytes: dice.bytes(32)) })
        } decode: { bytes in
            let names = try BlobName.decode(bytes)
            #expect(try BlobName.decode(try BlobName.encode(names)) == names, "DAYBOOK_FUZZ_SEED=\(seed)")
        }
    }

    @Test(arguments: seeds) func `decompression withstands anything`(seed: UInt64) throws {
        try fuzz(seed) { dice in
            Zstandard.compress(dice.bytes(dice.roll(100)) + [UInt8](repeating: 3, count: dice.roll(2000)))
        } decode: { bytes in
            let whole = try Zstandard.decompress(bytes, sizeMax: 1 << 16)
            #expect(whole.count <= 1 << 16, "DAYBOOK_FUZZ_SEED=\(seed)")
        }
    }

    private func fuzz(
        _ seed: UInt64, valid: (inout Dice) throws -> [UInt8], decode: ([UInt8]) throws -> Void
    ) throws {
        var dice = Dice(seed: seed)
        var refused = 0
        for _ in 0..<Self.mutationsPerSeed {
            var bytes = dice.chance(10) ? dice.bytes(dice.roll(200)) : try valid(&dice)
            let other = try valid(&dice)
            for _ in 0..<dice.roll(5) { bytes = dice.damaged(bytes, with: other) }
            do {
                try decode(bytes)
            } catch is Failure {
                refused += 1
            } catch {
                Issue.record("DAYBOOK_FUZZ_SEED=\(seed): \(error) for \(Hex.encode(bytes))")
            }
        }
        #expect((1..<Self.mutationsPerSeed).contains(refused), "DAYBOOK_FUZZ_SEED=\(seed)")
    }
}

extension Dice {
    /// One step away from `bytes`: a flipped bit, an edge value, a piece cut out, doubled, or taken from `other`.
    fileprivate mutating func damaged(_ bytes: [UInt8], with other: [UInt8]) -> [UInt8] {
        guard !bytes.isEmpty else { return other }
        var bytes = bytes
        let place = roll(bytes.count)
        let end = min(bytes.count, place + 1 + roll(12))
        switch roll(8) {
        case 0: bytes[place] ^= UInt8(1 << roll(8))
        case 1: bytes[place] = pick([0, 1, 0x7f, 0x80, 0xff])
        case 2: bytes.removeSubrange(place..<end)
        case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 4: bytes.removeLast(bytes.count - place)
        case 5: bytes.insert(contentsOf: self.bytes(1 + roll(9)), at: place)
        case 6: bytes.replaceSubrange(place..<end, with: [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01])
        default: bytes.replaceSubrange(place..., with: other.suffix(roll(other.count + 1)))
        }
        return bytes
    }
}
