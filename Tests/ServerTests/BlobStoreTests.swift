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

    @Test func `many who send at once fill the quota, and not one byte more`() async throws {
        try await withStore { store async throws in
            let size: Int64 = 10_000
            let quota = BlobQuota(bytesMax: size * 5 + size / 2, exemptBytes: 0)
            let codes = await withTaskGroup(of: String.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let bytes = [UInt8](repeating: UInt8(number), count: Int(size))
                        do {
                            if number % 2 == 0 {
                                _ = try await store.put(bytes, in: quota)
                            } else {
                                let name = try await elsewhere(bytes)
                                for offset in stride(from: 0, to: Int(size), by: 1000) {
                                    _ = try await store.append(
                                        name, size: size, offset: Int64(offset),
                                        bytes: Array(bytes[offset..<offset + 1000]), in: quota)
                                }
                                try await store.finish(name, size: size)
                            }
                            return "kept"
                        } catch {
                            return (error as? Failure)?.code ?? "\(error)"
                        }
                    }
                }
                return await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(codes == ["kept": 5, "image.quota_exceeded": 15])
            #expect(try await store.usedBytes() == size * 5)
            #expect(try await BlobStore(directory: store.directory, world: .live).usedBytes() == size * 5)
            #expect(try await store.list().count == 5)
        }
    }

    @Test func `what came in part counts, and so do files without a byte`() async throws {
        try await withStore { store in
            let quota = BlobQuota(bytesMax: 5000, exemptBytes: 0)
            let name = try await elsewhere([UInt8](repeating: 1, count: 4000))
            let bytes = [UInt8](repeating: 1, count: 1000)
            _ = try await store.append(name, size: 4000, offset: 0, bytes: bytes, in: quota)
            #expect(try await store.usedBytes() == 1000)
            // The rest of it has its place kept.
            await #expect(throws: Failure.self) { try await store.check(1001, in: quota) }
            try await store.check(1000, in: quota)
            store.release(name)
            try await store.delete(name)
            #expect(try await store.usedBytes() == 0)
            try await store.check(5000, in: quota)
            for number in 0..<quota.filesMax { _ = try await store.put(Array("\(number)".utf8), in: .none) }
            await #expect(throws: Failure.self) { _ = try await store.put([], in: quota) }
        }
    }

    @Test func `there are so many parts, and the one goes that nobody has gone on with for longest`() async throws {
        let moment = Moment()
        try await withDirectory { path in
            let store = try BlobStore(directory: path, world: moment.world)
            let quota = BlobQuota(bytesMax: 100 << 20, exemptBytes: 0)
            var names: [BlobName] = []
            for number in 0...BlobStore.partsMax {
                names.append(try await elsewhere([UInt8](repeating: UInt8(number), count: 100)))
                _ = try await store.append(
                    names[number], size: 100, offset: 0, bytes: [UInt8](repeating: UInt8(number), count: 50), in: quota)
                moment.pass(1)
            }
            #expect(store.progress(names[0]) == .partial(received: 0))
            #expect(names.dropFirst().allSatisfy { store.progress($0) == .partial(received: 50) })
            #expect(try await store.usedBytes() == Int64(BlobStore.partsMax) * 50)
            #expect(try await store.dropParts(before: moment.now.adding(milliseconds: -2500)))
            #expect(names.count { store.progress($0) == .partial(received: 50) } == 2)
            #expect(try await !store.dropParts(before: moment.now))
            #expect(try await store.usedBytes() == 0)
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
