import GRDB
import Journal
import Primitives
import Sync

/// The siblings of fields that were written after their entity came, and the texts they were written over.
final class RegisterTable {
    private let log: CommitLog
    private let find: PreparedStatement
    private let findAll: PreparedStatement
    private let put: PreparedStatement
    private let remove: PreparedStatement
    private let findProse: PreparedStatement
    private let putProse: PreparedStatement

    init(_ db: Database, _ log: CommitLog) throws {
        self.log = log
        find = try PreparedStatement(
            db, "SELECT replica, counter, value FROM register WHERE entity = ? AND slot = ?")
        findAll = try PreparedStatement(
            db, "SELECT slot, replica, counter FROM register WHERE entity = ? AND slot BETWEEN ? AND ?")
        put = try PreparedStatement(
            db,
            """
            INSERT INTO register (entity, slot, replica, counter, value) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET value = excluded.value
            """)
        remove = try PreparedStatement(
            db, "DELETE FROM register WHERE entity = ? AND slot = ? AND replica = ? AND counter = ?")
        findProse = try PreparedStatement(
            db, "SELECT replica, counter, text FROM prose WHERE entity = ? AND slot = ?")
        putProse = try PreparedStatement(
            db, "INSERT OR IGNORE INTO prose (entity, slot, replica, counter, text) VALUES (?, ?, ?, ?, ?)")
    }

    /// The siblings as rows: a nil value is the one in the entity's row.
    func siblings(_ id: EntityID, _ slot: Slot) throws -> [(dot: Dot, value: Value?)] {
        find.bind(1, id)
        find.bind(2, slot.rawValue)
        var rows: [(dot: Dot, value: Value?)] = []
        while try find.step() {
            let dot = try log.dot(find.integer(0), find.integer(1))
            if find.isNull(2) {
                rows.append((dot, nil))
            } else {
                guard let value = Value(canonicalBytes: find.bytes(2)) else {
                    throw Failure.damagedJournal("a value beside \(id) cannot be read")
                }
                rows.append((dot, value))
            }
        }
        return rows
    }

    /// The dots of all fields of one entity that stand here, with their fields.
    func dots(of id: EntityID, _ kind: Kind) throws -> [(slot: Slot, dot: Dot)] {
        findAll.bind(1, id)
        findAll.bind(2, Slot(kind, 0).rawValue)
        findAll.bind(3, Slot(kind, Slot.fieldCount - 1).rawValue)
        var rows: [(slot: Slot, dot: Dot)] = []
        while try findAll.step() {
            rows.append((Slot(rawValue: findAll.integer(0)), try log.dot(findAll.integer(1), findAll.integer(2))))
        }
        return rows
    }

    /// - Parameter value: nil when it is the one in the entity's row.
    func put(_ id: EntityID, _ slot: Slot, _ dot: Dot, _ value: Value?) throws {
        put.bind(1, id)
        put.bind(2, slot.rawValue)
        put.bind(3, try log.number(of: dot.replica))
        put.bind(4, dot.counter)
        if let value { put.bind(5, value.canonicalBytes) } else { put.bindNull(5) }
        try put.run()
    }

    func remove(_ id: EntityID, _ slot: Slot, _ dot: Dot) throws {
        remove.bind(1, id)
        remove.bind(2, slot.rawValue)
        remove.bind(3, try log.number(of: dot.replica))
        remove.bind(4, dot.counter)
        try remove.run()
    }

    func keepProse(_ sibling: Sibling, _ id: EntityID, _ slot: Slot) throws {
        putProse.bind(1, id)
        putProse.bind(2, slot.rawValue)
        putProse.bind(3, try log.number(of: sibling.dot.replica))
        putProse.bind(4, sibling.dot.counter)
        if case .text = sibling.value { putProse.bind(5, sibling.value) } else { putProse.bindNull(5) }
        try putProse.run()
    }

    func prose(_ id: EntityID, _ slot: Slot) throws -> [Sibling] {
        findProse.bind(1, id)
        findProse.bind(2, slot.rawValue)
        var versions: [Sibling] = []
        while try findProse.step() {
            versions.append(Sibling(try log.dot(findProse.integer(0), findProse.integer(1)), findProse.value(2)))
        }
        return versions
    }
}
