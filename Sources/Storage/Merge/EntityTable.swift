import GRDB
import Journal
import Primitives
import Sync

/// The statements of one kind's table, within one transaction.
final class EntityTable {
    let entity: EntityKind
    private let texts: TextIndex?
    private let db: Database
    private let insert: PreparedStatement
    private let find: PreparedStatement
    private let exists: PreparedStatement
    private let setPresence: PreparedStatement
    private var columnReads: [PreparedStatement?]
    private var columnWrites: [PreparedStatement?]

    /// What a row tells about its entity besides the fields.
    struct Head {
        let replica: Int64
        let counter: Int64
        let presence: Presence
    }

    init(_ db: Database, _ entity: EntityKind) throws {
        self.db = db
        self.entity = entity
        texts = try TextIndex(db, entity)
        let columns = entity.fields.map(\.name).joined(separator: ", ")
        let marks = entity.fields.map { _ in "?" }.joined(separator: ", ")
        insert = try PreparedStatement(
            db,
            """
            INSERT INTO \(entity.name) (id, replica, counter, \(columns)) VALUES (?, ?, ?, \(marks))
            ON CONFLICT (id) DO NOTHING
            """)
        find = try PreparedStatement(
            db, "SELECT replica, counter, presence, \(columns) FROM \(entity.name) WHERE id = ?")
        exists = try PreparedStatement(db, "SELECT 1 FROM \(entity.name) WHERE id = ?")
        setPresence = try PreparedStatement(db, "UPDATE \(entity.name) SET presence = ? WHERE id = ?")
        columnReads = Array(repeating: nil, count: entity.fields.count)
        columnWrites = columnReads
    }

    /// - Parameter values: by field, in the order of the columns.
    /// - Returns: false when the entity has a row already; nothing is changed then.
    func insert(_ id: EntityID, replica: Int64, counter: UInt64, values: [Value]) throws -> Bool {
        insert.bind(1, id)
        insert.bind(2, replica)
        insert.bind(3, counter)
        for (index, value) in values.enumerated() { insert.bind(Int32(index + 4), value) }
        try insert.run()
        guard db.changesCount > 0 else { return false }
        texts?.noteInsert(row: db.lastInsertedRowID)
        return true
    }

    /// Brings what follows from the rows alone into line with them, once at the end of the transaction.
    func finish() throws { try texts?.bringUpToDate() }

    func contains(_ id: EntityID) throws -> Bool {
        exists.bind(1, id)
        guard try exists.step() else { return false }
        exists.reset()
        return true
    }

    func head(of id: EntityID) throws -> Head? {
        find.bind(1, id)
        guard try find.step() else { return nil }
        defer { find.reset() }
        return readHead(find)
    }

    /// The row's head and the values that are shown, in the order of the columns.
    func row(of id: EntityID) throws -> (head: Head, values: [Value])? {
        find.bind(1, id)
        guard try find.step() else { return nil }
        defer { find.reset() }
        return (readHead(find), entity.fields.indices.map { find.value(Int32($0 + 3)) })
    }

    /// The row's head and what it shows of one field.
    func row(of id: EntityID, _ field: Field) throws -> (head: Head, value: Value)? {
        let index = Int(field.number) - 1
        let statement =
            try columnReads[index]
            ?? PreparedStatement(
                db, "SELECT replica, counter, presence, \(field.name) FROM \(entity.name) WHERE id = ?")
        columnReads[index] = statement
        statement.bind(1, id)
        guard try statement.step() else { return nil }
        defer { statement.reset() }
        return (readHead(statement), statement.value(3))
    }

    func show(_ value: Value, of id: EntityID, _ field: Field) throws {
        if let texts, texts.covers(field) { try texts.noteChange(of: id) }
        let index = Int(field.number) - 1
        let statement =
            try columnWrites[index]
            ?? PreparedStatement(db, "UPDATE \(entity.name) SET \(field.name) = ? WHERE id = ?")
        columnWrites[index] = statement
        statement.bind(1, field.admits(value) ? value : .null)
        statement.bind(2, id)
        try statement.run()
        if let texts, texts.covers(field) { try texts.noteChanged() }
    }

    func setPresence(_ presence: Presence, of id: EntityID) throws {
        setPresence.bind(1, presence.rawValue)
        setPresence.bind(2, id)
        try setPresence.run()
    }

    private func readHead(_ statement: PreparedStatement) -> Head {
        Head(
            replica: statement.integer(0), counter: statement.integer(1),
            presence: Presence(rawValue: statement.integer(2)) ?? .alive)
    }
}
