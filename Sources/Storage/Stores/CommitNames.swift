import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// The replicas of a journal as people know them: the device's name, and a few digits that name a commit.
package struct CommitNames: Sendable {
    private let ids: [ReplicaID]
    private let devices: [ReplicaID: String]
    private let own: ReplicaID
    private let digitCount: Int

    private static let digitCountMin = 4

    package init(_ db: Database) throws {
        ids = try Data.fetchAll(db, sql: "SELECT id FROM replica ORDER BY id").compactMap { ReplicaID(bytes: $0) }
        var devices: [ReplicaID: String] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT id, name FROM device WHERE name IS NOT NULL ORDER BY id") {
            if let id = ReplicaID(bytes: row[0] as Data) { devices[id] = row[1] }
        }
        self.devices = devices
        own = try LocalFacts(db).replica
        // The last digits: a name given later begins like the one before it.
        let texts = ids.map { Hex.encode($0.bytes) }
        digitCount =
            (Self.digitCountMin...32).first { count in Set(texts.map { $0.suffix(count) }).count == texts.count } ?? 32
    }

    /// `a3f2/17`: as many of the replica's last digits as tell it from the others, and the counter.
    package func short(_ dot: Dot) -> String { "\(short(dot.replica))/\(dot.counter)" }

    package func short(_ replica: ReplicaID) -> String { String(Hex.encode(replica.bytes).suffix(digitCount)) }

    /// What its person called the device; the digits of a replica that nobody named, such as a server's.
    package func device(_ replica: ReplicaID) -> String {
        devices[replica] ?? (replica == own ? "this device" : "replica \(short(replica))")
    }

    package func isOwn(_ replica: ReplicaID) -> Bool { replica == own }

    /// Whether the replica has a name of its own.
    package func hasName(_ replica: ReplicaID) -> Bool { devices[replica] != nil }

    /// Reads the short form or a longer one.
    ///
    /// - Throws: `commit.bad_name`, `commit.not_found`, `commit.ambiguous`.
    package func dot(_ text: String) throws(Failure) -> Dot {
        let parts = text.lowercased().split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let counter = UInt64(parts[1]), counter > 0, counter <= UInt64(Int64.max) else {
            throw .commitBadName
        }
        let digits = parts[0].filter { $0 != "-" }
        guard digits.count >= 1, digits.utf8.allSatisfy({ Self.isHex($0) }) else { throw .commitBadName }
        let found = ids.filter { Hex.encode($0.bytes).hasSuffix(digits) }
        guard let replica = found.first else { throw .commitNotFound(text) }
        guard found.count == 1 else { throw .commitAmbiguous(text) }
        return Dot(replica, counter)
    }

    private static func isHex(_ unit: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(unit) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(unit)
    }
}

extension Failure {
    package static let commitBadName = Failure(
        .invalid, "commit.bad_name", "A commit is named like a3f2/17, as the history lists them.")
    package static func commitNotFound(_ text: String) -> Failure {
        Failure(.notFound, "commit.not_found", "There is no commit \(text) in this journal. The history lists them.")
    }
    package static func commitAmbiguous(_ text: String) -> Failure {
        Failure(
            .invalid, "commit.ambiguous", "\(text) fits commits of several devices. Give more digits before the slash.")
    }
}
