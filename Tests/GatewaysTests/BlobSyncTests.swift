import Crypto
import Foundation
import Gateways
import Primitives
import Sync
import Synchronization
import Testing

@Suite struct BlobSyncTests {
    @Test func `nothing is asked when there is nothing to move`() async throws {
        let (shelf, server) = (MemoryShelf(), MemoryBlobServer())
        let outcome = try await BlobSync(shelf: shelf, server: server).run()
        #expect(outcome == BlobSync.Outcome())
        #expect(server.callCount == 0)
    }

    @Test func `what the server has already is not sent again`() async throws {
        let (shelf, server) = (MemoryShelf(), MemoryBlobServer())
        let names = [shelf.add(100), shelf.add(200_000)]
        server.keep(shelf.bytes(names[1]))
        let outcome = try await BlobSync(shelf: shelf, server: server).run()
        #expect(outcome.sent == 1)
        #expect(server.uploadedBytes == 100)
        #expect(shelf.unsentCount == 0)
    }

    @Test func `an upload that was cut goes on where it stopped`() async throws {
        let (shelf, server) = (MemoryShelf(), MemoryBlobServer())
        let name = shelf.add(300_000)
        server.cutsUploads(after: [70_000, 150_000])
        let outcome = try await BlobSync(shelf: shelf, server: server).run()
        #expect(outcome.sent == 1)
        #expect(server.uploadedBytes == 300_000)
        #expect(server.bytes(name)?.count == 300_000)
    }

    @Test func `a download that was cut goes on where it stopped`() async throws {
        let (shelf, server) = (MemoryShelf(), MemoryBlobServer())
        let bytes = [UInt8](repeating: 9, count: 300_000)
        let name = server.keep(bytes)
        shelf.expect(name)
        server.cutsDownloads(after: [70_000, 150_000])
        let outcome = try await BlobSync(shelf: shelf, server: server).run()
        #expect(outcome.received == 1)
        #expect(server.downloadedBytes == 300_000)
        #expect(shelf.bytes(name) == bytes)
    }

    @Test func `an image that nobody has uploaded yet is waited for`() async throws {
        let (shelf, server) = (MemoryShelf(), MemoryBlobServer())
        let name = try #require(BlobName(bytes: [UInt8](repeating: 1, count: 32)))
        shelf.expect(name)
        let outcome = try await BlobSync(shelf: shelf, server: server).run()
        #expect(outcome.awaited == 1)
        #expect(outcome.received == 0)
        #expect(server.callCount == 1)
    }

    @Test func `what the server has no room for stays here, and the rest goes`() async throws {
        let (shelf, server) = (MemoryShelf(), MemoryBlobServer())
        let large = [shelf.add(70_000), shelf.add(80_000), shelf.add(90_000)]
        let small = (1...20).map { shelf.add($0 * 100) }
        server.hasRoom(for: 60_000)
        let absent = server.keep([1, 2, 3])
        shelf.expect(absent)
        let outcome = try await BlobSync(shelf: shelf, server: server).run()
        #expect(outcome.sent == small.count)
        #expect(outcome.refused == large.count)
        #expect(outcome.bytesRefused == 240_000)
        #expect(Set(outcome.refusedNames) == Set(large))
        #expect(outcome.refusal == "There is no room.")
        #expect(outcome.received == 1)
        #expect(shelf.unsentCount == large.count)
        // There is room again.
        server.hasRoom(for: .max)
        #expect(try await BlobSync(shelf: shelf, server: server).run().sent == large.count)
        #expect(shelf.unsentCount == 0)
    }

    @Test func `what is as large as what was refused is not tried`() async throws {
        let (shelf, server) = (MemoryShelf(), MemoryBlobServer())
        for number in 0..<200 { _ = shelf.add(5000 + number) }
        server.hasRoom(for: 0)
        let outcome = try await BlobSync(shelf: shelf, server: server).run()
        #expect(outcome.refused == 200)
        #expect(outcome.refusedNames.count == BlobSync.namedMax)
        // Only what is smaller than all that was refused before.
        #expect(server.callCount < 50)
    }

    @Test func `many images go in one question`() async throws {
        let (shelf, server) = (MemoryShelf(), MemoryBlobServer())
        for size in 1...200 { _ = shelf.add(size) }
        let outcome = try await BlobSync(shelf: shelf, server: server).run()
        #expect(outcome.sent == 200)
        #expect(server.questionCount == 1)
    }
}

@Suite struct SnapshotDownloadTests {
    @Test func `chunks that came whole are not fetched again`() async throws {
        let directory =
            FileManager.default.temporaryDirectory.path + "/daybook-parts-" + Hex.encode(World.live.random(6))
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let server = MemoryBlobServer()
        let chunks = (0..<8).map { number in
            let bytes = [UInt8](repeating: UInt8(number), count: 100)
            return SnapshotManifest.Chunk(name: server.keep(bytes), compressedSize: 100, size: 100)
        }
        let manifest = SnapshotManifest(schema: 1, clock: VectorClock(), content: ContentHash(), chunks: chunks)
        let download = SnapshotDownload(into: directory, from: server)
        server.failsChunks(after: 5)
        #expect(await failureCode { try await download.fetch(manifest) } != nil)
        let before = server.chunkCount
        server.failsChunks(after: .max)
        try await download.fetch(manifest)
        #expect(server.chunkCount - before <= 4)
        for (number, chunk) in chunks.enumerated() {
            #expect(try await download.chunk(chunk) == [UInt8](repeating: UInt8(number), count: 100))
        }
        // A part that was damaged on the disk is fetched once more.
        try Data([1, 2, 3]).write(to: URL(filePath: "\(directory)/\(chunks[0].name)"))
        let fetched = server.chunkCount
        #expect(try await download.chunk(chunks[0]).count == 100)
        #expect(server.chunkCount == fetched + 1)
        download.discard()
        #expect(!FileManager.default.fileExists(atPath: directory))
    }
}
