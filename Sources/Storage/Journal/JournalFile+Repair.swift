import Foundation
import GRDB
import Journal
import Primitives
import Sync

extension JournalFile {
    /// Writes as a new replica from now on.
    package func becomeNewReplica() async throws { try await rename([:], becomingNew: true) }

    /// See `SyncDevice.rename`. The journal is built anew of its log, because what is shown of concurrent values depends
    /// on the names.
    package func rename(_ forks: [ReplicaID: UInt64], becomingNew isNew: Bool) async throws {
        let (world, schema) = (world, schema)
        try await write { db in
            let facts = LocalFacts(db)
            let own = try facts.replica
            try facts.setServerClock(nil)
            var isNew = isNew
            if !forks.isEmpty {
                let before = try Repair.count(of: own, db)
                try Repair(db, schema).replay(renaming: forks)
                // Others may know this copy's commits under the name that these had: it is used up.
                isNew = try isNew || Repair.count(of: own, db) != before
            }
            if isNew { try facts.setReplica(ReplicaID(in: world)) }
        }
    }

    /// Everything that lives in the journal, under its dots: what two journals must agree on.
    package func elements() async throws -> [ContentHash.Element] {
        let schema = schema
        return try await read { db in
            var elements: [ContentHash.Element] = []
            try Repair(db, schema).forEachElement { elements.append($0) }
            return elements
        }
    }

    /// Computes the content hash anew; where the tables do not bear it out, rebuilds them from the log.
    package func heal() async throws {
        let schema = schema
        try await write { db in
            let repair = Repair(db, schema)
            if try repair.canReplay { try repair.replay() } else { try repair.sumContent() }
        }
    }
}

/// Brings what is derived back in line with what it is derived from.
struct Repair {
    private let db: Database
    private let schema: Schema

    init(_ db: Database, _ schema: Schema) {
        self.db = db
        self.schema = schema
    }

    /// Whether the whole log is here: a device that began from a snapshot lacks the bytes of what came before.
    var canReplay: Bool {
        get throws { try Int.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM log WHERE bytes IS NULL)") == 0 }
    }

