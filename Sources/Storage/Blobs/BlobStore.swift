import Crypto
import Dispatch
import Foundation
import Primitives
import Sync
import Synchronization

/// Images by the SHA-256 of their bytes, one file each: `ab/abcdef…`.
///
/// What is there under its name is whole, has been compared with its name, and is on the disk. What is still coming
/// lies beside it as `.part`, and goes on where it stopped. The server keeps a store for each person, so that nobody
/// can find out what another one has; a device keeps one beside its journal.
package final class BlobStore: Sendable {
    package let directory: String
    private let world: World
    private let sizeMax: Int64
    private let coming = Mutex(Coming())

    private struct Coming {
        var hashes: [BlobName: PartHash] = [:]
        /// Those that are being compared with their names.
        var ending: Set<BlobName> = []
    }

    /// Reading and `fsync` block, so they stay away from the threads that answer requests.
    private static let queue = DispatchQueue(label: "daybook.blobs", attributes: .concurrent)

    /// - Parameters:
    ///   - directory: is made when it is missing.
    ///   - sizeMax: of one blob, in bytes.
    /// - Throws: `file.unwritable`.
    package init(directory: String, world: World, sizeMax: Int64 = BlobLimits.sizeMax) throws(Failure) {
        self.directory = directory
        self.world = world
        self.sizeMax = sizeMax
        try PrivateFile.createDirectory(directory)
    }

    package func path(of name: BlobName) -> String { "\(shard(of: name))/\(name)" }
    private func shard(of name: BlobName) -> String { "\(directory)/\(name.description.prefix(2))" }
    private func partPath(of name: BlobName) -> String { path(of: name) + ".part" }

    package func has(_ name: BlobName) -> Bool { BlobFile.size(path(of: name)) != nil }

    package func progress(_ name: BlobName) -> BlobProgress {
        if let size = BlobFile.size(path(of: name)) { return .complete(size: size) }
        return .partial(received: BlobFile.size(partPath(of: name)) ?? 0)
    }

    /// Adds bytes to a blob that is still coming. Those it has already are passed over, so that whoever begins again
    /// from the start does no harm.
    ///
    /// - Parameter size: of the whole blob.
    /// - Returns: how many bytes are here now.
    /// - Throws: `blob.too_large`, `blob.wrong_offset` for a gap, `blob.wrong_size` for bytes past the end, `blob.busy`.
    package func append(_ name: BlobName, size: Int64, offset: Int64, bytes: [UInt8]) async throws -> Int64 {
        guard size <= sizeMax else { throw Failure.blobTooLarge(sizeMax) }
        guard offset >= 0, size >= 0, offset <= size, Int64(bytes.count) <= size - offset else {
            throw Failure.blobWrongSize
        }
        return try await Self.blocking { [self] in
            try coming.withLock { coming in
                guard !coming.ending.contains(name) else { throw Failure.blobBusy }
                if let whole = BlobFile.size(path(of: name)) { return whole }
                let received = BlobFile.size(partPath(of: name)) ?? 0
                guard offset <= received else { throw Failure.blobWrongOffset(received) }
                let new = bytes[min(Int(received - offset), bytes.count)...]
                guard !new.isEmpty || received == 0 else { return received }
                try PrivateFile.createDirectory(shard(of: name))
                try BlobFile.write(new, to: partPath(of: name), at: received)
                if received == 0 { coming.hashes[name] = PartHash() }
                coming.hashes[name]?.add(new, at: received)
                if coming.hashes.count > Self.partHashesMax { coming.hashes.removeAll() }
                return received + Int64(new.count)
            }
        }
    }

    /// How many unfinished blobs have their hash in memory; beyond that they are read once more at the end.
    private static let partHashesMax = 64

    /// Ends a blob that has come whole: compares it with its name, and gives it that name once it is on the disk.
    ///
    /// - Throws: `blob.incomplete`, `blob.busy`, `blob.wrong_content` (and what came is deleted).
    package func finish(_ name: BlobName, size: Int64) async throws {
        try await Self.blocking { [self] in
            let apart = path(of: name) + ".done"
            let hash: PartHash? = try coming.withLock { coming in
                guard BlobFile.size(path(of: name)) == nil else { return nil }
                guard !coming.ending.contains(name) else { throw Failure.blobBusy }
                let received = BlobFile.size(partPath(of: name)) ?? 0
                guard received == size else { throw Failure.blobIncomplete(received, size) }
                // From here on nobody can append to it any more.
                try BlobFile.rename(partPath(of: name), to: apart)
                coming.ending.insert(name)
                return coming.hashes.removeValue(forKey: name) ?? PartHash()
            }
            guard let hash else { return }
            defer { coming.withLock { _ = $0.ending.remove(name) } }
            guard try hash.value(of: apart, size: size) == name.bytes else {
                unlink(apart)
                throw Failure.blobWrongContent
            }
            try keep(apart, as: name)
        }
    }

    /// Keeps bytes under their own name.
    package func put(_ bytes: [UInt8]) async throws -> BlobName {
        guard Int64(bytes.count) <= sizeMax else { throw Failure.blobTooLarge(sizeMax) }
        guard let name = BlobName(bytes: Array(SHA256.hash(data: bytes))) else { throw Failure.blobWrongContent }
        guard !has(name) else { return name }
        try await Self.blocking { [self] in
            try PrivateFile.createDirectory(shard(of: name))
            // Two puts of the same bytes may run at once; each writes a file of its own.
            let apart = "\(path(of: name)).\(Hex.encode(world.random(8)))"
            try BlobFile.write(bytes[...], to: apart, at: 0)
            try keep(apart, as: name)
        }
        return name
    }

    /// Up to `count` bytes from `offset` on; fewer only at the end.
    ///
    /// - Throws: `blob.not_found`.
    package func read(_ name: BlobName, offset: Int64 = 0, count: Int) async throws -> [UInt8] {
        try await Self.blocking { [self] in
            guard let bytes = try BlobFile.read(path(of: name), offset: offset, count: count) else {
                throw Failure.blobNotFound
            }
            return bytes
        }
    }

    /// The whole blob.
    ///
    /// - Throws: `blob.not_found`.
    package func read(_ name: BlobName) async throws -> [UInt8] { try await read(name, count: Int(sizeMax)) }

    package func delete(_ name: BlobName) async throws { try await Self.blocking { [self] in remove(name) } }

    /// The same, for whoever blocks already.
    func remove(_ name: BlobName) {
        unlink(path(of: name))
        unlink(partPath(of: name))
        coming.withLock { $0.hashes[name] = nil }
    }

    /// The names of all whole blobs, in order.
    package func list() async throws -> [BlobName] {
        try await Self.blocking { [self] in
            let shards = try FileManager.default.contentsOfDirectory(atPath: directory)
            return shards.flatMap { shard in
                (try? FileManager.default.contentsOfDirectory(atPath: "\(directory)/\(shard)")) ?? []
            }.compactMap { BlobName($0) }.sorted()
        }
    }

    /// The names of blobs whose bytes are not what they were.
    package func verify() async throws -> [BlobName] {
        var damaged: [BlobName] = []
        for name in try await list() {
            let isWhole = try await Self.blocking { [self] in
                guard let size = BlobFile.size(path(of: name)) else { return false }
                return try PartHash().value(of: path(of: name), size: size) == name.bytes
            }
            if !isWhole { damaged.append(name) }
        }
        return damaged
    }

    private func keep(_ apart: String, as name: BlobName) throws(Failure) {
        try BlobFile.sync(apart)
        try BlobFile.rename(apart, to: path(of: name))
        try PrivateFile.syncDirectory(shard(of: name))
    }

    private static func blocking<T: Sendable>(_ body: @Sendable @escaping () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: body)) }
        }
    }
}

