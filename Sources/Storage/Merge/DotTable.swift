import GRDB
import Primitives
import Sync

/// A table that holds nothing but the dots of something: memberships, deletions, further origins.
final class DotTable {
    private let log: CommitLog
    private let keyCount: Int32
    private let find: PreparedStatement
    private let put: PreparedStatement
    private let remove: PreparedStatement

    /// - Parameters:
    ///   - name: the table.
    ///   - keys: its columns before `replica` and `counter`.
    init(_ db: Database, _ log: CommitLog, _ name: String, keys: [String]) throws {
        self.log = log
        keyCount = Int32(keys.count)
        let condition = keys.map { "\($0) = ?" }.joined(separator: " AND ")
        let marks = keys.map { _ in "?" }.joined(separator: ", ")
        find = try PreparedStatement(db, "SELECT replica, counter FROM \(name) WHERE \(condition)")
        put = try PreparedStatement(
            db,
            "INSERT OR IGNORE INTO \(name) (\(keys.joined(separator: ", ")), replica, counter) VALUES (\(marks), ?, ?)")
        remove = try PreparedStatement(
            db, "DELETE FROM \(name) WHERE \(condition) AND replica = ? AND counter = ?")
    }

    enum Key {
        case kind(Kind)
        case id(EntityID)
    }

    func dots(_ keys: Key...) throws -> [Dot] {
        bind(keys, to: find)
        var dots: [Dot] = []
        while try find.step() { dots.append(try log.dot(find.integer(0), find.integer(1))) }
        return dots
    }

    func put(_ dot: Dot, _ keys: Key...) throws {
        bind(keys, to: put)
        put.bind(keyCount + 1, try log.number(of: dot.replica))
        put.bind(keyCount + 2, dot.counter)
        try put.run()
    }

    func remove(_ dot: Dot, _ keys: Key...) throws {
        bind(keys, to: remove)
        remove.bind(keyCount + 1, try log.number(of: dot.replica))
        remove.bind(keyCount + 2, dot.counter)
        try remove.run()
    }

    private func bind(_ keys: [Key], to statement: PreparedStatement) {
        for (index, key) in keys.enumerated() {
            switch key {
            case .kind(let kind): statement.bind(Int32(index + 1), Int64(kind.rawValue))
            case .id(let id): statement.bind(Int32(index + 1), id)
            }
        }
    }
}
