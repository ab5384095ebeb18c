import Primitives
import Sync
import Testing
import TestSupport

@Suite struct SnapshotCodingTests {
    private func chunk(_ name: Int = 32, compressed: UInt64 = 10, size: UInt64 = 20) -> [UInt8] {
        WireBytes {
            $0.bytes(1, [UInt8](repeating: 9, count: name))
            $0.number(2, compressed)
            $0.number(3, size)
        }.bytes
    }

    private func manifest(content: Int = 16, chunks: [[UInt8]] = []) -> [UInt8] {
        WireBytes {
            $0.number(1, 1)
            $0.bytes(3, [UInt8](repeating: 0, count: content))
            for chunk in chunks { $0.bytes(5, chunk) }
        }.bytes
    }

    @Test(arguments: syncSeeds) func `a manifest comes back as it was written`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let manifest = SnapshotManifest.random(&dice)
        #expect(try SnapshotManifest(encoded: try manifest.encoded()) == manifest, "seed \(seed)")
    }

    @Test func `a manifest without a content hash is refused`() {
        #expect(code { _ = try SnapshotManifest(encoded: manifest(content: 16)) } == "nothing was thrown")
        #expect(code { _ = try SnapshotManifest(encoded: manifest(content: 0)) } == "sync.garbage")
        #expect(code { _ = try SnapshotManifest(encoded: manifest(content: 15)) } == "sync.garbage")
    }

    @Test func `a chunk that cannot be is refused`() {
        let most = UInt64(SnapshotManifest.chunkBytes)
        #expect(
            code { _ = try SnapshotManifest(encoded: manifest(chunks: [chunk(size: most)])) } == "nothing was thrown")
        for bad in [chunk(31), chunk(33), chunk(size: most + 1), chunk(compressed: 2 * most + 1)] {
            #expect(code { _ = try SnapshotManifest(encoded: manifest(chunks: [bad])) } == "sync.garbage")
        }
    }

    @Test func `more chunks than a snapshot may have are refused`() {
        let chunks = [[UInt8]](repeating: chunk(), count: SnapshotManifest.chunksMax + 1)
        #expect(
            code { _ = try SnapshotManifest(encoded: manifest(chunks: Array(chunks.dropLast()))) }
                == "nothing was thrown")
        #expect(code { _ = try SnapshotManifest(encoded: manifest(chunks: chunks)) } == "sync.garbage")
    }

    @Test func `a list of blobs has a limit and whole names`() throws {
        let name = try #require(BlobName(bytes: [UInt8](repeating: 7, count: 32)))
        let most = [BlobName](repeating: name, count: BlobLimits.namesMax)
        #expect(try BlobName.decode(try BlobName.encode(most)) == most)
        #expect(code { _ = try BlobName.decode(try BlobName.encode(most + [name])) } == "sync.too_large")
        #expect(code { _ = try BlobName.decode(WireBytes { $0.bytes(1, [1, 2, 3]) }.bytes) } == "sync.garbage")
    }

    @Test func `a blob has one spelling`() {
        let text = String(repeating: "ab", count: 32)
        #expect(BlobName(text)?.description == text)
        for other in [text.uppercased(), String(text.dropLast()), text + "a", "../" + text.dropLast(3), ""] {
            #expect(BlobName(other) == nil)
        }
    }
}

extension SnapshotManifest {
    static func random(_ dice: inout Dice) -> SnapshotManifest {
        SnapshotManifest(
            schema: dice.roll(9), clock: dice.clock(), content: ContentHash(rawValue: UInt128(dice.next())),
            chunks: (0..<dice.roll(4)).compactMap { _ in
                BlobName(bytes: dice.bytes(32)).map {
                    Chunk(name: $0, compressedSize: dice.roll(1000), size: dice.roll(chunkBytes + 1))
                }
            })
    }
}
