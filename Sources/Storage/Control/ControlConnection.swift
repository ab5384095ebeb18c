import Primitives

/// One transaction of the control database. It belongs to one thread.
///
/// SQL is what both engines read. A value stands in it as `:name`, and nothing is ever put into its text. `:now` is the
/// moment by the clock that expires things, and needs no value.
protocol ControlConnection: AnyObject {
    var dialect: ControlDialect { get }

    /// The moment by the clock that expires things: the process's where it has the database for itself, and the
    /// database's where several share it.
    var now: Timestamp { get throws }

    /// - Returns: how many rows were inserted, changed or deleted.
    @discardableResult
    func execute(_ sql: String, _ values: ControlValues) throws -> Int

    /// Reads all rows, also of a statement that changes some and returns them.
    func rows(_ sql: String, _ values: ControlValues) throws -> [ControlRow]
}

extension ControlConnection {
    @discardableResult
    func execute(_ sql: String) throws -> Int { try execute(sql, [:]) }

    func rows(_ sql: String) throws -> [ControlRow] { try rows(sql, [:]) }

    func row(_ sql: String, _ values: ControlValues) throws -> ControlRow? { try rows(sql, values).first }

    /// A single value, in a column named `value`; nil when there is no row.
    func value<T: ControlColumn>(_ sql: String, _ values: ControlValues) throws -> T? {
        try rows(sql, values).first.map { try $0["value"] }
    }

    /// Makes others who lock the same person wait until this transaction ends: for what is checked first and done then.
    ///
    /// Whoever locks anything else besides locks the person first, so that no two wait for each other.
    func lock(_ person: ID<Person>) throws {
        guard dialect == .postgres else { return }
        // Not FOR UPDATE: new rows that refer to the person need not wait.
        _ = try rows("SELECT id FROM person WHERE id = :person FOR NO KEY UPDATE", ["person": person])
    }
}

/// Where the engines differ in what they must be told. SQLite has one writer at a time, who needs no locks.
enum ControlDialect: Sendable {
    case sqlite, postgres

    /// More rows than any answer has: SQLite wants a limit before an offset.
    static let allRows = 1_000_000_000

    /// Ends a SELECT whose rows stay as they are until the transaction ends.
    func forUpdate(of table: String) -> String { self == .postgres ? " FOR UPDATE OF \(table)" : "" }

    /// The same, without those that another transaction has.
    func forUpdateSkippingLocked(of table: String) -> String {
        self == .postgres ? " FOR UPDATE OF \(table) SKIP LOCKED" : ""
    }
}

/// What keeps the control database.
protocol ControlEngine: Sendable {
    /// Whether other processes write to it, so that nothing that was read may be remembered.
    var isShared: Bool { get }

    /// Reads at one moment.
    func read<T: Sendable>(_ body: @Sendable @escaping (any ControlConnection) throws -> T) async throws -> T

    /// Runs one statement that reads.
    func readOnce<T: Sendable>(_ body: @Sendable @escaping (any ControlConnection) throws -> T) async throws -> T

    /// Runs `body` in one transaction, which is on the disk when this returns, or undone when it throws. Where others
    /// were in the way, `body` is run again.
    func write<T: Sendable>(_ body: @Sendable @escaping (any ControlConnection) throws -> T) async throws -> T

    /// Runs `body` in a transaction where what was done how often is counted. With a process that is alone it may be gone.
    func count<T: Sendable>(_ body: @Sendable @escaping (any ControlConnection) throws -> T) async throws -> T

    func close() throws
}