    /// How many commits a replica has.
    static func count(of replica: ReplicaID, _ db: Database) throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT counter FROM replica WHERE id = ?", arguments: [Data(replica.bytes)]) ?? 0
    }

    /// Applies the log to empty tables, one commit after the other: no more of them is ever in memory.
    ///
    /// - Parameter forks: of each replica, the first commit that gets another name (see `CommitRename`).
    /// - Throws: `sync.forgotten` where the bytes of one are not here.
    func replay(renaming forks: [ReplicaID: UInt64] = [:]) throws {
        for table in Schema.current.kinds.map(\.name) {
            try db.execute(sql: "DELETE FROM \(table)")
        }
        for table in [
            "origin", "register", "prose", "member", "tombstone", "round_trip", "anchor", "account_alias",
            "likely_double",
            "partial_fill", "market",
        ] {
            try db.execute(sql: "DELETE FROM \(table)")
        }
        for index in ["trade_text", "entry_text"] {
            try db.execute(sql: "INSERT INTO \(index) (\(index)) VALUES ('rebuild')")
        }
        try LocalFacts(db).setContent(ContentHash())
        var rename = try forks.isEmpty ? nil : CommitRename(forks, hashes: hashes())
        var former = try FormerLog(db)
        try db.execute(sql: "UPDATE replica SET counter = 0, hash = NULL, time = 0")
        let merge = try MergeTransaction(db, schema)
        while let commit = try former.next() {
            guard let commit = try rename?.take(commit) ?? (rename == nil ? commit : nil) else { continue }
            let decoded = try Commit(dot: commit.dot, encoded: commit.bytes)
            try merge.apply(decoded, context: try merge.context(of: decoded), bytes: commit.bytes)
        }
        try merge.finish()
    }

    private func hashes() throws -> [Dot: CommitHash] {
        var hashes: [Dot: CommitHash] = [:]
        let log = try CommitLog(db)
        let rows = try PreparedStatement(db, "SELECT replica, counter, packed, bytes FROM log WHERE bytes IS NOT NULL")
        while try rows.step() {
            let dot = try log.dot(rows.integer(0), rows.integer(1))
            hashes[dot] = CommitHash(
                of: dot, bytes: try CommitLog.unpacked(rows.bytes(3), isPacked: rows.integer(2) != 0))
        }
        return hashes
    }

    /// Adds up the content hash from the tables.
    func sumContent() throws { try LocalFacts(db).setContent(try contentOfTables()) }

    func contentOfTables() throws -> ContentHash {
        var content = ContentHash()
        try forEachElement { content.insert($0) }
        return content
    }

    /// Visits everything that lives in the journal, in no order.
    func forEachElement(_ visit: (ContentHash.Element) -> Void) throws {
        let log = try CommitLog(db)
        let hasOrigins = try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM origin)") ?? false
        for entity in schema.kinds { try forEachValue(of: entity, hasOrigins: hasOrigins, log, visit) }
        let rows = try PreparedStatement(
            db, "SELECT entity, slot, replica, counter, value FROM register WHERE value IS NOT NULL")
        while try rows.step() {
            guard let id: EntityID = rows.id(0), let value = Value(canonicalBytes: rows.bytes(4)) else {
                throw Failure.damagedJournal("a value cannot be read")
            }
            visit(
                .value(id, Slot(rawValue: rows.integer(1)), try log.dot(rows.integer(2), rows.integer(3)), value))
        }
        let members = try PreparedStatement(db, "SELECT kind, owner, member, replica, counter FROM member")
        while try members.step() {
            guard let owner: EntityID = members.id(1), let member: EntityID = members.id(2) else { continue }
            visit(
                .member(
                    try Kind(stored: members.integer(0)), owner: owner, member,
                    try log.dot(members.integer(3), members.integer(4))))
        }
        let tombstones = try PreparedStatement(db, "SELECT kind, entity, replica, counter FROM tombstone")
        while try tombstones.step() {
            guard let id: EntityID = tombstones.id(1) else { continue }
            visit(
                .tombstone(
                    try Kind(stored: tombstones.integer(0)), id,
                    try log.dot(tombstones.integer(2), tombstones.integer(3))))
        }
    }

    /// The values that stand in the rows of one kind, under their dots.
    private func forEachValue(
        of entity: EntityKind, hasOrigins: Bool, _ log: CommitLog, _ visit: (ContentHash.Element) -> Void
    ) throws {
        let columns = entity.fields.map(\.name).joined(separator: ", ")
        let rows = try PreparedStatement(db, "SELECT id, replica, counter, \(columns) FROM \(entity.name)")
        let registers = try PreparedStatement(
            db, "SELECT replica, counter, value FROM register WHERE entity = ? AND slot = ?")
        let edited = try PreparedStatement(
            db, "SELECT DISTINCT slot FROM register WHERE entity = ? AND slot BETWEEN ? AND ?")
        let origins = try DotTable(db, log, "origin", keys: ["entity", "kind"])
        while try rows.step() {
            guard let id: EntityID = rows.id(0) else { continue }
            let first = try log.dot(rows.integer(1), rows.integer(2))
            edited.bind(1, id)
            edited.bind(2, Slot(entity.kind, 0).rawValue)
            edited.bind(3, Slot(entity.kind, Slot.fieldCount - 1).rawValue)
            var slots: Set<Int64> = []
            while try edited.step() { slots.insert(edited.integer(0)) }
            let dots = hasOrigins ? [first] + (try origins.dots(.id(id), .kind(entity.kind))) : [first]
            for (index, field) in entity.fields.enumerated() {
                let value = rows.value(Int32(index + 3))
                let slot = Slot(entity.kind, field.number)
                if !slots.contains(slot.rawValue) {
                    if value != .null { for dot in dots { visit(.value(id, slot, dot, value)) } }
                    continue
                }
                registers.bind(1, id)
                registers.bind(2, slot.rawValue)
                while try registers.step() {
                    guard registers.isNull(2) else { continue }
                    let dot = try log.dot(registers.integer(0), registers.integer(1))
                    visit(.value(id, slot, dot, value))
                }
            }
        }
    }
}

/// A log that goes out at one end and comes in at the other: what was in it gives way to what is written anew.
private struct FormerLog {
    private let names: [Int64: ReplicaID]
    private let find: PreparedStatement
    private let remove: PreparedStatement
    private var rest: Int

    /// Until they are taken out, the commits have numbers that no replica has.
    init(_ db: Database) throws {
        var names: [Int64: ReplicaID] = [:]
        let replicas = try PreparedStatement(db, "SELECT -number, id FROM replica")
        while try replicas.step() { names[replicas.integer(0)] = replicas.id(1) }
        self.names = names
        rest = try Int.fetchOne(db, sql: "SELECT count(*) FROM log") ?? 0
        try db.execute(sql: "UPDATE log SET replica = -replica")
        find = try PreparedStatement(
            db, "SELECT position, replica, counter, packed, bytes FROM log ORDER BY position LIMIT 1")
        remove = try PreparedStatement(db, "DELETE FROM log WHERE position = ?")
    }

    /// Takes the earliest commit out of the log; nil when only new ones are left.
    mutating func next() throws -> EncodedCommit? {
        guard rest > 0, try find.step() else { return nil }
        defer { rest -= 1 }
        let position = find.integer(0)
        guard let replica = names[find.integer(1)] else { throw Failure.damagedJournal("a commit has no replica") }
        let dot = Dot(replica, UInt64(bitPattern: find.integer(2)))
        guard !find.isNull(4) else { throw Failure.forgotten(dot) }
        let bytes = try CommitLog.unpacked(find.bytes(4), isPacked: find.integer(3) != 0)
        find.reset()
        remove.bind(1, position)
        try remove.run()
        return EncodedCommit(dot, bytes)
    }
}
