import GRDB
import Journal
import Primitives
import Sync

/// The siblings of fields that were written after their entity came, and the texts they were written over.
///
/// Dots are read in lists, values one by one: a field may have a thousand siblings of 256 KiB.
final class RegisterTable {
    private let log: CommitLog
    private let find: PreparedStatement
    private let findOne: PreparedStatement
    private let findAll: PreparedStatement
    private let findAny: PreparedStatement
    private let put: PreparedStatement
    private let remove: PreparedStatement
    private let findProse: PreparedStatement
    private let findLastProse: PreparedStatement
    private let putProse: PreparedStatement

    init(_ db: Database, _ log: CommitLog) throws {
        self.log = log
        find = try PreparedStatement(
            db, "SELECT replica, counter, value IS NULL FROM register WHERE entity = ? AND slot = ?")
        findOne = try PreparedStatement(
            db, "SELECT value FROM register WHERE entity = ? AND slot = ? AND replica = ? AND counter = ?")
        findAll = try PreparedStatement(
            db, "SELECT slot, replica, counter FROM register WHERE entity = ? AND slot BETWEEN ? AND ?")
        findAny = try PreparedStatement(
            db, "SELECT 1 FROM register WHERE entity = ? AND slot BETWEEN ? AND ? AND slot <> ? LIMIT 1")
        put = try PreparedStatement(
            db,
            """
            INSERT INTO register (entity, slot, replica, counter, value) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET value = excluded.value
            """)
        remove = try PreparedStatement(
            db, "DELETE FROM register WHERE entity = ? AND slot = ? AND replica = ? AND counter = ?")
        findProse = try PreparedStatement(
            db, "SELECT text FROM prose WHERE entity = ? AND slot = ? AND replica = ? AND counter = ?")
        findLastProse = try PreparedStatement(
            db,
            """
            SELECT counter FROM prose WHERE entity = ? AND slot = ? AND replica = ? AND counter <= ?
            ORDER BY counter DESC LIMIT 1
            """)
        putProse = try PreparedStatement(
            db, "INSERT OR IGNORE INTO prose (entity, slot, replica, counter, text) VALUES (?, ?, ?, ?, ?)")
    }

    /// One version of a field that stands.
    struct Standing {
        let dot: Dot
        /// Whether its value is the one in the entity's row.
        let isInRow: Bool
    }

    func standing(_ id: EntityID, _ slot: Slot) throws -> [Standing] {
        find.bind(1, id)
        find.bind(2, slot.rawValue)
        var rows: [Standing] = []
        while try find.step() {
            rows.append(
                Standing(dot: try log.dot(find.integer(0), find.integer(1)), isInRow: find.integer(2) != 0))
        }
        return rows
    }

    /// The value of one sibling; nil when it is the one in the entity's row, or there is no such sibling.
    func value(_ id: EntityID, _ slot: Slot, _ dot: Dot) throws -> Value? {
        try bind(id, slot, dot, to: findOne)
        guard try findOne.step() else { return nil }
        defer { findOne.reset() }
        if findOne.isNull(0) { return nil }
        guard let value = Value(canonicalBytes: findOne.bytes(0)) else {
            throw Failure.damagedJournal("a value beside \(id) cannot be read")
        }
        return value
    }

    /// The dots of all fields of one entity that stand here, with their fields.
    func dots(of id: EntityID, _ kind: Kind) throws -> [(slot: Slot, dot: Dot)] {
        bind(id, kind, to: findAll)
        var rows: [(slot: Slot, dot: Dot)] = []
        while try findAll.step() {
            rows.append((Slot(rawValue: findAll.integer(0)), try log.dot(findAll.integer(1), findAll.integer(2))))
        }
        return rows
    }

    /// Whether any field of one entity stands here, but for one that does not matter.
    func isEmpty(of id: EntityID, _ kind: Kind, besides slot: Slot) throws -> Bool {
        bind(id, kind, to: findAny)
        findAny.bind(4, slot.rawValue)
        guard try findAny.step() else { return true }
        findAny.reset()
        return false
    }

    /// - Parameter value: nil when it is the one in the entity's row.
    func put(_ id: EntityID, _ slot: Slot, _ dot: Dot, _ value: Value?) throws {
        try bind(id, slot, dot, to: put)
        if let value { put.bind(5, value.canonicalBytes) } else { put.bindNull(5) }
        try put.run()
    }

    func remove(_ id: EntityID, _ slot: Slot, _ dot: Dot) throws {
        try bind(id, slot, dot, to: remove)
        try remove.run()
    }

    func keepProse(_ sibling: Sibling, _ id: EntityID, _ slot: Slot) throws {
        try bind(id, slot, sibling.dot, to: putProse)
        if case .text = sibling.value { putProse.bind(5, sibling.value) } else { putProse.bindNull(5) }
        try putProse.run()
    }

    private func bind(_ id: EntityID, _ slot: Slot, _ dot: Dot, to statement: PreparedStatement) throws {
        statement.bind(1, id)
        statement.bind(2, slot.rawValue)
        statement.bind(3, try log.number(of: dot.replica))
        statement.bind(4, dot.counter)
    }

    private func bind(_ id: EntityID, _ kind: Kind, to statement: PreparedStatement) {
        statement.bind(1, id)
        statement.bind(2, Slot(kind, 0).rawValue)
        statement.bind(3, Slot(kind, Slot.fieldCount - 1).rawValue)
    }
}

extension RegisterTable {
    /// One long text of one entity.
    struct Prose: ProseVersions {
        fileprivate let table: RegisterTable
        let id: EntityID
        let slot: Slot

        func time(of dot: Dot) throws -> HybridTime { try table.log.time(of: dot) }
        func context(of dot: Dot) throws -> VectorClock { try table.log.context(of: dot) }

        func value(of dot: Dot) throws -> Value {
            if let value = try table.value(id, slot, dot) { return value }
            try table.bind(id, slot, dot, to: table.findProse)
            guard try table.findProse.step() else { return .null }
            defer { table.findProse.reset() }
            return table.findProse.value(0)
        }

        func last(within clock: VectorClock) throws -> [Dot] {
            var dots: [Dot] = []
            for entry in clock.entries {
                try table.bind(id, slot, entry, to: table.findLastProse)
                guard try table.findLastProse.step() else { continue }
                dots.append(Dot(entry.replica, UInt64(bitPattern: table.findLastProse.integer(0))))
                table.findLastProse.reset()
            }
            return dots
        }
    }

    /// The versions of a long text, of which several stand.
    func prose(_ id: EntityID, _ slot: Slot) -> Prose { Prose(table: self, id: id, slot: slot) }
}
