import Foundation
import GRDB
import Primitives
import Sync

/// What this copy of a journal knows of itself. None of it is synced.
struct LocalFacts {
    private let db: Database

    init(_ db: Database) { self.db = db }

    /// The replica this copy writes as.
    var replica: ReplicaID {
        get throws {
            guard let bytes = try bytes("replica"), let id = ReplicaID(bytes: bytes) else {
                throw Failure.damagedJournal("it does not know its own replica")
            }
            return id
        }
    }

    func setReplica(_ id: ReplicaID) throws { try set("replica", id.bytes) }

    /// - Throws: `journal.damaged` for a sum that is none; where there is none, nothing was written yet.
    var content: ContentHash {
        get throws {
            guard let bytes = try bytes("content") else { return ContentHash() }
            guard let content = ContentHash(bytes: bytes) else {
                throw Failure.damagedJournal("the sum over its content cannot be read")
            }
            return content
        }
    }

    func setContent(_ content: ContentHash) throws { try set("content", content.bytes) }

    /// The server's clock at the end of the last exchange, as ids and counters. One that cannot be is forgotten: the next
    /// exchange finds it out anew.
    var serverClock: VectorClock? {
        get throws {
            guard let bytes = try bytes("server_clock"), bytes.count % 24 == 0 else { return nil }
            let entries = stride(from: 0, to: bytes.count, by: 24).compactMap { start -> Dot? in
                guard let replica = ReplicaID(bytes: bytes[start..<start + 16]) else { return nil }
                return Dot(replica, bytes[start + 16..<start + 24].reduce(0) { $0 << 8 | UInt64($1) })
            }
            guard entries.allSatisfy({ $0.counter <= UInt64(Int64.max) }) else { return nil }
            return VectorClock(entries)
        }
    }

    /// The digest of the heads that `serverClock` stands for; nil when this copy did not hold all of them.
    var serverDigest: UInt64? {
        get throws { try bytes("server_digest").map { $0.suffix(8).reduce(0) { $0 << 8 | UInt64($1) } } }
    }

    func setServerClock(_ clock: VectorClock?, digest: UInt64? = nil) throws {
        if let digest {
            try set("server_digest", (0..<8).map { UInt8(truncatingIfNeeded: digest >> (56 - 8 * UInt64($0))) })
        } else {
            try db.execute(sql: "DELETE FROM local WHERE key = 'server_digest'")
        }
        guard let clock else { return try db.execute(sql: "DELETE FROM local WHERE key = 'server_clock'") }
        try set(
            "server_clock",
            clock.entries.flatMap { entry in
                entry.replica.bytes + (0..<8).map { UInt8(truncatingIfNeeded: entry.counter >> (56 - 8 * UInt64($0))) }
            })
    }

    /// Takes over one of them from a file that was made elsewhere.
    func take(_ key: String, _ value: [UInt8]) throws { try set(key, value) }

    /// What makes this file this copy: a backup keeps it, a snapshot for another device does not.
    static func forget(_ db: Database) throws {
        try db.execute(sql: "DELETE FROM local WHERE key <> 'content'")
        try db.execute(sql: "DELETE FROM blob")
    }

    private func bytes(_ key: String) throws -> [UInt8]? {
        try Data.fetchOne(
            db.cachedStatement(sql: "SELECT value FROM local WHERE key = ?"), arguments: [key]
        ).map { Array($0) }
    }

    private func set(_ key: String, _ value: [UInt8]) throws {
        try db.cachedStatement(
            sql: "INSERT INTO local (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"
        ).execute(arguments: [key, Data(value)])
    }
}
