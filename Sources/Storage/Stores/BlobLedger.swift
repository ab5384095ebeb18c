import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Which images' bytes this copy has, as the journal's own tables tell it, and which the server is known to have.
package struct BlobLedger {
    private let db: Database

    package init(_ db: Database) { self.db = db }

    /// Notes bytes that are here whole.
    package func note(_ name: BlobName, size: Int64, isOnServer: Bool) throws {
        try db.execute(
            sql: """
                INSERT INTO blob (sha256, size, uploaded) VALUES (:name, :size, :uploaded)
                ON CONFLICT DO UPDATE SET size = excluded.size, uploaded = max(uploaded, excluded.uploaded)
                """, arguments: ["name": Data(name.bytes), "size": size, "uploaded": isOnServer])
    }

    package func noteOnServer(_ names: [BlobName]) throws {
        for name in names {
            try db.execute(sql: "UPDATE blob SET uploaded = 1 WHERE sha256 = ?", arguments: [Data(name.bytes)])
        }
    }

    /// The bytes are no longer here.
    func forget(_ name: BlobName) throws {
        try db.execute(sql: "DELETE FROM blob WHERE sha256 = ?", arguments: [Data(name.bytes)])
    }

    /// The journal has come to another server, or this one was restored: it may lack what an earlier one had.
    package func forgetServer() throws { try db.execute(sql: "UPDATE blob SET uploaded = 0") }

    /// Bytes that are here and not known to be on the server, after `last` in the order of names.
    package func unsent(after last: BlobName? = nil, _ countMax: Int) throws -> [(name: BlobName, size: Int64)] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT sha256, size FROM blob WHERE uploaded = 0 AND (:last IS NULL OR sha256 > :last)
                    ORDER BY sha256 LIMIT :limit
                    """), arguments: ["last": last.map { Data($0.bytes) }, "limit": countMax]
        ).compactMap { row in BlobName(bytes: row[0] as Data).map { ($0, row[1]) } }
    }

    /// Names of live images whose bytes are not noted as being here, after `last`.
    package func lacking(after last: BlobName?, _ countMax: Int) throws -> [BlobName] {
        try Data.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT image.sha256 FROM image
                    WHERE image.presence <> 1 AND length(image.sha256) = 32 AND (:last IS NULL OR image.sha256 > :last)
                        AND NOT EXISTS (SELECT 1 FROM blob WHERE blob.sha256 = image.sha256)
                    ORDER BY image.sha256 LIMIT :limit
                    """), arguments: ["last": last.map { Data($0.bytes) }, "limit": countMax]
        ).compactMap { BlobName(bytes: $0) }
    }

    /// Everything that is noted as being here.
    package func names() throws -> [BlobName] {
        try Data.fetchAll(
            db.cachedStatement(sql: "SELECT sha256 FROM blob ORDER BY sha256")
        ).compactMap { BlobName(bytes: $0) }
    }
}

extension JournalFile {
    /// Changes whenever another process has written to this journal, and never by this one's own writes.
    package func foreignChanges() async throws -> Int64 {
        try await read { try Int64.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
    }

    /// The version of the tables, which a snapshot must have to be taken over as it is.
    package static var tablesVersion: Int { JournalMigrations.latest }

    package func noteBlobs(_ blobs: [(name: BlobName, size: Int64)], isOnServer: Bool) async throws {
        guard !blobs.isEmpty else { return }
        try await write(touching: .nothing) { db in
            for blob in blobs { try BlobLedger(db).note(blob.name, size: blob.size, isOnServer: isOnServer) }
        }
    }

    package func noteBlobsOnServer(_ names: [BlobName]) async throws {
        guard !names.isEmpty else { return }
        try await write(touching: .nothing) { try BlobLedger($0).noteOnServer(names) }
    }

    package func forgetBlobsOnServer() async throws {
        try await write(touching: .nothing) { try BlobLedger($0).forgetServer() }
    }
}
