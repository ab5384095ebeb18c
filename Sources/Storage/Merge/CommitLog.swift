import Foundation
import GRDB
import Primitives
import Sync

/// The replicas a journal knows and the commits it has of them, within one transaction.
final class CommitLog {
    let db: Database
    private(set) var clock: VectorClock
    private var numbers: [ReplicaID: Int64] = [:]
    private var ids: [Int64: ReplicaID] = [:]
    private var heads: [ReplicaID: CommitHash] = [:]
    private var times: [ReplicaID: HybridTime] = [:]
    private var contexts: [Dot: VectorClock] = [:]
    /// How many entries `contexts` has, all clocks together.
    private var contextEntryCount = 0
    private var foundTimes: [Dot: HybridTime] = [:]

    /// Of the clocks that are remembered, all together: some MiB.
    static let contextEntriesMax = 1 << 17

    /// Commits smaller than this are stored as they are: compressing them would not make them smaller.
    private static let packedBytesMin = 128

    private let insert: PreparedStatement
    private let advance: PreparedStatement
    private let findTime: PreparedStatement
    private let findContexts: PreparedStatement

    init(_ db: Database) throws {
        self.db = db
        insert = try PreparedStatement(
            db, "INSERT INTO log (replica, counter, time, context, packed, bytes) VALUES (?, ?, ?, ?, ?, ?)")
        advance = try PreparedStatement(db, "UPDATE replica SET counter = ?, hash = ?, time = ? WHERE number = ?")
        findTime = try PreparedStatement(db, "SELECT time FROM log WHERE replica = ? AND counter = ?")
        findContexts = try PreparedStatement(
            db,
            """
            SELECT context FROM log WHERE replica = ? AND counter <= ? AND context IS NOT NULL
            ORDER BY counter
            """)
        var seen: [Dot] = []
        let select = try PreparedStatement(db, "SELECT number, id, counter, hash, time FROM replica")
        while try select.step() {
            guard let id: ReplicaID = select.id(1) else { continue }
            numbers[id] = select.integer(0)
            ids[select.integer(0)] = id
            heads[id] = CommitHash(bytes: select.bytes(3))
            times[id] = HybridTime(rawValue: UInt64(bitPattern: select.integer(4)))
            seen.append(Dot(id, try Dot.count(stored: select.integer(2), of: id)))
        }
        clock = VectorClock(seen)
    }

    /// The short number of a replica in this file; it gets one when it is first met.
    func number(of replica: ReplicaID) throws -> Int64 {
        if let number = numbers[replica] { return number }
        try db.execute(
            sql: "INSERT INTO replica (id, counter) VALUES (?, 0)", arguments: [replica.data])
        let number = db.lastInsertedRowID
        numbers[replica] = number
        ids[number] = replica
        return number
    }

    /// The name behind the numbers of a row.
    func dot(_ number: Int64, _ counter: Int64) throws -> Dot {
        guard let replica = ids[number] else { throw Failure.damagedJournal("a row names replica \(number)") }
        return try Dot(stored: counter, of: replica)
    }

    func head(of replica: ReplicaID) -> CommitHash? { heads[replica] }

    /// The time of a replica's last commit.
    func lastTime(of replica: ReplicaID) -> HybridTime { times[replica] ?? .zero }

    /// The latest times of the other replicas.
    func lastTimes(besides replica: ReplicaID) -> [HybridTime] {
        times.compactMap { $0.key == replica ? nil : $0.value }
    }

    func time(of dot: Dot) throws -> HybridTime {
        if let time = foundTimes[dot] { return time }
        findTime.bind(1, numbers[dot.replica] ?? 0)
        findTime.bind(2, dot.counter)
        guard try findTime.step() else { throw Failure.damagedJournal("commit \(dot) is not in the log") }
        let time = HybridTime(rawValue: UInt64(bitPattern: findTime.integer(0)))
        findTime.reset()
        remember(time, of: dot)
        return time
    }

    private func remember(_ time: HybridTime, of dot: Dot) {
        if foundTimes.count > 4096 { foundTimes.removeAll(keepingCapacity: true) }
        foundTimes[dot] = time
    }

    /// What the writer of a commit had seen.
    func context(of dot: Dot) throws -> VectorClock {
        if let context = contexts[dot] { return context }
        var context = VectorClock()
        findContexts.bind(1, numbers[dot.replica] ?? 0)
        findContexts.bind(2, dot.counter)
        while try findContexts.step() {
            for change in try contextChanges(in: findContexts.bytes(0)) { context.observe(change) }
        }
        context = context.setting(dot.replica, to: dot.counter - 1)
        remember(context, of: dot)
        return context
    }

