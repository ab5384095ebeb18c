import Primitives

/// Which data directory has the journals of the people in this database: the first that a server came with.
struct JournalsHolderStore {
    private let db: any ControlConnection

    init(_ db: any ControlConnection) { self.db = db }

    /// Binds a directory where none is bound yet.
    ///
    /// - Returns: whether it is the one that is bound.
    func bind(_ directory: ID<DataDirectory>) throws -> Bool {
        try db.execute(
            "INSERT INTO journals_holder (directory, bound_ms) VALUES (:directory, :now) ON CONFLICT (id) DO NOTHING",
            ["directory": directory])
        return try db.value("SELECT directory AS value FROM journals_holder", [:]) == directory
    }
}
