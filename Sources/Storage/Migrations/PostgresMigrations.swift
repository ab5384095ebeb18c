import Primitives

/// Brings the tables of a PostgreSQL database up to this version, in the order of the steps. A step that was released is
/// never edited.
struct PostgresMigrations: Sendable {
    /// Servers that start at once wait for each other under this number; any would do.
    private static let lock = 0x6461_7962_6f6f_6b

    static let released = PostgresMigrations(steps: [(1, PackageResources.postgres_0001_control_sql)])

    let steps: [(version: Int, sql: [UInt8])]

    var latest: Int { steps.last?.version ?? 0 }

    /// Runs what is missing in one transaction.
    ///
    /// - Throws: `server.newer_schema` when a later Daybook wrote the database.
    func migrate(_ connection: PostgresConnection) throws {
        try connection.query("BEGIN; SELECT pg_advisory_xact_lock(\(Self.lock))")
        do {
            let current = try version(connection)
            guard current <= latest else {
                throw ControlMigrations.newer("The database", version: current, latest: latest)
            }
            for step in steps where step.version > current {
                try connection.query(String(decoding: step.sql, as: UTF8.self))
                try connection.query("INSERT INTO daybook_schema (version) VALUES (\(step.version))")
            }
            try connection.query("COMMIT")
        } catch {
            // Without a COMMIT nothing is left, also when this does not get through.
            _ = try? connection.query("ROLLBACK")
            throw error
        }
    }

    private func version(_ connection: PostgresConnection) throws -> Int {
        // One who may not make tables can start nevertheless, once they are there.
        let isThere = try connection.query("SELECT CAST(to_regclass('daybook_schema') IS NOT NULL AS int)").text == "1"
        if !isThere { try connection.query("CREATE TABLE daybook_schema (version bigint PRIMARY KEY)") }
        return try connection.query("SELECT max(version) FROM daybook_schema").text.flatMap { Int($0) } ?? 0
    }
}
