import Foundation
import GRDB
import GRDBSQLite
import Journal
import Primitives
import Sync

/// One person's journal on disk: `journal.sqlite` in a directory of its own, with `blobs/` beside it.
///
/// A device and the server keep it in the same form; each is a replica. Two processes may open one journal: writers
/// take turns, and who waits too long is told so.
package final class JournalFile: Sendable {
    /// Whose copy it is, when it has to be made.
    package enum Role: Sendable {
        /// A device that a person names; it must have been initialised (`create`).
        case device
        /// The server's copy, made when it is first needed.
        case server
    }

    package let directory: String
    package let world: World
    /// What this copy knows; more than an older version, less than a newer one.
    package let schema: Schema
    let database: DatabaseQueue
    /// Figures kept in memory between requests, by whoever asks for them more than once.
    package let figures: LiveStatistics
    /// Where a trap is noted that happens during work on this journal.
    private let mark: TrapMark?

    package static let fileName = "journal.sqlite"
    /// What SQLite puts together to one value or one row when it reads apart, as all notes of a trade, in bytes.
    package static let valueBytesMax = 8 << 20
    /// How long a writer waits for another process before it gives up.
    private static let busyTimeoutSeconds: TimeInterval = 10
    /// SQLite takes as much of it as it has pages to keep. A server has many journals open.
    private static func cacheKiB(_ role: Role) -> Int {
        switch role {
        case .device: 64 << 10
        case .server: 16 << 10
        }
    }

    private init(
        directory: String, world: World, schema: Schema = .current, database: DatabaseQueue,
        shelf: StatisticsShelf = .shared, mark: TrapMark? = nil
    ) {
        figures = LiveStatistics(on: shelf)
        self.mark = mark
        self.directory = directory
        self.world = world
        self.schema = schema
        self.database = database
    }

    /// A journal that lives in memory and goes with the process, empty or a copy of another: to try something out.
    ///
    /// - Parameters:
    ///   - schema: what this copy knows; an older version's, to see how it fares among newer ones.
    ///   - shelf: bounds the figures that it keeps.
    package static func inMemory(
        world: World, schema: Schema = .current, copying other: JournalFile? = nil, shelf: StatisticsShelf = .shared
    ) async throws -> JournalFile {
        var configuration = Configuration()
        configuration.prepareDatabase { TradeFunctions.add(to: $0) }
        let database = try DatabaseQueue(configuration: configuration)
        if let other {
            try other.database.backup(to: database)
        } else {
            try await JournalMigrations.migrate(database, path: "")
            try await database.write { try LocalFacts($0).setReplica(ReplicaID(in: world)) }
        }
        return JournalFile(directory: "", world: world, schema: schema, database: database, shelf: shelf)
    }

    package static func path(in directory: String) -> String { directory + "/" + fileName }

    package static func exists(in directory: String) -> Bool {
        FileManager.default.fileExists(atPath: path(in: directory))
    }

    /// Makes a journal for a device, which writes its name as the first commit.
    ///
    /// - Throws: `journal.exists` when there is one already.
    package static func create(in directory: String, world: World, deviceName: String) async throws -> JournalFile {
        let journal = try await make(in: directory, world: world, role: .device)
        // A file without a commit is what a making that was cut short has left.
        guard try await journal.position().clock.isEmpty else {
            try await journal.close()
            throw Failure(.conflict, "journal.exists", "There is a journal in \(directory) already. Use it as it is.")
        }
        try await journal.nameDevice(deviceName, platform: platform)
        return journal
    }

    /// Opens a journal, and migrates an older one after a backup copy.
    ///
    /// - Throws: `journal.not_found`, `journal.newer`, `journal.damaged`, `journal.unwritable`, `journal.busy`.
    package static func open(
        in directory: String, world: World, role: Role = .device, mark: TrapMark? = nil
    ) async throws -> JournalFile {
        if case .device = role, !exists(in: directory) {
            throw Failure(
                .notFound, "journal.not_found",
                "There is no journal in \(directory). Run `daybook init` to begin one, or give --journal DIR.")
        }
        return try await make(in: directory, world: world, role: role, mark: mark)
    }

    /// Opens the journal; what is missing of it is made.
    private static func make(
        in directory: String, world: World, role: Role, mark: TrapMark? = nil
    ) async throws -> JournalFile {
        try await translating(directory) {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let path = path(in: directory)
            if !FileManager.default.fileExists(atPath: path) {
                _ = FileManager.default.createFile(
                    atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
            }
            // What an earlier process has not put in order is put in order here.
            let database = try await BlockingCall.run { try connect(path, role) }
            try await JournalMigrations.migrate(database, path: path)
            if try await database.read({ try isNameless($0) }) {
                try await database.write { db in
                    if try isNameless(db) { try LocalFacts(db).setReplica(ReplicaID(in: world)) }
                }
            }
            return JournalFile(directory: directory, world: world, database: database, mark: mark)
        }
    }

    private static func isNameless(_ db: Database) throws -> Bool {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM local WHERE key = 'replica'") == 0
    }

    private static func connect(_ path: String, _ role: Role) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        configuration.maximumReaderCount = 1
        configuration.label = "journal"
        configuration.prepareDatabase { TradeFunctions.add(to: $0) }
        let database = try DatabaseQueue(path: path, configuration: configuration)
        // GRDB's WAL set-up lowers it to NORMAL, under which a power cut takes what was answered.
        try database.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
            try db.execute(sql: "PRAGMA cache_size = -\(cacheKiB(role))")
        }
        return database
    }

    /// The last connection to go writes everything into the file, and waits for the disk.
    package func close() async throws { try await BlockingCall.run { [self] in try closeHere() } }

    /// Blocks its thread until everything that was begun is done.
    func closeHere() throws { try database.close() }

    /// The journal within one transaction, as the stores take it.
    package typealias Connection = Database

    /// Reads at one moment.
    package func read<T: Sendable>(_ body: @Sendable @escaping (Database) throws -> T) async throws -> T {
        try await Self.translating(directory) {
            try await Self.calledOff { budget in
                try await self.database.read { db in try self.working(within: budget) { try body(db) } }
            }
        }
    }

    /// Calls the work of a request off when its task is cancelled: SQLite by itself, and what loops over its rows.
    private static func calledOff<T>(
        _ work: (WorkBudget?) async throws -> T
    ) async throws -> T {
        let budget = WorkBudget.current
        return try await withTaskCancellationHandler {
            try await work(budget)
        } onCancel: {
            budget?.cancel()
        }
    }

    /// Hands a request's budget on to the thread of the database, which knows nothing of tasks, and notes on the board
    /// that this thread works on this journal.
    private func working<T>(within budget: WorkBudget?, _ body: () throws -> T) throws -> T {
        guard let mark else { return try WorkBudget.$current.withValue(budget, operation: body) }
        return try mark.during { try WorkBudget.$current.withValue(budget, operation: body) }
    }

    /// Reads at one moment, over a connection of its own: for what takes long, so that others get their turn meanwhile.
    func readApart<T: Sendable>(_ body: @Sendable @escaping (Database) throws -> T) async throws -> T {
        try await Self.translating(directory) {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(Self.busyTimeoutSeconds)
            configuration.prepareDatabase { db in
                TradeFunctions.add(to: db)
                sqlite3_limit(db.sqliteConnection, SQLITE_LIMIT_LENGTH, Int32(Self.valueBytesMax))
            }
            let apart = try DatabaseQueue(path: Self.path(in: directory), configuration: configuration)
            defer { try? apart.close() }
            return try await Self.calledOff { budget in
                try await apart.read { db in try self.working(within: budget) { try body(db) } }
            }
        }
    }

    /// Writes in one transaction, without making a commit: for what follows from commits or belongs to this copy.
    ///
    /// - Parameter changes: what it does to trades; whoever does not say is taken to have changed all.
    func write<T: Sendable>(
        touching changes: TripChanges = .everything, _ body: @Sendable @escaping (Database) throws -> T
    ) async throws -> T {
        try await write { db, touched in
            touched.note(changes)
            return try body(db)
        }
    }

    /// Writes in one transaction that says itself which trades it changes.
    func write<T: Sendable>(
        _ body: @Sendable @escaping (Database, inout TripChanges) throws -> T
    ) async throws -> T {
        let figures = figures
        return try await Self.translating(directory) {
            try await Self.calledOff { budget in
                try await self.database.writeWithoutTransaction { db in
                    var changes = TripChanges.nothing
                    var result = Result<T, any Error>.failure(CancellationError())
                    try db.inTransaction {
                        result = .success(try self.working(within: budget) { try body(db, &changes) })
                        return .commit
                    }
                    // After the commit and before anybody can read it. Not by `afterNextTransaction`: an observer that
                    // is added makes GRDB forget every DELETE that it has prepared.
                    figures.note(changes)
                    return try result.get()
                }
            }
        }
    }

    /// Makes sure that the journal answers.
    package func checkReady() async throws { _ = try await read { try Int.fetchOne($0, sql: "SELECT 1") } }

    /// Says what SQLite and the system mean in words that help.
    static func translating<T>(_ directory: String, _ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let error as DatabaseError {
            throw Failure.storage(error, directory)
        } catch let error as CocoaError {
            throw Failure(
                .unavailable, "journal.unwritable",
                "Cannot use \(directory): \(error.localizedDescription) Check that the directory exists and is yours.")
        }
    }

    /// What kind of machine this is, as a device tells the others.
    package static var platform: String {
        #if os(Linux)
            "linux"
        #elseif os(macOS)
            "macos"
        #else
            "other"
        #endif
    }
}

extension ID {
    /// All bits random: for what must not tell when it was made.
    init(in world: World) { self.init(rawValue: world.random(16).reduce(0) { $0 << 8 | UInt128($1) }) }
}

extension Failure {
    static func storage(_ error: DatabaseError, _ directory: String) -> Failure {
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            Failure(
                .unavailable, "journal.busy",
                "Another program is writing to the journal in \(directory). Try again when it is done.",
                retryAfterSeconds: 1)
        case .SQLITE_TOOBIG: .tooMuchWork
        case .SQLITE_FULL:
            Failure(
                .unavailable, "journal.disk_full",
                "The disk is full. Nothing was changed; free some space and try again.")
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
            Failure(
                .unavailable, "journal.unwritable",
                "The journal in \(directory) cannot be written. Check the permissions of the directory and the file.")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            Failure.damagedJournal("SQLite cannot read it")
        case .SQLITE_IOERR:
            Failure(
                .unavailable, "journal.io",
                "The disk reported an error. Nothing was changed; check the disk before you go on.")
        default:
            Failure(.internal, "journal.internal", "The journal could not do that: \(error.resultCode).")
        }
    }
}
