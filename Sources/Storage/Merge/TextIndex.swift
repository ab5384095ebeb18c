import GRDB
import Journal
import Primitives
import Sync

/// The full-text index over one kind's texts, brought up to date at the end of a transaction.
///
/// Triggers would say it shorter. But a statement with triggers opens a savepoint, at which FTS5 writes down all that it
/// has collected, and so it does when a row comes after a later one. Once for each row, that is as much work as
/// the rows themselves.
final class TextIndex {
    private let columns: [String]
    private let find: PreparedStatement
    private let findRow: PreparedStatement
    private let insert: PreparedStatement
    private let remove: PreparedStatement
    /// The rows that changed, with the texts that the index knows of them; nil for those it does not know.
    private var changed: [Int64: [Value]?] = [:]
    /// Of the texts in `changed`.
    private(set) var byteCount = 0

    /// How much of former texts is kept, in bytes, before the index is brought up to date in the middle of a transaction.
    static let bytesMax = 8 << 20

    /// Nil for a kind whose texts nobody searches.
    init?(_ db: Database, _ entity: EntityKind) throws {
        switch entity.kind {
        case Schema.trade.kind: columns = ["notes"]
        case Schema.entry.kind: columns = ["title", "body"]
        default: return nil
        }
        let names = columns.joined(separator: ", ")
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        let index = "\(entity.name)_text"
        find = try PreparedStatement(db, "SELECT row, \(names) FROM \(entity.name) WHERE id = ?")
        findRow = try PreparedStatement(db, "SELECT row, \(names) FROM \(entity.name) WHERE row = ?")
        insert = try PreparedStatement(db, "INSERT INTO \(index) (rowid, \(names)) VALUES (?, \(marks))")
        remove = try PreparedStatement(
            db, "INSERT INTO \(index) (\(index), rowid, \(names)) VALUES ('delete', ?, \(marks))")
    }

    func covers(_ field: Field) -> Bool { columns.contains(field.name) }

    /// Notes a row that has just been made.
    func noteInsert(row: Int64) { changed[row] = .some(nil) }

    /// Notes an entity's row before one of its texts changes.
    func noteChange(of id: EntityID) throws {
        find.bind(1, id)
        guard try find.step() else { return }
        defer { find.reset() }
        let row = find.integer(0)
        guard changed[row] == nil else { return }
        let texts = texts(find)
        changed[row] = texts
        byteCount += texts?.reduce(0) { $0 + $1.byteCount } ?? 0
    }

    /// Called after a text has changed: what is known of many long ones is not all kept to the end.
    func noteChanged() throws { if byteCount > Self.bytesMax { try bringUpToDate() } }

    /// In the order of the rows.
    func bringUpToDate() throws {
        for (row, known) in changed.sorted(by: { $0.key < $1.key }) {
            findRow.bind(1, row)
            guard try findRow.step() else { continue }
            let now = texts(findRow)
            findRow.reset()
            guard now != known else { continue }
            if let known { try run(remove, row, known) }
            if let now { try run(insert, row, now) }
        }
        changed.removeAll()
        byteCount = 0
    }

    /// Nil for a row without any.
    private func texts(_ row: PreparedStatement) -> [Value]? {
        let texts = columns.indices.map { row.value(Int32($0 + 1)) }
        return texts.allSatisfy { $0 == .null } ? nil : texts
    }

    private func run(_ statement: PreparedStatement, _ row: Int64, _ texts: [Value]) throws {
        statement.bind(1, row)
        for (index, text) in texts.enumerated() { statement.bind(Int32(index + 2), text) }
        try statement.run()
    }
}
