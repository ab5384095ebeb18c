import Foundation
import Primitives
import Storage
import Sync
import Testing

@Suite struct BlobStoreTests {
    @Test func `a blob that was put is there under its own name`() async throws {
        try await withStore { store in
            let name = try await store.put(Array("chart".utf8))
            #expect(store.has(name))
            #expect(try await store.read(name) == Array("chart".utf8))
            #expect(try await store.read(name, offset: 2, count: 2) == Array("ar".utf8))
            #expect(try await store.put(Array("chart".utf8)) == name)
            #expect(try await store.list() == [name])
            #expect(try await store.verify() == [])
        }
    }

    @Test func `a blob that was damaged is found`() async throws {
        try await withStore { store in
            let name = try await store.put(Array("chart".utf8))
            try Data("chord".utf8).write(to: URL(fileURLWithPath: store.path(of: name)))
            #expect(try await store.verify() == [name])
        }
    }

    @Test func `what is still coming goes on after a restart`() async throws {
        try await withStore { store in
            let bytes = [UInt8](repeating: 5, count: 10_000)
            let name = try await elsewhere(bytes)
            #expect(try await store.append(name, size: 10_000, offset: 0, bytes: Array(bytes.prefix(4000))) == 4000)
            let later = try BlobStore(directory: store.directory, world: .live)
            #expect(later.progress(name) == .partial(received: 4000))
            #expect(
                try await later.append(name, size: 10_000, offset: 4000, bytes: Array(bytes.dropFirst(4000))) == 10_000)
            #expect(!later.has(name))
            try await later.finish(name, size: 10_000)
            #expect(later.progress(name) == .complete(size: 10_000))
            #expect(try await later.read(name) == bytes)
        }
    }

    @Test func `a blob that ends too early, too late or wrong is none`() async throws {
        try await withStore { store in
            let name = try await elsewhere(Array("chart".utf8))
            _ = try await store.append(name, size: 5, offset: 0, bytes: Array("cha".utf8))
            await #expect(throws: Failure.blobIncomplete(3, 5)) { try await store.finish(name, size: 5) }
            await #expect(throws: Failure.blobWrongSize) {
                _ = try await store.append(name, size: 5, offset: 3, bytes: Array("rts".utf8))
            }
            await #expect(throws: Failure.blobWrongOffset(3)) {
                _ = try await store.append(name, size: 5, offset: 4, bytes: Array("t".utf8))
            }
            _ = try await store.append(name, size: 5, offset: 3, bytes: Array("xx".utf8))
            await #expect(throws: Failure.blobWrongContent) { try await store.finish(name, size: 5) }
            #expect(store.progress(name) == .partial(received: 0))
            await #expect(throws: Failure.blobTooLarge(BlobLimits.sizeMax)) {
                _ = try await store.append(name, size: BlobLimits.sizeMax + 1, offset: 0, bytes: [])
            }
        }
    }

    @Test func `many who send the same blob at once end with one`() async throws {
        try await withStore { store in
            let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
            let name = try await elsewhere(bytes)
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        do {
                            for offset in stride(from: 0, to: bytes.count, by: 10_000) {
                                _ = try await store.append(
                                    name, size: 200_000, offset: Int64(offset),
                                    bytes: Array(bytes[offset..<offset + 10_000]))
                            }
                            try await store.finish(name, size: 200_000)
                        } catch let failure as Failure {
                            // Another one is just ending it.
                            #expect(["blob.busy", "blob.incomplete"].contains(failure.code))
                        } catch {
                            Issue.record(error)
                        }
                    }
                }
            }
            #expect(try await store.read(name) == bytes)
            #expect(try await store.verify() == [])
        }
    }

    private func withStore(_ body: (BlobStore) async throws -> Void) async throws {
        try await withDirectory { try await body(try BlobStore(directory: $0, world: .live)) }
    }

    /// The name of bytes that are not in the store under test.
    private func elsewhere(_ bytes: [UInt8]) async throws -> BlobName {
        try await withDirectory { try await BlobStore(directory: $0, world: .live).put(bytes) }
    }
}
