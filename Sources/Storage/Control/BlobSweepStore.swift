import Primitives

/// Whose images are to be looked through for bytes that nobody has asked for again, and from when on. One line for each
/// person, however many bytes there are.
package struct BlobSweepStore {
    /// How many people are looked through in one round of the sweep.
    package static let roundMax = 16

    private let db: any ControlConnection

    init(_ db: any ControlConnection) { self.db = db }

    /// A time that was set already stays.
    package func plan(_ person: ID<Person>, inSeconds seconds: Int) throws {
        try db.execute(
            "INSERT INTO blob_sweep (person, due_ms) VALUES (:person, :due) ON CONFLICT (person) DO NOTHING",
            ["person": person, "due": try db.now.adding(milliseconds: Int64(seconds) * 1000)])
    }

    package func isDue() throws -> Bool {
        try db.value("SELECT EXISTS (SELECT 1 FROM blob_sweep WHERE due_ms <= :now) AS value", [:]) ?? false
    }

    /// Takes out those whose time has come, at most `roundMax`. Nobody is given to two callers.
    package func take() throws -> [ID<Person>] {
        try db.rows(
            """
            DELETE FROM blob_sweep WHERE person IN (
                SELECT person FROM blob_sweep WHERE due_ms <= :now ORDER BY due_ms, person LIMIT :count)
            RETURNING person
            """, ["count": Self.roundMax]
        ).map { try $0["person"] }
    }
}
