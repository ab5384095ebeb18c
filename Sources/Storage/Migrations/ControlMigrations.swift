import GRDB
import Primitives

/// The tables of the control database.
enum ControlMigrations {
    static let released = TableMigrations(
        steps: [
            (1, PackageResources.server_0001_identity_sql),
            (2, PackageResources.server_0002_jobs_sql),
            (3, PackageResources.server_0003_limits_sql),
        ]
    ) { version in newer("The data directory", version: version, latest: latest) }

    static var latest: Int { released.latest }

    /// - Parameter what: was written by the newer one.
    static func newer(_ what: String, version: Int, latest: Int) -> Failure {
        Failure(
            .conflict, "server.newer_schema",
            "\(what) was written by a newer Daybook (tables \(version), this one knows \(latest)). "
                + "Update the server; nothing was changed.")
    }

    /// See `TableMigrations.migrate`.
    ///
    /// - Throws: `server.newer_schema`.
    static func migrate(_ pool: some DatabaseWriter, path: String) async throws {
        try await released.migrate(pool, path: path)
    }
}
