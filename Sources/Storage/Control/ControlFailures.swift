import Primitives

/// What can go wrong with the control database, on either engine.
extension Failure {
    package static let controlDiskFull = Failure(
        .unavailable, "server.disk_full", "The server's disk is full. Nothing was changed; try again later.",
        retryAfterSeconds: 60)
    package static let controlBusy = Failure(
        .unavailable, "server.database_busy", "The server's database is in use by another program. Try again.",
        retryAfterSeconds: 1)
    package static let controlUnwritable = Failure(
        .unavailable, "server.unwritable",
        "The server's database cannot be written. Check the permissions of the data directory, or of the database's user."
    )
    package static let controlDamaged = Failure(
        .corrupt, "server.damaged",
        "The server's database is damaged. Restore it from a backup; the journals are not affected.")
    package static let controlIO = Failure(
        .unavailable, "server.io", "The server's disk reported an error. Nothing was changed.")
}
