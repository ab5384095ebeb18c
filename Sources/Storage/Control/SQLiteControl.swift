import Foundation
import GRDB
import Primitives

/// The control database as one SQLite file, which one process has for itself.
///
/// What a write has answered survives a power cut (`synchronous = FULL`). Readers never wait for a writer.
final class SQLiteControl: ControlEngine {
    static let fileName = "server.sqlite"
    /// How long a writer waits for a backup tool or a shell that holds the file, in seconds.
    private static let busyTimeoutSeconds: TimeInterval = 5
    private static let readersMax = 4
    private static let budgetTable = """
        CREATE TABLE budget (
            key BLOB PRIMARY KEY NOT NULL,
            began_ms INTEGER NOT NULL,
            ends_ms INTEGER NOT NULL,
            spent INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX budget_ends ON budget (ends_ms);
        """

    let isShared = false
    private let pool: any DatabaseWriter
    /// Budgets cost no wait for the disk: they are in memory, and begin anew with the process.
    private let memory: DatabaseQueue
    private let clock: @Sendable () -> Timestamp

    private init(_ pool: any DatabaseWriter, _ clock: @escaping @Sendable () -> Timestamp) throws {
        self.pool = pool
        memory = try DatabaseQueue()
        try memory.write { try $0.execute(sql: Self.budgetTable) }
        self.clock = clock
    }

    /// - Parameter directory: must exist.
    /// - Throws: `server.newer_schema`, `server.damaged`, `server.unwritable`.
    static func open(in directory: String, clock: @escaping @Sendable () -> Timestamp) async throws -> SQLiteControl {
        let path = directory + "/" + fileName
        return try await translating {
            try PrivateFile.create(path)
            var configuration = Configuration()
            configuration.busyMode = .timeout(busyTimeoutSeconds)
            configuration.maximumReaderCount = readersMax
            configuration.label = "server"
            let pool = try DatabasePool(path: path, configuration: configuration)
            // Set after opening: GRDB's WAL set-up lowers it to NORMAL.
            try await pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try await ControlMigrations.migrate(pool, path: path)
            return try SQLiteControl(pool, clock)
        }
    }

    static func inMemory(clock: @escaping @Sendable () -> Timestamp) async throws -> SQLiteControl {
        let queue = try DatabaseQueue()
        try await ControlMigrations.migrate(queue, path: "")
        return try SQLiteControl(queue, clock)
    }

    func read<T: Sendable>(_ body: @Sendable @escaping (any ControlConnection) throws -> T) async throws -> T {
        try await Self.translating {
            try await self.pool.read { [clock] in try body(SQLiteControlConnection($0, clock)) }
        }
    }

    func readOnce<T: Sendable>(_ body: @Sendable @escaping (any ControlConnection) throws -> T) async throws -> T {
        try await read(body)
    }

    func write<T: Sendable>(_ body: @Sendable @escaping (any ControlConnection) throws -> T) async throws -> T {
        try await Self.translating {
            try await self.pool.write { [clock] in try body(SQLiteControlConnection($0, clock)) }
        }
    }

    func count<T: Sendable>(_ body: @Sendable @escaping (any ControlConnection) throws -> T) async throws -> T {
        try await Self.translating {
            try await self.memory.write { [clock] in try body(SQLiteControlConnection($0, clock)) }
        }
    }

    func close() throws { try pool.close() }

    /// What `PRAGMA synchronous` reads back on the writing connection: 2 is FULL.
    func synchronousLevel() async throws -> Int? {
        try await pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
    }

    private static func translating<T>(_ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let error as DatabaseError {
            throw failure(error)
        }
    }

    private static func failure(_ error: DatabaseError) -> any Error {
        switch error.resultCode {
        case .SQLITE_FULL: Failure.controlDiskFull
        case .SQLITE_BUSY, .SQLITE_LOCKED: Failure.controlBusy
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: Failure.controlUnwritable
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: Failure.controlDamaged
        case .SQLITE_IOERR: Failure.controlIO
        default: error
        }
    }
}

/// A transaction of GRDB's, with its cache of statements.
private final class SQLiteControlConnection: ControlConnection {
    let dialect = ControlDialect.sqlite
    private let db: Database
    private let clock: @Sendable () -> Timestamp

    init(_ db: Database, _ clock: @escaping @Sendable () -> Timestamp) {
        self.db = db
        self.clock = clock
    }

    var now: Timestamp { clock() }

    func execute(_ sql: String, _ values: ControlValues) throws -> Int {
        try db.cachedStatement(sql: sql).execute(arguments: arguments(values))
        return db.changesCount
    }

    func rows(_ sql: String, _ values: ControlValues) throws -> [ControlRow] {
        let statement = try db.cachedStatement(sql: sql)
        let columns = statement.columnNames
        let cursor = try Row.fetchCursor(statement, arguments: arguments(values))
        var rows: [ControlRow] = []
        while let row = try cursor.next() {
            rows.append(ControlRow(columns: columns, values: try row.databaseValues.map(Self.value)))
        }
        return rows
    }

    private func arguments(_ values: ControlValues) -> StatementArguments {
        var arguments = values.mapValues { Self.value($0.controlValue) }
        arguments["now"] = clock().milliseconds.databaseValue
        return StatementArguments(arguments)
    }

    private static func value(_ value: ControlValue) -> DatabaseValue {
        switch value {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .text(let text): text.databaseValue
        case .bytes(let bytes): bytes.databaseValue
        }
    }

    private static func value(_ value: DatabaseValue) throws(Failure) -> ControlValue {
        switch value.storage {
        case .null: .null
        case .int64(let number): .integer(number)
        case .string(let text): .text(text)
        case .blob(let bytes): .bytes(bytes)
        case .double: throw .controlDamaged
        }
    }
}
