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
    /// Unfinished blobs that a store with a quota keeps; with one more the one goes that nobody has gone on with for longest.
    package static let partsMax = 32

    package let directory: String
    private let world: World
    private let sizeMax: Int64
    private let coming = Mutex(Coming())

    private struct Coming {
        var hashes: [BlobName: PartHash] = [:]
        /// Those that are being compared with their names.
        var ending: Set<BlobName> = []
        /// Nil until somebody asks, which takes a look at every file.
        var use: BlobUse?
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

    /// How many bytes are here, whole or not.
    package func usedBytes() async throws -> Int64 {
        try await Self.blocking { [self] in coming.withLock { counted(&$0).bytes } }
    }

    /// Makes sure that a blob fits before its bytes come, and keeps its place for as long as they do.
    ///
    /// - Throws: `image.quota_exceeded`.
    package func reserve(_ name: BlobName, size: Int64, in quota: BlobQuota) async throws {
        try await Self.blocking { [self] in
            try coming.withLock { coming in
                guard BlobFile.size(path(of: name)) == nil, !coming.ending.contains(name) else { return }
                try reserve(name, size: size, in: quota, &coming)
            }
        }
    }

    /// Gives a place back that nothing came for.
    package func release(_ name: BlobName) {
        coming.withLock { coming in
            if coming.use?.parts[name]?.received == 0, BlobFile.size(partPath(of: name)) == nil {
                coming.use?.parts[name] = nil
            }
        }
    }

    /// Makes sure that so many bytes fit.
    ///
    /// - Throws: `image.quota_exceeded`.
    package func check(_ size: Int64, in quota: BlobQuota) async throws {
        try await Self.blocking { [self] in
            try coming.withLock {
                try counted(&$0).check(size, of: size, besides: nil, in: quota, at: world.now())
            }
        }
    }

    /// Adds bytes to a blob that is still coming. Those it has already are passed over, so that whoever begins again
    /// from the start does no harm.
    ///
    /// - Parameter size: of the whole blob.
    /// - Returns: how many bytes are here now.
    /// - Throws: `blob.too_large`, `blob.wrong_offset` for a gap, `blob.wrong_size` for bytes past the end, `blob.busy`,
    ///   `image.quota_exceeded`.
    package func append(
        _ name: BlobName, size: Int64, offset: Int64, bytes: [UInt8], in quota: BlobQuota = .none
    ) async throws -> Int64 {
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
                if quota.isLimited { try reserve(name, size: size, in: quota, &coming) }
                try PrivateFile.createDirectory(shard(of: name))
                let isFirst = BlobFile.size(partPath(of: name)) == nil
                try BlobFile.write(new, to: partPath(of: name), at: received)
                note(new.count, of: name, isFirst: isFirst, &coming)
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
                coming.use?.parts[name] = nil
                return coming.hashes.removeValue(forKey: name) ?? PartHash()
            }
            guard let hash else { return }
            defer { coming.withLock { _ = $0.ending.remove(name) } }
            guard try hash.value(of: apart, size: size) == name.bytes else {
                coming.withLock { discard(apart, &$0) }
                throw Failure.blobWrongContent
            }
            try keep(apart, as: name)
        }
    }

    /// Keeps bytes under their own name.
    ///
    /// - Throws: `blob.too_large`, `image.quota_exceeded`.
    package func put(_ bytes: [UInt8], in quota: BlobQuota = .none) async throws -> BlobName {
        let size = Int64(bytes.count)
        guard size <= sizeMax else { throw Failure.blobTooLarge(sizeMax) }
        guard let name = BlobName(bytes: Array(SHA256.hash(data: bytes))) else { throw Failure.blobWrongContent }
        try await Self.blocking { [self] in
            // Whoever looks for what nobody needs shall not take it for that now.
            if coming.withLock({ _ in BlobFile.touch(path(of: name)) }) { return }
            // Two puts of the same bytes may run at once; each writes a file of its own, and one of them stays.
            let apart = "\(path(of: name)).\(Hex.encode(world.random(8)))"
            try coming.withLock { coming in
                if quota.isLimited {
                    try counted(&coming).check(size, of: size, besides: name, in: quota, at: world.now())
                }
                coming.use?.bytes += size
                coming.use?.files += 1
            }
            do {
                try PrivateFile.createDirectory(shard(of: name))
                try BlobFile.write(bytes[...], to: apart, at: 0)
                try keep(apart, as: name)
            } catch {
                coming.withLock { coming in
                    unlink(apart)
                    coming.use?.bytes -= size
                    coming.use?.files -= 1
                }
                throw error
            }
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
        coming.withLock { coming in
            discard(path(of: name), &coming)
            removePart(name, &coming)
        }
    }

    /// The same, of one that came before `oldest` and that nobody has put since.
    func remove(_ name: BlobName, before oldest: Timestamp) -> Bool {
        coming.withLock { coming in
            guard let came = facts(name)?.came, came < oldest else { return false }
            discard(path(of: name), &coming)
            removePart(name, &coming)
            return true
        }
    }

    /// Lets go of what came in part and was not gone on with since `oldest`.
    ///
    /// - Returns: whether there are others.
    package func dropParts(before oldest: Timestamp) async throws -> Bool {
        try await Self.blocking { [self] in
            coming.withLock { coming in
                for (name, part) in counted(&coming).parts where part.touched < oldest { removePart(name, &coming) }
                return coming.use?.parts.isEmpty == false
            }
        }
    }

    /// The size of a whole blob, and when it came; nil when it is not here.
    func facts(_ name: BlobName) -> (size: Int64, came: Timestamp)? { BlobFile.facts(path(of: name)) }

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

    private func keep(_ apart: String, as name: BlobName) throws {
        try BlobFile.sync(apart)
        try coming.withLock { coming in
            // It may have come by another way in the meantime.
            guard BlobFile.size(path(of: name)) == nil else { return discard(apart, &coming) }
            try BlobFile.rename(apart, to: path(of: name))
        }
        try PrivateFile.syncDirectory(shard(of: name))
    }

    // MARK: What is here

    /// Looks through the directory the first time.
    @discardableResult
    private func counted(_ coming: inout Coming) -> BlobUse {
        if let use = coming.use { return use }
        var use = BlobUse()
        for shard in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
            for file in (try? FileManager.default.contentsOfDirectory(atPath: "\(directory)/\(shard)")) ?? [] {
                guard let facts = BlobFile.facts("\(directory)/\(shard)/\(file)") else { continue }
                use.bytes += facts.size
                use.files += 1
                if file.hasSuffix(".part"), let name = BlobName(String(file.dropLast(5))) {
                    use.parts[name] = BlobUse.Part(received: facts.size, size: facts.size, touched: facts.came)
                }
            }
        }
        coming.use = use
        return use
    }

    private func reserve(_ name: BlobName, size: Int64, in quota: BlobQuota, _ coming: inout Coming) throws {
        let (use, now) = (counted(&coming), world.now())
        let part = use.parts[name]
        let held = part.map { max($0.size, $0.received) } ?? 0
        // What it had a place kept for is checked anew when that time is over.
        let isHeld = part.map { now.milliseconds(since: $0.touched) < BlobUse.heldMilliseconds } ?? false
        let more = isHeld ? size - held : size - (part?.received ?? 0)
        if !isHeld || more > 0 { try use.check(more, of: size, besides: isHeld ? nil : name, in: quota, at: now) }
        if let oldest = use.oldestTooMany(besides: name) { removePart(oldest, &coming) }
        coming.use?.parts[name] = BlobUse.Part(received: part?.received ?? 0, size: max(size, held), touched: now)
    }

    private func note(_ count: Int, of name: BlobName, isFirst: Bool, _ coming: inout Coming) {
        coming.use?.bytes += Int64(count)
        if isFirst { coming.use?.files += 1 }
        coming.use?.parts[name]?.received += Int64(count)
    }

    private func removePart(_ name: BlobName, _ coming: inout Coming) {
        discard(partPath(of: name), &coming)
        coming.use?.parts[name] = nil
        coming.hashes[name] = nil
    }

    private func discard(_ path: String, _ coming: inout Coming) {
        guard let size = BlobFile.size(path) else { return }
        guard unlink(path) == 0 else { return }
        coming.use?.bytes -= size
        coming.use?.files -= 1
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
