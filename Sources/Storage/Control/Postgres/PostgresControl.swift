import Foundation
import Primitives

/// The control database in PostgreSQL, which several servers share.
///
/// Transactions are READ COMMITTED. Where something is checked first and done then, a store locks the person, or the
/// row, that it is about: then nobody waits but those who want the same.
final class PostgresControl: ControlEngine {
    /// How often a transaction is tried that others are in the way of.
    private static let conflictsMax = 8
    /// A connection that is found broken is made anew once.
    private static let lossesMax = 1
    private static let beginning = (
        reading: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", writing: "BEGIN ISOLATION LEVEL READ COMMITTED"
    )

    let isShared = true
    private let pool: PostgresPool
    /// In place of the database's own clock, for tests.
    private let clock: (@Sendable () -> Timestamp)?

    private init(_ pool: PostgresPool, _ clock: (@Sendable () -> Timestamp)?) {
        self.pool = pool
        self.clock = clock
    }

    /// Connects, and brings the tables up to date.
    ///
    /// - Throws: `server.newer_schema`, `server.database_unreachable`.
    static func open(
        _ address: PostgresAddress, clock: (@Sendable () -> Timestamp)?
    ) async throws -> PostgresControl {
        let pool = PostgresPool(address)
        do {
            try await pool.run { connection in
                try connection.connect()
                try PostgresMigrations.released.migrate(connection)
            }
        } catch {
            pool.close()
            switch error {
            case PostgresTrouble.lost(let reason), PostgresTrouble.refused(_, let reason):
                throw Failure.controlUnreachable(reason)
            case let trouble as PostgresTrouble: throw trouble.failure
            default: throw error
            }
        }
        return PostgresControl(pool, clock)
    }

    func close() { pool.close() }

    func read<T: Sendable>(_ body: @Sendable @escaping (any ControlConnection) throws -> T) async throws -> T {
        try await persist { try $0.transact(Self.beginning.reading, $1, body) }
    }

    func readOnce<T: Sendable>(_ body: @Sendable @escaping (any ControlConnection) throws -> T) async throws -> T {
        try await persist { connection, clock in
            try connection.connect()
            return try body(PostgresControlConnection(connection, moment: nil, clock))
        }
    }

    func write<T: Sendable>(_ body: @Sendable @escaping (any ControlConnection) throws -> T) async throws -> T {
        try await persist { try $0.transact(Self.beginning.writing, $1, body) }
    }

    func count<T: Sendable>(_ body: @Sendable @escaping (any ControlConnection) throws -> T) async throws -> T {
        try await write(body)
    }

    /// Tries again what others were in the way of, or a broken connection that had not begun to commit.
    private func persist<T: Sendable>(
        _ body: @Sendable @escaping (PostgresConnection, (@Sendable () -> Timestamp)?) throws -> T
    ) async throws -> T {
        try await pool.run { [clock] connection in
            var (conflicts, losses) = (0, 0)
            while true {
                do {
                    return try body(connection, clock)
                } catch let trouble as PostgresTrouble {
                    if trouble.isLost { connection.close() }
                    if trouble.isConflict, conflicts < Self.conflictsMax {
                        conflicts += 1
                        usleep(.random(in: 500...(5000 * UInt32(conflicts))))
                    } else if trouble.isLost, losses < Self.lossesMax {
                        losses += 1
                    } else {
                        throw trouble.failure
                    }
                }
            }
        }
    }
}

extension PostgresConnection {
    /// - Parameter begin: what begins the transaction.
    fileprivate func transact<T>(
        _ begin: String, _ clock: (@Sendable () -> Timestamp)?, _ body: (any ControlConnection) throws -> T
    ) throws -> T {
        try connect()
        guard let moment = try query("\(begin); SELECT \(PostgresStatement.clock)").text.flatMap({ Int64($0) }) else {
            throw Failure.controlDamaged
        }
        let result: T
        do {
            result = try body(PostgresControlConnection(self, moment: Timestamp(milliseconds: moment), clock))
        } catch {
            // One that cannot even be rolled back is of no more use.
            do { try query("ROLLBACK") } catch { close() }
            throw error
        }
        do {
            // A transaction in which a statement has failed is rolled back by its COMMIT, without a word.
            guard try query("COMMIT").command == "COMMIT" else { throw Failure.controlBusy }
        } catch PostgresTrouble.lost {
            throw PostgresTrouble.unsettled
        }
        return result
    }
}

/// A transaction, or a single statement, on a connection.
private final class PostgresControlConnection: ControlConnection {
    let dialect = ControlDialect.postgres
    private let connection: PostgresConnection
    private let moment: Timestamp?
    private let clock: (@Sendable () -> Timestamp)?

    /// - Parameter moment: when the transaction began; nil for a single statement.
    init(_ connection: PostgresConnection, moment: Timestamp?, _ clock: (@Sendable () -> Timestamp)?) {
        self.connection = connection
        self.moment = moment
        self.clock = clock
    }

    var now: Timestamp {
        get throws {
            if let known = clock?() ?? moment { return known }
            guard let now: Timestamp = try value("SELECT :now AS value", [:]) else { throw Failure.controlDamaged }
            return now
        }
    }

    func execute(_ sql: String, _ values: ControlValues) throws -> Int {
        try connection.run(sql, values, moment: clock?() ?? moment).changedCount
    }

    func rows(_ sql: String, _ values: ControlValues) throws -> [ControlRow] {
        try connection.run(sql, values, moment: clock?() ?? moment).rows()
    }
}
