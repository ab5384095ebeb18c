import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// How much space a person's images take. A picture counts once, under however many names it stands in the journal.
package struct ImageSpace: Hashable, Sendable {
    /// Of all people, unless it is set otherwise: what the API reference allows.
    package static let quotaBytes: Int64 = 100 << 20

    package let usedBytes: Int64
    /// Pictures, not names of them.
    package let count: Int
}

extension ImageStore {
    /// What a device says of a size is only believed as far as an image may reach.
    private static let size = "min(max(coalesce(size, 0), 0), \(BlobLimits.sizeMax))"
    private static let isPicture = "length(sha256) = 32"

    package func space() throws -> ImageSpace {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT coalesce(sum(bytes), 0), count(*)
                    FROM (SELECT max(\(Self.size)) AS bytes FROM image
                        WHERE presence <> 1 AND \(Self.isPicture) GROUP BY sha256)
                    """))
        return ImageSpace(usedBytes: row?[0] ?? 0, count: row?[1] ?? 0)
    }

    /// Makes sure that a picture fits. Within the transaction that adds it nobody else takes the same space.
    ///
    /// - Throws: `image.quota_exceeded`, with what is used of what.
    package func makeSure(_ name: BlobName, of size: Int64, fitsInto quotaBytes: Int64) throws {
        let isThere = try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM image WHERE sha256 = ? AND presence <> 1)"),
            arguments: [Data(name.bytes)])
        guard isThere != true else { return }
        let used = try space().usedBytes
        guard used + size <= quotaBytes else { throw Failure.imageQuotaExceeded(used, size, of: quotaBytes) }
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
    fileprivate func deletedPictures() throws -> [(name: BlobName, size: Int64)] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT image.sha256, max(\(Self.size)), max(coalesce(log.time, 0)) AS deleted
                    FROM image
                        LEFT JOIN tombstone ON tombstone.kind = :kind AND tombstone.entity = image.id
                        LEFT JOIN log ON log.replica = tombstone.replica AND log.counter = tombstone.counter
                    WHERE \(Self.isPicture)
                    GROUP BY image.sha256 HAVING min(image.presence) = 1 AND max(image.presence) = 1
                    ORDER BY deleted DESC, image.sha256
                    """), arguments: ["kind": Schema.image.kind.rawValue]
        ).compactMap { row in BlobName(bytes: row[0] as Data).map { ($0, row[1]) } }
    }
}

extension JournalFile {
    /// Lets go of the bytes of deleted images, those first that were deleted longest ago, until no more than `bytesMax`
    /// are kept. They are what an undo brings back; without a limit they would fill the disk.
    ///
    /// - Returns: the names of those that are gone.
    package func dropDeletedImages(from blobs: BlobStore, bytesMax: Int64) async throws -> [BlobName] {
        // In one transaction, so that none of them comes back to life in between.
        try await write { db in
            var kept: Int64 = 0
            var gone: [BlobName] = []
            for picture in try ImageStore(db).deletedPictures() where blobs.has(picture.name) {
                kept += picture.size
                guard kept > bytesMax else { continue }
                blobs.remove(picture.name)
                try BlobLedger(db).forget(picture.name)
                gone.append(picture.name)
            }
            return gone
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
