import Foundation
import GRDB
import Journal
import Primitives
import Sync

extension JournalFile: SyncDevice {
    package func position() async throws -> SyncPosition {
        try await read { db in
            let facts = LocalFacts(db)
            return SyncPosition(
                replica: try facts.replica, heads: try CommitLog.heads(db), content: try facts.content,
                serverClock: try facts.serverClock, serverDigest: try facts.serverDigest)
        }
    }

    package func remember(serverClock: VectorClock) async throws {
        try await write(touching: .nothing) { db in
            try LocalFacts(db).setServerClock(serverClock, digest: try CommitLog(db).heads(at: serverClock)?.digest)
        }
    }

    package func receive(_ commits: [EncodedCommit]) async throws {
        guard !commits.isEmpty else { return }
        try checkRoom(for: commits)
        let schema = schema
        try await write { db, changes in
            let merge = try MergeTransaction(db, schema)
            let own = try LocalFacts(db).replica
            try merge.receive(commits, own: own)
            changes.note(try merge.finish())
        }
    }

    /// A server that never stops to send shall not fill the disk to its last byte.
    private func checkRoom(for commits: [EncodedCommit]) throws(Failure) {
        // In the log, in the tables, and in what is derived.
        let bytes = commits.reduce(0) { $0 + Int64($1.bytes.count) } * 4
        guard directory.isEmpty || DiskSpace.has(bytes, in: directory) else { throw .fileUnwritable(directory, ENOSPC) }
    }

    package func commits(
        missingFrom clock: VectorClock, bytesMax: Int
    ) async throws -> (commits: [EncodedCommit], hasMore: Bool) {
        try await read { db in
            var missing: [EncodedCommit] = []
            var bytes = 0
            // Only the places are put in order: with the bytes beside them it would be the whole log, for each answer.
            let places = try Row.fetchCursor(
                db,
                sql: """
                    WITH known (id, counter) AS (SELECT value ->> 0, value ->> 1 FROM json_each(?))
                    SELECT log.position, replica.id, log.counter
                    FROM replica
                        LEFT JOIN known ON known.id = hex(replica.id)
                        CROSS JOIN log ON log.replica = replica.number AND log.counter > coalesce(known.counter, 0)
                    WHERE replica.counter > coalesce(known.counter, 0)
                    ORDER BY log.position LIMIT \(ExchangeLimits.commitsMax + 1)
                    """, arguments: [Self.json(clock)])
            let find = try PreparedStatement(db, "SELECT packed, bytes FROM log WHERE position = ?")
            while let place = try places.next() {
                guard let replica = ReplicaID(bytes: place[1] as Data) else { continue }
                let dot = try Dot(stored: place[2], of: replica)
                find.bind(1, place[0] as Int64)
                guard try find.step(), !find.isNull(1) else {
                    find.reset()
                    throw Failure.forgotten(dot)
                }
                let encoded = try CommitLog.unpacked(find.bytes(1), isPacked: find.integer(0) != 0)
                find.reset()
                try WorkBudget.spend(steps: 0)
                bytes += encoded.count
                guard missing.isEmpty || bytes <= bytesMax, missing.count < ExchangeLimits.commitsMax else {
                    return (missing, true)
                }
                missing.append(EncodedCommit(dot, encoded))
            }
            return (missing, false)
        }
    }

    package func hashes(of dots: [Dot], bytesMax: Int) async throws -> [CommitHash?] {
        guard !dots.isEmpty else { return [] }
        return try await read { db in
            let log = try CommitLog(db)
            var hashes: [CommitHash?] = []
            var bytes = 0
            for dot in dots {
                guard bytes < bytesMax else { break }
                let (hash, byteCount) = try log.hashed(dot)
                try WorkBudget.spend(steps: 0)
                hashes.append(hash)
                bytes += byteCount
            }
            return hashes
        }
    }

    private static func json(_ clock: VectorClock) -> String {
        let entries = clock.entries.map { "[\"\(Hex.encode($0.replica.bytes).uppercased())\",\($0.counter)]" }
        return "[\(entries.joined(separator: ","))]"
    }
}

extension MergeTransaction {
    /// Applies commits in any order in which they can be; what comes before its context waits for just that.
    ///
    /// - Throws: `sync.gap` for the first that waits in vain.
    func receive(_ commits: [EncodedCommit], own: ReplicaID) throws {
        var waiting: [Dot: [Int]] = [:]
        var decoded: [Int: Commit] = [:]
        for index in commits.indices {
            var ready = [index]
            while let next = ready.popLast() {
                if let missing = try receive(commits[next], &decoded[next], own: own) {
                    waiting[missing, default: []].append(next)
                } else {
                    decoded[next] = nil
                    ready += waiting.removeValue(forKey: commits[next].dot)?.reversed() ?? []
                }
            }
        }
        if let first = waiting.values.joined().min() { throw Failure.gap(commits[first].dot) }
    }

    /// Applies a commit from elsewhere, or does nothing when it is here already.
    ///
    /// - Parameter decoded: the commit, where it had to wait before.
    /// - Returns: a commit that has to come before it; nothing is changed then.
    /// - Throws: `sync.fork`, `sync.future_context` or what is wrong with the commit itself. The caller gives up the
    ///   transaction then.
    private func receive(_ encoded: EncodedCommit, _ decoded: inout Commit?, own: ReplicaID) throws -> Dot? {
        let dot = encoded.dot
        attemptCount += 1
        if log.clock.covers(dot) {
            guard let known = try log.hash(of: dot) else { return nil }
            guard known == CommitHash(of: dot, bytes: encoded.bytes) else { throw Failure.fork(dot) }
            return nil
        }
        guard log.clock[dot.replica] == dot.counter - 1 else { return Dot(dot.replica, dot.counter - 1) }
        let commit = try decoded ?? Commit(dot: dot, encoded: encoded.bytes)
        decoded = commit
        guard commit.parent == log.head(of: dot.replica) else { throw Failure.fork(dot) }
        let context = try context(of: commit)
        guard context[own] <= log.clock[own] else { throw Failure.futureContext(dot) }
        if let missing = context.entries.first(where: { !log.clock.covers($0) }) { return missing }
        guard commit.time.rawValue <= CommitLimits.timeMax else { throw Failure.badTime(dot) }
        try apply(commit, context: context, bytes: encoded.bytes)
        return nil
    }
}

extension CommitLog {
    /// The last commit of each replica, for those who apply nothing.
    static func heads(_ db: Database) throws -> SyncHeads {
        let rows = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT id, counter, hash FROM replica WHERE counter > 0"))
        return SyncHeads(
            try rows.map { row in
                guard let id = ReplicaID(bytes: row[0] as Data), let hash = CommitHash(bytes: row[2] as Data? ?? Data())
                else { throw Failure.damagedJournal("a replica has no last commit") }
                return (try Dot(stored: row[1], of: id), hash)
            })
    }

    /// The heads that a clock stands for; nil where this journal does not hold them all.
    func heads(at clock: VectorClock) throws -> SyncHeads? {
        var heads: [(Dot, CommitHash)] = []
        for dot in clock.entries {
            guard self.clock.covers(dot), let hash = try hash(of: dot) else { return nil }
            heads.append((dot, hash))
        }
        return SyncHeads(heads)
    }
}

extension Failure {
    static func forgotten(_ dot: Dot) -> Failure {
        Failure(
            .gone, "sync.forgotten",
            "Commit \(dot) is known here but its bytes are not. Sync with the server that has the whole history.")
    }
}