    func remember(_ context: VectorClock, of dot: Dot) {
        if contextEntryCount + context.entries.count > Self.contextEntriesMax || contexts.count > 4096 {
            contexts.removeAll(keepingCapacity: true)
            contextEntryCount = 0
        }
        contextEntryCount += context.entries.count - (contexts[dot]?.entries.count ?? 0)
        contexts[dot] = context
    }

    /// Appends a commit that has been checked to be the next of its replica.
    func append(_ commit: Commit, context: VectorClock, bytes: [UInt8], hash: CommitHash) throws {
        let number = try number(of: commit.dot.replica)
        let packed = bytes.count < Self.packedBytesMin ? bytes : Zstandard.compress(bytes, level: 1)
        let isPacked = packed.count < bytes.count
        insert.bind(1, number)
        insert.bind(2, commit.dot.counter)
        insert.bind(3, commit.time.rawValue)
        if commit.contextChanges.isEmpty { insert.bindNull(4) } else { insert.bind(4, try pack(commit.contextChanges)) }
        insert.bind(5, Int64(isPacked ? 1 : 0))
        insert.bind(6, isPacked ? packed : bytes)
        try insert.run()
        advance.bind(1, commit.dot.counter)
        advance.bind(2, hash.bytes)
        advance.bind(3, commit.time.rawValue)
        advance.bind(4, number)
        try advance.run()
        clock.observe(commit.dot)
        heads[commit.dot.replica] = hash
        times[commit.dot.replica] = commit.time
        remember(context, of: commit.dot)
        remember(commit.time, of: commit.dot)
    }

    /// The bytes of a commit; nil when they are not on this device or there is no such commit.
    func bytes(of dot: Dot) throws -> [UInt8]? {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT packed, bytes FROM log WHERE replica = ? AND counter = ? AND bytes IS NOT NULL"),
            arguments: [numbers[dot.replica] ?? 0, Int64(bitPattern: dot.counter)])
        guard let row else { return nil }
        return try Self.unpacked(Array(row[1] as Data), isPacked: row[0])
    }

    static func unpacked(_ data: [UInt8], isPacked: Bool) throws -> [UInt8] {
        isPacked ? try Zstandard.decompress(data, sizeMax: CommitLimits.encodedBytesMax) : data
    }

    func hash(of dot: Dot) throws -> CommitHash? { try hashed(dot).hash }

    /// The hash of a commit, and how many bytes had to be read for it.
    func hashed(_ dot: Dot) throws -> (hash: CommitHash?, byteCount: Int) {
        if clock[dot.replica] == dot.counter { return (heads[dot.replica], 0) }
        guard let bytes = try bytes(of: dot) else { return (nil, 0) }
        return (CommitHash(of: dot, bytes: bytes), bytes.count)
    }

    /// Entries as pairs of numbers, each in as many bytes as it needs.
    func pack(_ changes: [Dot]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for change in changes {
            bytes.append(variable: UInt64(bitPattern: try number(of: change.replica)))
            bytes.append(variable: change.counter)
        }
        return bytes
    }

    /// Reads the `context` of a row.
    ///
    /// - Throws: `journal.damaged`.
    func contextChanges(in bytes: [UInt8]) throws -> [Dot] {
        var rest = bytes[...]
        var changes: [Dot] = []
        while !rest.isEmpty {
            guard let number = rest.popVariable(), let counter = rest.popVariable() else {
                throw Failure.damagedJournal("a commit's context cannot be read")
            }
            changes.append(try dot(Int64(bitPattern: number), Int64(bitPattern: counter)))
        }
        return changes
    }
}

extension [UInt8] {
    /// Seven bits a byte, the lowest first.
    fileprivate mutating func append(variable value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }
}

extension ArraySlice<UInt8> {
    mutating func popVariable() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = popFirst(), shift < 63 {
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }
}

extension ID {
    /// The form in which ids lie on disk.
    var data: Data { Data(bytes) }
}

extension Failure {
    static func damagedJournal(_ what: String) -> Failure {
        Failure(
            .corrupt, "journal.damaged",
            "The journal is damaged: \(what). Keep a copy of the file, then run `daybook verify`, or restore a backup.")
    }
}
