import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// How much space a person's images take: what their bytes take on the disk, whole or not, whether an image names them
/// already or not. Only what is kept of deleted images, for an undo, does not count.
package struct ImageSpace: Hashable, Sendable {
    /// Of all people, unless it is set otherwise: what the API reference allows.
    package static let quotaBytes: Int64 = 100 << 20
    /// For how long bytes are kept that came only in part, or that no image names, in seconds, unless it is set otherwise.
    package static let looseSeconds = 86_400
}

extension ImageStore {
    private static let isPicture = "length(sha256) = 32"

    /// Pictures, not names of them.
    package func pictureCount() throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(
                sql: "SELECT count(DISTINCT sha256) FROM image WHERE presence <> 1 AND \(Self.isPicture)")) ?? 0
    }

    /// Whether an image shows this picture.
    package func isShown(_ name: BlobName) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM image WHERE sha256 = ? AND presence <> 1)"),
            arguments: [Data(name.bytes)]) ?? false
    }

    /// What an image with this picture is called.
    package func fileName(of name: BlobName) throws -> String? {
        try String.fetchOne(
            db.cachedStatement(
                sql: "SELECT name FROM image WHERE sha256 = ? AND presence <> 1 AND name <> '' ORDER BY id LIMIT 1"),
            arguments: [Data(name.bytes)])
    }

    /// Whether an image shows this picture, or one that was deleted did.
    package func isNamed(_ name: BlobName) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM image WHERE sha256 = ?)"),
            arguments: [Data(name.bytes)]) ?? false
    }

    /// A part of the list, the newest first, and how many there are.
    ///
    /// - Parameter owners: only images that hang on all of these.
    package func page(of owners: [Owner], offset: Int, limit: Int) throws -> (images: [Image], count: Int) {
        let lists = try owners.map { owner in
            switch owner {
            case .trade(let id): try images(ofTrade: id)
            case .entry(let id): try images(ofEntry: id)
            }
        }
        guard let first = lists.first else {
            let count = try Int.fetchOne(
                db.cachedStatement(sql: "SELECT count(*) FROM image WHERE presence <> 1 AND sha256 NOT NULL"))
            return (try list(offset: offset, limit: limit), count ?? 0)
        }
        let others = lists.dropFirst().map { Set($0.map(\.id)) }
        let all = first.reversed().filter { image in others.allSatisfy { $0.contains(image.id) } }
        return (Array(all.dropFirst(offset).prefix(limit)), all.count)
    }

    /// The pictures that no image shows any more, those deleted last first.
    fileprivate func deletedPictures() throws -> [BlobName] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT image.sha256, max(coalesce(log.time, 0)) AS deleted
                    FROM image
                        LEFT JOIN tombstone ON tombstone.kind = :kind AND tombstone.entity = image.id
                        LEFT JOIN log ON log.replica = tombstone.replica AND log.counter = tombstone.counter
                    WHERE \(Self.isPicture)
                    GROUP BY image.sha256 HAVING min(image.presence) = 1 AND max(image.presence) = 1
                    ORDER BY deleted DESC, image.sha256
                    """), arguments: ["kind": Schema.image.kind.rawValue]
        ).compactMap { row in BlobName(bytes: row[0] as Data) }
    }
}

extension JournalFile {
    /// What is kept of deleted images, in bytes.
    package func deletedImageBytes(in blobs: BlobStore) async throws -> Int64 {
        try await read { db in
            try ImageStore(db).deletedPictures().reduce(0) { $0 + (blobs.facts($1)?.size ?? 0) }
        }
    }

    /// Lets go of the bytes of deleted images, those first that were deleted longest ago, until no more than `bytesMax`
    /// are kept. They are what an undo brings back; without a limit they would fill the disk.
    ///
    /// - Returns: the names of those that are gone.
    package func dropDeletedImages(from blobs: BlobStore, bytesMax: Int64) async throws -> [BlobName] {
        // In one transaction, so that none of them comes back to life in between.
        try await write { db in
            var kept: Int64 = 0
            var gone: [BlobName] = []
            for name in try ImageStore(db).deletedPictures() {
                // What a device said of its size is no measure.
                guard let size = blobs.facts(name)?.size else { continue }
                kept += size
                guard kept > bytesMax else { continue }
                blobs.remove(name)
                try BlobLedger(db).forget(name)
                gone.append(name)
            }
            return gone
        }
    }

    /// Lets go of bytes that were just put, unless an image names them.
    package func dropLooseImage(_ name: BlobName, from blobs: BlobStore) async throws {
        try await write(touching: .nothing) { db in
            if try !ImageStore(db).isNamed(name) { blobs.remove(name) }
        }
    }

    /// Lets go of bytes that came whole before `oldest`, and that no image has named since.
    ///
    /// - Returns: whether there are others that no image names.
    package func dropLooseImages(from blobs: BlobStore, before oldest: Timestamp) async throws -> Bool {
        let names = try await blobs.list()
        return try await write { db in
            var isSomeLeft = false
            for name in names {
                try WorkBudget.spend()
                guard try !ImageStore(db).isNamed(name) else { continue }
                if blobs.remove(name, before: oldest) {
                    try BlobLedger(db).forget(name)
                } else {
                    isSomeLeft = true
                }
            }
            return isSomeLeft
        }
    }
}

extension Failure {
    static func imageQuotaExceeded(_ used: Int64, _ size: Int64, of quota: Int64) -> Failure {
        let remaining = max(0, quota - used)
        return Failure(
            .tooLarge, "image.quota_exceeded",
            "The picture needs \(size) bytes, and \(remaining) of \(quota) are left. Delete images that you no longer "
                + "need.", details: ["used": used, "quota": quota, "remaining": remaining])
    }
}