/// The hash of the beginning of a blob, carried along while the rest comes.
private struct PartHash {
    private var hash = SHA256()
    private var count: Int64 = 0

    /// Bytes that do not follow on what was hashed are left for `value` to read.
    mutating func add(_ bytes: ArraySlice<UInt8>, at offset: Int64) {
        guard offset == count else { return }
        hash.update(data: bytes)
        count += Int64(bytes.count)
    }

    /// The SHA-256 of a whole file; only what was not hashed yet is read.
    func value(of path: String, size: Int64) throws -> [UInt8] {
        var hash = hash
        var offset = count
        while offset < size {
            guard let bytes = try BlobFile.read(path, offset: offset, count: 1 << 20), !bytes.isEmpty else { break }
            hash.update(data: bytes)
            offset += Int64(bytes.count)
        }
        return Array(hash.finalize())
    }
}

extension Failure {
    package static func blobTooLarge(_ sizeMax: Int64) -> Failure {
        Failure(.tooLarge, "blob.too_large", "An image may have \(sizeMax) bytes.")
    }
    package static func blobWrongOffset(_ received: Int64) -> Failure {
        Failure(.conflict, "blob.wrong_offset", "\(received) bytes of this image are here: go on from there.")
    }
    package static func blobIncomplete(_ received: Int64, _ size: Int64) -> Failure {
        Failure(.conflict, "blob.incomplete", "Only \(received) of the image's \(size) bytes are here: send the rest.")
    }
    package static let blobWrongSize = Failure(
        .invalid, "blob.wrong_size", "The bytes reach past the size that was given for the image.")
    package static let blobWrongContent = Failure(
        .invalid, "blob.wrong_content", "The image's bytes are not those its name stands for. Send it again.")
    package static let blobBusy = Failure(
        .conflict, "blob.busy", "The image has just come whole on another connection. Ask again in a moment.")
    package static let blobNotFound = Failure(.notFound, "blob.not_found", "There is no such image here.")
}
